"""Watches how bright a wall is, and what its tiles show however dim they are.

Run as `python -m tests.wall_e2e.dimming OUT.json SECONDS` with DISPLAY set; ends early when
`OUT.json.stop` appears.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import mss
import numpy as np

from tests.wall_e2e.finder import find_tiles

GREEN = 1
READABLE = 48
"""Dimmer codes are not read: too few steps are left of their light."""


class Look(NamedTuple):
    """The whole screen at a moment."""

    ns: int
    halves: tuple[int, int]
    """The brightest pixel of its left and of its right half, 0 to 255."""
    codes: tuple[tuple[int, int], ...]
    """Of each tile that could be read: film frame and version."""

    @property
    def peak(self) -> int:
        """The brightest pixel of all."""
        return max(self.halves)


@dataclass
class Looks:
    """What was seen; filled when the watching has ended."""

    seen: list[Look] = field(default_factory=list)


@contextmanager
def dimming(environment: dict[str, str], out: Path, seconds: float) -> Iterator[Looks]:
    """Watch while the block runs."""
    looks = Looks()
    command = [sys.executable, "-m", "tests.wall_e2e.dimming", str(out), str(seconds)]
    watcher = subprocess.Popen(command, env=environment)
    try:
        yield looks
    finally:
        Path(f"{out}.stop").touch()
        watcher.wait(timeout=60)
    for ns, (left, right), codes in json.loads(out.read_text()):
        read = tuple((code[0], code[1]) for code in codes)
        looks.seen.append(Look(ns, (left, right), read))


def main() -> None:
    """Watch until the time is up."""
    out, end = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2])
    stop = Path(f"{out}.stop")
    seen: list[tuple[int, tuple[int, int], list[tuple[int, int]]]] = []
    last = b""
    with mss.MSS() as screen:
        while time.monotonic() < end and not stop.exists():
            shot = screen.grab(screen.monitors[0])
            now, raw = time.monotonic_ns(), bytes(shot.raw)
            if raw == last:
                time.sleep(1 / 200)
                continue
            last = raw
            pixels = np.frombuffer(raw, np.uint8).reshape(shot.height, shot.width, 4)[..., :3]
            middle = shot.width // 2
            halves = int(pixels[:, :middle].max()), int(pixels[:, middle:].max())
            peak, codes = max(halves), []
            if peak >= READABLE:
                light = np.minimum(pixels[..., GREEN] * (255 / peak), 255).astype(np.uint8)
                codes = list(find_tiles(light).values())
            seen.append((now, halves, codes))
    out.write_text(json.dumps(seen))


if __name__ == "__main__":
    main()
