"""The time map: which moment of a version belongs to a film frame.

The rule: at film frame k a version shows its last picture whose pts lies at or before k / film
rate, pts counted from the version's own first picture. The comparison is exact in rationals,
but for one tolerance: containers round pts to their time base (Matroska: a millisecond), the first
picture's too, from which we count. The difference of two rounded times is off by up to a tick, so a
picture counts as in time when it is late by no more than a tick, and never by more than a
millisecond. Coarser ticks are found only where pts count whole frames, which are exact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

MAX_TOLERANCE = Fraction(1, 1000)


class WhenShort(StrEnum):
    """What a version shows after its own end, when the film goes on."""

    HOLD = "hold"
    BLACK = "black"
    LOOP = "loop"


class Moment(NamedTuple):
    """A moment in a version: its `turn` through the film loop (0 unless it loops) and the time.

    Moments order as they are shown.
    """

    turn: int
    time: Fraction
    """Seconds since the version's first picture."""


def tolerance_for(time_base: Fraction) -> Fraction:
    """How late, in seconds, a pts in this time base may be and still count as in time."""
    return min(time_base, MAX_TOLERANCE)


def film_length(duration: Fraction, rate: Fraction) -> int:
    """Film frames in `duration` seconds, to the nearest, at least one.

    To the nearest, because a container may round the end of the last picture either way.
    """
    return max(1, (duration * rate + Fraction(1, 2)).__floor__())


@dataclass(frozen=True)
class TimeMap:
    """Maps film frames of one loop (0 .. length - 1) to moments of one version."""

    rate: Fraction
    """The film's frames per second."""
    length: int
    """The film's frames per loop; what a version has beyond is never shown."""
    duration: Fraction
    """The version's seconds, to the end of its last picture."""
    when_short: WhenShort = WhenShort.HOLD

    def __post_init__(self) -> None:
        if self.duration <= 0:
            raise ValueError("a version's duration is longer than nothing")

    def moment(self, film_frame: int) -> Moment | None:
        """The moment to show at a film frame; None is black.

        While a version is held past its end the time runs on: its last picture stays the last
        whose pts lies before.
        """
        time = film_frame / self.rate
        if time < self.duration or self.when_short is WhenShort.HOLD:
            return Moment(0, time)
        if self.when_short is WhenShort.BLACK:
            return None
        turn, rest = divmod(time, self.duration)
        return Moment(int(turn), rest)

    @property
    def turns(self) -> int:
        """How often the version is played from its start within one loop of the film."""
        if self.when_short is not WhenShort.LOOP:
            return 1
        return ((self.length - 1) / self.rate // self.duration) + 1

    def turn_frames(self, turn: int) -> range:
        """The film frames during which the version is on its given turn and not black."""
        if self.when_short is WhenShort.HOLD:
            return range(self.length)
        start = (turn * self.duration * self.rate).__ceil__()
        stop = ((turn + 1) * self.duration * self.rate).__ceil__()
        return range(min(start, self.length), min(stop, self.length))

    def frames_showing(
        self, turn: int, pts: Fraction, until: Fraction | None, tolerance: Fraction
    ) -> range:
        """The film frames at which a picture is shown; empty for one that no film frame needs.

        The inverse of `picture_at`, for a picture at `pts` that the next one follows at `until`
        (None for the version's last).
        """
        whole = self.turn_frames(turn)
        origin = turn * self.duration - tolerance
        start, stop = whole.start, whole.stop
        if pts > 0:
            start = max(start, ((origin + pts) * self.rate).__ceil__())
        if until is not None:
            stop = min(stop, ((origin + until) * self.rate).__ceil__())
        return range(start, stop)


def picture_at(pts: Sequence[Fraction], time: Fraction, tolerance: Fraction) -> int:
    """Index of the picture shown at `time`: the last whose pts is at or before it.

    `pts` ascend and start at 0; the first picture stands in for any time before it.
    """
    return max(0, bisect_right(pts, time + tolerance) - 1)
