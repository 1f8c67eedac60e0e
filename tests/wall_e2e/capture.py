"""Watches the screen from another process and reads every tile's code: what visitors saw.

Run as `python -m tests.wall_e2e.capture OUT.json SECONDS X,Y,W,H ...` with DISPLAY set. The X
server answers each request for the whole screen at one moment, so a capture is never a mixture.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mss
import numpy as np

from tests.wall_e2e import blockcode

INTERVAL_S = 1 / 120


@dataclass(frozen=True)
class Seen:
    """A picture that was on the screen from `ns` on: each tile's (index, version), or None."""

    ns: int
    codes: tuple[tuple[int, int] | None, ...]


def start_capture(
    environment: dict[str, str],
    rects: Sequence[tuple[int, int, int, int]],
    out: Path,
    seconds: float,
) -> subprocess.Popen[bytes]:
    """Begin to watch; `read_capture` reads what it leaves when it ends or is terminated."""
    command = [sys.executable, "-m", "tests.wall_e2e.capture", str(out), str(seconds)]
    return subprocess.Popen([*command, *(",".join(map(str, r)) for r in rects)], env=environment)


def read_capture(out: Path) -> tuple[list[Seen], int]:
    """The changed pictures in order, and how many captures were made in all."""
    data = json.loads(out.read_text())
    seen = [
        Seen(ns, tuple(None if c is None else (c[0], c[1]) for c in codes))
        for ns, codes in data["seen"]
    ]
    return seen, data["captures"]


def watch(out: Path, seconds: float, rects: Sequence[tuple[int, ...]]) -> None:
    """Capture until the time is up or the stop file appears."""
    stop_file = out.with_suffix(".stop")
    seen: list[tuple[int, Any]] = []
    captures = 0
    with mss.MSS() as screen:
        monitor = screen.monitors[0]
        middles = [blockcode.centres(*rect) for rect in rects]
        at = np.array([[(y * monitor["width"] + x) * 4 + 1 for x, y in m] for m in middles])
        last: bytes | None = None
        end = time.monotonic() + seconds
        while time.monotonic() < end and not stop_file.exists():
            begun = time.monotonic()
            shot = np.frombuffer(screen.grab(monitor).raw, np.uint8)
            moment = time.monotonic_ns()
            samples = shot[at]
            captures += 1
            # brightness moves with noise and fades: only the bits tell one picture from another
            key = (samples > 127).tobytes()
            if key != last:
                last = key
                seen.append((moment, [blockcode.decode(tile) for tile in samples]))
            time.sleep(max(0.0, INTERVAL_S - (time.monotonic() - begun)))
    out.write_text(json.dumps({"captures": captures, "seen": seen}))


if __name__ == "__main__":
    os.nice(0)
    watch(
        Path(sys.argv[1]),
        float(sys.argv[2]),
        [tuple(int(n) for n in arg.split(",")) for arg in sys.argv[3:]],
    )
