"""Whatever befalls the conforming while a wall plays: nobody sees it, and it mends itself."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

import pytest

from installation.library.conform_job import KILLED_AGAIN_S, nth
from tests.clips import make_clip
from tests.processes import open_films
from tests.wall_e2e.faults import (
    CONFORMS,
    PROGRAMS,
    Opened,
    fill,
    is_whole,
    kill_at_random,
    replace_with_litter,
    rot,
    small_disk,
    wait_for,
    workers,
)
from tests.wall_e2e.live import Live, check_lock, live
from tests.wall_e2e.roaming import Glance
from tests.wall_e2e.screen import XvfbScreen

RATE, LENGTH = 12, 24
VERSIONS = 5
KILLS, KILLS_OF_ONE = 20, 6
"""Somewhat more of one than its share, because one that is done is not begun again."""
PATIENCE_S = 60 + nth(KILLED_AGAIN_S, KILLS_OF_ONE)
SECONDS = 6 * PATIENCE_S
FIRST_YEAR = 2021
LEFT_OR_CAME = re.compile(r"version=(\d+) V (off_air|on_air)")
SLACK_NS = 100_000_000
"""What is logged is seen a moment later."""


class OffAir(NamedTuple):
    """A version, and from when to when it was off the wall."""

    version: int
    from_ns: int
    until_ns: int


def make_film(folder: Path, count: int) -> Path:
    for number in range(count):
        path = folder / "film" / f"{FIRST_YEAR + number} V" / "film.mp4"
        make_clip(path, frames=LENGTH, rate=RATE, size=(640, 360), gop=12, version=number)
    return folder / "film"


def write(config: Path, film: Path, cache: Path) -> None:
    config.write_text(
        f"film: {{versions: '{film}', rate: {RATE}, settle_s: 0.5, watch: polling}}\n"
        "wall: {fade_in_ms: 0, captions: none, layout: {kind: grid, columns: 5, gap: 10px}}\n"
        "playback: {drawing: software}\n"
        f"conform: {{mode: auto, cache: '{cache}', limit: 400 MB}}\n"
    )


def wait_until_conformed(wall: Live, film: Path, cache: Path, count: int) -> set[Path]:
    """Until all versions play from mezzanines that are there and whole."""

    def is_so() -> bool:
        assert wall.process.poll() is None, wall.log.read_text()
        mezzanines = open_films(wall.process.pid, cache)
        if len(mezzanines) < count or open_films(wall.process.pid, film):
            return False
        try:
            return all(is_whole(path.name, path.read_bytes()) for path in mezzanines)
        except FileNotFoundError:
            return False  # taken away just now

    wait_for(is_so, PATIENCE_S, wall.log.read_text)
    return open_films(wall.process.pid, cache)


def newcomer(wall: Live, cache: Path) -> Path:
    """A mezzanine that has just been made, and does not play yet."""
    before = {*cache.glob("*.mp4")}
    wait_for(lambda: {*cache.glob("*.mp4")} > before, PATIENCE_S, wall.log.read_text)
    return ({*cache.glob("*.mp4")} - before).pop()


def off_air(wall: Live) -> list[OffAir]:
    """Who was off the wall, by its log; their tiles stand still then, under a veil."""
    found: list[OffAir] = []
    left: dict[int, int] = {}
    for line in wall.logged():
        match = LEFT_OR_CAME.search(line.text)
        if match is None:
            continue
        number, ns = int(match[1]) - FIRST_YEAR, line.ns
        if match[2] == "off_air":
            left[number] = ns - SLACK_NS
        elif number in left:
            found.append(OffAir(number, left.pop(number), ns + SLACK_NS))
    assert not left, "all are back in the end"
    return found


def gone_at(ns: int, absent: Sequence[OffAir]) -> set[int]:
    return {one.version for one in absent if one.from_ns <= ns <= one.until_ns}


def on_air(glances: Sequence[Glance], absent: Sequence[OffAir]) -> list[Glance]:
    """From the first picture to the closing of the window, without the tiles of those off air."""
    first = next(i for i, glance in enumerate(glances) if glance.tiles)
    seen = []
    for glance in takewhile(lambda glance: glance.tiles, glances[first:]):
        gone = gone_at(glance.ns, absent)
        tiles = tuple(tile for tile in glance.tiles if tile[1][1] not in gone)
        seen.append(replace(glance, tiles=tiles))
    return seen


def assert_all_stay(seen: Sequence[Glance], absent: Sequence[OffAir], count: int) -> None:
    """Nobody else leaves, and the film goes on."""
    assert len(seen) > 20 * RATE
    for glance in seen:
        assert {*glance.versions} | gone_at(glance.ns, absent) == {*range(count)}
    frames = [glance.tiles[0][1][0] for glance in seen]
    jumps = [(after - before) % LENGTH >= LENGTH / 2 for before, after in pairwise(frames)]
    assert sum(jumps) <= len(jumps) / 50  # back, or over what a busy machine dropped


def test_what_is_killed_damaged_littered_or_taken_away_is_never_seen(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    film, cache, config = make_film(tmp_path, VERSIONS), tmp_path / "cache", tmp_path / "wall.yaml"
    write(config, film, cache)
    chance = random.Random(4)
    with (
        live(screen, config, seconds=SECONDS) as wall,
        Opened(wall.process.pid, cache) as opened,
    ):
        killed = kill_at_random(
            wall.process.pid,
            KILLS,
            chance,
            each=KILLS_OF_ONE,
            within_s=0.35,  # a life of one is hardly longer on a quick machine
            patience_s=PATIENCE_S,
        )
        playing = min(wait_until_conformed(wall, film, cache, VERSIONS))
        opened.forgive(playing)
        rot(playing, chance)
        wait_until_conformed(wall, film, cache, VERSIONS)
        replace_with_litter(cache)
        coming = newcomer(wall, cache)
        opened.forgive(coming)
        rot(coming, chance)
        wait_until_conformed(wall, film, cache, VERSIONS)
        time.sleep(LENGTH / RATE)  # and is seen so
        tally = wall.tally()
    assert len(killed) == KILLS
    assert {*killed} == {*PROGRAMS}
    absent = off_air(wall)
    assert len(absent) <= 2  # those that were damaged, where a busy machine has no other in time
    assert all(one.until_ns - one.from_ns < LENGTH / RATE * 2e9 for one in absent)
    seen = on_air(wall.glances.seen, absent)
    check_lock(seen)
    assert_all_stay(seen, absent, VERSIONS)
    assert tally.mismatches == 0
    assert opened.half == set()
    assert len(opened.whole) >= 2 * VERSIONS
    log = [line.text for line in wall.logged()]
    damaged = sum("its mezzanine cannot be played" in line for line in log)
    taken = sum("its mezzanine was taken out of the cache" in line for line in log)
    assert damaged + taken == 2 + VERSIONS
    assert damaged <= 3  # the first that is damaged may be opened anew as the cache is taken away


def test_a_full_disk_keeps_the_originals_on_the_wall_until_there_is_room(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    film, disk, config = make_film(tmp_path, 3), tmp_path / "disk", tmp_path / "wall.yaml"
    cache = disk / "cache"
    write(config, film, cache)
    with small_disk(disk, 560) as refusal:
        if refusal:
            pytest.skip(f"no disk can be mounted here: {refusal}")
        with (
            live(screen, config, seconds=SECONDS) as wall,
            Opened(wall.process.pid, cache) as opened,
        ):
            wait_for(
                lambda: any(w.program == CONFORMS for w in workers(wall.process.pid).values()),
                PATIENCE_S,
                wall.log.read_text,
            )
            filler = fill(disk)
            wall.wait_for(lambda status: "full" in str(status), PATIENCE_S)
            assert len(open_films(wall.process.pid, film)) == 3
            filler.unlink()
            wait_until_conformed(wall, film, cache, 3)
            tally = wall.tally()
    check_lock(wall.glances.seen)
    assert tally.mismatches == 0
    assert opened.half == set()


def test_the_check_fails_when_a_mezzanine_counts_before_it_is_whole(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    film, cache, config = make_film(tmp_path, 2), tmp_path / "cache", tmp_path / "wall.yaml"
    write(config, film, cache)
    program = ("-m", "tests.wall_e2e.broken_cache")
    with (
        live(screen, config, seconds=SECONDS, program=program) as wall,
        Opened(wall.process.pid, cache) as opened,
    ):
        wait_for(lambda: opened.half != set(), PATIENCE_S, wall.log.read_text)
