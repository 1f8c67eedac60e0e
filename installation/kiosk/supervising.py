"""Runs the portable supervisor: real processes, real time. It needs neither Qt nor PyAV."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from installation.config.loader import edition_of
from installation.film import SystemClock
from installation.kiosk.backoff import Manner
from installation.kiosk.child import Child
from installation.kiosk.exits import ENDED
from installation.kiosk.notify import ALIVE, READY, STOPPING, Notifier, systemd_from
from installation.kiosk.supervisor import Supervisor

logger = logging.getLogger(__name__)

TICK_S = 0.2
BACKDROP_S = 10.0
"""How long the first wall waits for the backdrop to be there: not for ever."""
END_S = 3.0


class BackdropChild:
    """The backdrop in a process of its own; one that cannot be had is gone without."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._child: Child | None = None
        self._is_slate = False
        self._is_there = threading.Event()

    def ensure(self) -> None:
        """See `Backdrop.ensure`."""
        if self._child is not None and self._child.code() is None:
            self.set_slate(self._is_slate)  # and it looks where it is to stand
            return
        self._is_there.clear()
        try:
            self._child = Child(self._command, self._hear)
        except OSError as error:
            logger.warning("no black can be kept behind the wall: %s", error)
            return
        self._is_there.wait(BACKDROP_S)
        self.set_slate(self._is_slate)

    def set_slate(self, is_slate: bool) -> None:
        """See `Backdrop.set_slate`."""
        self._is_slate = is_slate
        if self._child is not None:
            self._child.tell("slate" if is_slate else "black")

    def end(self) -> None:
        """See `Backdrop.end`."""
        if self._child is not None:
            self._child.end()
            self._child.wait(END_S)

    def _hear(self, child: Child, word: str) -> None:
        if word in (READY, ""):
            self._is_there.set()


class NoBackdrop:
    """For a wall that is tried out in a window."""

    def ensure(self) -> None:
        """See `Backdrop.ensure`."""

    def set_slate(self, is_slate: bool) -> None:
        """See `Backdrop.set_slate`."""

    def end(self) -> None:
        """See `Backdrop.end`."""


def supervise(config: Path, windowed: tuple[int, int] | None, *, is_verbose: bool) -> int:
    """Supervise the wall of a config until asked to end; the process's exit code."""
    python = [sys.executable, "-m", "installation", *(["-v"] if is_verbose else [])]
    wall = [*python, "kiosk", str(config), "--tethered"]
    if windowed is not None:
        wall += ["--windowed", f"{windowed[0]}x{windowed[1]}"]
    # reentrant, so that a signal's handler may put something in
    heard: queue.SimpleQueue[tuple[Child, str] | None] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: heard.put(None))
    above = systemd_from(os.environ)  # where systemd starts us, for a desktop's sake

    def start(manner: Manner) -> Child:
        kept = ["--last-good"] if manner is Manner.LAST_GOOD else []
        return Child([*wall, *kept], lambda child, word: heard.put((child, word)))

    is_windowed = windowed is not None
    backdrop = [sys.executable, "-m", "installation.backdrop", str(config)]
    supervisor = Supervisor(
        SystemClock(),
        start,
        NoBackdrop() if is_windowed else BackdropChild(backdrop),
        lambda: edition_of(config),
    )
    above.tell(READY)
    _run(supervisor, heard, above)
    above.tell(STOPPING)
    return ENDED


def _run(
    supervisor: Supervisor,
    heard: queue.SimpleQueue[tuple[Child, str] | None],
    above: Notifier,
) -> None:
    supervisor.tick()
    while not supervisor.is_over:
        with contextlib.suppress(queue.Empty):
            news = heard.get(timeout=TICK_S)
            if news is None:
                supervisor.end()
            else:
                supervisor.hear(*news)
                above.tell(*(word for word in news[1:] if word.startswith("STATUS=")))
        supervisor.tick()
        above.tell(ALIVE)  # of this process: the wall's own life is our business
