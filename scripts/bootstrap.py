"""Set-up shared by the scripts: the virtual environment and what the system must bring.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
_STAMP = VENV / "set-up.txt"
_BEGUN = "begun, not finished"
_INPUTS = ("pyproject.toml", "constraints.txt")

# What Qt's window plugin, PyAV and libVLC need on Linux: a library's name and its Debian package.
_WINDOW = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "glib-2.0": "libglib2.0-0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "Xrandr": "libxrandr2",
    "pulse": "libpulse0",
}
_VLC = {"vlc": "libvlc5"}
_VLC_ON_MAC = "/Applications/VLC.app/Contents/MacOS/lib/libvlc.dylib"
_VLC_REMEDY = {
    "darwin": "Install it with:\n  brew install --cask vlc",
    "win32": "Install it with:\n  winget install VideoLAN.VLC",
}
_MESA = ("swrast_dri.so", "libgallium*.so", "kms_swrast_dri.so")


def set_up(*, for_tests: bool = False, needs_screen: bool = False) -> Path:
    """Make everything ready; the environment's Python. Exits with the remedy where it cannot."""
    if sys.version_info < (3, 11):  # noqa: UP036  (an older Python may well run this file)
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    ensure_packages(for_tests=for_tests, needs_screen=needs_screen or for_tests)
    return ensure_venv()


def ensure_packages(*, for_tests: bool, needs_screen: bool) -> None:
    """Install missing system packages, or say the one command that does, and stop."""
    if sys.platform != "linux":
        if for_tests and not has_vlc():
            remedy = _VLC_REMEDY.get(sys.platform, "Install libVLC 3 with your system's packages.")
            sys.exit(f"VLC is missing. {remedy}")
        return
    missing = missing_packages(for_tests=for_tests, needs_screen=needs_screen)
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = f"sudo apt-get update && sudo {' '.join(install)}"
    prefix = _root_prefix()
    if shutil.which("apt-get") is None or prefix is None:
        sys.exit(
            f"System packages are missing. On Debian and Ubuntu install them with:\n  {by_hand}"
        )
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], install):
        if subprocess.run(
            [*prefix, *command], env=environment, stdout=subprocess.DEVNULL
        ).returncode:
            sys.exit(f"Installing failed. Try it by hand:\n  {by_hand}")
    still = missing_packages(for_tests=for_tests, needs_screen=needs_screen)
    if still:
        sys.exit(f"Still missing after the installation: {' '.join(still)}\n  {by_hand}")


def missing_packages(*, for_tests: bool, needs_screen: bool) -> list[str]:
    """Debian packages of what is not there, asked of the loader, not of the package list."""
    libraries = {**_WINDOW, **(_VLC if for_tests else {})}
    missing = [
        package for name, package in libraries.items() if ctypes.util.find_library(name) is None
    ]
    if importlib_missing("ensurepip") or importlib_missing("venv"):
        missing.append("python3-venv")
    if needs_screen and shutil.which("Xvfb") is None:
        missing.append("xvfb")
    if for_tests:
        programs = {"xdotool": "xdotool", "pulseaudio": "pulseaudio", "parec": "pulseaudio-utils"}
        programs["faketime"] = "faketime"
        programs["systemd-analyze"] = "systemd"  # which looks through the units that we write
        programs["Xorg"] = "xserver-xorg-core"  # with screens that can be unplugged
        programs["xrandr"] = "x11-xserver-utils"
        missing += [package for name, package in programs.items() if shutil.which(name) is None]
        if not Path("/usr/lib/xorg/modules/drivers/dummy_drv.so").exists():
            missing.append("xserver-xorg-video-dummy")
        if not _any_file("dri", _MESA) and not _any_file("", ("libgallium-*.so",)):
            missing.append("libgl1-mesa-dri")
        if not _any_file("vlc/plugins", ("*",)):
            missing.append("vlc-plugin-base")
    return missing


def has_vlc() -> bool:
    """True where libVLC is: on the loader's path, or where VLC's own installer puts it."""
    name = "libvlc.dll" if sys.platform == "win32" else "vlc"
    if ctypes.util.find_library(name) is not None:
        return True
    places = [os.environ.get("PYTHON_VLC_LIB_PATH", "")]  # python-vlc looks there first
    if sys.platform == "darwin":
        places.append(_VLC_ON_MAC)
    if sys.platform == "win32":
        program_files = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files"))
        folders = [_vlc_in_registry(), program_files / "VideoLAN" / "VLC"]
        places += [str(folder / name) for folder in folders if folder is not None]
    return any(place and Path(place).is_file() for place in places)


def importlib_missing(module: str) -> bool:
    """True where Debian has split a part of the standard library off."""
    return importlib.util.find_spec(module) is None


def ensure_venv() -> Path:
    """Make `.venv` and install the project in it, if anything about that changed.

    What the stamp says is written last. One that was begun and not finished is made anew.
    """
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    place, inputs = _what_it_is_for()
    stamp = _STAMP.read_text("utf-8") if _STAMP.is_file() else ""
    if python.exists() and stamp.splitlines() == [place, inputs]:
        return python
    print("Setting up .venv (a few minutes the first time) ...", flush=True)
    is_update = stamp.startswith(f"{place}\n") and python.exists()
    stays = is_update or (not stamp and _runs_pip(python))  # without a stamp: made by hand
    if not stays:
        _make_venv()
    _STAMP.write_text(_BEGUN, "utf-8")
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    command = [*install, "-c", "constraints.txt", "-e", ".[dev]"]
    if subprocess.run(command, cwd=ROOT).returncode:
        if stays:  # pip has said no by itself and left what was there
            _STAMP.write_text(stamp, "utf-8")
        sys.exit(
            "Installing failed; the lines above say why (no network?). The command was:\n"
            f"  {' '.join(command)}\nIf it stays so, delete {VENV} and run this again."
        )
    _STAMP.write_text(f"{place}\n{inputs}\n", "utf-8")
    return python


def _what_it_is_for() -> tuple[str, str]:
    """The Python and the place that an environment belongs to, and the digest of what is in it."""
    digest = hashlib.sha256()
    for name in _INPUTS:
        digest.update((ROOT / name).read_bytes())
    return f"Python {sys.version_info[0]}.{sys.version_info[1]} at {VENV}", digest.hexdigest()


def _make_venv() -> None:
    """A new, empty `.venv`; one that is there is half-made or of another Python, and goes."""
    if VENV.exists():
        if Path(sys.prefix).resolve() == VENV.resolve():
            sys.exit(
                f"{VENV} must be made anew, and this Python lives in it. "
                "Run the script with the system's own python3."
            )
        print(".venv is half-made, or another Python's: making it anew ...", flush=True)
        try:
            shutil.rmtree(VENV)
        except OSError as error:
            sys.exit(f"{VENV} must be made anew and cannot be removed ({error}). Remove it.")
    VENV.mkdir()
    _STAMP.write_text(_BEGUN, "utf-8")
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command).returncode:
        sys.exit(f"Making the virtual environment failed. The command was:\n  {' '.join(command)}")


def _runs_pip(python: Path) -> bool:
    """True where the environment works, whoever made it."""
    if not python.exists():
        return False
    return (
        subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0
    )


def _vlc_in_registry() -> Path | None:
    """The folder that VLC's installer for Windows has noted down."""
    registry: Any = importlib.import_module("winreg")
    for hive in (registry.HKEY_LOCAL_MACHINE, registry.HKEY_CURRENT_USER):
        try:
            with registry.OpenKey(hive, r"Software\VideoLAN\VLC") as key:
                return Path(registry.QueryValueEx(key, "InstallDir")[0])
        except OSError:
            continue
    return None


def _root_prefix() -> list[str] | None:
    """How to run a command as root: directly, with sudo that asks nothing, or not at all."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def _any_file(folder: str, patterns: tuple[str, ...]) -> bool:
    roots = [Path("/usr/lib"), Path("/usr/lib64"), *Path("/usr/lib").glob("*-linux-gnu*")]
    return any(
        next((root / folder).glob(pattern), None) is not None
        for root in roots
        for pattern in patterns
        if (root / folder).is_dir()
    )
