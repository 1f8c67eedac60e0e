"""Other players are started with what they understand, and the screen is judged as it was seen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

LENGTH = 48
FILES = ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]


@pytest.fixture
def side(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("side_by_side")


@pytest.fixture
def judging(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("judging")


@pytest.fixture
def peers(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("peers")


def test_tiles_fill_the_screen_row_by_row(peers: ModuleType) -> None:
    rects = peers.Grid(FILES, 2, (1920, 1080)).rects
    corners = (0, 0), (960, 0), (0, 540), (960, 540)
    assert rects == [(*corner, 960, 540) for corner in corners]


def test_every_player_is_given_every_file_and_its_place(peers: ModuleType) -> None:
    grid = peers.Grid(FILES, 2, (1920, 1080))
    layout = "xstack=inputs=4:layout=0_0|960_0|0_540|960_540"
    assert peers.stacked(grid, "wxyz").endswith(layout)
    players = peers.mpv, peers.ffplay, peers.gstreamer, peers.vlc_windows("python")
    for command in players:
        words = " ".join(command(grid))
        assert all(name in words for name in FILES)
        assert "960" in words


@pytest.mark.parametrize(
    ("frames", "apart"),
    [([], 0), ([7], 0), ([7, 7, 7], 0), ([7, 9, 8], 2), ([47, 0, 1], 2), ([46, 22, 46], 24)],
)
def test_film_frames_are_apart_across_the_seam_too(
    judging: ModuleType, frames: list[int], apart: int
) -> None:
    assert judging.spread(frames, LENGTH) == apart


def test_a_screen_in_step_and_one_that_is_not(judging: ModuleType) -> None:
    in_step = [(n / 48, [n // 2 % LENGTH] * 3) for n in range(481)]
    verdict = judging.judged(in_step, LENGTH)
    assert (verdict.lock, verdict.most_apart, verdict.readable) == (1, 0, 1)
    assert verdict.pictures_per_s == pytest.approx(24)
    assert verdict.captures_per_s == pytest.approx(48, rel=0.01)
    behind = [(at, [codes[0], codes[1], (codes[2] - 3) % LENGTH]) for at, codes in in_step]
    assert judging.judged(behind, LENGTH)[4:] == (0, 3)


def test_what_cannot_be_read_is_said_and_an_end_is_no_fault(judging: ModuleType) -> None:
    seen = [(n / 24, [n, None]) for n in range(25)] + [(1 + n / 24, [None, None]) for n in (1, 2)]
    verdict = judging.judged(seen, LENGTH)
    assert (verdict.seconds, verdict.readable, verdict.lock) == (1, 0.5, 1)
    assert verdict.pictures_per_s == pytest.approx(12)


@pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells it")
def test_cpu_counts_all_that_a_player_started_and_ending_it_ends_all(
    side: ModuleType,
) -> None:
    work = (
        "import time\nwhile time.process_time() < 0.2: pass\nprint(1, flush=True); time.sleep(60)"
    )
    both = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    player = subprocess.Popen(
        [sys.executable, "-c", both], stdout=subprocess.PIPE, start_new_session=True
    )
    with player:
        assert player.stdout is not None
        assert player.stdout.readline() == b"1\n"
        assert side.session_cpu_s(player.pid) >= 0.2
        side.end(player)
        assert player.stdout.read() == b""
