"""The lock's own ledger: every picture presented, checked against the time map, kept as counts.

It asks the container's packet table, not the decoder or the queue, which picture was due, so a
fault in choosing frames cannot hide itself. Still it is a claim: the proof is a capture of the
screen by another process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from installation.decode import QueuedFrame
from installation.film import FilmPosition, TimeMap

FIRST_MISMATCHES_KEPT = 20


@dataclass(frozen=True)
class Mismatch:
    """One tile that did not show what the time map expects."""

    picture: int
    """Which picture presented, counted from 0."""
    position: FilmPosition
    version: str
    shown_pts: Fraction | None
    """Seconds in the version; None is black."""
    expected_pts: Fraction | None


@dataclass(frozen=True)
class Account:
    """What the ledger needs to know of a version."""

    time_map: Callable[[int], TimeMap]
    """By the loop."""
    expected_pts: Callable[[Fraction], Fraction | None]


class Ledger:
    """Counts pictures and mismatches. Used from the presenter's thread."""

    def __init__(self) -> None:
        self.pictures = 0
        self.tiles = 0
        """Tiles checked, over all pictures."""
        self.unproved = 0
        """Tiles of which only the loop and the film frame could be checked: the packet table was
        not read that far yet."""
        self.mismatches = 0
        self.first_mismatches: list[Mismatch] = []
        self._accounts: dict[str, Account] = {}

    def open_account(self, version: str, account: Account) -> None:
        """Check this version from now on."""
        self._accounts[version] = account

    def record(self, position: FilmPosition, frames: Mapping[str, QueuedFrame]) -> None:
        """Enter the picture just handed to the screen: the film frame and each tile's frame."""
        for version, frame in frames.items():
            self.tiles += 1
            self._check(position, version, frame)
        self.pictures += 1

    def _check(self, position: FilmPosition, version: str, frame: QueuedFrame) -> None:
        account = self._accounts[version]
        moment = account.time_map(position.loop).moment(position.frame)
        in_step = frame.first <= position <= frame.last
        in_step &= (frame.pts is None) == (moment is None)  # black where, and only where, it is due
        if moment is None:
            expected = None
        else:
            known = account.expected_pts(moment.time)
            if known is None:
                self.unproved += 1
            expected = frame.pts if known is None else known
        if in_step and frame.pts == expected:
            return
        self.mismatches += 1
        if len(self.first_mismatches) < FIRST_MISMATCHES_KEPT:
            mismatch = Mismatch(self.pictures, position, version, frame.pts, expected)
            self.first_mismatches.append(mismatch)
