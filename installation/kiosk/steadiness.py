"""Notices that a wall stood still, and that somebody set the machine's calendar."""

from __future__ import annotations

from typing import NamedTuple

STILL_AFTER_NS = 1_000_000_000
"""Without a new picture for so long, a wall that should play stands still."""
TOLD_AFTER_NS = 10_000_000_000
"""And so long it may do so before it is told while it lasts."""
STEP_NS = 500_000_000
"""What a calendar may be off from one look to the next; slower drifts are its keeper's work."""


class Standstill(NamedTuple):
    """A wall stood still, or still does."""

    ms: int
    is_over: bool
    was_process: bool
    """Nobody looked all that time: the machine slept, or the process was stopped."""


class StandstillWatch:
    """Looks at the number of pictures shown, a few times a second."""

    def __init__(self) -> None:
        self._pictures = -1
        self._moved_ns: int | None = None
        self._looked_ns = 0
        self._longest_gap_ns = 0
        self._is_told = False

    def look(self, now_ns: int, pictures: int, *, is_expected: bool) -> Standstill | None:
        """A standstill that is over, or that is to be told of now."""
        gap_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        if self._moved_ns is None or not is_expected:
            self._begin_anew(now_ns, pictures)
            return None
        self._longest_gap_ns = max(self._longest_gap_ns, gap_ns)
        still_ns = now_ns - self._moved_ns
        if pictures == self._pictures and not self._is_whole_gap(still_ns):
            if still_ns < TOLD_AFTER_NS or self._is_told:
                return None
            self._is_told = True
            return Standstill(still_ns // 1_000_000, False, False)
        was_process = self._is_whole_gap(still_ns)
        self._begin_anew(now_ns, pictures)
        if still_ns < STILL_AFTER_NS:
            return None
        return Standstill(still_ns // 1_000_000, True, was_process)

    def _is_whole_gap(self, still_ns: int) -> bool:
        return 2 * self._longest_gap_ns > still_ns >= STILL_AFTER_NS

    def _begin_anew(self, now_ns: int, pictures: int) -> None:
        self._pictures, self._moved_ns = pictures, now_ns
        self._longest_gap_ns, self._is_told = 0, False


class CalendarWatch:
    """Holds the machine's calendar against a clock that nobody sets."""

    def __init__(self) -> None:
        self._offset_ns: int | None = None

    def look(self, mono_ns: int, calendar_ns: int) -> int:
        """By how many milliseconds the calendar was set ahead (or back, when negative) since."""
        offset_ns = calendar_ns - mono_ns
        step_ns = 0 if self._offset_ns is None else offset_ns - self._offset_ns
        self._offset_ns = offset_ns
        return step_ns // 1_000_000 if abs(step_ns) >= STEP_NS else 0
