"""Makes a mezzanine in a process of its own, at the lowest priority, which may harm nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from installation.decode.container import CONTAINERS
from installation.errors import VersionRejected
from installation.library.mezzanine import MezzanineFacts, Size, from_json
from installation.library.probe_apart import Limits, ask, told
from installation.library.short_lived import Killed

PROGRAM = Path(__file__).with_name("conforming.py")
ANSWER_BYTES = 1 << 18
"""A thousand lines of progress, the answer, and room."""
LIMITS = Limits(
    wall_s=7 * 24 * 3600,
    cpu_s=48 * 3600,
    memory_bytes=4 << 30,
    open_files=64,
    file_bytes=1 << 40,
)
"""A long film at the lowest priority beside a busy wall takes its time."""
OnProgress = Callable[[int, int], None]
"""Called with the frames done and those to do, on the thread that waits."""


def conform_apart(
    source: Path,
    container: str,
    target: Path,
    size: Size,
    short_id: int,
    *,
    threads: int = 1,
    stop: threading.Event | None = None,
    on_progress: OnProgress | None = None,
    is_urgent: bool = False,
    limits: Limits = LIMITS,
    program: Path = PROGRAM,
) -> MezzanineFacts:
    """Make `target`, the mezzanine of a film that was probed, `size` as `mezzanine_size` says.

    Any thread may call; it waits until the process is gone. `short_id` (0..65535) goes into every
    frame's stamp. `target` is written in place (write to a temporary name and rename; whatever is
    there is overwritten, and left incomplete where this raises). Raises VersionRejected, without
    `where`, for a film that cannot be conformed, OSError where `target` cannot be written (ENOSPC:
    the disk is full), Killed where somebody killed the process, and CancelledError as soon as
    `stop` is set.

    Beside a machine that is busy throughout an idle process stands still; one that `is_urgent` has
    the low priority of those that look into films. `program` is another to ask, for tests.
    """
    if container not in CONTAINERS:
        raise ValueError(f"{container} is not a container that films are opened as")
    if stop is not None and stop.is_set():
        raise CancelledError
    asked = {
        "source": str(source.absolute()),
        "container": container,
        "target": str(target.absolute()),
        "size": size,
        "short_id": short_id,
        "threads": threads,
        "is_urgent": is_urgent,
    }
    try:
        ended = ask(
            asked,
            limits,
            program=program,
            stop=stop,
            most_bytes=ANSWER_BYTES,
            on_output=None if on_progress is None else _Progress(on_progress),
        )
    except OSError as error:
        raise VersionRejected(
            f"cannot be conformed: no process can be started ({error.strerror})",
            remedy="close other programs, and copy it again",
        ) from error
    if ended.was_killed:
        raise Killed
    return told(ended, limits, _made)


def _made(answer: dict[str, Any]) -> MezzanineFacts:
    if "unwritable" in answer:
        said = answer["unwritable"]
        raise OSError(int(said["errno"]), str(said["strerror"]))
    return from_json(answer["made"])


class _Progress:
    """Hears the lines of a process, and hands on the last that says how far it is."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._heard_bytes = 0

    def __call__(self, output: bytes) -> None:
        lines = output[self._heard_bytes :].rpartition(b"\n")[0]
        if not lines:
            return
        self._heard_bytes += len(lines) + 1
        try:
            for line in reversed(lines.splitlines()):
                said = json.loads(line)
                if "done" in said:
                    self._on_progress(int(said["done"]), int(said["total"]))
                    return
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise VersionRejected("confuses the decoder", remedy="export it again") from error
