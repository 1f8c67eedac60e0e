"""Does a piece of work in a fork of this process, which may crash, hang or swell.

A program that is started anew takes half a second to load what it needs; a fork of one that has
loaded it a few milliseconds. The forking process has no threads.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from installation.library.short_lived import Ended

How = Literal["by itself", "too late", "too long"]
_CHUNK = 1 << 16


class Fork(NamedTuple):
    """How it went."""

    ended: Ended
    grown_mb: float
    """How much more memory it took at its most than this process when it began."""


def in_fork(work: Callable[[], dict[str, Any]], *, wall_s: float, most_bytes: int) -> Fork:
    """Have this done, and what it returns said as a line of JSON."""
    out_read, out_write = os.pipe()
    errors = os.memfd_create("errors")
    before_kb = _resident_kb()
    pid = os.fork()
    if pid == 0:
        _be_child(work, out_write, errors)
    os.close(out_write)
    how, output = _listen(out_read, wall_s, most_bytes)
    os.close(out_read)
    if how != "by itself":
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    os.lseek(errors, 0, os.SEEK_SET)
    complaint = os.read(errors, _CHUNK)
    os.close(errors)
    ended = Ended(how, os.waitstatus_to_exitcode(status), output, complaint)
    return Fork(ended, (usage.ru_maxrss - before_kb) / 1024)


def _be_child(work: Callable[[], dict[str, Any]], out: int, errors: int) -> None:
    code = 1
    try:
        os.dup2(errors, 2)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace", closefd=False)
        os.write(out, json.dumps(work()).encode() + b"\n")
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _listen(pipe: int, wall_s: float, most_bytes: int) -> tuple[How, bytes]:
    heard, end = b"", time.monotonic() + wall_s
    while (left_s := end - time.monotonic()) > 0:
        if select.select([pipe], [], [], left_s)[0]:
            chunk = os.read(pipe, _CHUNK)
            if not chunk:
                return "by itself", heard
            heard += chunk
            if len(heard) > most_bytes:
                return "too long", heard
    return "too late", heard


def _resident_kb() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
