"""Plays a wall in a process of its own, watched by another, and hands back what both say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation.config import load_config
from installation.layout import CaptionSpace, Size, TileSpec, arrange
from installation.library import scan
from installation.parts import caption_of
from tests.wall_e2e.capture import Seen, Watched, start_capture, stop_capture
from tests.wall_e2e.finder import Rect
from tests.wall_e2e.screen import XvfbScreen

PLAY = ("-m", "installation", "play")


@dataclass(frozen=True)
class Outcome:
    """What the wall claims and what was seen from outside."""

    code: int
    report: dict[str, Any]
    watched: Watched
    errors: str

    @property
    def seen(self) -> tuple[Seen, ...]:
        """The changed pictures, in order."""
        return self.watched.seen


def picture_rects(config_path: Path, size: tuple[int, int]) -> list[Rect]:
    """Where the layout means each version's picture to be, in the order they hang."""
    config = load_config(config_path)
    versions = scan(config.film.versions, order=config.film.order).versions
    captions = config.wall.captions
    lines = max(caption_of(config, v).count("\n") + 1 for v in versions)
    placements = arrange(
        Size(*size),
        [TileSpec(v.name, v.picture.display_aspect) for v in versions],
        config.wall.layout,
        CaptionSpace(lines, captions.size, captions.position),
    )
    return [
        Rect(p.picture.x_px, p.picture.y_px, p.picture.width_px, p.picture.height_px)
        for p in placements
    ]


def play_and_watch(
    screen: XvfbScreen,
    config: Path,
    folder: Path,
    *,
    loops: int,
    program: Sequence[str] = PLAY,
    timeout_s: float = 120,
) -> Outcome:
    """Play so many loops in a window as large as the screen, and watch its tiles."""
    size = (screen.width, screen.height)
    tiles = len(picture_rects(config, size))
    report, out = folder / "report.json", folder / "seen.json"
    watcher = start_capture(screen.environment, tiles, out, timeout_s)
    command = [
        sys.executable, *program, str(config), "--windowed", f"{size[0]}x{size[1]}",
        "--loops", str(loops), "--report", str(report),
    ]  # fmt: skip
    try:
        wall = subprocess.run(
            command, env=screen.environment, timeout=timeout_s, capture_output=True, text=True
        )
    finally:
        watched = stop_capture(watcher, out)
    told = json.loads(report.read_text()) if report.exists() else {}
    return Outcome(wall.returncode, told, watched, wall.stderr)
