"""A live version beside two films, cut off and restored five times: seen from outside, the films
know nothing of it, and it is back in time, and moves.
"""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import mss
import numpy as np
import pytest

from tests.clips import make_clip
from tests.stream_server import StreamServer
from tests.wall_e2e.finder import BLACK, Rect
from tests.wall_e2e.live import Live, live
from tests.wall_e2e.roaming import Glance
from tests.wall_e2e.screen import XvfbScreen

BACK_WITHIN_S = 5.0
LENGTH, RATE = 48, 24
FILMS, LIVE = (0, 1), 2
PLACE = Rect(106, 363, 530, 298)
"""Of the live version's picture, in a grid of two columns."""
SECONDS_BACK = 1.2
LONGEST_STOP_S = 1.0
"""A wall that waited for a network would stand for longer; a busy machine may well be late."""


def wait_for_log(wall: Live, said: str, times: int) -> None:
    end = time.monotonic() + 20
    while wall.log.read_text().count(said) < times:
        assert wall.process.poll() is None, wall.log.read_text()
        assert time.monotonic() < end, wall.log.read_text()
        time.sleep(0.01)


def write_config(folder: Path, server: StreamServer, drawing: str) -> Path:
    film, config = folder / "film", folder / "wall.yaml"
    for number in FILMS:
        path = film / f"{2021 + number} V" / "film.mp4"
        make_clip(path, frames=LENGTH, size=(320, 180), gop=12, version=number)
    (film / "2026 Live").mkdir()
    (film / "2026 Live" / "version.yaml").write_text(f"model: Now\nsource: {server.url}\n")
    config.write_text(
        f"film: {{versions: '{film}', settle_s: 0.5}}\nwall: {{fade_in_ms: 0}}\n"
        f"playback: {{drawing: {drawing}, allow_protocols: http}}\nconform: {{mode: never}}\n"
    )
    return config


def wait_for_slate(screen: XvfbScreen) -> None:
    """Until nothing is seen where the live version hangs: no picture, no words."""
    end, (x, y, width, height) = time.monotonic() + 10, PLACE
    with mss.MSS(display=screen.display) as eyes:
        while True:
            shot = eyes.grab(eyes.monitors[0])
            light = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)[..., 1]
            if light[y : y + height, x : x + width].max() <= BLACK:
                return
            assert time.monotonic() < end, "no slate came up"
            time.sleep(0.1)


def live_picture(glance: Glance) -> int | None:
    return next((index for _, (index, version) in glance.tiles if version == LIVE), None)


def films(glance: Glance) -> set[int]:
    return {index for _, (index, version) in glance.tiles if version in FILMS}


@pytest.mark.parametrize(("drawing", "times"), [("software", 5), ("gpu", 2)])
def test_a_live_version_comes_back_and_the_films_never_flinch(
    screen: XvfbScreen, tmp_path: Path, drawing: str, times: int
) -> None:
    cuts, returns = [], []
    with StreamServer(version=LIVE) as server:
        config = write_config(tmp_path, server, drawing)
        with live(screen, config, seconds=90) as wall:
            wait_for_log(wall, "is received", 1)
            wall.wait_for(lambda w: w.versions[-1].state == "on air", 10)
            for cut in range(1, times + 1):
                server.cut()
                cuts.append(time.monotonic_ns())
                wait_for_slate(screen)
                server.restore()
                returns.append(time.monotonic_ns())
                wait_for_log(wall, "is received", 1 + cut)
                time.sleep(SECONDS_BACK)
            wall.wait_for(lambda w: w.versions[-1].state == "on air", 5)
            told = wall.status()
    seen = [glance for glance in wall.glances.seen if glance.tiles]
    assert {rect for g in seen if (rect := g.rect(LIVE)) is not None} == {PLACE}
    check_films(seen)
    check_live(seen, cuts, returns)
    assert told.now.mismatches == 0
    assert told.versions[-1].times_off_air == times
    assert "live: shown as it comes, out of the lock" in told.versions[-1].sentence
    assert [version.times_off_air for version in told.versions[:-1]] == [0, 0]


def check_films(seen: list[Glance]) -> None:
    """Each picture of the wall shows one film frame, and they go on all the time."""
    assert [g for g in seen if len(films(g)) > 1] == []
    both = [g for g in seen if sum(version in FILMS for version in g.versions) == len(FILMS)]
    assert len(both) > 0.95 * len(seen)
    frames = [films(glance).pop() for glance in both]
    steps = [(b - a) % LENGTH for a, b in pairwise(frames) if a != b]
    assert len(steps) > 3 * RATE  # nobody can look often enough to see all of them
    assert max(b.ns - a.ns for a, b in pairwise(both)) < LONGEST_STOP_S * 1e9


def check_live(seen: list[Glance], cuts: list[int], returns: list[int]) -> None:
    """Gone while cut off; back in time after; and its pictures go on while it is there."""
    for cut, back in zip(cuts, returns, strict=True):
        assert any(live_picture(g) is None for g in seen if cut < g.ns < back)
        first = next(g.ns for g in seen if g.ns > back and live_picture(g) is not None)
        assert first - back < BACK_WITHIN_S * 1e9
    for back, cut in zip(returns, [*cuts[1:], seen[-1].ns], strict=True):
        pictures = [live_picture(g) for g in seen if back < g.ns < cut]
        there = [picture for picture in pictures if picture is not None]
        assert len(set(there)) > 4
        assert there == sorted(there)  # each after the one before: its server counts anew
