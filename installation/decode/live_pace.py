"""When to show a picture of a sender that sends in lumps, or faster than its film runs."""

from __future__ import annotations

from fractions import Fraction

HASTE = Fraction(19, 20)
"""Of the time between two pictures: what lies waiting is caught up with, and nothing adds up."""
LONGEST_STEP_S = 2
_NS = 1_000_000_000


class LivePace:
    """Spreads pictures over the time that lies between them. One thread at a time may use it."""

    def __init__(self) -> None:
        self._last: tuple[Fraction, int] | None = None

    def wait_ns(self, pts: Fraction | None, now_ns: int) -> int:
        """How long a picture that is there now is to wait; one that comes late does not."""
        if pts is None:
            return 0
        due_ns = now_ns
        if self._last is not None:
            before, shown_ns = self._last
            step = pts - before
            if 0 < step <= LONGEST_STEP_S:  # else the sender has begun anew
                due_ns = max(now_ns, shown_ns + int(step * HASTE * _NS))
        self._last = pts, due_ns
        return due_ns - now_ns
