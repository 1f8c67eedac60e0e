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
from functools import cached_property
from math import ceil
from typing import NamedTuple

from installation.film.course import Course, Line, Timing

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


JUST_BEFORE = Fraction(1, 200)
"""How far before its `out` the last picture of a cut version is looked for, in seconds: shorter
than any picture stands, longer than any tolerance."""


AS_IT_IS = Timing()


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
    timing: Timing = AS_IT_IS

    def __post_init__(self) -> None:
        if self.duration <= 0:
            raise ValueError("a version's duration is longer than nothing")
        self.course  # noqa: B018 - raises what is wrong with the timing

    @cached_property
    def course(self) -> Course:
        """The line from film time to the version's."""
        return Course(self.timing, self.duration, self.length / self.rate)

    def moment(self, film_frame: int) -> Moment | None:
        """The moment to show at a film frame; None is black.

        Before it starts a version that holds or loops waits with its first picture. While one is
        held past its end the time runs on to its own end: the last picture stays.
        """
        course = self.course
        begin, end = self._running
        if film_frame < begin:
            is_black = self.when_short is WhenShort.BLACK
            return None if is_black else Moment(0, course.start)
        if film_frame < end:
            return Moment(0, course.version_time(film_frame / self.rate))
        if self.when_short is WhenShort.BLACK:
            return None
        if self.when_short is WhenShort.HOLD:
            return Moment(0, self._held)
        time = film_frame / self.rate
        turn, rest = divmod(time - course.begin, course.end - course.begin)
        return Moment(int(turn), course.version_time(course.begin + rest))

    def own_time(self, film_frame: int) -> Fraction | None:
        """The version's moment while it runs; None while it waits, is held or is black."""
        moment, (begin, end) = self.moment(film_frame), self._running
        is_over = film_frame >= end and self.when_short is not WhenShort.LOOP
        return None if moment is None or film_frame < begin or is_over else moment.time

    @cached_property
    def _running(self) -> tuple[int, int]:
        """From which film frame to before which the version is on its first turn."""
        course = self.course
        return ceil(course.begin * self.rate), ceil(course.end * self.rate)

    @property
    def turns(self) -> int:
        """How often the version is played from its start within one loop of the film."""
        if self.when_short is not WhenShort.LOOP:
            return 1
        course, last = self.course, (self.length - 1) / self.rate
        return max(0, int((last - course.begin) // (course.end - course.begin))) + 1

    def turn_frames(self, turn: int) -> range:
        """The film frames during which the version is on its given turn and not black."""
        if self.when_short is WhenShort.HOLD:
            return range(self.length)
        course = self.course
        shift = turn * (course.end - course.begin)
        start, stop = self._frame(course.begin + shift), self._frame(course.end + shift)
        if turn == 0 and self.when_short is WhenShort.LOOP:
            start = 0
        return range(start, max(start, stop))

    def frames_showing(
        self, turn: int, pts: Fraction, until: Fraction | None, tolerance: Fraction
    ) -> range:
        """The film frames at which a picture is shown; empty for one that no film frame needs.

        The inverse of `picture_at`, for a picture at `pts` that the next one follows at `until`
        (None for the version's last).
        """
        start = self.first_frame(turn, pts, tolerance)
        return range(start, max(start, self.first_frame(turn, until, tolerance)))

    def first_frame(self, turn: int, pts: Fraction | None, tolerance: Fraction) -> int:
        """The first film frame of a turn at which a picture at `pts`, or a later one, is shown; for
        None the one after the turn.
        """
        frames = self.turn_frames(turn)
        if pts is None:
            return frames.stop
        # this is asked for every picture: in integers
        late = pts.numerator * tolerance.denominator - tolerance.numerator * pts.denominator
        scale = pts.denominator * tolerance.denominator
        begin, line, end = self._straight
        if pts.numerator <= 0 or late * begin.denominator <= begin.numerator * scale:
            return frames.start
        if line is not None and not turn and late * end.denominator < end.numerator * scale:
            frame = line.ceil_at(late, scale)
        else:
            frame = self._reached(turn, Fraction(late, scale))
        if frame >= self._running[1] and self._is_beyond_hold(Fraction(late, scale)):
            return frames.stop
        return min(max(frame, frames.start), frames.stop)

    @cached_property
    def _straight(self) -> tuple[Fraction, Line | None, Fraction]:
        """From where to where a version runs, and the line from its time to film frames if it is
        one.
        """
        course, rate = self.course, self.rate
        line = course.straight
        if line is not None:
            line = Line(line.a * rate.numerator, line.b * rate.numerator, line.c * rate.denominator)
        return course.start, line, course.stop

    def _reached(self, turn: int, time: Fraction) -> int:
        """The first film frame at which the version is at a time beyond its start, or past it."""
        course = self.course
        if time < course.stop:
            film = course.film_time(time)
            return self._frame(film + turn * (course.end - course.begin) if turn else film)
        if self.when_short is WhenShort.HOLD and time <= self._held:
            return self._frame(course.end)
        return self.length

    def _is_beyond_hold(self, time: Fraction) -> bool:
        """True for a picture after the one that a version is held at."""
        return self.when_short is WhenShort.HOLD and time > self._held

    @property
    def _held(self) -> Fraction:
        """The moment that is held at the end."""
        is_cut = self.course.stop < self.duration
        return max(self.course.start, self.course.stop - JUST_BEFORE) if is_cut else self.duration

    def _frame(self, time: Fraction) -> int:
        """The first film frame at or after a film time, within the loop."""
        return min(max(0, ceil(time * self.rate)), self.length)


def picture_at(pts: Sequence[Fraction], time: Fraction, tolerance: Fraction) -> int:
    """Index of the picture shown at `time`: the last whose pts is at or before it.

    `pts` ascend and start at 0; the first picture stands in for any time before it.
    """
    return max(0, bisect_right(pts, time + tolerance) - 1)
