"""What is tried after a wall has ended by itself, and when: pure rules."""

from __future__ import annotations

from enum import Enum

FIRST_NS, LONGEST_NS = 1_000_000_000, 60_000_000_000
ENDS_OF_ONE_KIND = 3
"""So many ends in a row are blamed on what plays; then something else is tried."""


class Manner(Enum):
    """What a wall is started with."""

    OWN = "the curator's config"
    LAST_GOOD = "the last config that played well"


def delay_ns(ends: int) -> int:
    """How long to wait after so many ends in a row: not at all at first, at most a minute."""
    if ends <= 1:
        return 0
    return min(FIRST_NS << min(ends - 2, 32), LONGEST_NS)


def manner_after(ends: int) -> Manner:
    """What to start with: after a few ends the last good config, then both by turns, for ever."""
    if ends < ENDS_OF_ONE_KIND:
        return Manner.OWN
    if ends < 2 * ENDS_OF_ONE_KIND:
        return Manner.LAST_GOOD
    return Manner.OWN if ends % 2 == 0 else Manner.LAST_GOOD


def shows_slate(ends: int) -> bool:
    """Whether the film's title stands there meanwhile: nothing that was tried plays."""
    return ends >= 2 * ENDS_OF_ONE_KIND
