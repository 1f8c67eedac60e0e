"""How large the wall's process has grown, and whether that is too much: the figures, and the rule.

Used by one thread; a look costs some microseconds.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil

_S = 1_000_000_000
_GIB = 1 << 30
WARM_UP_NS = 600 * _S
"""How long a wall fills its queues and caches, after its start and after each change."""
LOOKS_TOO_LARGE = 3
"""A size counts when it was seen so often on end: a picture that was just let go does not."""
GROWTH, LEAST_GROWTH = 2, _GIB
"""By default a wall may become so many times as large as it was when it was warm, or by so much."""
SHARE = (3, 4)
"""Of the machine's memory, or of what the service may have, that a wall ever uses by default."""


def process_bytes() -> int:
    """What the process holds in memory just now."""
    return int(psutil.Process().memory_info().rss)


def machine_bytes() -> int:
    """The memory that there is for it: the machine's, or less where the service has a ceiling."""
    found = [psutil.virtual_memory().total, *_ceilings()]
    return int(min(found))


def _ceilings(root: Path = Path("/sys/fs/cgroup")) -> list[int]:
    """Of the control groups that the process is in, on Linux."""
    ceilings = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        (line,) = (
            line
            for line in Path("/proc/self/cgroup").read_text().splitlines()
            if line.startswith("0::")
        )
        folder = root / line[3:].lstrip("/")
        for group in (folder, *folder.parents):
            for name in ("memory.max", "memory.high"):
                with contextlib.suppress(OSError, ValueError):
                    ceilings.append(int((group / name).read_text()))
            if group == root:
                break
    return [ceiling for ceiling in ceilings if ceiling > os.sysconf("SC_PAGE_SIZE")]


class Growth:
    """Told now and then how large the process is; says whether it is too large."""

    def __init__(self, machine: int, now_ns: int) -> None:
        self._machine = machine
        self._since_ns = now_ns
        self._warm: int | None = None
        self._looks = 0

    def begin_anew(self, now_ns: int) -> None:
        """The wall shows something else: it may be of another size."""
        self._since_ns, self._warm, self._looks = now_ns, None, 0

    def limit(self, wanted: int | None) -> int:
        """How large it may be: as is wanted, else by the machine and by how large it was."""
        if wanted is not None:
            return wanted
        most = self._machine * SHARE[0] // SHARE[1]
        if self._warm is None:
            return most
        return min(most, max(GROWTH * self._warm, self._warm + LEAST_GROWTH))

    def is_too_large(self, size: int, wanted: int | None, now_ns: int) -> bool:
        """Whether it is, after so many looks on end."""
        if self._warm is None and now_ns - self._since_ns >= WARM_UP_NS:
            self._warm = size
        self._looks = self._looks + 1 if size > self.limit(wanted) else 0
        return self._looks >= LOOKS_TOO_LARGE
