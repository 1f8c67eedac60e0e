"""The set-up: what is missing is named, with the one command that mends it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("bootstrap")


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pretend to be on another platform."""
    return lambda platform: monkeypatch.setattr(sys, "platform", platform)


@pytest.fixture
def no_library(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader finds nothing by itself, and nobody has said where VLC is."""
    monkeypatch.setattr(bootstrap.ctypes.util, "find_library", lambda name: None)
    monkeypatch.delenv("PYTHON_VLC_LIB_PATH", raising=False)


def test_nothing_is_missing_where_the_tests_run(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*args: object, **_: object) -> None:
        raise AssertionError(f"would run {args}")

    monkeypatch.setattr(bootstrap.subprocess, "run", nothing)
    bootstrap.ensure_packages(for_tests=True, needs_screen=True)


@pytest.mark.usefixtures("no_library")
def test_a_missing_library_is_named_by_its_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    missing = bootstrap.missing_packages(for_tests=True, needs_screen=True)
    assert {"libegl1", "libxcb-cursor0", "libvlc5", "xvfb", "xdotool"} <= set(missing)
    assert {"pulseaudio", "pulseaudio-utils", "faketime"} <= set(missing)
    without = bootstrap.missing_packages(for_tests=False, needs_screen=False)
    assert not {"libvlc5", "xvfb", "xdotool", "pulseaudio"} & set(without)


def test_without_the_right_to_install_it_says_the_one_command_and_stops(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, on: Callable[[str], None]
) -> None:
    on("linux")
    monkeypatch.setattr(bootstrap, "missing_packages", lambda **_: ["libegl1", "xvfb"])
    monkeypatch.setattr(bootstrap, "_root_prefix", lambda: None)
    with pytest.raises(SystemExit) as stopped:
        bootstrap.ensure_packages(for_tests=True, needs_screen=True)
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 xvfb"
    assert command in str(stopped.value)


# -- VLC where it comes with an installer


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Windows' registry: which folder VLC's installer has noted down in which hive."""
    noted: dict[int, str] = {}

    def open_key(hive: int, key: str) -> contextlib.AbstractContextManager[int]:
        assert key == r"Software\VideoLAN\VLC"
        if hive not in noted:
            raise FileNotFoundError(key)
        return contextlib.nullcontext(hive)

    fake = SimpleNamespace(
        HKEY_LOCAL_MACHINE=1,
        HKEY_CURRENT_USER=2,
        OpenKey=open_key,
        QueryValueEx=lambda hive, name: (noted[hive], {"InstallDir": 1}[name]),
    )
    monkeypatch.setitem(sys.modules, "winreg", fake)
    return noted


def _install_vlc(folder: Path, file: str) -> Path:
    folder.mkdir(parents=True)
    library = folder / file
    library.touch()
    return library


@pytest.mark.usefixtures("no_library")
@pytest.mark.parametrize(
    ("platform", "remedy"),
    [
        ("darwin", "brew install --cask vlc"),
        ("win32", "winget install VideoLAN.VLC"),
        ("freebsd14", "Install libVLC 3"),
    ],
)
def test_a_missing_vlc_is_named_with_its_platforms_remedy(
    bootstrap: ModuleType,
    on: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    registry: dict[int, str],
    platform: str,
    remedy: str,
) -> None:
    on(platform)
    monkeypatch.setattr(bootstrap, "_VLC_ON_MAC", str(tmp_path / "libvlc.dylib"))
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    with pytest.raises(SystemExit) as stopped:
        bootstrap.ensure_packages(for_tests=True, needs_screen=False)
    assert remedy in str(stopped.value)
    bootstrap.ensure_packages(for_tests=False, needs_screen=False)  # the demo needs no VLC


@pytest.mark.usefixtures("no_library")
def test_vlc_from_brew_is_found(
    bootstrap: ModuleType,
    on: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    on("darwin")
    assert bootstrap._VLC_ON_MAC == "/Applications/VLC.app/Contents/MacOS/lib/libvlc.dylib"
    library = _install_vlc(tmp_path / "VLC.app/Contents/MacOS/lib", "libvlc.dylib")
    monkeypatch.setattr(bootstrap, "_VLC_ON_MAC", str(library))
    bootstrap.ensure_packages(for_tests=True, needs_screen=False)


@pytest.mark.usefixtures("no_library")
@pytest.mark.parametrize("hive", [1, 2])
def test_vlc_from_its_windows_installer_is_found_where_the_registry_says(
    bootstrap: ModuleType,
    on: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    registry: dict[int, str],
    hive: int,
) -> None:
    on("win32")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path / "elsewhere"))
    registry[hive] = str(_install_vlc(tmp_path / "D", "libvlc.dll").parent)
    bootstrap.ensure_packages(for_tests=True, needs_screen=False)


@pytest.mark.usefixtures("no_library")
def test_vlc_is_found_in_program_files_without_the_registry(
    bootstrap: ModuleType,
    on: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    registry: dict[int, str],
) -> None:
    on("win32")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    registry[1] = str(tmp_path / "uninstalled")
    _install_vlc(tmp_path / "VideoLAN" / "VLC", "libvlc.dll")
    bootstrap.ensure_packages(for_tests=True, needs_screen=False)


@pytest.mark.usefixtures("no_library")
def test_vlc_is_found_where_its_bindings_are_told_to_look(
    bootstrap: ModuleType,
    on: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    on("darwin")
    monkeypatch.setattr(bootstrap, "_VLC_ON_MAC", str(tmp_path / "none"))
    monkeypatch.setenv("PYTHON_VLC_LIB_PATH", str(_install_vlc(tmp_path / "my", "libvlc.dylib")))
    bootstrap.ensure_packages(for_tests=True, needs_screen=False)


# -- the virtual environment


def make_python(venv: Path) -> None:
    """What an environment holds, on this platform or another."""
    for name in ("bin/python", "Scripts/python.exe"):
        (venv / name).parent.mkdir(parents=True)
        (venv / name).touch()


class Commands:
    """Stands for `subprocess.run`: notes what would run, makes what it would make."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.ran: list[str] = []
        self.fails = ""
        self.breaks_off = ""

    def __call__(self, command: list[str], **_: object) -> SimpleNamespace:
        name = command[2] if command[2] == "venv" else f"{command[2]} {command[3]}"
        self.ran.append(name)
        if name == "venv":
            assert not list(self.venv.glob("rest of *"))
            make_python(self.venv)
        if name == self.breaks_off:
            (self.venv / f"rest of {name}").touch()
            raise KeyboardInterrupt
        return SimpleNamespace(returncode=int(name == self.fails))


@pytest.fixture
def commands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Commands:
    venv = tmp_path / ".venv"
    commands = Commands(venv)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "_STAMP", venv / "set-up.txt")
    monkeypatch.setattr(bootstrap.subprocess, "run", commands)
    return commands


def test_a_venv_is_made_once_and_then_kept(bootstrap: ModuleType, commands: Commands) -> None:
    python = bootstrap.ensure_venv()
    assert python.is_relative_to(commands.venv)
    assert python.exists()
    assert bootstrap.ensure_venv() == python
    assert commands.ran == ["venv", "pip install"]


@pytest.mark.parametrize("step", ["venv", "pip install"])
def test_a_half_made_venv_is_made_anew(
    bootstrap: ModuleType, commands: Commands, step: str
) -> None:
    commands.breaks_off = step
    with pytest.raises(KeyboardInterrupt):
        bootstrap.ensure_venv()
    commands.breaks_off, commands.ran = "", []
    bootstrap.ensure_venv()
    assert commands.ran == ["venv", "pip install"]


@pytest.mark.parametrize("step", ["venv", "pip install"])
def test_a_failure_is_a_sentence_with_the_command_and_is_begun_anew(
    bootstrap: ModuleType, commands: Commands, step: str
) -> None:
    commands.fails = step
    with pytest.raises(SystemExit, match=f"-m {step}"):
        bootstrap.ensure_venv()
    commands.fails, commands.ran = "", []
    bootstrap.ensure_venv()
    assert commands.ran == ["venv", "pip install"]


def test_new_requirements_are_installed_into_the_venv_that_is_there(
    bootstrap: ModuleType, commands: Commands, tmp_path: Path
) -> None:
    bootstrap.ensure_venv()
    commands.ran = []
    (tmp_path / "constraints.txt").write_text("newer")
    bootstrap.ensure_venv()
    assert commands.ran == ["pip install"]


def test_an_update_that_pip_refuses_does_not_cost_the_venv(
    bootstrap: ModuleType, commands: Commands, tmp_path: Path
) -> None:
    bootstrap.ensure_venv()
    (tmp_path / "constraints.txt").write_text("newer")
    commands.fails, commands.ran = "pip install", []
    with pytest.raises(SystemExit):
        bootstrap.ensure_venv()
    commands.fails = ""
    bootstrap.ensure_venv()
    assert commands.ran == ["pip install", "pip install"]


def test_an_update_that_broke_off_is_begun_anew(
    bootstrap: ModuleType, commands: Commands, tmp_path: Path
) -> None:
    bootstrap.ensure_venv()
    (tmp_path / "constraints.txt").write_text("newer")
    commands.breaks_off = "pip install"
    with pytest.raises(KeyboardInterrupt):
        bootstrap.ensure_venv()
    commands.breaks_off, commands.ran = "", []
    bootstrap.ensure_venv()
    assert commands.ran == ["venv", "pip install"]


def test_another_pythons_venv_is_made_anew(
    bootstrap: ModuleType, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.ensure_venv()
    commands.ran = []
    monkeypatch.setattr(sys, "version_info", (4, 0, 1))
    bootstrap.ensure_venv()
    assert commands.ran == ["venv", "pip install"]


@pytest.mark.parametrize("works", [True, False])
def test_a_venv_made_by_hand_is_kept_where_it_works(
    bootstrap: ModuleType, commands: Commands, works: bool
) -> None:
    make_python(commands.venv)
    commands.fails = "" if works else "pip --version"
    bootstrap.ensure_venv()
    assert ("venv" in commands.ran) is not works


def test_a_venv_made_by_hand_outlives_pips_refusal(
    bootstrap: ModuleType, commands: Commands
) -> None:
    make_python(commands.venv)
    commands.fails = "pip install"
    for _ in range(2):
        with pytest.raises(SystemExit):
            bootstrap.ensure_venv()
    assert "venv" not in commands.ran


def test_the_python_that_runs_is_not_removed_under_itself(
    bootstrap: ModuleType, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.venv.mkdir()
    monkeypatch.setattr(sys, "prefix", str(commands.venv))
    with pytest.raises(SystemExit, match="system's own python3"):
        bootstrap.ensure_venv()
    assert commands.venv.is_dir()


def test_constraints_are_plain_pins_and_name_no_place() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 20
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in pins)
    assert any(pin.startswith("PySide6_Addons==6.11.") for pin in pins)
