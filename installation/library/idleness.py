"""Lets everyone else go first, at the processor and at the disk: for a process that has time.

What a system does not offer is gone without.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

_LOWEST_NICENESS = 19
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30}
"""Linux' system call, for which glibc has no name, by the machine."""
_IOPRIO_WHO_PROCESS, _IOPRIO_IDLE = 1, 3 << 13
_PRIO_DARWIN_PROCESS, _PRIO_DARWIN_BACKGROUND = 4, 0x1000
_WINDOWS_BACKGROUND = 0x00100000  # PROCESS_MODE_BACKGROUND_BEGIN: processor, disk and memory


def be_idle() -> None:
    """Run only when nobody else wants to, from now on; threads that are started later as well."""
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "win32":
            kernel = ctypes.windll.kernel32
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), _WINDOWS_BACKGROUND)
        elif sys.platform == "darwin":
            os.setpriority(_PRIO_DARWIN_PROCESS, 0, _PRIO_DARWIN_BACKGROUND)
        else:
            os.setpriority(os.PRIO_PROCESS, 0, _LOWEST_NICENESS)
            _idle_at_disk()
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _idle_at_disk() -> None:
    call = _IOPRIO_SET.get(os.uname().machine)
    if sys.platform == "linux" and call is not None:
        ctypes.CDLL(None).syscall(call, _IOPRIO_WHO_PROCESS, 0, _IOPRIO_IDLE)
