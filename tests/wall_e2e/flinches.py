"""How late a wall is after each of several changes, by its own ledger.

What the machine does beside makes it late after one of them; what the wall does, after most.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from installation.control.statefile import walls
from installation.control.status import Now

PATIENCE_S = 60


class Flinches:
    """Asks the wall of a config, which says every other second how it stands."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._quiet = 0.0
        self._after_changes: list[float] = []
        self._last: Now | None = None

    def rest(self, seconds: float) -> None:
        """Let the wall play so long, with nothing done to it."""
        self._last = self._next_post()
        self._quiet = max(self._quiet, self._watch(seconds))

    def after_change(self, seconds: float) -> None:
        """Something was just done to the wall: let it play so long."""
        self._after_changes.append(self._watch(seconds))

    def assert_none(self, may_lose: float) -> None:
        """A change costs no more than such a share of film frames beside what is lost anyway."""
        shares = self._after_changes
        assert median(shares) <= self._quiet + may_lose, (self._quiet, shares)

    def _watch(self, seconds: float) -> float:
        """The share of film frames that was late or dropped."""
        assert self._last is not None
        time.sleep(seconds)
        before, self._last = self._last, self._next_post()
        lost = self._last.late + self._last.dropped - before.late - before.dropped
        due = self._last.shown + self._last.dropped - before.shown - before.dropped
        return lost / due

    def _next_post(self) -> Now:
        """How it stands, as soon as it says so again."""
        before, end = walls(self._config), time.monotonic() + PATIENCE_S
        while not (now := walls(self._config)) or not before or now[0].now == before[0].now:
            assert time.monotonic() < end, "the wall tells nothing of itself"
            before = before or now
            time.sleep(0.05)
        return now[0].now
