"""A wall that speaks, captured and recorded at once: how far its beeps are from its flashes.

Every version beeps at the same film frames, each at a pitch of its own, so that it is heard who
speaks. A picture is taken to have come half-way between the capture that shows it first and the
one before, and a sample when the sound server says so (see `sound_server.Recording`). A wall draws
for the next refresh, which a screen would wait for; Xvfb shows at once, half a refresh sooner on
average.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.sound_clips import beeps, make_sounding_clip
from tests.sound_server import RATE, Recording, SoundServer
from tests.wall_e2e.capture import Seen, Watched, start_capture, stop_capture
from tests.wall_e2e.screen import XvfbScreen

LENGTH = 48
"""Film frames."""
BEEPS = (12, 36)
HERTZ = (1000, 1500, 2000, 2500)
REFRESH_NS = 1_000_000_000 / 60
LONGEST_BLIND_NS = 30_000_000
"""Where nobody looked for longer, it is not known when the picture came."""


@dataclass(frozen=True)
class Beep:
    """One beep, and the film frame on the wall it belongs to."""

    version: int
    offset_ms: float
    """How much later it was heard than its picture was seen."""
    heard_ns: int
    """By the monotonic clock."""


@dataclass(frozen=True)
class Outcome:
    """What was seen, heard and said."""

    code: int
    report: dict[str, Any]
    watched: Watched
    recording: Recording
    log: str


def make_film(folder: Path) -> Path:
    """Four versions of two seconds, of different rates, channels and codecs."""
    for number, hertz in enumerate(HERTZ):
        rate = (48_000, 44_100)[number % 2]
        sound = beeps([frame / 24 for frame in BEEPS], LENGTH / 24, rate, hertz)
        sound = np.repeat(sound, 1 + number // 2, axis=0)
        make_sounding_clip(
            folder / f"202{number} V{number}" / "film.mov", sound, rate,
            frames=LENGTH, size=(320, 180), version=number,
        )  # fmt: skip
    return folder


def play(
    screen: XvfbScreen,
    server: SoundServer,
    config: Path,
    folder: Path,
    *,
    loops: int,
    meanwhile: Callable[[], None] = lambda: None,
    timeout_s: float = 900,
) -> Outcome:
    """Play so many loops, and capture and record them."""
    report, out = folder / "report.json", folder / "seen.json"
    recorder = server.record()
    watcher = start_capture(screen.environment, len(HERTZ), out, timeout_s)
    command = [
        sys.executable, "-m", "installation", "play", str(config),
        "--windowed", f"{screen.width}x{screen.height}", "--loops", str(loops),
        "--report", str(report),
    ]  # fmt: skip
    environment = {**screen.environment, **server.environment}
    with (folder / "log.txt").open("w+") as log:
        wall = subprocess.Popen(command, env=environment, stderr=log)
        try:
            meanwhile()
            wall.wait(timeout_s)
        finally:
            wall.kill()
            wall.wait()
            watched = stop_capture(watcher, out)
            recording = recorder.stop()
        log.seek(0)
        told = json.loads(report.read_text()) if report.exists() else {}
        return Outcome(wall.returncode, told, watched, recording, log.read())


def heard_beeps(seen: Sequence[Seen], recording: Recording) -> list[Beep]:
    """Every beep whose picture was seen to come."""
    flashes = np.array(sorted(_flashes(seen)))
    found = []
    for start in _onsets(recording):
        tone = recording.samples[0, start : start + RATE // 40]
        hertz = np.argmax(np.abs(np.fft.rfft(tone, RATE)))
        moment = recording.moment_ns(start)
        offsets = (moment - flashes) / 1e6
        nearest = float(offsets[np.argmin(np.abs(offsets))])
        if abs(nearest) < 500 * (BEEPS[1] - BEEPS[0]) / 24 / 2:
            version = int(np.argmin(np.abs(np.array(HERTZ) - hertz)))
            found.append(Beep(version, nearest, moment))
    return found


def _flashes(seen: Sequence[Seen]) -> set[float]:
    moments, before = set(), -1
    for picture in seen:
        frames = {code[0] for code in picture.codes if code is not None}
        if len(frames) != 1:
            continue
        frame = frames.pop()
        is_next = frame == before + 1 and picture.blind_ns < LONGEST_BLIND_NS
        if frame in BEEPS and is_next:
            moments.add(picture.ns - picture.blind_ns / 2 + REFRESH_NS / 2)
        before = frame
    return moments


def _onsets(recording: Recording) -> list[int]:
    loud = np.flatnonzero(np.abs(recording.samples[0]) > 0.1)
    quiet_before = np.diff(loud, prepend=-RATE) > RATE // 5
    return [int(sample) for sample in loud[quiet_before]]
