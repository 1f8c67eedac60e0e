"""What the system's own service manager is to start, for each system, and as which files.

Pure but for looking at this machine: nothing is written here, see `installing.py`.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from installation.errors import InstallationError

if TYPE_CHECKING:
    from installation.config import Config

System = Literal["linux", "macos", "windows"]
Display = Literal["cage", "x11", "session"]
SYSTEMS: dict[str, System] = {"linux": "linux", "darwin": "macos", "win32": "windows"}
SERVERS: dict[Display, str] = {"cage": "cage", "x11": "Xorg"}
PACKAGES: dict[Display, str] = {
    "cage": "cage xwayland libwayland-cursor0 libwayland-egl1",
    "x11": "xserver-xorg-core xserver-xorg-input-libinput x11-xserver-utils libxcb-cursor0",
}
LONGEST_NAME = 60


@dataclass(frozen=True)
class Account:
    """Who plays the wall."""

    name: str
    number: int
    home: Path


@dataclass(frozen=True)
class Service:
    """A wall, as a service manager starts it."""

    name: str
    title: str
    config: Path
    program: tuple[str, ...]
    settings: Config

    @property
    def command(self) -> tuple[str, ...]:
        """Watched over by our own supervisor, with black behind it; the system watches over that.

        So there are back-off, last good config and slate on every system: systemd before 254 knows
        no back-off, and none knows a config.
        """
        return (*self.program, "kiosk", "--supervise", str(self.config))


@dataclass(frozen=True)
class Piece:
    """A file, and where it belongs."""

    path: Path
    content: bytes


def service_of(settings: Config, program: Sequence[str]) -> Service:
    """The service for a config. Raises InstallationError where its name cannot be written down."""
    config = settings.path.absolute()
    for word in (str(config), *program):
        if any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in word):
            raise InstallationError(
                "its path holds a character that no service can name",
                where=ascii(word),
                remedy="give file and folders another name",
            )
    title = " ".join(settings.film.title.split()) or config.stem
    return Service(_name(config.stem), title, config, tuple(program), settings)


def this_program(executable: str = sys.executable, platform: str = sys.platform) -> tuple[str, ...]:
    """How the program that runs here is started from anywhere."""
    python = Path(executable)
    if platform == "win32":  # the one that opens no console
        without_console = python.with_name("pythonw.exe")
        python = without_console if without_console.is_file() else python
    elif (beside := python.with_name("installation")).is_file():
        return (str(beside),)
    return (str(python), "-P", "-m", "installation")


def display_here() -> Display:
    """What brings a wall up without a desktop here. Raises InstallationError where nothing does.

    Xorg before cage: it lets screens sleep, and places windows on each of several.
    """
    order: tuple[Display, ...] = ("x11", "cage")
    for display in order:
        if shutil.which(SERVERS[display]):
            return display
    raise InstallationError(
        "nothing is installed that brings up a screen without a desktop",
        remedy=f"sudo apt-get install {PACKAGES['x11']}, or write the service of a desktop's "
        "user: --user",
    )


def _name(stem: str) -> str:
    """What service managers and shells take as it is."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-")
    return plain[:LONGEST_NAME].strip("-") or "wall"
