"""A wall that is changed while it plays, judged from outside: nothing flinches, all is in step."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest

from tests.clips import make_clip
from tests.wall_e2e.flinches import Flinches
from tests.wall_e2e.roaming import Glance, Glances, roaming
from tests.wall_e2e.screen import XvfbScreen

LENGTH = 48
MAY_LOSE = {"software": 0.04, "gpu": 0.15}
"""Of the film frames after a change; a GPU made of software takes 20 ms for each step of a tile."""


def clip(folder: Path, name: str, version: int, frames: int = LENGTH) -> None:
    make_clip(folder / name / "film.mp4", frames=frames, size=(320, 180), gop=12, version=version)


def write(config: Path, film: Path, drawing: str, wall: str = "") -> None:
    other = config.with_suffix(".new")
    other.write_text(
        f"film: {{versions: '{film}', settle_s: 0.5, watch: polling}}\n"
        f"wall: {{fade_in_ms: 0, transition_ms: 300, captions: none{wall}}}\n"
        f"playback: {{drawing: {drawing}}}\nconform: {{mode: never}}\n"
    )
    other.replace(config)


@contextmanager
def playing(
    screen: XvfbScreen, config: Path, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], Glances]]:
    """A wall that plays in a window, watched; ended like a person would end it."""
    report = folder / "report.json"
    command = [
        sys.executable, "-m", "installation", "play", str(config),
        "--windowed", f"{screen.width}x{screen.height}", "--report", str(report),
    ]  # fmt: skip
    with roaming(screen.environment, folder / "seen.json", 120, 16 / 9) as glances:
        wall = subprocess.Popen(command, env=screen.environment, stderr=subprocess.PIPE, text=True)
        try:
            yield wall, glances
        finally:
            wall.terminate()
            _, errors = wall.communicate(timeout=30)
            (folder / "errors.txt").write_text(errors)
    assert wall.returncode == 0, errors


def check_lock(glances: Glances, report: Path) -> None:
    """All tiles of every picture show one film frame; the ledger says the same."""
    mixed = [g for g in glances.seen if len({code[0] for _, code in g.tiles}) > 1]
    assert mixed == []
    told = json.loads(report.read_text())
    assert told["lock"]["mismatches"] == 0


def first(glances: Glances, claim: Callable[[Glance], bool]) -> int:
    """The first picture of which it is true."""
    return next(i for i, glance in enumerate(glances.seen) if claim(glance))


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_a_saved_config_shows_at_once_and_a_mistake_leaves_the_wall_alone(
    screen: XvfbScreen, tmp_path: Path, drawing: str
) -> None:
    film, config = tmp_path / "film", tmp_path / "wall.yaml"
    for number in range(3):
        clip(film, f"{2021 + number} V", number)
    write(config, film, drawing)
    flinches = Flinches(config)
    with playing(screen, config, tmp_path) as (_, glances):
        flinches.rest(2)
        write(config, film, drawing, ", layout: {kind: row, gap: 2%}")
        flinches.after_change(2)
        write(config, film, drawing, ", layout: {kind: row, gpa: 0}")
        flinches.after_change(1.5)
        write(config, film, drawing, ", layout: {kind: column}")
        flinches.after_change(2)
    check_lock(glances, tmp_path / "report.json")
    flinches.assert_none(MAY_LOSE[drawing])
    seen = [g for g in glances.seen if len(g.tiles) == 3]
    assert len(seen) > 0.9 * 8 * 24 / 2
    arrangements = [len({rect.y_px for rect, _ in glance.tiles}) for glance in seen]
    steps = [rows for rows, _ in groupby(arrangements)]
    assert steps[0] == 2  # a grid of two columns
    assert steps[-1] == 3  # the column
    assert 1 in steps  # the row, which the mistake left alone
    assert arrangements.count(1) > 2 * 24  # all through the time of the mistake
    errors = (tmp_path / "errors.txt").read_text()
    assert "wall.yaml:2" in errors
    assert 'did you mean "gap"' in errors
    assert errors.count("the last good config plays on") == 1


def copy_slowly(source: Path, to: Path, seconds: float) -> None:
    """As a copy over a network comes in: in pieces, under its own name."""
    to.parent.mkdir()
    data = source.read_bytes()
    piece = len(data) // 10 + 1
    with to.open("wb") as file:
        for start in range(0, len(data), piece):
            file.write(data[start : start + piece])
            file.flush()
            time.sleep(seconds / 10)


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_versions_arrive_change_and_go_without_a_flinch(
    screen: XvfbScreen, tmp_path: Path, drawing: str
) -> None:
    film, config, ready = tmp_path / "film", tmp_path / "wall.yaml", tmp_path / "ready"
    for number in range(2):
        clip(film, f"{2021 + number} V", number)
    clip(ready, "new", 2)
    clip(ready, "other", 3)
    clip(ready, "cut", 4)
    write(config, film, drawing)
    flinches = Flinches(config)
    with playing(screen, config, tmp_path) as (_, glances):
        flinches.rest(2)
        copy_slowly(ready / "new" / "film.mp4", film / "2023 New" / "film.mp4", 2)
        (film / "2024 Cut").mkdir()
        cut = (ready / "cut" / "film.mp4").read_bytes()
        (film / "2024 Cut" / "film.mp4").write_bytes(cut[: len(cut) // 2])
        flinches.after_change(8)
        moved = tmp_path / "moved.mp4"
        moved.write_bytes((ready / "other" / "film.mp4").read_bytes())
        moved.replace(film / "2022 V" / "film.mp4")
        flinches.after_change(7)
        shutil.rmtree(film / "2021 V")
        flinches.after_change(4)
    check_lock(glances, tmp_path / "report.json")
    flinches.assert_none(MAY_LOSE[drawing])
    seen = [set(glance.versions) for glance in glances.seen if glance.tiles]
    stages = [stage for stage, _ in groupby(seen)]
    for stage in ({0, 1}, {0, 1, 2}, {0, 3, 2}, {3, 2}):
        assert stage in stages, stages
    assert stages[0] == {0, 1}
    assert stages[-1] == {3, 2}
    joined = next(i for i, stage in enumerate(seen) if 2 in stage)
    first_frames = {code[0] for _, code in [g for g in glances.seen if g.tiles][joined].tiles}
    assert first_frames <= set(range(9))  # at the seam; others may hang before it on their way
    assert 4 not in set().union(*seen)
    errors = (tmp_path / "errors.txt").read_text()
    assert "2024 Cut" in errors
    assert errors.count("not shown") == 1
