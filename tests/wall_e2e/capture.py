"""Watches the screen from another process and reads every tile's code: what visitors saw.

Run as `python -m tests.wall_e2e.capture OUT.json SECONDS TILES` with DISPLAY set. It looks for so
many tiles with codes first, wherever they hang, then watches those. The X server answers each
request for the whole screen at one moment, so a capture is never a mixture.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mss
import numpy as np
from numpy.typing import NDArray

from tests.wall_e2e import blockcode
from tests.wall_e2e.finder import Rect, find_tiles

INTERVAL_S = 1 / 120
GREEN = 1  # of blue, green, red, unused; near enough to brightness
Codes = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True)
class Seen:
    """A picture that was on the screen from a moment on: each tile's (index, version), or None."""

    ns: int
    codes: Codes
    before_ns: int
    """When the screen was last seen to show another picture."""

    @property
    def blind_ns(self) -> int:
        """How long nobody looked before this picture was seen."""
        return self.ns - self.before_ns


@dataclass(frozen=True)
class Watched:
    """What a watcher hands back."""

    tiles: tuple[Rect, ...]
    """Where the tiles were found; empty when they were not."""
    seen: tuple[Seen, ...]
    """The changed pictures, in order."""
    captures: int
    """How many captures were made of the tiles."""
    seconds: float
    """For how long."""


def start_capture(
    environment: dict[str, str], tiles: int, out: Path, seconds: float
) -> subprocess.Popen[bytes]:
    """Begin to watch, until the time is up or `stop_capture` is called."""
    command = [sys.executable, "-m", "tests.wall_e2e.capture", out, str(seconds), str(tiles)]
    return subprocess.Popen([str(part) for part in command], env=environment)


def stop_capture(watcher: subprocess.Popen[bytes], out: Path) -> Watched:
    """End the watching, and read what was seen."""
    _stop_file(out).touch()
    watcher.wait(timeout=30)
    data = json.loads(out.read_text())
    seen = [
        Seen(ns, tuple(None if c is None else (c[0], c[1]) for c in codes), before_ns)
        for ns, codes, before_ns in data["seen"]
    ]
    rects = tuple(Rect(*rect) for rect in data["tiles"])
    return Watched(rects, tuple(seen), data["captures"], data["seconds"])


def _stop_file(out: Path) -> Path:
    return out.with_suffix(".stop")


def watch(out: Path, seconds: float, tiles: int) -> None:
    """Capture, then leave what was seen in `out`."""
    shots = _shots(_stop_file(out), time.monotonic() + seconds)
    found: list[Rect] = []
    while len(found) < tiles and (shot := next(shots, None)) is not None:
        found = list(find_tiles(shot[1]))
    seen: list[tuple[int, Codes, int]] = []
    captures = 0
    last, begun, before = b"", time.monotonic_ns(), time.monotonic_ns()
    middles = np.array([blockcode.centres(*rect) for rect in found]).reshape(-1, 32, 2)
    for moment, light in shots:
        samples = light[middles[..., 1], middles[..., 0]]
        captures += 1
        # brightness moves with noise and fades: only the bits tell one picture from another
        key = (samples > blockcode.MIDDLE).tobytes()
        if key != last:
            last = key
            seen.append((moment, tuple(map(blockcode.decode, samples)), before))
        before = moment
    watched_s = (before - begun) / 1e9
    result = {"tiles": found, "seen": seen, "captures": captures, "seconds": watched_s}
    out.write_text(json.dumps(result))


def _shots(stop_file: Path, end_s: float) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The screen's brightness, again and again, with the moment it was had."""
    with mss.MSS() as screen:
        monitor = screen.monitors[0]
        shape = monitor["height"], monitor["width"], 4
        while time.monotonic() < end_s and not stop_file.exists():
            begun = time.monotonic()
            shot = np.frombuffer(screen.grab(monitor).raw, np.uint8).reshape(shape)
            yield time.monotonic_ns(), shot[..., GREEN]
            time.sleep(max(0.0, INTERVAL_S - (time.monotonic() - begun)))


if __name__ == "__main__":
    watch(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
