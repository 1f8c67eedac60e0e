"""The screen's refresh rate: as it states it, then read off the moments at which pictures were
swapped.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from fractions import Fraction

from installation.wall.cadence import RefreshGrid

logger = logging.getLogger(__name__)

_NS = 1_000_000_000
USUAL_REFRESH_HZ = 60.0
SWAPS_NEEDED = 40
STEADY = 0.1
"""Swaps count as waiting for the screen when nearly all intervals are this near to the median."""
PLAUSIBLE = 0.1
"""A measured rate this far from the rate the screen states is not the screen's."""


class ScreenRefresh:
    """What is known of the screen that paces the wall. GUI thread only.

    `ask_screen` answers with the hertz that it states.
    """

    def __init__(self, ask_screen: Callable[[], float]) -> None:
        self.swaps = 0
        """How many there were, whatever the screen."""
        self._ask_screen = ask_screen
        self._swaps_ns: list[int] = []
        self._measured_hz: float | None = None

    @property
    def stated_hz(self) -> float:
        """As the screen states it, where that can be true."""
        stated = self._ask_screen()
        return stated if 20 <= stated <= 500 else USUAL_REFRESH_HZ

    @property
    def known_hz(self) -> tuple[float, str]:
        """Hertz, and where we know it from."""
        if self._measured_hz is None:
            return self.stated_hz, "stated by the screen"
        return self._measured_hz, "measured"

    def stated_grid(self, now_ns: int) -> RefreshGrid:
        """What to pace by until it was measured."""
        return RefreshGrid(now_ns, _NS / Fraction(self.stated_hz).limit_denominator(1001))

    def forget(self) -> None:
        """The screen is another, or has become another: what was measured is of the one before."""
        self._swaps_ns, self._measured_hz = [], None

    def swapped(self, now_ns: int) -> bool:
        """Note a swap; True for one that tells where the measured grid's refreshes are now."""
        self.swaps += 1
        if len(self._swaps_ns) < SWAPS_NEEDED:
            self._swaps_ns.append(now_ns)
            return False
        return self._measured_hz is not None

    def measure(self) -> RefreshGrid | None:
        """What to pace by from now on, the one time that it is found out."""
        if self._measured_hz is not None or len(self._swaps_ns) < SWAPS_NEEDED:
            return None
        measured = measured_refresh(self._swaps_ns, self.stated_hz)
        if measured is None:
            self._swaps_ns = []  # not steady yet: look again
            return None
        self._measured_hz = float(measured)
        logger.info("refresh measured=%.3f Hz", self._measured_hz)
        return RefreshGrid(self._swaps_ns[-1], _NS / measured)


def measured_refresh(swaps_ns: Sequence[int], stated_hz: float) -> Fraction | None:
    """Refreshes per second, from swaps made one at each refresh; None where they did not wait.

    A virtual screen, or a driver with vsync off, swaps whenever it likes.
    """
    if len(swaps_ns) < SWAPS_NEEDED:
        return None
    intervals = [b - a for a, b in itertools.pairwise(swaps_ns)]
    from statistics import median  # not needed for the first picture

    period = median(intervals)
    if period <= 0 or abs(1e9 / period / stated_hz - 1) > PLAUSIBLE:
        return None
    steady = [interval for interval in intervals if abs(interval / period - 1) <= STEADY]
    if len(steady) < 0.8 * len(intervals):
        return None
    return Fraction(1_000_000_000 * len(steady), sum(steady))
