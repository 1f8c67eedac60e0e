"""Which film frame belongs to which refresh of the screen: even, and right over months.

Refreshes are numbered; the film advances by an exact fraction of a frame at each (2/5 for 24 fps
at 60 Hz: an even 3:2). Because the steps are counted in integers, a refresh time that jitters
never makes a frame boundary flicker between two refreshes. The clock is the judge: as soon as the
count is three quarters of a refresh away from it, it is set right, by one refresh, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

_NS = 1_000_000_000
MAX_STEPS = 12
"""Patterns that repeat within this many refreshes are kept even: 24 on 60 Hz repeats after 5."""
NEAR_ENOUGH = Fraction(1, 200)
"""A screen this close to such a pattern (59.94 for 60 Hz) follows it and slips now and then."""
PHASE_GAIN = Fraction(1, 16)
"""How much of its deviation one observed refresh may move the grid; the rest is jitter."""


def step_per_refresh(rate: Fraction, refresh_hz: Fraction) -> Fraction:
    """Film frames per refresh, as a small fraction where the screen is close to one."""
    exact = rate / refresh_hz
    even = Fraction(round(exact)) if exact >= 1 else exact.limit_denominator(MAX_STEPS)
    if even and abs(even - exact) <= exact * NEAR_ENOUGH:
        return even
    return exact.limit_denominator(10_000)


@dataclass(frozen=True)
class RefreshGrid:
    """When refreshes happen: number n at `origin_ns + n * period_ns`."""

    origin_ns: int
    period_ns: Fraction

    @property
    def hz(self) -> Fraction:
        """Refreshes per second."""
        return _NS / self.period_ns

    def time_ns(self, refresh: int) -> int:
        """The moment of a refresh."""
        return self.origin_ns + int(refresh * self.period_ns)

    def next_after(self, now_ns: int) -> int:
        """The number of the first refresh later than now."""
        return ((now_ns - self.origin_ns) // self.period_ns).__floor__() + 1

    def observed(self, at_ns: int) -> RefreshGrid:
        """The grid, moved a little towards a refresh seen at this moment."""
        nearest = round((at_ns - self.origin_ns) / self.period_ns)
        deviation = at_ns - self.time_ns(nearest)
        return RefreshGrid(self.origin_ns + int(deviation * PHASE_GAIN), self.period_ns)


class Cadence:
    """Film frame (from the very start) as a function of the refresh number.

    `elapsed_frames` asked for at a refresh's time is the truth; see `MasterClock`.
    """

    def __init__(self, rate: Fraction, refresh_hz: Fraction) -> None:
        self.step = step_per_refresh(rate, refresh_hz)
        self.slips = 0
        """How often the count was set right; the first setting does not count."""
        self._anchor: tuple[int, Fraction] | None = None

    def frame_at(self, refresh: int, elapsed_frames: Fraction) -> int:
        """The film frame to show at a refresh, where the clock says `elapsed_frames` then."""
        counted = self._counted(refresh)
        if counted is None or self._is_to_be_set_right(counted, elapsed_frames - counted):
            self.slips += counted is not None
            # On the pattern's own grid, so that the count stays exact; nearest to the clock.
            counted = Fraction(round(elapsed_frames * self.step.denominator), self.step.denominator)
            self._anchor = (refresh, counted)
        return int(counted)

    def next_change(self, refresh: int) -> int:
        """The first later refresh at which another film frame is due."""
        counted = self._counted(refresh)
        if counted is None:
            return refresh + 1
        missing = int(counted) + 1 - counted
        return refresh + max(1, (missing / self.step).__ceil__())

    def restart(self) -> None:
        """Begin the count anew, after the film was paused."""
        self._anchor = None

    def _is_to_be_set_right(self, counted: Fraction, off: Fraction) -> bool:
        """Three quarters of a refresh off; and, if it can wait, where no hold becomes odd.

        The refresh given goes to a picture that stands shortest, the one taken comes from one that
        stands longest: 3:2 so has a 3 or a 2 too many, never a 4 or a 1.
        """
        if abs(off) <= self.step * 3 / 4:
            return False
        if self.step >= 1 or abs(off) > self.step * 3 / 2:
            return True
        seen = counted if off > 0 else counted - self.step
        first = (seen % 1) % self.step
        stands = ((1 - first) / self.step).__ceil__()
        shortest = (1 / self.step).__floor__()
        return stands == ((1 / self.step).__ceil__() if off > 0 else shortest)

    def _counted(self, refresh: int) -> Fraction | None:
        if self._anchor is None:
            return None
        start, frames = self._anchor
        return frames + (refresh - start) * self.step
