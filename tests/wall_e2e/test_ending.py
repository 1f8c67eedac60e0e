"""A wall that is asked to end does so, whatever it is at, and leaves nothing running."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installation.control.statefile import walls
from installation.kiosk.exits import BUG
from tests.clips import make_clip
from tests.processes import children_with, is_running
from tests.wall_e2e.live import live
from tests.wall_e2e.screen import XvfbScreen


def looks(pid: int) -> list[int]:
    """The processes of a wall that look into films."""
    return children_with(pid, "probing.py")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes a while to be rehearsed."""
    folder = tmp_path_factory.mktemp("long")
    return make_clip(folder / "film.mp4", frames=360, size=(1280, 720))


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_a_wall_ends_while_films_are_looked_into_and_leaves_no_process(
    screen: XvfbScreen, tmp_path: Path, long: Path, drawing: str
) -> None:
    film, config = tmp_path / "film", tmp_path / "wall.yaml"
    make_clip(film / "2021 V" / "film.mp4", frames=48, size=(320, 180), gop=12)
    config.write_text(
        f"film: {{versions: '{film}', settle_s: 0.5}}\nwall: {{fade_in_ms: 0, captions: none}}\n"
        f"playback: {{drawing: {drawing}}}\n"
    )
    with live(screen, config, seconds=120) as wall:
        wall.wait_for(lambda status: status.versions[0].state == "on air", 60)
        for number in range(6):
            (film / f"{2022 + number} Long").mkdir()
            shutil.copy(long, film / f"{2022 + number} Long" / "film.mp4")
        wall.wait_for(lambda status: sum(v.state == "probing" for v in status.versions) > 3, 60)
        while len(looks(wall.process.pid)) < 2:
            time.sleep(0.01)
        looking = looks(wall.process.pid)
    assert wall.process.returncode == 0
    assert [pid for pid in looking if is_running(pid)] == []
    said = [line.text for line in wall.logged() if line.level != "INFO"]
    assert [text for text in said if "looking into it failed" in text or "slow" in text] == []


@pytest.mark.parametrize("is_kiosk", [False, True])
def test_a_wall_whose_display_is_gone_does_not_end_as_one_that_was_asked_to(
    tmp_path: Path, is_kiosk: bool
) -> None:
    """Its supervisor would leave it so, with a login on the screen."""
    film, config = tmp_path / "film", tmp_path / "wall.yaml"
    make_clip(film / "2021 V" / "film.mp4", frames=48, size=(320, 180), gop=12)
    config.write_text(
        f"film: {{versions: '{film}'}}\nplayback: {{drawing: software}}\nconform: {{mode: never}}\n"
    )
    with XvfbScreen() as screen:
        command = [sys.executable, "-m", "installation", "kiosk" if is_kiosk else "play"]
        wall = subprocess.Popen([*command, str(config)], env=screen.environment)
        begun = time.monotonic()
        while not any(status.now.pictures for status in walls(config)):
            assert wall.poll() is None
            assert time.monotonic() - begun < 60
            time.sleep(0.05)
    assert wall.wait(60) == BUG
