"""Somebody who stands before the wall and sees the whole screen: tiles, and all else there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mss
import numpy as np
from numpy.typing import NDArray

from tests.wall_e2e import blockcode
from tests.wall_e2e.finder import Rect, find_lit
from tests.wall_e2e.watching import watching, write_what_is_seen

COLOURFUL = 60
"""The tests' films are grey, as slate and black are."""
GREEN = 1


@dataclass(frozen=True)
class Sight:
    """What was on the screen at a moment."""

    ns: int
    tiles: dict[int, tuple[Rect, int]]
    """By version, where it hung and which of its pictures it showed."""
    others: tuple[Rect, ...]
    """What else was lit: a dimmed picture, a slate, or something that should not be there."""
    is_desktop: bool
    """True where something had a colour."""

    @property
    def is_wall(self) -> bool:
        """True where at least one version could be read."""
        return bool(self.tiles)


@dataclass
class Onlooker:
    """What was seen, each time it changed; filled when the watching has ended."""

    seen: list[Sight] = field(default_factory=list)


@contextmanager
def onlooker(environment: dict[str, str], out: Path, seconds: float) -> Iterator[Onlooker]:
    """Watch while the block runs."""
    onlooker = Onlooker()
    with watching("tests.faults.onlooker", environment, out, seconds) as seen:
        yield onlooker
    for ns, tiles, others, is_desktop in seen:
        hung = {version: (Rect(*rect), index) for rect, index, version in tiles}
        onlooker.seen.append(Sight(ns, hung, tuple(Rect(*r) for r in others), is_desktop))


def look(pixels: NDArray[np.uint8]) -> tuple[list[Any], list[Rect], bool]:
    """What is in a picture of the screen, (height, width, BGRA)."""
    light = pixels[..., GREEN]
    colours = pixels[::2, ::2, :3]
    spread = colours.max(axis=2) - colours.min(axis=2)
    tiles, others = [], []
    for rect in find_lit(light):
        samples = [light[y, x] for x, y in blockcode.centres(*rect)]
        code = blockcode.decode(np.array(samples, np.uint8))
        if code is None:
            others.append(rect)
        else:
            tiles.append((rect, code[0], code[1]))
    return tiles, others, bool((spread > COLOURFUL).any())


def glance(display: str) -> set[int]:
    """The versions that can be read on a screen just now."""
    with mss.MSS(display=display) as screen:
        shot = screen.grab(screen.monitors[0])
    pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
    return {version for _, _, version in look(pixels)[0]}


if __name__ == "__main__":
    write_what_is_seen(look)
