"""The screen's real refresh rate, read off the moments at which pictures were swapped."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

SWAPS_NEEDED = 40
STEADY = 0.1
"""Swaps count as waiting for the screen when nearly all intervals are this near to the median."""
PLAUSIBLE = 0.1
"""A measured rate this far from the rate the screen states is not the screen's."""


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
