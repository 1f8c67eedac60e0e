"""A timer that keeps its time, for what a visitor sees.

Qt's usual ones may be off by a twentieth, which for a film of two minutes is six seconds beside the
seam (https://doc.qt.io/qt-6/qt.html#TimerType-enum).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def punctual(do: Callable[[], None], parent: QObject | None = None) -> QTimer:
    """One that does it once, each time it is started."""
    timer = QTimer(parent)
    timer.setProperty("timerType", 0)  # Qt.TimerType.PreciseTimer; see `show`
    timer.setSingleShot(True)
    timer.timeout.connect(do)
    return timer
