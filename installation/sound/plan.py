"""Which samples of a version belong to which samples of the film's loop, by its time map.

A loop's samples are counted from its own first one: sample n belongs to n / rate seconds of the
film, in every loop alike. Loops whose length is no whole number of samples have one more now and
then, so that none is lost or repeated over any number of them.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from installation.film import FilmPosition, MasterClock, TimeMap


class Segment(NamedTuple):
    """A stretch of the loop during which a version is heard at one speed; silence between them."""

    start: int
    stop: int
    """Samples of the loop."""
    version_start: int
    """The version's own sample at `start`, counted from its first picture; may be negative."""
    speed: Fraction


class LoopSample(NamedTuple):
    """A place in the film: the loop, and the sample within it."""

    loop: int
    sample: int


def segments(time_map: TimeMap, rate: int, count: int) -> tuple[Segment, ...]:
    """What is heard of a version within the first `count` samples of a loop, in order.

    Past its end a version that is held or black is silent; one that loops is heard again.
    """
    found: list[Segment] = []
    course = time_map.course
    for turn in range(time_map.turns):
        shift = turn * (course.end - course.begin)
        for a, b in pairwise(course.knots):
            speed = (b.version - a.version) / (b.film - a.film)
            begin = a.film + shift
            start = max(0, ceil(begin * rate))
            stop = min(count, ceil((b.film + shift) * rate))
            if start < stop:
                at = a.version + (Fraction(start, rate) - begin) * speed
                found.append(Segment(start, stop, round(at * rate), speed))
    return tuple(found)


def first_sample(clock: MasterClock, loop: int, rate: int) -> int:
    """Where a loop begins, in samples since the very start of the film."""
    return ceil(clock.index(FilmPosition(loop, 0)) / clock.rate * rate)


def samples_in(clock: MasterClock, loop: int, rate: int) -> int:
    """How many samples a loop has."""
    return first_sample(clock, loop + 1, rate) - first_sample(clock, loop, rate)


def place_of(clock: MasterClock, sample: int, rate: int) -> LoopSample:
    """A sample counted from the very start, as a place in the film."""
    frame = (Fraction(sample, rate) * clock.rate).__floor__()
    loop = clock.position_of(frame).loop
    return LoopSample(loop, sample - first_sample(clock, loop, rate))
