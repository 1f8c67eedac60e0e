"""What is started, and under which name."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.config import load_config
from installation.kiosk.service import service_of, this_program


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("wall.yaml", "wall"),
        ("The Kiss, 2nd floor.yaml", "the-kiss-2nd-floor"),
        ("Größe.yaml", "gr-sse"),
        ("吻.yaml", "wall"),
        (f"{'x' * 200}.yaml", "x" * 60),
    ],
)
def test_its_name_can_be_typed_anywhere(tmp_path: Path, file: str, name: str) -> None:
    config = tmp_path / file
    config.write_text("film: {versions: media}\n")
    assert service_of(load_config(config), ("x",)).name == name


def test_it_starts_the_program_that_wrote_it(tmp_path: Path) -> None:
    python = tmp_path / "python"
    assert this_program(str(python), "linux") == (str(python), "-P", "-m", "installation")
    (tmp_path / "installation").touch()
    assert this_program(str(python), "linux") == (str(tmp_path / "installation"),)


def test_on_windows_it_opens_no_console(tmp_path: Path) -> None:
    (tmp_path / "pythonw.exe").touch()
    program, *_ = this_program(str(tmp_path / "python.exe"), "win32")
    assert Path(program).name == "pythonw.exe"
