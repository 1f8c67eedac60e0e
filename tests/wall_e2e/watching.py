"""What all watchers share: a process of its own that looks at each changed picture of a screen.

It runs as `python -m MODULE OUT.json SECONDS` with DISPLAY set, and ends early when `OUT.json.stop`
appears.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mss
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(height, width, BGRA)."""


@contextmanager
def watching(
    module: str, environment: dict[str, str], out: Path, seconds: float
) -> Iterator[list[Any]]:
    """Have a module watch while the block runs; afterwards what it wrote is in the list."""
    seen: list[Any] = []
    watcher = subprocess.Popen(
        [sys.executable, "-m", module, str(out), str(seconds)], env=environment
    )
    try:
        yield seen
    finally:
        Path(f"{out}.stop").touch()
        watcher.wait(timeout=60)
    seen += json.loads(out.read_text())


def write_what_is_seen(look: Callable[[Pixels], tuple[Any, ...]]) -> None:
    """In the watcher: look until the time is up, and write each moment with what `look` makes of
    its picture.
    """
    out, end = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2])
    stop = Path(f"{out}.stop")
    seen: list[Any] = []
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
            seen.append((now, *look(pixels)))
    out.write_text(json.dumps(seen))
