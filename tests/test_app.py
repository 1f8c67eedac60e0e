"""The start: what a folder holds must not take the wall with it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from installation import app
from installation.errors import VersionRejected
from tests.clips import make_clip


def test_films_that_nobody_has_measured_are_measured_outside_the_wall_s_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("2021 A", "2022 B"):
        make_clip(tmp_path / "film" / name / "film.mp4", frames=6)
    config = tmp_path / "wall.yaml"
    config.write_text("film: {versions: film}\nconform: {mode: never}\n")
    asked: list[str] = []
    shown: list[Any] = []

    def crash(path: Path, container: str, **settings: Any) -> None:
        asked.append(path.parent.name)
        raise VersionRejected("crashes the decoder", remedy="export it again")

    def show(config: Any, prepared: Any, options: Any) -> int:
        shown.append(prepared.library)
        return 0

    stage = ModuleType("installation.show")
    stage.__dict__.update(show=show)
    monkeypatch.setitem(sys.modules, "installation.show", stage)
    monkeypatch.setattr(app, "probe_apart", crash)
    said: list[str] = []
    code = app.play(config, windowed=None, loops=1, report=None, started_ns=0, say=said.append)
    assert code == 0
    assert sorted(asked) == ["2021 A", "2022 B"]
    (library,) = shown
    assert library.versions == ()
    assert all("crashes the decoder" in sentence for sentence in said)
