"""When the machine gave nobody a turn: what no program on it can help.

On each processor a process of the highest priority that is to be had asks to sleep for two
milliseconds, again and again. Where it sleeps for much longer, the machine itself stood still, as a
virtual one does whose host has other work: `python -m tests.wall_e2e.turns CPU`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import NamedTuple

SLEEP_S = 0.002
WORTH_A_WORD_NS = 5_000_000
FIRST = -20
"""Niceness, where that is allowed."""


class Wait(NamedTuple):
    """Somebody had to wait for his turn."""

    until_ns: int
    """By the monotonic clock."""
    ns: int


class Turns:
    """Watches every processor while the block runs."""

    def __init__(self) -> None:
        self.waits: list[Wait] = []
        """Filled when the block has ended."""
        self._watchers: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Turns:
        for cpu in sorted(os.sched_getaffinity(0)):
            command = [sys.executable, "-m", "tests.wall_e2e.turns", str(cpu)]
            watcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            self._watchers.append(watcher)
        return self

    def __exit__(self, *_: object) -> None:
        for watcher in self._watchers:
            watcher.terminate()
            told = watcher.communicate()[0]
            for line in told.splitlines():
                until_ns, ns = map(int, line.split())
                self.waits.append(Wait(until_ns, ns))
        self.waits.sort()


def main() -> None:
    """Watch one processor until asked to end, then say when it stood still."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    waits: list[Wait] = []
    has_ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: has_ended.append(number))
    while not has_ended:
        begun_ns = time.monotonic_ns()
        time.sleep(SLEEP_S)
        now_ns = time.monotonic_ns()
        waited_ns = now_ns - begun_ns - int(SLEEP_S * 1e9)
        if waited_ns > WORTH_A_WORD_NS:
            waits.append(Wait(now_ns, waited_ns))
    for until_ns, waited_ns in waits:
        print(until_ns, waited_ns)


if __name__ == "__main__":
    main()
