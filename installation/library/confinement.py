"""Takes from this process what it does not need to look into a film: run only in one for that.

What a system does not offer is gone without.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path
from typing import Any

NICENESS = 15
"""Yields to the wall's threads at nearly every turn, and still gets somewhere beside a busy one."""
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _SIGKILL = 1, 38, 9


def step_back(*, is_urgent: bool = False) -> None:
    """Let everyone else go first, unless somebody waits for this process; and where memory runs
    out, be the one that is ended for it.
    """
    if sys.platform != "win32" and not is_urgent:  # on Windows, whoever starts it says so
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def confine(
    *, cpu_s: int, memory_bytes: int, open_files: int, file_bytes: int = 0, parent: int = 0
) -> bool:
    """Limit this process for good, before it spawns a thread; True where it has no network now.

    It writes no file larger than `file_bytes`, gains no right by running another program, and ends
    with its parent, the process of that number: at once where that one has ended before.
    """
    is_off_network = False
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        is_off_network = _leave_network(libc, is_root=os.geteuid() == 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if parent and os.getppid() != parent:
            os._exit(1)
    _limit("CPU", cpu_s, grace=1)
    _limit("AS", memory_bytes)
    _limit("NOFILE", open_files)
    _limit("FSIZE", file_bytes)
    _limit("CORE", 0)
    return is_off_network


def _leave_network(libc: Any, *, is_root: bool) -> bool:
    """Root keeps its own user namespace: in another one it may no longer read everybody's files."""
    if is_root and libc.unshare(_CLONE_NEWNET) == 0:
        return True
    return bool(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _limit(name: str, value: int, grace: int = 0) -> None:
    """Set a limit, or a lower one that is set already; nothing may raise it again."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError, AttributeError):
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        most = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
        resource.setrlimit(kind, (min(value, most), most))
