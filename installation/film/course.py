"""How a version's time runs along the film's: from where to where, shifted, faster, bent by cues.

A course is a line of straight pieces, rising in both times, exact in rationals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple


class Knot(NamedTuple):
    """A moment of the film and the moment of the version that belongs to it, in seconds."""

    film: Fraction
    version: Fraction


@dataclass(frozen=True)
class Timing:
    """What is wanted of one version's time, all in seconds."""

    start: Fraction = Fraction(0)
    """Its first moment that is shown (`in`)."""
    stop: Fraction | None = None
    """Its first moment that is not (`out`); None is its end."""
    offset: Fraction = Fraction(0)
    """The film's moment at which it starts; before the film begins when negative."""
    speed: Fraction | None = Fraction(1)
    """Its seconds in a second of the film; None fits it into the film."""
    cues: tuple[Knot, ...] = ()
    """Moments of the film and its own that belong together; they take the place of the offset."""

    def __post_init__(self) -> None:
        if self.start < 0 or (self.stop is not None and self.stop <= self.start):
            raise ValueError("a version stops after it starts; mend in or out")
        if self.speed is not None and self.speed <= 0:
            raise ValueError("a version's speed is more than nothing")
        for before, after in pairwise(self.cues):
            if after.film <= before.film or after.version <= before.version:
                raise ValueError("cues follow each other in the film as in the version")


class Line(NamedTuple):
    """y = (a x + b) / c, in integers: a fraction looks for divisors at every step."""

    a: int
    b: int
    c: int

    @staticmethod
    def through(x: Fraction, y: Fraction, slope: Fraction) -> Line:
        """The line through a point."""
        shift = y - x * slope
        return Line(
            slope.numerator * shift.denominator,
            shift.numerator * slope.denominator,
            slope.denominator * shift.denominator,
        )

    def at(self, x: Fraction) -> Fraction:
        """The y that belongs to an x."""
        return Fraction(self.a * x.numerator + self.b * x.denominator, self.c * x.denominator)

    def ceil_at(self, numerator: int, denominator: int) -> int:
        """The next whole y at or above that of an x."""
        return -(-(self.a * numerator + self.b * denominator) // (self.c * denominator))


class Course:
    """The line from film time to version time. Raises ValueError where none of it is left."""

    def __init__(self, timing: Timing, duration: Fraction, film: Fraction) -> None:
        """For a version of `duration` seconds in a film of `film` seconds."""
        start = timing.start
        stop = duration if timing.stop is None else min(timing.stop, duration)
        if start >= stop:
            raise ValueError(
                f"nothing is left between in and out: the film ends after {float(duration):.6g} s;"
                " mend them in version.yaml or in the config"
            )
        self.knots = tuple(_knots(timing, start, stop, film))
        self.begin, self.end = self.knots[0].film, self.knots[-1].film
        self.start, self.stop = start, stop
        self._films = tuple(knot.film for knot in self.knots)
        self._versions = tuple(knot.version for knot in self.knots)
        speeds = [(b.version - a.version) / (b.film - a.film) for a, b in pairwise(self.knots)]
        pieces = list(zip(self.knots, speeds, strict=False))
        self._to_version = tuple(Line.through(*knot, speed) for knot, speed in pieces)
        self._to_film = tuple(Line.through(*knot[::-1], 1 / speed) for knot, speed in pieces)

    def version_time(self, film: Fraction) -> Fraction:
        """The version's moment at a film time between `begin` and `end`."""
        return self._to_version[self._piece(self._films, film)].at(film)

    def film_time(self, version: Fraction) -> Fraction:
        """The film's moment at which the version is at a time of its own; the way back."""
        return self._to_film[self._piece(self._versions, version)].at(version)

    @property
    def straight(self) -> Line | None:
        """The way back from version to film time, where it is one line."""
        return self._to_film[0] if len(self._to_film) == 1 else None

    def _piece(self, times: Sequence[Fraction], time: Fraction) -> int:
        """The straight piece that a time lies on, by the knot that begins it."""
        return 0 if len(times) == 2 else min(max(bisect_right(times, time), 1), len(times) - 1) - 1


def _knots(timing: Timing, start: Fraction, stop: Fraction, film: Fraction) -> list[Knot]:
    cues = [cue for cue in timing.cues if start < cue.version < stop]
    if timing.speed is None and not cues:
        begin = max(timing.offset, Fraction(0))
        end = film if film > begin else begin + stop - start
        return [Knot(begin, start), Knot(end, stop)]
    speed = timing.speed or Fraction(1)
    if not cues:
        return [Knot(timing.offset, start), Knot(timing.offset + (stop - start) / speed, stop)]
    first, last = cues[0], cues[-1]
    return [
        Knot(first.film - (first.version - start) / speed, start),
        *cues,
        Knot(last.film + (stop - last.version) / speed, stop),
    ]
