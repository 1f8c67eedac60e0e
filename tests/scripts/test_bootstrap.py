"""The set-up scripts: what is missing is named, with the one command that mends it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPTS / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


linux = pytest.mark.skipif(sys.platform != "linux", reason="apt is a Linux matter")


@linux
def test_nothing_is_missing_where_the_tests_run(bootstrap: ModuleType) -> None:
    assert bootstrap.missing_packages(for_tests=True, needs_screen=True) == []


@linux
def test_a_missing_library_is_named_by_its_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    missing = bootstrap.missing_packages(for_tests=True, needs_screen=True)
    assert {"libegl1", "libxcb-cursor0", "libvlc5", "xvfb", "xdotool"} <= set(missing)
    without = bootstrap.missing_packages(for_tests=False, needs_screen=False)
    assert not {"libvlc5", "xvfb", "xdotool"} & set(without)


@linux
def test_without_the_right_to_install_it_says_the_one_command_and_stops(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "missing_packages", lambda **_: ["libegl1", "xvfb"])
    monkeypatch.setattr(bootstrap, "_root_prefix", lambda: None)
    with pytest.raises(SystemExit) as stopped:
        bootstrap.ensure_packages(for_tests=True, needs_screen=True)
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 xvfb"
    assert command in str(stopped.value)


def test_constraints_are_plain_pins_and_name_no_place() -> None:
    lines = (SCRIPTS.parent / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 20
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in pins)
    assert any(pin.startswith("PySide6_Addons==6.11.") for pin in pins)
