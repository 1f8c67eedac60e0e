"""Watches a wall over several screens from another process: every tile's code, also of one that
hangs on two screens, read in one capture of all of them.

Run as `python -m tests.wall_e2e.spanning OUT.json SECONDS POINTS.json` with DISPLAY set; the points
are where on the desktop the middles of each tile's blocks are. `stop_capture` ends it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from installation.layout import View
from tests.wall_e2e import blockcode
from tests.wall_e2e.capture import Codes, Seen, _shots, _stop_file, stop_capture
from tests.wall_e2e.finder import Rect

Points = list[list[tuple[int, int]]]


@dataclass
class Watching:
    """What was seen; filled when the watching has ended."""

    seen: list[Seen] = field(default_factory=list)
    captures: int = 0


def points_of(
    tiles: Sequence[Rect], views: Sequence[View], origins: Sequence[tuple[int, int]]
) -> Points:
    """Where on the desktop the middles of the tiles' blocks are; none may be behind a bezel."""

    def on_desktop(x: int, y: int) -> tuple[int, int]:
        for view, (left, top) in zip(views, origins, strict=True):
            if view.part.has(x, y):
                assert not view.is_scaled
                return left + x - view.part.x_px, top + y - view.part.y_px
        raise AssertionError(f"{x}, {y} is behind a bezel")

    return [[on_desktop(x, y) for x, y in blockcode.centres(*tile)] for tile in tiles]


@contextmanager
def spanning(
    environment: dict[str, str], folder: Path, points: Points, seconds: float
) -> Iterator[Watching]:
    """Watch while the block runs."""
    out, where = folder / "spanning.json", folder / "points.json"
    _stop_file(out).unlink(missing_ok=True)
    where.write_text(json.dumps(points))
    command = [sys.executable, "-m", "tests.wall_e2e.spanning", str(out), str(seconds), str(where)]
    watcher = subprocess.Popen(command, env=environment)
    watching = Watching()
    try:
        yield watching
    finally:
        watched = stop_capture(watcher, out)
        watching.seen, watching.captures = list(watched.seen), watched.captures


def watch(out: Path, seconds: float, points: Points) -> None:
    """Capture, then leave what was seen in `out`."""
    middles = np.array(points)
    seen: list[tuple[int, Codes, int]] = []
    captures, last, begun = 0, b"", time.monotonic_ns()
    before = begun
    for moment, light in _shots(_stop_file(out), time.monotonic() + seconds):
        samples = light[middles[..., 1], middles[..., 0]]
        captures += 1
        key = (samples > blockcode.MIDDLE).tobytes()
        if key != last:
            last = key
            seen.append((moment, tuple(map(blockcode.decode, samples)), before))
        before = moment
    watched_s = (before - begun) / 1e9
    result = {"tiles": [], "seen": seen, "captures": captures, "seconds": watched_s}
    out.write_text(json.dumps(result))


if __name__ == "__main__":
    watch(Path(sys.argv[1]), float(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text()))
