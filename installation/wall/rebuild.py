"""Builds the wall's windows anew, in their places, where their drawing has stopped."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QWindow
from PySide6.QtQuick import QQuickWindow


def rebuild(windows: Iterable[QWindow]) -> None:
    """Let go of each window of the system's, and of what the graphics card holds for it, and show
    it anew. GUI thread only.
    """
    for window in windows:
        visibility, place = window.visibility(), window.geometry()
        window.hide()
        if isinstance(window, QQuickWindow):
            window.releaseResources()
            window.destroy()
        window.setGeometry(place)
        window.setVisibility(visibility)
