"""What is done about a wall that does not mend itself, step by step, and when: pure rules.

1. A version that leaves the air comes back by itself; its presenter sees to that.
2. One that stays off air gets another reader, later each time. That is all that one version, or
   all of them, ever cause.
3. Where pictures are handed over and none is drawn, the window is built anew: at the seam, if that
   is near.
4. Where that does not help either, the process is started anew; later each time, see `restarts`.

A supervisor does the rest: it hears no heartbeat of a process that hangs as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

_S = 1_000_000_000
FIRST_REBUILD_NS = 15 * _S
"""How long a version is off air before its reader is built anew: it was sent ahead a few times."""
LONGEST_REBUILD_NS = 3600 * _S
GOOD_CONDUCT_NS = 300 * _S
"""After so long on air, a version's earlier troubles are forgotten."""
MOST_ABANDONED = 3
"""Readers of one version that hang and were given up: each keeps a thread until it comes back."""
NOT_DRAWN_NS = 3 * _S
"""Pictures are handed over for so long and none is drawn: the window's own drawing has stopped."""
LONGEST_LOOK_NS = 500_000_000
"""No more than this counts of the time between two looks: who looked seldom stood still himself."""
SEAM_PATIENCE_NS = 1 * _S
"""How long the seam is waited for, while a picture stands that should not."""
TRUSTED_NS = 60 * _S
"""A new window that stops being drawn sooner than this was no help."""


@dataclass
class _Trouble:
    """Of one version."""

    off_air_ns: int | None = None
    """Since when; None while it is on air."""
    on_air_ns: int = 0
    rebuilt_ns: int = 0
    rebuilds: int = 0


class Readers:
    """Says whose reader is to be built anew. Told a few times a second how the versions stand."""

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}

    def look(self, on_air: Mapping[str, bool], now_ns: int) -> list[str]:
        """Those whose time has come."""
        self._troubles = {name: self._troubles.get(name, _Trouble()) for name in on_air}
        return [name for name, is_on in on_air.items() if self._is_due(name, is_on, now_ns)]

    def _is_due(self, name: str, is_on_air: bool, now_ns: int) -> bool:
        one = self._troubles[name]
        if is_on_air:
            if one.off_air_ns is not None or not one.on_air_ns:
                one.off_air_ns, one.on_air_ns = None, now_ns
            if now_ns - one.on_air_ns >= GOOD_CONDUCT_NS:
                one.rebuilds = 0
            return False
        if one.off_air_ns is None:
            one.off_air_ns = now_ns
        since_ns = max(one.off_air_ns, one.rebuilt_ns)
        if now_ns - since_ns < min(FIRST_REBUILD_NS << min(one.rebuilds, 32), LONGEST_REBUILD_NS):
            return False
        one.rebuilt_ns = now_ns
        one.rebuilds += 1
        return True


class Step(Enum):
    """What is to be done about the drawing."""

    NOTHING = "nothing"
    REBUILD_WINDOW = "the window is built anew"
    RESTART = "the process is started anew"


class Drawing:
    """Says what is to be done where nothing is drawn any more."""

    def __init__(self) -> None:
        self._swaps = self._presented = -1
        self._looked_ns = 0
        self._stands_ns = 0
        self._rebuilt_ns: int | None = None

    def look(
        self, *, presented: int, swaps: int, is_seen: bool, to_seam_ns: int, now_ns: int
    ) -> Step:
        """How many pictures were handed over and how many drawn, whether anybody could see them,
        and how far the seam is.
        """
        passed_ns = min(now_ns - self._looked_ns, LONGEST_LOOK_NS)
        self._looked_ns = now_ns
        is_drawn = swaps != self._swaps or not is_seen
        if is_drawn or presented == self._presented:  # or there was nothing to draw
            self._swaps, self._presented, self._stands_ns = swaps, presented, 0
            return Step.NOTHING
        self._stands_ns += passed_ns
        if self._stands_ns < NOT_DRAWN_NS:
            return Step.NOTHING
        if self._rebuilt_ns is not None and now_ns - self._rebuilt_ns < TRUSTED_NS:
            return Step.RESTART
        if to_seam_ns <= SEAM_PATIENCE_NS and self._stands_ns < NOT_DRAWN_NS + SEAM_PATIENCE_NS:
            return Step.NOTHING
        self._rebuilt_ns, self._stands_ns = now_ns, 0
        return Step.REBUILD_WINDOW
