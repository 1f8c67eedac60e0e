"""The lock, judged from pictures captured outside the process that draws them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.clips import make_clip
from tests.wall_e2e.judge import Expected, Judgement, judge
from tests.wall_e2e.run import PLAY, Outcome, play_and_watch
from tests.wall_e2e.screen import XvfbScreen

RATE = Fraction(24)
SECONDS = 4
LENGTH = 96
LOOPS = 6
REFRESH_NS = 1_000_000_000 // 60
FRAME_NS = 1_000_000_000 // 24
BROKEN = ("-m", "tests.wall_e2e.broken_wall", "play")


def every(rate: int) -> Expected:
    return Expected([Fraction(i, rate) for i in range(SECONDS * rate)])


VERSIONS = (every(24), every(30), every(12), every(24))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    make_clip(folder / "2021 A/a.mp4", frames=96, size=(640, 360), gop=12, version=0)
    make_clip(
        folder / "2022 B/b.mkv", frames=120, rate=30, size=(640, 360), gop=250, bframes=3, version=1
    )
    make_clip(folder / "2023 C/c.mp4", frames=48, rate=12, size=(480, 360), gop=7, version=2)
    make_clip(
        folder / "2024 D/d.mov", frames=96, size=(360, 640), gop=1, bframes=0, version=3, audio_s=6
    )
    return folder


def play(
    film: Path, folder: Path, drawing: str, loops: int, program: tuple[str, ...] = PLAY
) -> tuple[Outcome, Judgement]:
    config = folder / "wall.yaml"
    config.write_text(
        f"film: {{versions: '{film}'}}\n"
        "wall: {fade_in_ms: 100, captions: {size: 16px}}\n"
        f"playback: {{drawing: {drawing}}}\n"
    )
    with XvfbScreen() as screen:
        outcome = play_and_watch(screen, config, folder, loops=loops, program=program)
    return outcome, judge(outcome.seen, VERSIONS, RATE, LENGTH)


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_every_captured_picture_shows_one_film_frame_on_all_tiles(
    film: Path, tmp_path: Path, drawing: str
) -> None:
    outcome, judgement = play(film, tmp_path, drawing, LOOPS)
    assert outcome.code == 0, outcome.errors
    assert outcome.report["drawing"] == drawing
    assert judgement.broken == ()
    assert len(judgement.loops(LENGTH)) >= LOOPS
    # what the wall claims of itself and what was seen agree
    lock, frames = outcome.report["lock"], outcome.report["film_frames"]
    assert lock["mismatches"] == 0
    assert lock["pictures"] == frames["shown"] == LOOPS * LENGTH - frames["dropped"]
    assert 0.97 * lock["pictures"] <= judgement.pictures <= lock["pictures"]
    # no film frame missing but those the wall says it dropped, on all tiles together
    assert judgement.missing(LENGTH) <= frames["dropped"]
    assert frames["dropped"] <= 0.02 * frames["due"]
    # the seam is an ordinary frame
    seams = judgement.seams_ns(LENGTH)
    assert len(seams) >= LOOPS - 2
    assert sorted(seams)[len(seams) // 2] < FRAME_NS + 1.5 * REFRESH_NS


def test_the_check_fails_when_one_tile_is_a_frame_late(film: Path, tmp_path: Path) -> None:
    outcome, judgement = play(film, tmp_path, "software", 2, BROKEN)
    assert outcome.code == 0, outcome.errors
    assert len(judgement.broken) > LENGTH
    assert outcome.report["lock"]["mismatches"] > LENGTH
