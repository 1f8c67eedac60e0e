"""A wall that nobody sees: Qt without a display, its picture once it has settled, a PNG of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QEventLoop, QLoggingCategory, QTimer
from PySide6.QtGui import QGuiApplication, QImage

from installation.errors import InstallationError
from installation.wall.windows import AnyWindow

MOST_PX, LONGEST_PX = 8192 * 8192, 16_384
"""Of a picture, and of one side of it; Qt paints no longer ones than twice that."""
SETTLING_MS, MOST_LOOKS = 40, 50


def start_qt_without_display() -> None:
    """Qt where no window can pop up, and in the picture's own pixels whatever the desktop's are."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_ENABLE_HIGHDPI_SCALING"] = "0"
    os.environ.pop("QT_SCALE_FACTOR", None)
    if QGuiApplication.instance() is None:
        QGuiApplication(["installation"])  # PySide6 keeps it


@contextlib.contextmanager
def one_more_wall() -> Iterator[None]:
    """For building a wall after another one, which Qt warns of: how it draws is settled by then."""
    QLoggingCategory.setFilterRules("default.warning=false")
    try:
        yield
    finally:
        QLoggingCategory.setFilterRules("")


def settled_picture(window: AnyWindow) -> QImage:
    """What the window shows once nothing in it moves any more: captions laid out, veils down."""
    seen = window.grabWindow()
    for _ in range(MOST_LOOKS):
        pause = QEventLoop()
        QTimer.singleShot(SETTLING_MS, pause.quit)
        pause.exec()
        before, seen = seen, window.grabWindow()
        if seen == before:
            break
    return seen.convertToFormat(QImage.Format.Format_RGB32)


def forget_closed_walls() -> None:
    """Free the windows of closed walls now, where no event loop does it by and by."""
    QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def write_png(picture: QImage, path: Path) -> None:
    """Write the picture whole or not at all. Raises InstallationError."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    temporary = path.with_name(f".{os.getpid()}.tmp.png")
    try:
        temporary.write_bytes(buffer.data().data())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        what = f"cannot be written: {error.strerror}"
        raise InstallationError(what, where=str(path), remedy="write it elsewhere") from error
