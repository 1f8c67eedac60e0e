"""The portable supervisor: starts the wall, kills it when it hangs, starts it again, for ever.

It decides only; processes and time are handed to it. Used by one thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from installation.film import Clock
from installation.kiosk.backoff import Manner, delay_ns, manner_after, shows_slate
from installation.kiosk.exits import BUG, ENDED, RESTART
from installation.kiosk.heartbeat import HANG_NS
from installation.kiosk.notify import ALIVE, READY

logger = logging.getLogger(__name__)

START_NS = 60_000_000_000
"""A wall that shows nothing for so long after its start, or its last step of it, hangs."""
PLAYED_WELL_NS = 300_000_000_000
"""A wall that has played for so long has left its crashes behind."""
END_NS = 10_000_000_000
"""How long a wall that was asked to end, or killed, has for it."""
LONGEST_TICK_NS = 1_000_000_000
"""Where the whole machine stood still, so did the wall, and it is not to be blamed."""


class Ward(Protocol):
    """A wall in a process of its own."""

    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def end(self) -> None:
        """Ask it to end in order."""
        ...

    def kill(self) -> None:
        """End it, whatever it is at."""
        ...


class Backdrop(Protocol):
    """What visitors see while there is no wall: black, or a slate."""

    def ensure(self) -> None:
        """Be there; called only while no wall is, which it would hide."""
        ...

    def set_slate(self, is_slate: bool) -> None:
        """Show the film's title, or nothing."""
        ...

    def end(self) -> None:
        """Be gone."""
        ...


class Supervisor:
    """One wall's supervisor. `edition` tells the curator's file from what it was before."""

    def __init__(
        self,
        clock: Clock,
        start: Callable[[Manner], Ward],
        backdrop: Backdrop,
        edition: Callable[[], object],
    ) -> None:
        self.is_over = False
        self.ward: Ward | None = None
        self._clock = clock
        self._start = start
        self._backdrop = backdrop
        self._edition = edition
        self._seen = edition()
        self._ticked_ns = clock.now_ns()
        self._ends = 0
        self._wait_ns = 0
        self._silent_ns = self._ready_ns = 0  # of the wall that runs, as far as we looked
        self._is_ready = self._is_killed = self._is_ending = False

    def hear(self, ward: Ward, word: str) -> None:
        """A wall told something; one that was given up tells nobody any more."""
        if ward is not self.ward:
            return
        if word == READY:
            self._is_ready = True
        is_wanted = not (self._is_killed or self._is_ending)
        if is_wanted and (word == ALIVE or not self._is_ready):
            self._silent_ns = 0

    def end(self) -> None:
        """End the wall, and then everything."""
        self._is_ending = True
        self._silent_ns = 0
        if self.ward is not None:
            self.ward.end()

    def tick(self) -> None:
        """Look, and do what is due; a few times a second."""
        now = self._clock.now_ns()
        passed = min(now - self._ticked_ns, LONGEST_TICK_NS)
        self._ticked_ns = now
        if self.ward is not None:
            self._watch_over(self.ward, passed)
        if self.ward is None and self._is_ending:
            self._backdrop.end()
            self.is_over = True
        elif self.ward is None:
            self._wait_ns -= passed
            self._begin_anew_with_what_was_mended()
            if self._wait_ns <= 0:
                self._begin()

    def _begin_anew_with_what_was_mended(self) -> None:
        """The curator has saved something: no reason to wait, nor to distrust it."""
        edition = self._edition()
        if self._ends and edition is not None and edition != self._seen:
            logger.warning("the config was saved: it is tried at once")
            self._ends = self._wait_ns = 0
            self._backdrop.set_slate(False)
        self._seen = edition

    def _begin(self) -> None:
        self._backdrop.ensure()
        self._silent_ns = self._ready_ns = 0
        self._is_ready = self._is_killed = False
        manner = manner_after(self._ends)
        if self._ends:
            logger.warning("the wall is started again, with %s", manner.value)
        try:
            self.ward = self._start(manner)
        except OSError as error:  # no process to be had, or no memory
            self._note_end(f"could not be started: {error}")

    def _watch_over(self, ward: Ward, passed_ns: int) -> None:
        code = ward.code()
        if code is not None:
            self.ward = None
            if code == ENDED and not self._is_killed:
                self._is_ending = True
            elif not self._is_ending:
                self._note_end("was killed, for it hung" if self._is_killed else _why(code))
            return
        self._silent_ns += passed_ns
        if self._is_ready:
            self._note_playing(passed_ns)
        if self._is_killed or self._is_ending:
            self._insist(ward)
        elif self._silent_ns >= (HANG_NS if self._is_ready else START_NS):
            logger.error(
                "the wall hangs: no picture for %d s; it is killed", self._silent_ns // 10**9
            )
            self._is_killed, self._silent_ns = True, 0
            ward.kill()

    def _insist(self, ward: Ward) -> None:
        """It has been asked to end, or was killed, and is still there."""
        if self._silent_ns < END_NS:
            return
        if self._is_killed:  # it hangs in the system itself; another one may play beside it
            logger.error("the wall cannot even be killed; it is left alone")
            self.ward = None
            if not self._is_ending:
                self._note_end("hung")
        else:
            self._is_killed, self._silent_ns = True, 0
            ward.kill()

    def _note_playing(self, passed_ns: int) -> None:
        self._ready_ns += passed_ns
        if self._ends and self._ready_ns >= PLAYED_WELL_NS:
            logger.warning("the wall plays well again")
            self._ends = 0
            self._backdrop.set_slate(False)

    def _note_end(self, why: str) -> None:
        self._ends += 1
        self._wait_ns = delay_ns(self._ends)
        self._seen = self._edition()
        self._backdrop.set_slate(shows_slate(self._ends))
        logger.error(
            "the wall %s; it is started again in %d s (%d in a row)",
            why, self._wait_ns // 10**9, self._ends,
        )  # fmt: skip


def _why(code: int) -> str:
    if code == RESTART:
        return "asks to be started again"
    if code == BUG:
        return "ended by a bug"
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
