"""What is freed goes back to the system, and threads share their heaps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installation.heap import HEAPS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc's")

HOLES = """
import ctypes, os
from pathlib import Path
from installation.heap import give_back
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
blocks = [libc.malloc(20_000) for _ in range(5000)]
for block in blocks:
    ctypes.memset(block, 1, 20_000)
for number, block in enumerate(blocks):
    if number % 100:
        libc.free(block)
before = resident()
give_back()
print(before - resident() > 20 << 20)
"""
THREADS = """
import ctypes, sys, threading
from installation.heap import keep_few
if sys.argv[1] == "few":
    keep_few()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes, libc.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
together = threading.Barrier(6)
def use():
    libc.malloc(20_000)
    together.wait()
threads = [threading.Thread(target=use) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
told = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, told)
libc.fclose(told)
print(open(sys.argv[2]).read().count("<heap nr="))
"""


def said_by(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_holes_between_what_is_used_are_given_back() -> None:
    assert said_by(HOLES) == "True"


def test_threads_get_no_heap_each(tmp_path: Path) -> None:
    told = f"{tmp_path}/heaps.xml"
    assert int(said_by(THREADS, "few", told)) <= HEAPS
    assert int(said_by(THREADS, "many", told)) > HEAPS
