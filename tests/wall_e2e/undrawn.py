"""The wall with a window that is drawn no more after a while, as a test says: one that `heals` when
it is built anew, or `stays` so. The rest of the command line is `installation`'s.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow

import installation.upkeep
from installation import cli
from installation.wall.picture_sheet import PictureSheet
from installation.wall.rebuild import rebuild

STOPS_AFTER = 100

_show = PictureSheet.show_pictures
_pictures: list[int] = []
_stops: list[QObject] = []


class Stop(QObject):
    """Keeps from a window what it draws for."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """See Qt."""
        return event.type() is QEvent.Type.UpdateRequest


def _show_and_stop(self: PictureSheet, pictures: Mapping[str, Any]) -> None:
    _show(self, pictures)
    _pictures.append(1)
    if len(_pictures) == STOPS_AFTER:
        _stops.append(Stop())
        self.window().installEventFilter(_stops[0])


def _rebuild_and_heal(windows: Iterable[QWindow]) -> None:
    windows = list(windows)
    for window in windows:
        window.removeEventFilter(_stops[0])
    rebuild(windows)


if __name__ == "__main__":
    PictureSheet.show_pictures = _show_and_stop  # type: ignore[method-assign]
    if sys.argv.pop(1) == "heals":
        installation.upkeep.rebuild = _rebuild_and_heal  # type: ignore[attr-defined]
    cli.main()
