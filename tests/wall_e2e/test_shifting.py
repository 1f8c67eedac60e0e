"""One version is shifted while the wall plays, judged from outside: the others do not notice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

import mss
import numpy as np
import pytest

from installation.config import load_config
from installation.nudge import moved
from tests.clips import make_clip
from tests.wall_e2e.finder import find_tiles
from tests.wall_e2e.roaming import Glances, roaming
from tests.wall_e2e.screen import XvfbScreen

LENGTH = 720
NAMES = ("2021 A", "2022 ~: b", "2023 C")  # the second is no plain YAML
SHIFTED = 1
BORDER = 170
"""The clips' border is darker than this, what outlines a tile is lighter."""


@contextmanager
def playing(
    screen: XvfbScreen, config: Path, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], Glances]]:
    """A wall in a window, watched, that ends by Esc."""
    command = [
        sys.executable, "-m", "installation", "play", str(config), "--windowed",
        f"{screen.width}x{screen.height}", "--report", str(folder / "report.json"),
    ]  # fmt: skip
    pipe = subprocess.PIPE
    with (
        roaming(screen.environment, folder / "seen.json", 200, 16 / 9) as glances,
        subprocess.Popen(
            command, env=screen.environment, stdout=pipe, stderr=pipe, text=True
        ) as wall,
    ):
        try:
            yield wall, glances
        finally:
            wall.kill()


def hand(screen: XvfbScreen, *what: str) -> None:
    """What a hand does at the keyboard and the mouse, in xdotool's words."""
    find = ["search", "--onlyvisible", "--name", "wall", "windowfocus"]
    subprocess.run(["xdotool", *find, *what], env=screen.environment, check=True, timeout=10)


def write(config: Path, film: Path, drawing: str, versions: str) -> None:
    other = config.with_suffix(".new")
    other.write_text(
        f"film: {{versions: '{film}', length: '00:00:{LENGTH // 24}:00'}}\n"
        "wall: {fade_in_ms: 0, transition_ms: 0, captions: none, layout: {kind: row, margin: 8%}}\n"
        # nobody leaves the air for a busy machine: what is judged is who shows what
        f"playback: {{drawing: {drawing}, patience_ms: 5000}}\nconform: {{mode: never}}\n{versions}"
    )
    other.replace(config)


class Look(NamedTuple):
    """The film frame that the others agree on, and by how many the one is behind it."""

    film_frame: int
    shift: int


def look(codes: dict[int, int]) -> Look:
    """From each version's picture."""
    others = {frame for version, frame in codes.items() if version != SHIFTED}
    assert len(others) == 1, codes
    film_frame = others.pop()
    return Look(film_frame, film_frame - codes[SHIFTED])


class Now(NamedTuple):
    """What is on the screen: how far the one is behind, and who is outlined."""

    shift: int
    outlined: set[int]


def now_on(screen: XvfbScreen) -> Now | None:
    """None while not all tiles can be read."""
    with mss.MSS(display=screen.display) as grabber:
        shot = grabber.grab(grabber.monitors[0])
    light = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)[..., 1]
    tiles = find_tiles(light)
    if len(tiles) < len(NAMES):
        return None
    outlined = {version for at, (_, version) in tiles.items() if light[at.y_px, at.x_px] > BORDER}
    return Now(look({version: index for index, version in tiles.values()}).shift, outlined)


def wait_for(screen: XvfbScreen, shift: int, *outlined: int) -> None:
    """Until the one is so far behind, and these are outlined."""
    end = time.monotonic() + 60
    while (seen := now_on(screen)) != (shift, {*outlined}):
        assert time.monotonic() < end, f"it did not come true in time: {seen}"
        time.sleep(0.02)


@pytest.fixture
def screen() -> Iterator[XvfbScreen]:
    """One of its own: a key that ends the wall may stay down on its screen."""
    with XvfbScreen() as screen:
        yield screen


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shifting") / "film"
    for number, name in enumerate(NAMES):
        make_clip(folder / name / "film.mp4", frames=LENGTH, gop=12, version=number)
    return folder


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_an_edit_or_a_key_shifts_one_version_at_a_film_frame_and_nobody_else(
    screen: XvfbScreen, film: Path, tmp_path: Path, drawing: str
) -> None:
    config = tmp_path / "wall.yaml"
    write(config, film, drawing, "")
    with playing(screen, config, tmp_path) as (wall, glances):
        wait_for(screen, 0)
        time.sleep(1)
        write(config, film, drawing, f"versions: {{'{NAMES[SHIFTED]}': {{offset: 0.125}}}}\n")
        wait_for(screen, 3)
        # faster than a hand: the first tile, the second, later, later, print
        hand(screen, "key", "Tab", "Tab", "bracketright", "bracketright", "s")
        wait_for(screen, 5, SHIFTED)
        time.sleep(1)
        hand(screen, "key", "space", "bracketright")  # the picture that stands still shifts, too
        wait_for(screen, 6, SHIFTED)
        hand(screen, "key", "s", "space", "Escape")  # which lets go of the tile
        wait_for(screen, 6)
        time.sleep(1)
        assert wall.poll() is None
        hand(screen, "key", "Escape")
        out, errors = wall.communicate(timeout=30)
    assert wall.returncode == 0, errors
    assert "Traceback" not in errors

    codes = [{version: index for _, (index, version) in glance.tiles} for glance in glances.seen]
    looks = [look(frames) for frames in codes if len(frames) == len(NAMES)]
    shifts = [shift for shift, _ in groupby(look.shift for look in looks)]
    assert shifts == sorted(shifts)  # never back, never in between
    assert {0, 3, 4, 5, 6} >= {*shifts} >= {0, 3, 5, 6}
    film_frames = [look.film_frame for look in looks]
    assert film_frames == sorted(film_frames)  # no seam was waited for
    assert any(a.film_frame == b.film_frame and a.shift < b.shift for a, b in pairwise(looks))
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["lock"]["mismatches"] == 0
    frames = told["film_frames"]
    may_lose = 0.05 if drawing == "software" else 0.15
    assert frames["late"] + frames["dropped"] <= may_lose * frames["due"]

    printed = out.split("versions:\n")
    assert len(printed) == 3
    write(config, film, drawing, f"versions:\n{printed[-1]}")
    kept = {name: v.wishes.offset for name, v in load_config(config).versions.items()}
    assert kept == {NAMES[SHIFTED]: moved(Fraction(0), 6, Fraction(24))}
