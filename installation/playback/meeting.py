"""How a wall too slow for its film gets back on the clock: where all versions meet, and when to go.

To go on with a later film frame, a version begins at the keyframe before it. Decoding from there
takes the time that the machine lacks already, so a good place to meet has keyframes close before
it in all versions; the start of the next loop always has. Until it is time to leave, the wall
runs late, in slow motion: every film frame it still manages is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from installation.film import FilmPosition, MasterClock

HORIZON_S = 12
"""How far ahead of the clock to look for a place to meet, but for the next loop's start."""
STEPS_PER_S = 8
"""Places looked at in a second of film."""
SLOWEST_PACE = Fraction(1, 20)

RunUp = Callable[[int], Fraction]
"""The seconds of a version that are decoded on the way to a film frame."""
SlowestRunUp = Callable[[int, Fraction], Fraction]
"""The same of several, the longest; any that is longer than the limit given is as good."""
_UNLIMITED = Fraction(1 << 30)


@dataclass(frozen=True)
class Meeting:
    """Film frames from the very start."""

    index: int
    """Where all versions meet, on the clock."""
    leave_at: int
    """The film frame due when they are to be sent there."""


def plan_meeting(
    due: int, shown: int, lead: int, pace: Fraction, *, clock: MasterClock, run_up: SlowestRunUp
) -> Meeting:
    """The place to meet with the shortest stop before it; the earlier of two alike.

    `pace` is how many film frames the wall manages per film frame due, `lead` how many film
    frames' time it takes at least to go elsewhere, `run_up` the slowest version's. A stop longer
    than the wall is behind, unless it is a short one, is not worth it: then they meet where the
    next loop starts.
    """
    pace = max(pace, SLOWEST_PACE)
    best: Meeting | None = None
    longest_stop = max(lead + lead // 2, due - shown)
    for index in _places(due + lead, clock.rate):
        most = min(longest_stop, index - due)
        stop = (
            lead + (run_up(index, (most - lead) * pace / clock.rate) * clock.rate / pace).__ceil__()
        )
        if stop > most:
            continue
        best = Meeting(index, index - stop)
        longest_stop = stop - 1
        if 2 * (stop - lead) <= lead:
            break
    if best is not None:
        return best
    start = next_seam(due + lead, clock)
    stop = lead + (run_up(start, _UNLIMITED) * clock.rate / pace).__ceil__()
    return Meeting(start, max(due, start - stop))


def soonest_return(due: int, lead: int, *, clock: MasterClock, run_up: RunUp, pace: int = 1) -> int:
    """The first film frame, `lead` or more ahead, that a version on its own can be at in time.

    It is taken to decode `pace` times as fast as it is shown; one that cannot decode as fast as it
    is shown has no place on the wall.
    """
    for index in _places(due + lead, clock.rate):
        if index - (run_up(index) * clock.rate / pace).__ceil__() >= due:
            return index
    return next_seam(due + lead, clock)


def _places(first: int, rate: Fraction) -> Iterator[int]:
    return iter(range(first, first + int(HORIZON_S * rate) + 1, max(1, int(rate / STEPS_PER_S))))


def next_seam(index: int, clock: MasterClock) -> int:
    """The first film frame of the first loop that begins after a film frame."""
    return clock.index(FilmPosition(clock.position_of(index).loop + 1, 0))
