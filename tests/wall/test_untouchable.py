"""Whatever people do, the windows of a kiosk do not hear of it; but for one chord of keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMouseEvent, QWindow

from installation.wall.untouchable import Untouchable

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT, KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key


class Attentive(QWindow):
    """A window that remembers what reached it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[QEvent.Type] = []

    def event(self, event: QEvent) -> bool:
        self.heard.append(event.type())
        return super().event(event)


class Kiosk:
    """One window, guarded, and how often it was asked to end."""

    def __init__(self, chord: str) -> None:
        self.ends = 0
        self.window = Attentive()
        self.untouchable = Untouchable(chord, self._end)
        self.untouchable.guard([self.window])

    def _end(self) -> None:
        self.ends += 1

    def send(self, event: QEvent) -> list[QEvent.Type]:
        self.window.heard.clear()
        QCoreApplication.sendEvent(self.window, event)
        return self.window.heard

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, *, again: bool = False) -> int:
        before = self.ends
        assert self.send(QKeyEvent(QEvent.Type.KeyPress, key, held, "", again)) == []
        assert self.send(QKeyEvent(QEvent.Type.KeyRelease, key, held, "", again)) == []
        return self.ends - before


@pytest.fixture
def kiosk(qapp: QGuiApplication) -> Iterator[Kiosk]:
    made = Kiosk("ctrl+alt+shift+q")
    yield made
    made.untouchable.stand_down()
    made.window.deleteLater()


def test_keys_do_nothing_but_for_the_chord(kiosk: Kiosk) -> None:
    for key in (Key.Key_Escape, Key.Key_I, Key.Key_Space, Key.Key_Q, Key.Key_F4, Key.Key_Tab):
        assert kiosk.press(key) == 0
    assert kiosk.press(Key.Key_Q, CTRL | ALT) == 0
    assert kiosk.press(Key.Key_W, CTRL | ALT | SHIFT) == 0
    assert kiosk.press(Key.Key_Q, CTRL | ALT | SHIFT, again=True) == 0
    assert kiosk.press(Key.Key_Q, CTRL | ALT | SHIFT) == 1


@pytest.mark.parametrize(
    ("chord", "key", "held"),
    [
        ("alt+shift+escape", Key.Key_Escape, ALT | SHIFT),
        ("ctrl+alt+delete", Key.Key_Delete, CTRL | ALT),
        ("ctrl+alt+f12", Key.Key_F12, CTRL | ALT),
        ("ctrl+alt+home", Key.Key_Home, CTRL | ALT | KEYPAD),
        ("ctrl+alt+7", Key.Key_7, CTRL | ALT),
    ],
)
def test_any_chord_that_the_config_may_name_ends_it(
    kiosk: Kiosk, chord: str, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    kiosk.untouchable.set_chord(chord)
    assert kiosk.press(Key.Key_Q, CTRL | ALT | SHIFT) == 0
    assert kiosk.press(key, held) == 1


def test_no_chord_means_no_keys_at_all(kiosk: Kiosk) -> None:
    kiosk.untouchable.set_chord("none")
    for key in (Key.Key_Q, Key.Key_unknown, Key(0)):
        assert kiosk.press(key, CTRL | ALT | SHIFT) == 0
        assert kiosk.press(key) == 0


def test_mouse_and_window_manager_are_not_heard(kiosk: Kiosk) -> None:
    middle = QPointF(10, 10)
    left = Qt.MouseButton.LeftButton
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
        assert kiosk.send(QMouseEvent(kind, middle, middle, left, left, NONE)) == []
    close = QCloseEvent()
    assert kiosk.send(close) == []
    assert not close.isAccepted()


def test_what_the_window_needs_still_reaches_it(kiosk: Kiosk) -> None:
    for kind in (QEvent.Type.UpdateRequest, QEvent.Type.Show, QEvent.Type.ScreenChangeInternal):
        assert kiosk.send(QEvent(kind)) == [kind]
    assert len(kiosk.send(QEvent(QEvent.Type(1234)))) == 1  # one that nobody has a name for


def test_its_own_end_may_close_it(kiosk: Kiosk) -> None:
    kiosk.untouchable.stand_down()
    assert kiosk.send(QCloseEvent()) == [QEvent.Type.Close]


def test_no_cursor_is_seen_and_nothing_comes_before_it(kiosk: Kiosk) -> None:
    cursor = kiosk.window.cursor()
    mask = cursor.mask().toImage()
    assert cursor.shape() is Qt.CursorShape.BitmapCursor
    assert not any(mask.pixelIndex(x, y) for x in range(mask.width()) for y in range(mask.height()))
    flags = kiosk.window.flags()
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert flags & Qt.WindowType.FramelessWindowHint
