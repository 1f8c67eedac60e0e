"""A desktop in a colour that neither film nor black nor slate has: where it is seen, no wall is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QRasterWindow


class Desktop(QRasterWindow):
    """Fills the screen, below whatever is opened later."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """See Qt."""
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), self.height(), QColor(255, 0, 255))
        painter.end()
        sys.stdout.write("up\n")
        sys.stdout.flush()


@contextmanager
def desktop(environment: dict[str, str]) -> Iterator[None]:
    """Have one while the block runs."""
    command = [sys.executable, "-m", "tests.faults.desktop"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline(), "the desktop did not come up"
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Be there."""
    qt = QGuiApplication(["desktop"])
    window = Desktop()
    window.setGeometry(window.screen().geometry())
    window.show()
    qt.exec()


if __name__ == "__main__":
    main()
