"""From refresh to next film frame: asks, for each refresh that changes the picture, for its set.

A film of 24 frames a second wakes it 24 times a second. While a film frame that is due is not
ready yet, it asks again at every refresh.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QObject

from installation.film import Clock, MasterClock
from installation.wall.cadence import Cadence, RefreshGrid
from installation.wall.punctual import punctual

_NS_PER_MS = 1_000_000
HEAD_START = Fraction(1, 8)
"""How far into the refresh before, as a part of a period, the work for the next one begins."""


class Pacer(QObject):
    """Drives the presenter from the screen's refreshes. GUI thread only.

    `present(film_frame, now_ns)` is called with the film frame, from the very start, that the next
    refresh is to show; it answers whether it still waits for a film frame that is due.
    """

    def __init__(
        self,
        time: Clock,
        clock: MasterClock,
        grid: RefreshGrid,
        present: Callable[[int, int], bool],
    ) -> None:
        super().__init__()
        self.grid = grid
        self.cadence = Cadence(clock.rate, grid.hz)
        self._time = time
        self._clock = clock
        self._present = present
        self._timer = punctual(self._wake, self)

    def first_picture_ns(self) -> int:
        """The refresh that a picture handed over right now will be seen at."""
        return self.grid.time_ns(self.grid.next_after(self._time.now_ns()))

    def start(self) -> None:
        """Begin to ask, at once."""
        self.cadence.restart()
        self._wake()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()

    def follow(self, grid: RefreshGrid) -> None:
        """Pace by another grid, because the screen's refresh was measured or has changed."""
        self.grid = grid
        self.cadence = Cadence(self._clock.rate, grid.hz)

    def swapped(self, at_ns: int) -> None:
        """Keep the grid on the screen's own refreshes, where swaps wait for them (vsync)."""
        self.grid = self.grid.observed(at_ns)

    def _wake(self) -> None:
        now = self._time.now_ns()
        refresh = self.grid.next_after(now)
        elapsed = self._clock.elapsed_frames(self.grid.time_ns(refresh))
        waits = self._present(self.cadence.frame_at(refresh, elapsed), now)
        if waits:
            upcoming = refresh + 1
        elif self._clock.is_running:
            upcoming = self.cadence.next_change(refresh)
        else:
            return  # `start` wakes it again
        self._sleep_until(upcoming)

    def _sleep_until(self, refresh: int) -> None:
        """Wake early in the period that ends with this refresh."""
        begin = self.grid.time_ns(refresh - 1) + int(self.grid.period_ns * HEAD_START)
        wait_ns = begin - self._time.now_ns()
        self._timer.start(max(0, -(-wait_ns // _NS_PER_MS)))
