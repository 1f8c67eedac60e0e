"""What other processes there are, and what they have open, as far as it has not ended meanwhile."""

from __future__ import annotations

import contextlib
from pathlib import Path

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


def children_with(pid: int, word: str) -> list[int]:
    """Those of them whose command line holds this word."""
    return [child for child, command in children(pid).items() if word in " ".join(command)]


def is_running(pid: int) -> bool:
    """False for one that has ended, also where nobody has asked for its end yet."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def open_films(pid: int, below: Path) -> set[Path]:
    """The films that a process has open below a folder; of a folder taken away, none.

    Raises psutil.NoSuchProcess where it has ended.
    """
    paths = {Path(file.path) for file in psutil.Process(pid).open_files()}
    return {path for path in paths if path.suffix == ".mp4" and below in path.parents}
