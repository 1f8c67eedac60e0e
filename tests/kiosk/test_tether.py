"""A wall and its supervisor, as processes: tied to each other, however either of them ends."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installation.kiosk.child import Child
from installation.kiosk.notify import ALIVE, READY

PATIENCE_S = 60
WALL = """
import signal, sys, threading
from installation.kiosk.tether import tie
asked = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: asked.set())
supervisor = tie()
print("for people, and not for the supervisor")
supervisor.tell("READY=1", "STATUS=plays")
while not asked.wait(0.05):
    supervisor.tell("WATCHDOG=1")
sys.exit(0)
"""
HOLDER = f"""
import sys, time
from installation.kiosk.child import Child
child = Child([sys.executable, "-c", {WALL!r}], lambda child, line: None)
print(child.pid, flush=True)
time.sleep(600)
"""


class Heard:
    """What a child says, line by line."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __call__(self, child: Child, line: str) -> None:
        self._lines.put(line)

    def next(self) -> str:
        return self._lines.get(timeout=PATIENCE_S)

    def until(self, wanted: str) -> list[str]:
        lines = [self.next()]
        while lines[-1] != wanted:
            lines.append(self.next())
        return lines


@pytest.fixture
def heard() -> Heard:
    return Heard()


def code_of(child: Child) -> int | None:
    end = time.monotonic() + PATIENCE_S
    while child.code() is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    return child.code()


def test_a_wall_is_heard_and_ends_in_order_when_asked(
    heard: Heard, capfd: pytest.CaptureFixture[str]
) -> None:
    child = Child([sys.executable, "-c", WALL], heard)
    assert heard.until(ALIVE) == [READY, "STATUS=plays", ALIVE]
    child.end()
    assert code_of(child) == 0
    assert set(heard.until("")) <= {ALIVE, ""}
    assert "for people" in capfd.readouterr().err


def test_a_wall_that_hangs_can_be_killed(heard: Heard) -> None:
    child = Child([sys.executable, "-c", WALL], heard)
    heard.until(ALIVE)
    if sys.platform != "win32":
        os.kill(child.pid, signal.SIGSTOP)
    child.kill()
    assert code_of(child) not in (0, None)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_wall_whose_supervisor_was_killed_ends_too() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        wall = Path("/proc") / holder.stdout.readline().decode().strip()
        assert wall.exists()
        holder.kill()
    end = time.monotonic() + PATIENCE_S
    while wall.exists() and "Z" not in (wall / "stat").read_text().rsplit(")", 1)[1][:3]:
        assert time.monotonic() < end, "it plays on with nobody to look after it"
        time.sleep(0.02)


def test_saying_something_to_one_that_is_gone_is_no_mistake(heard: Heard) -> None:
    child = Child([sys.executable, "-c", "pass"], heard)
    assert code_of(child) == 0
    child.tell("slate")
    child.end()
