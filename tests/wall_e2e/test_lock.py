"""The lock, judged from pictures captured outside the process that draws them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest

from tests.clips import make_clip
from tests.wall_e2e.judge import Expected, Judgement, judge
from tests.wall_e2e.run import PLAY, Outcome, picture_rects, play_and_watch
from tests.wall_e2e.screen import XvfbScreen

RATE = Fraction(24)
SECONDS = 4
LENGTH = 96
LOOPS = 6
REFRESH_NS = 1_000_000_000 // 60
FRAME_NS = 1_000_000_000 // 24
BROKEN = ("-m", "tests.wall_e2e.broken_wall", "play")


def every(rate: int, seconds: int = SECONDS) -> Expected:
    return Expected([Fraction(i, rate) for i in range(seconds * rate)])


VERSIONS = (every(24), every(30), every(12), every(24))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    # as cut from a longer film: its first picture's time is rounded too
    make_clip(folder / "2021 A/a.mkv", frames=96, size=(640, 360), gop=12, version=0, start_frame=2)
    make_clip(
        folder / "2022 B/b.mkv", frames=120, rate=30, size=(640, 360), gop=250, bframes=3, version=1
    )
    make_clip(folder / "2023 C/c.mp4", frames=48, rate=12, size=(480, 360), gop=7, version=2)
    make_clip(
        folder / "2024 D/d.mov", frames=96, size=(360, 640), gop=1, bframes=0, version=3, audio_s=6
    )
    return folder


def play(
    screen: XvfbScreen,
    film: Path,
    folder: Path,
    drawing: str,
    loops: int,
    program: tuple[str, ...] = PLAY,
) -> tuple[Outcome, Judgement]:
    config = folder / "wall.yaml"
    config.write_text(
        f"film: {{versions: '{film}'}}\n"
        "wall: {fade_in_ms: 100, captions: {size: 16px}}\n"
        f"playback: {{drawing: {drawing}}}\nconform: {{mode: never}}\n"
    )
    outcome = play_and_watch(screen, config, folder, loops=loops, program=program)
    return outcome, judge(outcome.watched.seen, VERSIONS, RATE, LENGTH)


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_every_captured_picture_shows_one_film_frame_on_all_tiles(
    screen: XvfbScreen, film: Path, tmp_path: Path, drawing: str
) -> None:
    outcome, judgement = play(screen, film, tmp_path, drawing, LOOPS)
    assert_lock_is_whole(outcome, judgement, LOOPS)
    assert outcome.report["drawing"] == drawing
    meant = picture_rects(tmp_path / "wall.yaml", (screen.width, screen.height))
    assert sorted(outcome.watched.tiles) == sorted(meant)


def assert_lock_is_whole(outcome: Outcome, judgement: Judgement, loops: int) -> None:
    """In every picture and at every seam, from the first loop's beginning to the last one's end."""
    assert outcome.code == 0, outcome.errors
    assert judgement.broken == ()
    sightings, length = judgement.sightings, judgement.length
    assert judgement.seams == loops - 1
    assert sightings[0].frame < length // 4  # the rest of the first loop, and all others to the end
    assert sightings[-1].frame >= length - length // 24  # nobody may be looking at the very last
    assert_ledger_agrees(outcome, judgement, loops)
    assert_nothing_missing(outcome, judgement)
    assert_seams_are_ordinary(outcome, judgement, loops)


def assert_ledger_agrees(outcome: Outcome, judgement: Judgement, loops: int) -> None:
    """What the wall claims of itself is what was seen."""
    lock, frames = outcome.report["lock"], outcome.report["film_frames"]
    assert lock["mismatches"] == 0
    assert lock["pictures"] == frames["shown"] == loops * judgement.length - frames["dropped"]
    assert 0.97 * lock["pictures"] <= judgement.pictures <= lock["pictures"]


def assert_nothing_missing(outcome: Outcome, judgement: Judgement) -> None:
    """No film frame but those the wall says it dropped, or that passed while nobody looked; one
    that was late may have been followed by the next before anybody could look.
    """
    frames = outcome.report["film_frames"]
    unwatched = sum(gap.frames for gap in judgement.gaps() if gap.blind_ns > REFRESH_NS)
    missing = judgement.missing() - unwatched - frames["dropped"] - frames["late"]
    # Qt may paint one late, for reasons of its own, just before the next
    assert missing <= 0.005 * frames["due"], judgement.gaps()
    # how much a slow machine drops or misses is the machine's affair; scripts/bench_play.py tells
    assert unwatched <= 0.1 * frames["due"]
    assert frames["dropped"] <= 0.1 * frames["due"]


def assert_seams_are_ordinary(outcome: Outcome, judgement: Judgement, loops: int) -> None:
    """The last film frame and the first stand as long as any other."""
    watched = outcome.watched
    assert watched.captures / watched.seconds >= 60
    slack_ns = REFRESH_NS + watched.seconds / watched.captures * 1e9
    seams = judgement.seam_holds_ns()
    assert len(seams) >= 2 * (loops - 2)
    assert median(seams) < FRAME_NS + slack_ns
    others = [ns for frame, ns in judgement.holds_ns() if frame not in (0, judgement.length - 1)]
    assert max(seams) < max(others) + slack_ns


def test_the_check_fails_when_one_tile_is_a_frame_late(
    screen: XvfbScreen, film: Path, tmp_path: Path
) -> None:
    outcome, judgement = play(screen, film, tmp_path, "software", 2, BROKEN)
    assert outcome.code == 0, outcome.errors
    assert len(judgement.broken) > LENGTH
    assert outcome.report["lock"]["mismatches"] > LENGTH
