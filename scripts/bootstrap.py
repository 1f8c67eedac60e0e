"""Set-up shared by the scripts: the virtual environment and what the system must bring.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
_STAMP = VENV / "set-up.sha256"
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
    "xcb-xinerama": "libxcb-xinerama0",
    "pulse": "libpulse0",
}
_VLC = {"vlc": "libvlc5"}
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
        if for_tests and ctypes.util.find_library("vlc") is None:
            remedy = (
                "brew install --cask vlc"
                if sys.platform == "darwin"
                else "winget install VideoLAN.VLC"
            )
            sys.exit(f"VLC is missing. Install it with:\n  {remedy}")
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
        if shutil.which("xdotool") is None:
            missing.append("xdotool")
        if not _any_file("dri", _MESA) and not _any_file("", ("libgallium-*.so",)):
            missing.append("libgl1-mesa-dri")
        if not _any_file("vlc/plugins", ("*",)):
            missing.append("vlc-plugin-base")
    return missing


def importlib_missing(module: str) -> bool:
    """True where Debian has split a part of the standard library off."""
    import importlib.util

    return importlib.util.find_spec(module) is None


def ensure_venv() -> Path:
    """Make `.venv` and install the project in it, if anything about that changed."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    digest = hashlib.sha256()
    for name in _INPUTS:
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    if python.exists() and _STAMP.exists() and _STAMP.read_text() == digest.hexdigest():
        return python
    print("Setting up .venv (a few minutes the first time) ...", flush=True)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    command = [*install, "-c", "constraints.txt", "-e", ".[dev]"]
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(
            f"Installing failed; the lines above say why. The command was:\n  {' '.join(command)}"
        )
    _STAMP.write_text(digest.hexdigest())
    return python


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
