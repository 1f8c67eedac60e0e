"""Runs a program that must end by itself, and soon, and may say little: nothing of it is left."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Literal, NamedTuple

logger = logging.getLogger(__name__)

ERROR_BYTES = 4096
"""What is kept of what it complains, from the end."""
LAST_WORDS_S = 5.0
"""How long a killed process may take to be gone; one that waits for a dead disk takes longer."""
_STEP_S = 0.2
_KILLED = (-getattr(signal, "SIGKILL", 9), -signal.SIGTERM)
_CHUNK_BYTES = 1 << 16


class Ended(NamedTuple):
    """How a program ended, and what it said."""

    how: Literal["by itself", "too late", "too long", "stopped"]
    """Or killed: after its time, after it said too much, or because nobody waits for it."""
    code: int | None
    """As `subprocess.Popen.returncode`; None where it could not be killed."""
    output: bytes
    errors: bytes

    @property
    def was_killed(self) -> bool:
        """By somebody else than us."""
        return self.how == "by itself" and self.code in _KILLED


class Killed(Exception):
    """A program was killed from outside, by a person or by a system short of memory."""


def run(
    command: Sequence[str],
    *,
    wall_s: float,
    most_bytes: int,
    env: Mapping[str, str],
    stop: threading.Event | None = None,
    on_output: Callable[[bytes], None] | None = None,
) -> Ended:
    """Run a program with nothing of ours but its command line; any thread may call, many at once.

    It has a process group of its own, but is of our session: in one of its own, Linux would give
    it as much of the processor as all of the wall, however low its priority. Raises OSError where
    it cannot be started. `on_output` is handed all it said so far, now and then, on this thread.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=os.sep,
        env=dict(env),
        process_group=None if sys.platform == "win32" else 0,
        creationflags=_creation_flags(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    output = _Listener(process.stdout, most_bytes)
    errors = _Listener(process.stderr, None)
    try:
        errors.start()
        output.start()
        how = _await(output, wall_s, stop, on_output)
    finally:
        code = _end(process)
        output.close()
        errors.close()
    return Ended(how, code, bytes(output.heard), bytes(errors.heard[-ERROR_BYTES:]))


class _Listener(threading.Thread):
    """Reads a pipe until its end; or until it said too much, where `most_bytes` says so.

    Where that is None, all is read and the end kept.
    """

    def __init__(self, pipe: IO[bytes], most_bytes: int | None) -> None:
        super().__init__(name="short-lived", daemon=True)
        self.heard = bytearray()
        self.heard_too_much = False
        self._pipe = pipe
        self._most_bytes = most_bytes

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while chunk := os.read(self._pipe.fileno(), _CHUNK_BYTES):
                self.heard += chunk
                if self._most_bytes is None:
                    del self.heard[:-ERROR_BYTES]
                elif len(self.heard) > self._most_bytes:
                    self.heard_too_much = True
                    return

    def close(self) -> None:
        """To be called when the program is gone."""
        if self.ident is not None:
            self.join(LAST_WORDS_S)
        if self.is_alive():  # something that it started, and that escaped, holds the other end
            logger.warning("a program that looked into a film left another one running")
        else:
            self._pipe.close()


def _await(
    output: _Listener,
    wall_s: float,
    stop: threading.Event | None,
    on_output: Callable[[bytes], None] | None,
) -> Literal["by itself", "too late", "too long", "stopped"]:
    for _ in range(math.ceil(wall_s / _STEP_S)):
        output.join(_STEP_S)
        if on_output is not None:
            on_output(bytes(output.heard))
        if not output.is_alive():
            return "too long" if output.heard_too_much else "by itself"
        if stop is not None and stop.is_set():
            return "stopped"
    return "too late"


def _end(process: subprocess.Popen[bytes]) -> int | None:
    """Kill whatever is left of it, and hear how it ended.

    One that closed its output by ending has its code already. Its number cannot mean another
    process meanwhile, because nobody has asked for that code yet.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    try:
        return process.wait(LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        logger.warning("process %d does not end, even killed", process.pid)
        return None


def _creation_flags() -> int:
    if sys.platform != "win32":
        return 0
    return subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
