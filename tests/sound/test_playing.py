"""The sound's process: told what is wanted, heard of, started again where it ends."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.film import MasterClock
from installation.sound import playing
from installation.sound.playing import GONE, Playing
from installation.sound.wanted import SoundReport, Speaking, Wanted

WANTED = Wanted(MasterClock(1, 1), (), Speaking.LATEST)  # type: ignore[arg-type]
ECHO = """
import pickle, sys
from installation.sound.wanted import SoundReport
while True:
    wanted = pickle.load(sys.stdin.buffer)
    if wanted.device == "crash":
        sys.exit(3)
    sys.stdout.buffer.write(pickle.dumps(SoundReport(device=wanted.device)))
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "echo.py"
    program.write_text(ECHO)
    monkeypatch.setattr(playing, "COMMAND", (sys.executable, str(program)))
    monkeypatch.setattr(playing, "AGAIN_S", 0.01)


def until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def on(device: str) -> Wanted:
    return Wanted(WANTED.clock, (), Speaking.LATEST, device=device)


@pytest.mark.usefixtures("echo")
def test_what_is_wanted_goes_in_and_how_it_stands_comes_out() -> None:
    sound = Playing()
    sound.want(on("one"))
    sound.start()
    until(lambda: sound.report == SoundReport(device="one"))
    sound.want(on("two"))
    until(lambda: sound.report.device == "two")
    sound.stop()
    assert not sound._thread.is_alive()
    assert sound.report == SoundReport()


@pytest.mark.usefixtures("echo")
def test_a_process_that_ends_is_said_and_started_again() -> None:
    sound = Playing()
    sound.want(on("one"))
    sound.start()
    until(lambda: sound.report.device == "one")
    sound.want(on("crash"))
    until(lambda: sound.report.trouble == GONE)
    sound.want(on("two"))
    until(lambda: sound.report.device == "two")
    assert sound.report.trouble == ""
    sound.stop()


@pytest.mark.usefixtures("echo")
def test_stopping_before_the_start_is_nothing() -> None:
    Playing().stop()


@pytest.mark.usefixtures("echo")
def test_a_server_that_is_back_is_not_made_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    there = threading.Event()
    monkeypatch.setattr(playing, "LATEST_ALONE_S", 3600)
    monkeypatch.setattr(playing, "AGAIN_S", 3600)
    monkeypatch.setattr("installation.sound.server.is_there", there.is_set)
    sound = Playing()
    sound.want(on("crash"))
    sound.start()
    until(lambda: sound.report.trouble == GONE)
    sound.want(on("one"))
    there.set()
    until(lambda: sound.report.device == "one")  # an hour would be too late
    sound.stop()
