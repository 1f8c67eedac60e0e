"""What other processes there are, as far as they have not ended meanwhile."""

from __future__ import annotations

import contextlib

import psutil


def children(pid: int) -> dict[int, list[str]]:
    """The processes that a process has started, and each one's command line.

    One that has ended, and whose end nobody has asked for, has none. Where the process itself has
    ended, there are none.
    """
    found: dict[int, list[str]] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children():
            try:
                found[child.pid] = child.cmdline()
            except psutil.ZombieProcess:
                found[child.pid] = []
            except psutil.NoSuchProcess:
                continue
    return found


def is_running(pid: int) -> bool:
    """False for one that has ended, also where nobody has asked for its end yet."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
