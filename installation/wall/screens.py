"""Which screen the wall hangs on, how it can be drawn there, and keeping it awake."""

from __future__ import annotations

import logging
import os
import shutil
import sys
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


def choose_screen(wanted: int | str | None) -> QScreen:
    """The screen at a position from 0, of a name, or the main one. Raises InstallationError."""
    screens = QGuiApplication.screens()
    if wanted is None:
        return QGuiApplication.primaryScreen()
    if isinstance(wanted, int) and wanted < len(screens):
        return screens[wanted]
    for screen in screens:
        if wanted == screen.name():
            return screen
    names = ", ".join(f"{i} ({screen.name()})" for i, screen in enumerate(screens))
    raise InstallationError(
        f"there is no screen {wanted!r}", where="wall.screen", remedy=f"connected: {names}"
    )


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
        from subprocess import Popen  # the first picture need not wait for it in a window

        if sys.platform == "darwin":
            self._helper = Popen(["caffeinate", "-d", "-w", str(os.getpid())])
        elif sys.platform == "win32":
            import ctypes

            # ES_CONTINUOUS | ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED
            ctypes.windll.kernel32.SetThreadExecutionState(0x80000003)
        elif QGuiApplication.platformName() == "xcb":
            if xset := shutil.which("xset"):
                self._helper = Popen([xset, "s", "off", "-dpms"])
            else:
                logger.info("xset is not installed; the screen may go dark by itself")

    def release(self) -> None:
        """Let the screen sleep again."""
        if self._helper is not None:
            self._helper.terminate()
            self._helper.wait()
