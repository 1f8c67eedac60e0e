"""The lock of versions that libVLC plays from mezzanines, judged as any other."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tests.clips import make_clip
from tests.wall_e2e.judge import judge
from tests.wall_e2e.run import play_and_watch
from tests.wall_e2e.screen import XvfbScreen
from tests.wall_e2e.test_lock import assert_lock_is_whole, every

RATE = Fraction(24)
SECONDS = 3
LENGTH = 72
LOOPS = 4
RATES = {"2021 A": 24, "2022 B": 30, "2023 C": 12, "2024 D": 24}
VERSIONS = tuple(every(rate, SECONDS) for rate in RATES.values())

VLC = dict.fromkeys(RATES, "libVLC")
BOTH = {"2021 A": "libVLC", "2022 B": "software", "2023 C": "libVLC", "2024 D": "software"}
TWO_BY_PYAV = "versions: {2022 B: {engine: av}, 2024 D: {engine: av}}\n"


def write(config: Path, film: Path, overrides: str = "") -> Path:
    config.write_text(
        f"film: {{versions: '{film}'}}\n"
        "wall: {fade_in_ms: 100, captions: none}\n"
        "playback: {drawing: software, engine: vlc}\n"
        f"conform: {{mode: always, cache: '{film.parent / 'cache'}', limit: 1 GB}}\n{overrides}"
    )
    return config


@pytest.fixture(scope="module")
def film(screen: XvfbScreen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four versions, conformed ahead to the tiles' size."""
    folder = tmp_path_factory.mktemp("vlc") / "film"
    for number, (name, rate) in enumerate(RATES.items()):
        make_clip(
            folder / name / "film.mp4",
            frames=SECONDS * rate,
            rate=rate,
            size=(640, 360),
            version=number,
        )
    config = write(folder.parent / "ahead.yaml", folder)
    command = [
        sys.executable, "-m", "installation", "conform", str(config),
        "--size", f"{screen.width}x{screen.height}", "--jobs", "2",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("overrides", "decoding"), [("", VLC), (TWO_BY_PYAV, BOTH)], ids=["libVLC", "both engines"]
)
def test_every_captured_picture_shows_one_film_frame_on_all_tiles(
    screen: XvfbScreen, film: Path, tmp_path: Path, overrides: str, decoding: dict[str, str]
) -> None:
    assert len(list((film.parent / "cache").glob("*.mp4"))) == len(RATES)
    config = write(tmp_path / "wall.yaml", film, overrides)
    outcome = play_and_watch(screen, config, tmp_path, loops=LOOPS)
    judgement = judge(outcome.watched.seen, VERSIONS, RATE, LENGTH)
    assert_lock_is_whole(outcome, judgement, LOOPS)
    versions = outcome.report["versions"]
    assert {version["name"]: version["decoding"] for version in versions} == decoding
    assert [version["times_off_air"] for version in versions] == [0] * len(RATES)
