"""Where X itself says the monitors are.

Qt 6.11 misses the first change of a screen that was off and on again, as of one that wakes in
another resolution and takes up its own a moment later. So X is asked, now and then.
GUI thread only.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_ulong, c_void_p

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication


class _Monitor(ctypes.Structure):
    """XRRMonitorInfo of Xrandr.h."""

    _fields_ = [
        ("name", c_ulong), ("primary", c_int), ("automatic", c_int), ("outputs_count", c_int),
        ("x", c_int), ("y", c_int), ("width", c_int), ("height", c_int),
        ("width_mm", c_int), ("height_mm", c_int), ("outputs", c_void_p),
    ]  # fmt: skip


class XMonitors:
    """A connection to the X server of its own. Raises OSError where it cannot be had."""

    def __init__(self) -> None:
        self._x, self._randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XDefaultRootWindow.argtypes = [c_void_p]
        self._x.XDefaultRootWindow.restype = c_ulong
        self._x.XGetAtomName.argtypes = [c_void_p, c_ulong]
        self._x.XGetAtomName.restype = c_void_p
        self._x.XFree.argtypes = [c_void_p]
        self._x.XCloseDisplay.argtypes = [c_void_p]
        self._randr.XRRGetMonitors.argtypes = [c_void_p, c_ulong, c_int, POINTER(c_int)]
        self._randr.XRRGetMonitors.restype = POINTER(_Monitor)
        self._randr.XRRFreeMonitors.argtypes = [POINTER(_Monitor)]
        self._display: int | None = self._x.XOpenDisplay(None)
        if not self._display:
            raise OSError("the X server does not let us in")

    def geometries(self) -> dict[str, QRect]:
        """Each monitor's by its name."""
        if self._display is None:
            return {}
        root, count = self._x.XDefaultRootWindow(self._display), c_int()
        monitors = self._randr.XRRGetMonitors(self._display, root, 1, byref(count))
        if not monitors:
            return {}
        found = {}
        for monitor in monitors[: count.value]:
            at = QRect(monitor.x, monitor.y, monitor.width, monitor.height)
            found[self._name(monitor.name)] = at
        self._randr.XRRFreeMonitors(monitors)
        return found

    def _name(self, atom: int) -> str:
        text = self._x.XGetAtomName(self._display, atom)
        if not text:
            return ""
        name = (ctypes.cast(text, c_char_p).value or b"").decode("utf-8", "replace")
        self._x.XFree(text)
        return name

    def close(self) -> None:
        """Let go of the server."""
        if self._display is not None:
            self._x.XCloseDisplay(self._display)
            self._display = None


def x_monitors() -> XMonitors | None:
    """None where the screens are not X's, or it cannot be asked."""
    if QGuiApplication.platformName() != "xcb":
        return None
    try:
        return XMonitors()
    except (OSError, AttributeError):
        return None
