"""What each screen is like now: Qt says it, and X what Qt has missed. GUI thread only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen

if TYPE_CHECKING:
    from installation.wall.x_monitors import XMonitors

ASK_X_AFTER, ASK_X_EVERY = 20, 5
"""When X itself is asked first, and how often then, in looks: not before the first picture."""


class Standing(NamedTuple):
    """A screen as it stands. Plain values: Qt deletes the screens that are gone."""

    name: str
    geometry: QRect
    scale: float
    refresh_hz: float

    def __str__(self) -> str:
        at = self.geometry
        place = f"{at.width()}x{at.height()}{at.x():+d}{at.y():+d}"
        return f"name={self.name} {place} {self.refresh_hz:.2f} Hz"


class Survey:
    """Looks at the screens."""

    def __init__(self) -> None:
        self.has_news = False
        """Set where something has changed: X is asked in the next look."""
        self._x: XMonitors | None = None  # once the wall plays
        self._told: dict[str, QRect] = {}
        self._looks = 0

    def look(self) -> None:
        """Ask X, if it is time."""
        self._looks += 1
        if self._looks == ASK_X_AFTER:
            from installation.wall.x_monitors import x_monitors

            self._x = x_monitors()
        if self._x is not None and (self.has_news or self._looks % ASK_X_EVERY == 0):
            self._told, self.has_news = self._x.geometries(), False

    def standing(self, screen: QScreen) -> Standing:
        """How a screen stands."""
        at = self._told.get(screen.name(), screen.geometry())
        return Standing(screen.name(), at, screen.devicePixelRatio(), screen.refreshRate())

    def close(self) -> None:
        """Look no more."""
        if self._x is not None:
            self._x.close()
