"""What ended players have freed goes back to the system, not too often."""

from __future__ import annotations

import subprocess
import sys

import pytest

HOLES = """
import ctypes, os, sys
from pathlib import Path
from installation.decode.libvlc import GIVE_BACK_EVERY_NS, give_memory_back
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
def make_holes():
    "As players that end while others begin: all but every hundredth is freed."
    blocks = [libc.malloc(20_000) for _ in range(5000)]
    for block in blocks:
        ctypes.memset(block, 1, 20_000)
    for number, block in enumerate(blocks):
        if number % 100:
            libc.free(block)
start = 5 * GIVE_BACK_EVERY_NS
for now_ns in (start, start + GIVE_BACK_EVERY_NS // 2, start + GIVE_BACK_EVERY_NS):
    make_holes()
    before = resident()
    give_memory_back(now_ns)
    print(before - resident() > 20 << 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_holes_between_what_is_used_are_given_back_every_now_and_then() -> None:
    told = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False", "True"]
