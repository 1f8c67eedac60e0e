"""What feeds the device goes first where that is allowed, and harms nobody where it is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys, threading
from installation.sound.priority import go_first
if sys.argv[1] == "not allowed":
    os.setgroups([])
    os.setuid(65534)
before = os.getpriority(os.PRIO_PROCESS, 0)
go_first()
def tell():
    after = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    print(after == -11, after == before)
thread = threading.Thread(target=tell)
thread.start()
thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="allowed to root alone")
@pytest.mark.parametrize(
    ("case", "expected"), [("allowed", "True False"), ("not allowed", "False True")]
)
def test_what_feeds_the_device_goes_first_with_all_its_threads(case: str, expected: str) -> None:
    command = [sys.executable, "-c", PROGRAM, case]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == expected
