"""A wall that nobody can touch: no key, mouse or finger does anything, no window closes.

But for one chord of keys, for the technician. GUI thread only. Nothing here asks for a name of
`PySide6.QtCore.Qt` before the first picture; see `show`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from PySide6.QtCore import QEvent, QKeyCombination, QObject
from PySide6.QtGui import QBitmap, QCursor, QKeyEvent, QKeySequence, QWindow

ON_TOP = 0x0004_0801
"""Qt.Window | Qt.FramelessWindowHint | Qt.WindowStaysOnTopHint"""
_HELD_KEYS = 0x1E00_0000
"""Shift, control, alt and meta; whether a key is the keypad's says nothing."""
_DEAD_TYPES = """
    Close ContextMenu DragEnter DragLeave DragMove Drop Gesture KeyPress KeyRelease
    MouseButtonDblClick MouseButtonPress MouseButtonRelease NativeGesture Shortcut
    ShortcutOverride TabletMove TabletPress TabletRelease TouchBegin TouchCancel TouchEnd
    TouchUpdate Wheel
"""


@cache
def blank_cursor() -> QCursor:
    """A cursor that is not seen; `Qt.BlankCursor` by another name."""
    nothing = QBitmap(8, 8)
    nothing.clear()
    return QCursor(nothing, nothing)


class Untouchable(QObject):
    """Lets nothing that people do reach the windows it guards, but for the chord."""

    def __init__(self, chord: str, end: Callable[[], None]) -> None:
        super().__init__()
        self._end = end
        self._chord: int | None = None
        self._is_standing_down = False
        self._dead = frozenset(getattr(QEvent.Type, name) for name in _DEAD_TYPES.split())
        self.set_chord(chord)

    def set_chord(self, chord: str) -> None:
        """End with these keys from now on; "none" for no keys at all."""
        self._chord = None if chord == "none" else _combined(QKeySequence(chord)[0])  # type: ignore[index]

    def stand_down(self) -> None:
        """The windows are to be closed now."""
        self._is_standing_down = True

    def guard(self, windows: Iterable[QWindow]) -> None:
        """Guard these windows too, best before they are shown: then no cursor is ever over them."""
        for window in windows:
            window.setCursor(blank_cursor())
            window.setProperty("flags", ON_TOP)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """See Qt."""
        kind = event.type()
        if kind not in self._dead or self._is_standing_down:
            return False
        if kind is QEvent.Type.KeyPress and self._is_chord(event):
            self._end()
        event.ignore()
        return True

    def _is_chord(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return False
        return _combined(event.keyCombination()) == self._chord


def _combined(keys: QKeyCombination) -> int:
    code = keys.toCombined()
    return code & 0x01FF_FFFF | code & _HELD_KEYS
