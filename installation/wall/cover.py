"""A picture that stands on the screen while one wall's process takes another's place.

Run as `python -m installation.wall.cover`. A line of JSON on stdin says which picture files stand
where: `[[x, y, width, height, "path"], …]`, in the screens' own pixels. "shown" is said on stdout
as soon as they stand there; they go when stdin is closed by everybody who holds it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import (
    QExposeEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QRasterWindow,
)

from installation.wall.untouchable import Untouchable

LONGEST_MS = 120_000
"""A wall that has not come by then does not come any more."""


class _Cover(QRasterWindow):
    """One picture, as large as its window."""

    painted = Signal()

    def __init__(self, geometry: QRect, picture: QImage) -> None:
        super().__init__()
        self._picture = picture
        self.setGeometry(geometry)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """See Qt."""
        painter = QPainter(self)
        painter.drawImage(QRect(0, 0, self.width(), self.height()), self._picture)
        painter.end()
        QTimer.singleShot(0, self.painted.emit)  # once it is flushed

    def exposeEvent(self, event: QExposeEvent) -> None:  # noqa: N802
        """See Qt."""
        super().exposeEvent(event)
        self.update()


class _Covering(QObject):
    """All covers; told on a thread of its own."""

    told = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._covers: list[_Cover] = []
        self._unpainted: set[_Cover] = set()
        self._untouchable = Untouchable("none", lambda: None)
        self.told.connect(self._show)
        self.closed.connect(lambda: QGuiApplication.exit())  # `quit` would ask the windows
        threading.Thread(target=self._listen, name="stdin", daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.told.emit(line)
        self.closed.emit()

    def _show(self, line: str) -> None:
        for x, y, width, height, path in json.loads(line):
            cover = _Cover(QRect(x, y, width, height), QImage(path))
            self._covers.append(cover)
            self._unpainted.add(cover)
            cover.painted.connect(lambda cover=cover: self._note_painted(cover))
        self._untouchable.guard(self._covers)
        for cover in self._covers:
            cover.show()

    def _note_painted(self, cover: _Cover) -> None:
        before = len(self._unpainted)
        self._unpainted.discard(cover)
        if before and not self._unpainted:
            with contextlib.suppress(OSError):
                os.write(1, b"shown\n")


def main() -> None:
    """Cover, until nobody holds our stdin any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.environ["QT_ENABLE_HIGHDPI_SCALING"] = "0"
    app = QGuiApplication(["installation"])
    covering = _Covering()
    QTimer.singleShot(LONGEST_MS, lambda: app.exit())
    app.exec()
    del covering
    os._exit(0)  # the thread may still wait for a line


if __name__ == "__main__":
    main()
