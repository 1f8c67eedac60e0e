"""Which screen the wall hangs on, how it can be drawn there, and keeping it awake."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QScreen

from installation.errors import InstallationError
from installation.wall.video_frame import Drawing

if TYPE_CHECKING:
    import subprocess

logger = logging.getLogger(__name__)

_SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "software", "swiftshader")
_GL_RENDERER = 0x1F01
_PLACE = re.compile(r"(?:(\d+)x(\d+))?([+-]\d+)([+-]\d+)")
_SIDES = ("left", "right", "top", "bottom")
Wanted = int | str | None
"""A screen's number from 0, its name, its serial number, where it stands, or the main one."""


def refuse_without_display() -> None:
    """Qt would abort; say it in a sentence instead."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        raise InstallationError(
            "there is no display to show the wall on",
            remedy="start it in a graphical session, or set DISPLAY to the X server's",
        )


def choose_screen(wanted: Wanted, where: str = "wall.screen") -> QScreen:
    """The one screen that is wanted. Raises InstallationError."""
    (found,) = find_screens([wanted])
    if found is not None:
        return found
    raise InstallationError(
        f"there is no screen {wanted!r}", where=where, remedy=f"connected: {connected()}"
    )


def connected() -> str:
    """The screens there are, in a few words."""
    screens = enumerate(QGuiApplication.screens())
    return ", ".join(f"{i} ({screen.name()})" for i, screen in screens) or "none"


def find_screens(
    wanted: Sequence[Wanted],
    homes: Sequence[str | None] = (),
    among: Sequence[QScreen] | None = None,
) -> list[QScreen | None]:
    """The screen that each means, no screen twice; None where it is not connected.

    `homes` are the names of those where they hung before. Who wants one by where it stands, or just
    the main one, stays there: a screen that is plugged in beside it changes what these words mean.
    """
    there = QGuiApplication.screens() if among is None else among
    everyone = [screen for screen in there if not screen.geometry().isEmpty()]  # no stand-in
    free = list(everyone)
    found: list[QScreen | None] = []
    for place, one in enumerate(wanted):
        home = homes[place] if place < len(homes) and not _is_label(one) else None
        at_home = [screen for screen in free if screen.name() == home]
        meant = next(iter(at_home or _meant(one, free, everyone)), None)
        found.append(meant)
        free = [screen for screen in free if screen is not meant]
    return found


def _is_label(wanted: Wanted) -> bool:
    """True for a name or a serial number: what is written on the screen and on its plug."""
    return isinstance(wanted, str) and wanted not in _SIDES and not _PLACE.fullmatch(wanted)


def _meant(wanted: Wanted, free: Sequence[QScreen], everyone: Sequence[QScreen]) -> list[QScreen]:
    """The screens that these words fit, of those that are free. The main one comes first."""
    if wanted is None:
        return [screen for screen in free if screen is everyone[0]]
    if isinstance(wanted, int):
        return [screen for screen in free if screen in everyone[wanted : wanted + 1]]
    named = [screen for screen in free if screen.name() == wanted]
    if named or any(screen.name() == wanted for screen in everyone):
        return named
    numbered = [screen for screen in free if wanted and screen.serialNumber() == wanted]
    return sorted(numbered, key=_reading_order) or _standing(wanted, free)


def _reading_order(screen: QScreen) -> tuple[int, int]:
    return screen.geometry().y(), screen.geometry().x()


def _standing(wanted: str, free: Sequence[QScreen]) -> list[QScreen]:
    """Those that stand there on the desktop."""
    if wanted in ("left", "right"):
        across = sorted(free, key=lambda screen: screen.geometry().center().x())
        return across[:1] if wanted == "left" else across[-1:]
    if wanted in ("top", "bottom"):
        down = sorted(free, key=lambda screen: screen.geometry().center().y())
        return down[:1] if wanted == "top" else down[-1:]
    match = _PLACE.fullmatch(wanted)
    if match is None:
        return []
    width, height, x, y = match.groups()
    return [
        screen
        for screen in free
        if (screen.geometry().x(), screen.geometry().y()) == (int(x), int(y))
        and (width is None or screen.geometry().width() == int(width))
        and (height is None or screen.geometry().height() == int(height))
    ]


def told_screens() -> list[str]:
    """A line for each screen that is connected, for `installation screens`."""
    os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")  # in their own pixels, as the wall
    qt = QGuiApplication.instance() or QGuiApplication(["installation"])
    assert isinstance(qt, QGuiApplication)
    rows = [("", "name", "serial number", "stands at", "millimetres", "refresh", "made as")]
    for number, screen in enumerate(qt.screens()):
        at, size = screen.geometry(), screen.physicalSize()
        stands = f"{at.width()}x{at.height()}{at.x():+d}{at.y():+d}"
        is_main = screen is qt.primaryScreen()
        rows.append(
            (
                str(number),
                screen.name() + (" (main)" if is_main else ""),
                screen.serialNumber() or "-",
                stands,
                f"{size.width():.0f} x {size.height():.0f}",
                f"{screen.refreshRate():.2f} Hz",
                " ".join(part for part in (screen.manufacturer(), screen.model()) if part) or "-",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def may_have_gpu() -> bool:
    """False where there is surely no GPU, told without touching any graphics library."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    if sys.platform != "linux":
        return True
    nodes = [*Path("/dev/dri").glob("renderD*"), Path("/dev/nvidiactl")]
    return any(node.exists() for node in nodes)


def choose_drawing(wanted: str) -> Drawing:
    """How to draw: as the config says, or `auto`: with the GPU where there is a real one."""
    if wanted != "auto":
        return Drawing(wanted)
    if not may_have_gpu():
        return Drawing.SOFTWARE
    if sys.platform != "linux":
        return Drawing.GPU
    renderer = _gl_renderer()
    logger.info("opengl renderer=%r", renderer)
    is_soft = any(name in renderer.lower() for name in _SOFTWARE_RENDERERS)
    return Drawing.GPU if renderer and not is_soft else Drawing.SOFTWARE


def _gl_renderer() -> str:
    """The OpenGL renderer's name; empty where there is none."""
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return ""
    try:
        return str(context.functions().glGetString(_GL_RENDERER) or "")
    finally:
        context.doneCurrent()


class Wakefulness:
    """Keeps the screen from going dark while it lives. Failing at it is logged, nothing more."""

    def __init__(self) -> None:
        self._helper: subprocess.Popen[bytes] | None = None
        try:
            self._hold()
        except OSError as error:
            logger.warning("the screen may go dark by itself: %s", error)

    def _hold(self) -> None:
        from subprocess import DEVNULL, Popen  # the first picture need not wait for it in a window

        if sys.platform == "darwin":
            self._helper = Popen(["caffeinate", "-d", "-w", str(os.getpid())])
        elif sys.platform == "win32":
            import ctypes

            # ES_CONTINUOUS | ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED
            ctypes.windll.kernel32.SetThreadExecutionState(0x80000003)
        elif QGuiApplication.platformName() == "xcb":
            if xset := shutil.which("xset"):
                # a screen without energy saving has nothing to switch off, and complains
                command = [xset, "s", "off", "s", "noblank", "-dpms"]
                self._helper = Popen(command, stderr=DEVNULL)
            else:
                logger.info("xset is not installed; the screen may go dark by itself")

    def release(self) -> None:
        """Let the screen sleep again."""
        if self._helper is not None:
            self._helper.terminate()
            self._helper.wait()
