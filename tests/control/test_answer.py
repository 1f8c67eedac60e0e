"""`installation status` answers people with a table and scripts with JSON and an exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from installation.control import StateFile, VersionStatus, WallStatus
from installation.control.answer import Code, answer

MakeStatus = Callable[..., WallStatus]
MakeVersion = Callable[..., VersionStatus]
KISS, ROW = Path("kiss.yaml"), Path("row.yaml")


@pytest.fixture
def say(tmp_path: Path) -> Callable[[Path, WallStatus], None]:
    def write(config: Path, said: WallStatus) -> None:
        StateFile(config, tmp_path)._write(said)

    return write


@pytest.fixture
def ask(tmp_path: Path, noon: datetime) -> Callable[..., tuple[Code, str]]:
    def asked(config: Path | None = None, after_s: int = 1, **how: Any) -> tuple[Code, str]:
        now = noon + timedelta(seconds=after_s)
        return answer(config, now, **{"in_json": False, "width": 100, "folder": tmp_path, **how})

    return asked


def test_no_wall_is_an_exit_code_of_its_own_and_says_what_to_do(
    ask: Callable[..., tuple[Code, str]], tmp_path: Path
) -> None:
    assert ask() == (Code.NO_WALL, "no wall plays; ask as the user who plays it")
    kiss = tmp_path / "kiss.yaml"
    code, told = ask(kiss)
    assert code == Code.NO_WALL
    assert told.startswith(f"{kiss}: there is no such file")
    kiss.touch()
    code, told = ask(kiss)
    assert code == Code.NO_WALL
    assert told.startswith("kiss.yaml: no wall plays it; start it with: installation play")
    assert ask(in_json=True) == (Code.NO_WALL, "[]")


def test_the_exit_code_tells_what_is_the_matter(
    ask: Callable[..., tuple[Code, str]],
    say: Callable[[Path, WallStatus], None],
    status: MakeStatus,
    make_version: MakeVersion,
) -> None:
    on_its_way = make_version("2025 New", state="probing", sentence="2025 New: is looked into")
    for code, changes in (
        (Code.WELL, {}),
        (Code.WELL, {"versions": ()}),
        (Code.WELL, {"versions": (on_its_way,)}),
        (Code.WELL, {"at_next_start": ("film.rate",)}),
        (Code.TO_MEND, {"mistakes": ("kiss.yaml:2: no",)}),
        (Code.TO_MEND, {"notices": ("x.mp4: lies beside",)}),
        (Code.TO_MEND, {"now": {"mismatches": 1}}),
        (Code.TO_MEND, {"versions": (make_version("a", state="off air"),)}),
        (Code.TO_MEND, {"versions": (make_version("a", state="rejected"),)}),
        (Code.NOT_PLAYING, {"now": {"seen": status().now.seen - timedelta(minutes=1)}}),
    ):
        say(KISS, status(**changes))
        assert ask(KISS)[0] == ask()[0] == code, changes


def test_of_several_walls_each_is_told_and_the_worst_counts(
    ask: Callable[..., tuple[Code, str]],
    say: Callable[[Path, WallStatus], None],
    status: MakeStatus,
) -> None:
    say(KISS, status())
    say(ROW, status(title="A Row", mistakes=("row.yaml:1: no",)))
    code, told = ask()
    assert code == Code.TO_MEND
    assert told.index("A Row: plays since") < told.index("The Kiss: plays since")
    assert ask(KISS)[0] == Code.WELL
    walls = json.loads(ask(in_json=True)[1])
    assert [wall["title"] for wall in walls] == ["A Row", "The Kiss"]
    assert walls[1]["standing"] == "playing"
    assert walls[1]["now"]["timecode"] == "00:00:01:07"
    assert walls[1]["versions"][0]["credit_from"] == "folder name"
