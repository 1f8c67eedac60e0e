"""Junk by the hundred lands in the film's folder: the wall plays on, and costs what it cost."""

from __future__ import annotations

import os
import random
import shutil
import time
from functools import reduce
from pathlib import Path
from statistics import median
from typing import NamedTuple

from installation.control.status import WallStatus
from tests.clips import make_clip
from tests.wall_e2e.live import Live, Tally, check_lock, live
from tests.wall_e2e.screen import XvfbScreen

RATE, LENGTH = 24, 48
MEASURED_S, WINDOWS = 4, 3
"""What the machine does beside makes one window dear; what the wall costs makes all of them so."""
PATIENCE_S = 120
MORE_CPU, MORE_MB = 1.25, 8
FILES, FOLDERS = 1000, 200
ODD_NAMES = ("junk", "2024-13", "é\u202e", "$(x)", "a\nb", "ä ..")
COMING = {"arriving", "settling", "probing"}


def drop_junk(film: Path) -> None:
    """Everything at once, as an upload gone wrong: beside the versions and inside them."""
    chance = random.Random(7)
    for number in range(FILES):
        place = film / f"{2021 + number % 4} V" if number % 3 == 0 else film
        suffix = chance.choice([".txt", ".jpg", ""] if place != film else [".mp4", ".txt", ".mov"])
        (place / f"junk {number}{suffix}").write_bytes(chance.randbytes(chance.randrange(2000)))
    for number in range(FOLDERS):
        make_junk_folder(film / f"{chance.choice(ODD_NAMES)} {number}", number)


def make_junk_folder(folder: Path, number: int) -> None:
    """One of ten kinds."""
    folder.mkdir()
    film = folder / "film.mp4"
    match number % 10:
        case 0:
            film.write_bytes(random.Random(number).randbytes(100_000))
        case 1:
            film.touch()
        case 2:
            film.write_text("this is no film\n" * 100)
        case 3:
            film.symlink_to("film.mp4")
        case 4:
            os.mkfifo(film)
        case 5:
            with film.open("wb") as file:
                file.truncate(1 << 40)
        case 6:
            deep = folder.joinpath(*["deep"] * 30)
            deep.mkdir(parents=True)
            (deep / "film.mp4").write_bytes(b"far down")
        case 7:
            film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(5000))  # begins as a film does
        case 8:
            folder.rmdir()
            folder.symlink_to(folder.name)
        case 9:
            for twin in range(30):
                (folder / f"{twin}.mov").write_bytes(b"one of many")


def is_decided(status: WallStatus) -> bool:
    states = [version.state for version in status.versions]
    return states.count("rejected") == FOLDERS and not COMING & {*states}


class Cost(NamedTuple):
    """What playing costs over a while."""

    cpu_s: float
    """A picture."""
    late: float
    """The share of film frames that was late or dropped."""
    grown_mb: float

    def least(self, other: Cost) -> Cost:
        """The lesser of each."""
        return Cost(*map(min, self, other))


def cost(wall: Live) -> Cost:
    """In one window, from one post of its tally to another."""
    before, begun_s, cpu_s, memory = posted(wall), time.monotonic(), wall.cpu_s(), wall.memory_mb()
    time.sleep(MEASURED_S)
    after, took_s = posted(wall), time.monotonic() - begun_s
    used_s, grown_mb = wall.cpu_s() - cpu_s, wall.memory_mb() - memory
    pictures, trouble = after.pictures - before.pictures, after.trouble - before.trouble
    return Cost(used_s / pictures, trouble / (took_s * RATE), grown_mb)


def posted(wall: Live) -> Tally:
    """The ledger when it has just been posted; that is done every other second."""
    before = wall.tally()
    wall.wait_for(lambda status: status.now.pictures != before.pictures, PATIENCE_S)
    return wall.tally()


def costs_again(wall: Live, before: Cost) -> Cost:
    """The least cost of some windows, from now until it is what it was, if it ever is."""
    least, end = cost(wall), time.monotonic() + PATIENCE_S
    while not is_back(least, before) and time.monotonic() < end:
        least = least.least(cost(wall))
    return least


def is_back(now: Cost, before: Cost) -> bool:
    """Whether nothing lasts."""
    is_cheap = now.cpu_s < MORE_CPU * before.cpu_s and now.grown_mb < MORE_MB
    return is_cheap and now.late <= 3 * before.late + 0.1


class Meanwhile:
    """How late the wall is while it is asked something again and again, window by window."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._begun: tuple[float, int] | None = None

    def note(self, status: WallStatus) -> None:
        """How it stands now."""
        now, trouble = time.monotonic(), status.now.late + status.now.dropped
        if self._begun is None:
            self._begun = now, trouble
        begun_s, before = self._begun
        if now - begun_s >= MEASURED_S:
            self.late.append((trouble - before) / ((now - begun_s) * RATE))
            self._begun = now, trouble


def test_the_wall_plays_on_among_junk_and_costs_what_it_cost(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    film, config = tmp_path / "film", tmp_path / "wall.yaml"
    for number in range(5):
        folder = tmp_path / "ready" if number == 4 else film / f"{2021 + number} V"
        make_clip(folder / "film.mp4", frames=LENGTH, size=(640, 360), gop=12, version=number)
    config.write_text(
        f"film: {{versions: '{film}', settle_s: 0.5}}\n"
        "wall: {fade_in_ms: 0, transition_ms: 0, captions: none}\n"
        "playback: {drawing: software}\n"
    )
    meanwhile = Meanwhile()

    def is_over(status: WallStatus) -> bool:
        meanwhile.note(status)
        is_there = any(v.name == "zz real" and v.state == "on air" for v in status.versions)
        came_s.extend([time.monotonic()] if is_there and not came_s else [])
        return is_decided(status) and is_there

    came_s: list[float] = []
    with live(screen, config, seconds=5 * PATIENCE_S) as wall:
        wall.wait_for(lambda status: status.now.pictures > 2 * LENGTH, PATIENCE_S)
        before = [cost(wall) for _ in range(WINDOWS)]
        drop_junk(film)
        (tmp_path / "ready").rename(film / "zz real")  # last by name, in the midst of it
        dropped_s = time.monotonic()
        decided_s = wall.wait_for(is_over, 2 * PATIENCE_S)
        during = wall.tally()
        status = wall.status()
        shutil.rmtree(film / "zz real")
        wall.wait_for(lambda status: len(status.versions) == FOLDERS + 4, PATIENCE_S)
        after = costs_again(wall, reduce(Cost.least, before))
        log = wall.logged()
    print(
        f"{before}, then {after}; late meanwhile {[f'{late:.0%}' for late in meanwhile.late]}; "
        f"the newcomer is on air after {came_s[0] - dropped_s:.1f} s, all decided after "
        f"{decided_s:.1f} s"
    )
    check_lock(wall.glances.seen)
    assert during.mismatches == 0
    rejected = [v for v in status.versions if v.state == "rejected"]
    assert len({v.sentence for v in rejected}) == FOLDERS
    assert all(v.sentence.startswith(v.name) and "; " in v.sentence for v in rejected)
    loose = [path.name for path in film.iterdir() if path.suffix in (".mp4", ".mov")]
    assert len(loose) > FILES / 3
    assert [any(notice.startswith(f"{name}: ") for notice in status.notices) for name in loose]
    assert is_back(after, reduce(Cost.least, before)), (before, after)
    if meanwhile.late:  # a fast machine is done before
        assert median(meanwhile.late) < 3 * max(one.late for one in before) + 0.25
    warnings = [line for line in log if line.level != "INFO"]
    assert len(warnings) < FOLDERS + FILES / 10  # loose files are said in one line from some on
