"""A clock that stands still until a test moves it."""

from __future__ import annotations

from fractions import Fraction

_NS_PER_S = 1_000_000_000


class FakeClock:
    """Meets `film.Clock`; time jumps, and never back."""

    def __init__(self, now_ns: int = 5_000_000_000) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """See `film.Clock.now_ns`."""
        return self._now_ns

    def jump_to(self, moment_ns: int) -> int:
        """Make it that moment, and return it."""
        if moment_ns < self._now_ns:
            raise ValueError("a monotonic clock never goes back")
        self._now_ns = moment_ns
        return moment_ns

    def jump_ns(self, nanoseconds: int) -> int:
        """Move on by nanoseconds, and return the moment then."""
        return self.jump_to(self._now_ns + nanoseconds)

    def jump(self, seconds: Fraction | int) -> int:
        """Move on by seconds, rounded down to a nanosecond, and return the moment then."""
        return self.jump_ns(int(seconds * _NS_PER_S))
