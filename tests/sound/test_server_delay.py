"""What PulseAudio says of its delay is when a sample is heard, however much it holds."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from installation.sound.server_delay import HELD_MS, LATENCY_VARIABLE, ServerDelay
from tests import sound_server
from tests.sound_server import SoundServer

SECONDS, CLICKS = 9, 4
MOST_MS = 6
"""The recorder's own doubt: what the server holds of it."""

needs_server = pytest.mark.skipif(not sound_server.is_there(), reason=sound_server.REMEDY)


@needs_server
@pytest.mark.parametrize("held", ["20", HELD_MS])
def test_a_click_is_heard_when_the_server_says_so(tmp_path: Path, held: str) -> None:
    with SoundServer(tmp_path) as server:
        environment = {**os.environ, **server.environment, LATENCY_VARIABLE: held}
        recorder = server.record()
        told = subprocess.run(
            [sys.executable, "-m", "tests.sound.clicks", str(SECONDS)],
            env=environment, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        recording = recorder.stop()
    said = np.array([int(line) for line in told.stdout.split()])
    heard = [recording.moment_ns(int(at)) for at in np.flatnonzero(recording.samples[0] > 0.5)]
    late_ms = [float(np.min(np.abs(said - moment))) / 1e6 for moment in heard]
    assert len(late_ms) >= CLICKS
    assert statistics.median(late_ms) < MOST_MS


def test_without_a_server_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    delay = ServerDelay()
    delay.connect()
    assert not delay.is_there
    assert delay.ask_us() is None
    delay.close()


@needs_server
def test_a_server_that_dies_tells_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SoundServer(tmp_path) as server:
        monkeypatch.setenv("PULSE_SERVER", server.environment["PULSE_SERVER"])
        monkeypatch.delenv(LATENCY_VARIABLE, raising=False)
        delay = ServerDelay()
        delay.connect()
        assert delay.is_there
        assert os.environ[LATENCY_VARIABLE] == HELD_MS
        assert delay.ask_us() is None  # this process plays nothing
        server.kill()
        assert delay.ask_us() is None
        assert not delay.is_there
        delay.connect()
        assert LATENCY_VARIABLE not in os.environ  # whoever comes next may not tell
        server.start()
        delay.connect()
        assert delay.is_there
        delay.close()
