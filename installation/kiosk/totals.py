"""What a run of the wall has counted so far; all numbers only ever grow.

So a line that was lost, or that comes twice, loses and doubles nothing: the last one says all.
"""

from __future__ import annotations

from typing import NamedTuple

from installation.kiosk.log_line import Line


class Totals(NamedTuple):
    """Since the run began."""

    loops: int = 0
    """That came to their end on the wall."""
    pictures: int = 0
    """In the lock's ledger, as the next three."""
    tiles: int = 0
    unproved: int = 0
    mismatches: int = 0
    shown: int = 0
    """Film frames, as the next three."""
    held: int = 0
    dropped: int = 0
    late: int = 0

    def minus(self, other: Totals) -> Totals:
        """What came since."""
        return Totals(*(now - before for now, before in zip(self, other, strict=True)))

    def plus(self, other: Totals) -> Totals:
        """Of both together."""
        return Totals(*(one + another for one, another in zip(self, other, strict=True)))


def totals_in(line: Line) -> Totals:
    """What a line says of them."""
    return Totals(*(max(0, line.integer(name)) for name in Totals._fields))


class LoopCount:
    """Counts the loops that a wall shows to their end, whatever its film's clock began with."""

    def __init__(self) -> None:
        self.loops = 0
        self._loop: int | None = None
        self._pictures = 0

    def look(self, loop: int, pictures: int, length: int) -> None:
        """The loop on the wall, the pictures shown so far, and how many make a loop.

        Loops that passed while the wall stood still were not shown.
        """
        passed = 0 if self._loop is None else max(0, loop - self._loop)
        if passed:
            shown = pictures - self._pictures
            self.loops += min(passed, 1 + shown // max(1, length))
        self._loop, self._pictures = loop, pictures
