"""A window that shows codes without our player, to try the watcher on.

`python -m tests.wall_e2e.plain_window FRAMES [FAULTY ...]`: two tiles, 24 film frames a second; at
the faulty ones the second tile shows the film frame before.
"""

from __future__ import annotations

import sys

import numpy as np
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent, QRasterWindow

from tests.wall_e2e import blockcode

FRAME_MS = 1000 / 24
FOUND_MS = 800
"""The first film frame stands this long: the watcher has to find its tiles first."""
TILES = (QRect(20, 30, 320, 180), QRect(700, 40, 160, 284))


class PlainWindow(QRasterWindow):
    """Paints both tiles of a film frame in one go."""

    def __init__(self, frames: int, faulty: set[int]) -> None:
        super().__init__()
        self._frames, self._faulty = frames, faulty
        self._frame = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)

    def start(self) -> None:
        """Go on to the second film frame after one film frame's time, and so on."""
        self._timer.start(round(FRAME_MS))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """See Qt."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), self.height()), Qt.GlobalColor.black)
        late = self._frame - (self._frame in self._faulty)
        for version, frame, place in zip((0, 1), (self._frame, late), TILES, strict=True):
            luma = np.ascontiguousarray(
                blockcode.luma(frame, version, place.width(), place.height())
            )
            image = QImage(
                luma.data,
                place.width(),
                place.height(),
                place.width(),
                QImage.Format.Format_Grayscale8,
            )
            painter.drawImage(place, image)
        painter.end()

    def _advance(self) -> None:
        self._frame += 1
        if self._frame == self._frames:
            QGuiApplication.quit()
        else:
            self.update()


def main() -> None:
    """Show them all, then end."""
    qt = QGuiApplication(["plain window"])
    window = PlainWindow(int(sys.argv[1]), {int(frame) for frame in sys.argv[2:]})
    window.setGeometry(window.screen().geometry())
    window.show()
    QTimer.singleShot(FOUND_MS, window.start)
    qt.exec()


if __name__ == "__main__":
    main()
