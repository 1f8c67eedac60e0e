"""Plain black where no wall is: what a visitor sees instead of a desktop. With the film's title on
it, it is the slate of a kiosk that has nothing to play.

The supervisor keeps it behind the wall, as a process of its own, `python -m installation.backdrop
CONFIG`, which says READY=1 once it is there, shows what it is told to (`slate`, `black`), and ends
with its stdin. It does as little as can be, and so can hardly fail.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QRasterWindow,
    QScreen,
)

from installation.config import Config, load_config
from installation.errors import InstallationError
from installation.kiosk.last_good import Good, LastGood
from installation.kiosk.notify import READY
from installation.wall.screens import Wanted, find_screens

_FONT = Path(__file__).parent / "wall" / "fonts" / "Lato-Regular.ttf"
_TEXT_COLOUR = "#d8d8d8"
_TEXT_SHARE = 0.045
"""Of the height; as the wall's own slate."""


class _Black(QRasterWindow):
    """One black window, with a line of text when it has one."""

    painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.setFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)

    def fill(self, screen: QScreen) -> None:
        """Cover a screen; nothing happens where it does so already."""
        if self.isVisible() and self.screen() is screen and self.geometry() == screen.geometry():
            return
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        if sys.platform != "darwin":  # where it would get a desktop of its own
            self.setWindowStates(Qt.WindowState.WindowFullScreen)
        self.setVisible(True)  # and not `showFullScreen`, which asks for the keys

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """See Qt."""
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), self.height(), QColor("black"))
        if self.text:
            font = QFont(_family())
            font.setPixelSize(max(14, round(self.height() * _TEXT_SHARE)))
            painter.setFont(font)
            painter.setPen(QColor(_TEXT_COLOUR))
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(0, 0, self.width(), self.height(), flags, self.text)
        painter.end()
        self.painted.emit()


class Backdrop(QObject):
    """Black on every screen that a wall hangs on, the film's title on the first of them.

    It covers what is there when it is placed, and never what comes later: a screen that is plugged
    in is covered when it is placed again, with no wall there.
    """

    painted = Signal()

    def __init__(self, screens: Sequence[Wanted] = (None,)) -> None:
        super().__init__()
        self._wanted = screens
        self._homes: list[str | None] = [None for _ in screens]
        self._windows = [_Black() for _ in screens]
        self.paints = 0
        """How often it was drawn."""
        for window in self._windows:
            window.painted.connect(self._note_painted)
        qt = QGuiApplication.instance()
        assert isinstance(qt, QGuiApplication)
        qt.screenRemoved.connect(self._leave)  # at once: Qt would take its window to another

    @property
    def is_seen(self) -> bool:
        """Whether any of it is on a screen."""
        return any(window.isExposed() for window in self._windows)

    def place(self, size: tuple[int, int] | None = None) -> None:
        """Cover the screens; or stand in a window of so many pixels, to be tried out."""
        if size is not None:
            self._windows[0].resize(*size)
            self._windows[0].show()
            return
        found = find_screens(self._wanted, self._homes)
        for place, (window, screen) in enumerate(zip(self._windows, found, strict=True)):
            if screen is None:
                window.hide()
            else:
                self._homes[place] = screen.name()
                window.fill(screen)

    def set_text(self, text: str) -> None:
        """Show a line of text, or "" for nothing."""
        self._windows[0].text = text
        self.update()

    def update(self) -> None:
        """Draw it again."""
        for window in self._windows:
            window.update()

    def _leave(self, screen: QScreen) -> None:
        for window in self._windows:
            if window.screen() is screen:
                window.hide()

    def _note_painted(self) -> None:
        self.paints += 1
        self.painted.emit()


def make_application() -> QGuiApplication:
    """Qt's, counting in the screen's own pixels as the wall does. Raises InstallationError."""
    if sys.platform != "darwin":
        os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")
    found = QGuiApplication.instance() or QGuiApplication(["installation"])
    assert isinstance(found, QGuiApplication)
    return found


def _family() -> str:
    if not _families:
        number = QFontDatabase.addApplicationFont(str(_FONT))
        _families.extend(QFontDatabase.applicationFontFamilies(number) or [""])
    return _families[0]


_families: list[str] = []


class _Ears(QObject):
    """Hears, on a thread, what the supervisor says."""

    told = Signal(str)

    def listen(self) -> None:
        """Until there is nobody any more."""
        for line in sys.stdin:
            self.told.emit(line.strip())
        self.told.emit("end")


def _settings(path: Path) -> Config | None:
    """What the wall plays, or would."""
    try:
        return load_config(path)
    except InstallationError:
        return LastGood(path).load(Good.PLAYED)


def _screens_of(config: Config | None) -> list[Wanted]:
    if config is None:
        return [None]
    return [one.screen for one in config.screens] or [config.wall.screen]


def main() -> int:
    """Stand behind the wall of the config that the command line names."""
    path = Path(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the supervisor's to end
    qt = make_application()
    config = _settings(path)
    backdrop = Backdrop(_screens_of(config))
    title = config.film.title if config is not None else path.stem
    texts = {"slate": title, "black": ""}

    def hear(word: str) -> None:
        if word not in texts:
            qt.exit()
            return
        backdrop.place()
        backdrop.set_text(texts[word])

    def say_ready() -> None:
        backdrop.painted.disconnect(say_ready)
        print(READY, flush=True)

    ears = _Ears()
    ears.told.connect(hear)
    backdrop.painted.connect(say_ready)
    backdrop.place()
    threading.Thread(target=ears.listen, daemon=True).start()
    qt.exec()
    sys.stdout.flush()
    os._exit(0)  # a thread still reads


if __name__ == "__main__":
    sys.exit(main())
