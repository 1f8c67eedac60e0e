"""Reads a file for its SHA-256 in a process of its own that lets the wall go first.

Not on a thread: one of low priority that holds Python's lock would make the wall wait for it.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import CancelledError
from pathlib import Path

from installation.library.digest import Digest, from_json
from installation.library.probe_apart import Limits, ask
from installation.library.short_lived import Killed

PROGRAM = Path(__file__).with_name("digesting.py")
LIMITS = Limits(wall_s=24 * 3600, cpu_s=4 * 3600)
"""For a terabyte over a slow network."""


def digest_apart(
    path: Path, *, stop: threading.Event | None = None, is_urgent: bool = False
) -> Digest:
    """What `digest` tells of a file. Any thread may call; it waits until the process is gone.

    An idle process stands still beside a machine that is busy throughout; one that `is_urgent` has
    the low priority of those that look into films. Raises OSError where the file cannot be read,
    Killed where somebody killed the process, and CancelledError as soon as `stop` is set.
    """
    if stop is not None and stop.is_set():
        raise CancelledError
    asked = {"path": str(path.absolute()), "is_urgent": is_urgent}
    ended = ask(asked, LIMITS, program=PROGRAM, stop=stop)
    if ended.how == "stopped":
        raise CancelledError
    if ended.was_killed:
        raise Killed
    try:
        answer = json.loads(ended.output)
        if "errno" in answer:
            raise OSError(answer["errno"], str(answer["strerror"]))
        return from_json(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(0, f"reading it ended with code {ended.code}") from error
