"""The C library's heap, kept small for months: what is freed between what is used goes back.

glibc keeps it, and gives each new thread a heap of its own: a wall whose versions come and go would
grow for days, though nothing is lost. Elsewhere nothing is done.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

_M_ARENA_MAX = -8  # malloc.h
HEAPS = 2


def keep_few() -> None:
    """At the start: no more heaps than these, where there would be eight for each core. See
    mallopt(3).
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Hand to the system what is free; takes some milliseconds. See malloc_trim(3)."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
