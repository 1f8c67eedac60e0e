"""Watches a wall whose tiles move, come and go: finds them anew in every changed picture.

Run as `python -m tests.wall_e2e.roaming OUT.json SECONDS` with DISPLAY set; ends early when
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

import mss
import numpy as np

from tests.wall_e2e.finder import Rect, find_tiles

GREEN = 1


@dataclass(frozen=True)
class Glance:
    """What hung where at a moment: each tile's rectangle and its code, (index, version)."""

    ns: int
    tiles: tuple[tuple[Rect, tuple[int, int]], ...]

    @property
    def versions(self) -> tuple[int, ...]:
        """Which versions could be read, in reading order."""
        return tuple(code[1] for _, code in self.tiles)

    def rect(self, version: int) -> Rect | None:
        """Where a version hung."""
        return next((rect for rect, code in self.tiles if code[1] == version), None)


@dataclass
class Glances:
    """What was seen; filled when the watching has ended."""

    seen: list[Glance] = field(default_factory=list)


@contextmanager
def roaming(
    environment: dict[str, str], out: Path, seconds: float, aspect: float
) -> Iterator[Glances]:
    """Watch while the block runs. All pictures have this aspect (width over height)."""
    glances = Glances()
    command = [sys.executable, "-m", "tests.wall_e2e.roaming", str(out), str(seconds)]
    watcher = subprocess.Popen(command, env=environment)
    try:
        yield glances
    finally:
        Path(f"{out}.stop").touch()
        watcher.wait(timeout=30)
    for ns, tiles in json.loads(out.read_text()):
        found = tuple(
            (Rect(*rect), (code[0], code[1]))
            for rect, code in tiles
            if _is_one(Rect(*rect), aspect)
        )
        glances.seen.append(Glance(ns, found))


def _is_one(rect: Rect, aspect: float) -> bool:
    """False for tiles that cross on their way, and look like one."""
    return abs(rect.width_px / rect.height_px / aspect - 1) < 0.03


def main() -> None:
    """Watch until the time is up."""
    out, end = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2])
    stop = Path(f"{out}.stop")
    seen: list[tuple[int, list[tuple[Rect, tuple[int, int]]]]] = []
    last = b""
    with mss.MSS() as screen:
        while time.monotonic() < end and not stop.exists():
            shot = screen.grab(screen.monitors[0])
            now, raw = time.monotonic_ns(), bytes(shot.raw)
            if raw == last:
                time.sleep(1 / 200)
                continue
            last = raw
            pixels = np.frombuffer(raw, np.uint8).reshape(shot.height, shot.width, 4)
            seen.append((now, list(find_tiles(pixels[..., GREEN]).items())))
    out.write_text(json.dumps(seen))


if __name__ == "__main__":
    main()
