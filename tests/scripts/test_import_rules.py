"""The import rules of pyproject.toml are the table of the rooms, no more and no less; they bite."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from sysconfig import get_path

import pytest

ROOT = Path(__file__).resolve().parents[2]

OURS = {
    "film": set[str](),
    "config": {"film", "errors"},
    "layout": {"film", "config", "errors"},
    "decode": {"film", "errors"},
    "playback": {"film", "decode", "errors"},
    "library": {"film", "config", "decode", "errors"},
    "sample": {"film", "errors"},
    "control": {"film", "config", "errors"},
    "sound": {"film", "decode", "errors"},
    "kiosk": {"film", "config", "errors"},
    "wall": {"film", "config", "layout", "decode", "playback", "errors"},
}
"""What each room may import of ours."""
LIBRARIES = {
    "PySide6": {"wall", "sample", "sound", "show", "preview"},
    "av": {"decode", "library", "sample", "sound"},
    "babel": {"wall"},
    "c2pa": {"library"},
    "click": {"ahead", "cli"},
    "jinja2": set[str](),
    "numpy": {"wall", "sample", "sound"},
    "platformdirs": {"control", "kiosk", "library"},
    "psutil": {"kiosk"},
    "pulsectl": {"sound"},
    "pydantic": {"config", "control", "library"},
    "pydantic_core": {"config"},
    "pysubs2": {"library"},
    "vlc": {"decode"},
    "watchdog": {"library"},
    "yaml": {"config"},
    "time": set[str](),
}
"""Who may import each outside library; the time is read in one module, `film/clock.py`."""
MODULES = {
    "errors": {"film"},
    "preview": {"cli", "starter", "ahead", "safekeeping"},
    "starter": {"cli", "preview", "ahead", "safekeeping"},
    "ahead": {"cli", "preview", "starter", "safekeeping"},
    "safekeeping": {"cli", "preview", "starter", "ahead"},
    "app": {"cli", "preview", "starter", "ahead", "safekeeping"},
    "show": {"cli", "preview", "starter", "ahead", "safekeeping", "app"},
    "board": {"cli", "preview", "starter", "ahead", "safekeeping", "app", "show", "nudge"},
    "nudge": {"cli", "preview", "starter", "ahead", "safekeeping", "app", "show", "board"},
    "hearing": {
        "cli",
        "preview",
        "starter",
        "ahead",
        "safekeeping",
        "app",
        "show",
        "board",
        "nudge",
    },
    "cast": {"cli", "preview", "starter", "ahead", "safekeeping", "app", "show", "board", "nudge"},
    "mezzanines": {
        "cli",
        "preview",
        "starter",
        "ahead",
        "safekeeping",
        "app",
        "show",
        "board",
        "nudge",
        "cast",
    },
    "subtitling": {
        "cli",
        "preview",
        "starter",
        "ahead",
        "safekeeping",
        "app",
        "show",
        "board",
        "nudge",
        "cast",
    },
    "parts": {
        "cli",
        "preview",
        "starter",
        "ahead",
        "safekeeping",
        "app",
        "show",
        "board",
        "nudge",
        "cast",
        "mezzanines",
        "subtitling",
    },
    "cli": set[str](),
    "__main__": set[str](),
}
"""The modules beside the rooms, and what of ours they must not import."""
IMPORTED_AS = {
    "c2pa-python": "c2pa",
    "pyside6-addons": "PySide6",
    "python-vlc": "vlc",
    "pyyaml": "yaml",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package and its rules, to trespass in."""
    without = shutil.ignore_patterns("__pycache__", "fonts", "qml")
    shutil.copytree(ROOT / "installation", tmp_path / "installation", ignore=without)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What lint-imports says of the package in this folder."""
    command = [f"{get_path('scripts')}/lint-imports", "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_rules_refuse_what_the_table_does_not_allow_and_nothing_else(copy: Path) -> None:
    package = copy / "installation"
    planted, refused = set(), set()
    for room, allowed in OURS.items():
        targets = {*OURS, *MODULES} - {room, "__main__"}
        planted |= _plant(package / room / "trespass.py", f"{room}.trespass", targets)
        refused |= {(f"{room}.trespass", f"installation.{name}") for name in targets - allowed}
    for module, forbidden in MODULES.items():
        planted |= _plant(package / f"{module}.py", module, forbidden)
        refused |= {(module, f"installation.{name}") for name in forbidden}
    for library, rooms in LIBRARIES.items():
        refused |= {(f"{room}.trespass", library) for room in OURS if room not in rooms}
        refused |= {(module, library) for module in MODULES if module not in rooms}

    told = re.findall(r"installation\.(\S+) -> (\S+) \(l\.", lint(copy).stdout)

    assert planted & set(told) == refused


def test_a_new_room_needs_a_place_in_the_rules(copy: Path) -> None:
    assert lint(copy).returncode == 0
    (copy / "installation" / "helpers").mkdir()
    (copy / "installation" / "helpers" / "__init__.py").touch()
    told = lint(copy)
    assert told.returncode != 0
    assert "helpers" in told.stdout


def test_every_room_is_in_the_table() -> None:
    rooms = {path.parent.name for path in (ROOT / "installation").glob("*/__init__.py")}
    assert rooms == set(OURS)


def test_every_library_we_depend_on_has_its_rooms() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[<>=;\[ ]", line)[0].lower() for line in project["dependencies"]}
    assert {IMPORTED_AS.get(name, name) for name in names - {"tzdata"}} <= set(LIBRARIES)


def _plant(module: Path, name: str, ours: set[str]) -> set[tuple[str, str]]:
    """Add imports of these modules of ours and of every outside library; who imports what."""
    targets = sorted({f"installation.{name}" for name in ours} | LIBRARIES.keys())
    before = module.read_text("utf-8") if module.exists() else ""
    module.write_text("\n".join([before, *(f"import {name}" for name in targets), ""]), "utf-8")
    return {(name, target) for target in targets}
