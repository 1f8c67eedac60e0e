"""The watcher sees every picture of a window it knows nothing of, and one wrong tile in it."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

from tests.wall_e2e.capture import Watched, start_capture, stop_capture
from tests.wall_e2e.judge import Expected, Judgement, judge
from tests.wall_e2e.plain_window import TILES
from tests.wall_e2e.screen import XvfbScreen

FRAMES = 48
RATE = Fraction(24)


def watch_plain_window(screen: XvfbScreen, folder: Path, *faulty: int) -> tuple[Watched, Judgement]:
    out = folder / "seen.json"
    watcher = start_capture(screen.environment, len(TILES), out, seconds=60)
    command = [sys.executable, "-m", "tests.wall_e2e.plain_window", str(FRAMES)]
    command += map(str, faulty)
    try:
        subprocess.run(command, env=screen.environment, check=True, timeout=60)
    finally:
        watched = stop_capture(watcher, out)
    versions = [Expected([i / RATE for i in range(FRAMES)])] * 2
    return watched, judge(watched.seen, versions, RATE, FRAMES)


def test_every_picture_of_a_plain_window_is_seen(screen: XvfbScreen, tmp_path: Path) -> None:
    watched, judgement = watch_plain_window(screen, tmp_path)
    assert sorted(watched.tiles) == [t.getRect() for t in TILES]
    assert judgement.broken == ()
    assert [frame for _, frame in judgement.film_frames] == list(range(FRAMES))
    assert watched.captures / watched.seconds >= 60


def test_one_tile_late_at_one_film_frame_is_caught(screen: XvfbScreen, tmp_path: Path) -> None:
    _, judgement = watch_plain_window(screen, tmp_path, 20)
    assert [picture.codes for picture in judgement.broken] == [((20, 0), (19, 1))]
    assert judgement.pictures == FRAMES


def test_a_dark_screen_has_no_tiles(screen: XvfbScreen, tmp_path: Path) -> None:
    out = tmp_path / "seen.json"
    watcher = start_capture(screen.environment, 1, out, seconds=0.5)
    watcher.wait(timeout=30)
    watched = stop_capture(watcher, out)
    assert watched.tiles == ()
    assert watched.seen == ()
