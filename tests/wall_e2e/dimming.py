"""Watches how bright a wall is, and what its tiles show however dim they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.wall_e2e.finder import find_tiles
from tests.wall_e2e.watching import Pixels, watching, write_what_is_seen

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
    with watching("tests.wall_e2e.dimming", environment, out, seconds) as seen:
        yield looks
    for ns, (left, right), codes in seen:
        read = tuple((code[0], code[1]) for code in codes)
        looks.seen.append(Look(ns, (left, right), read))


def look(pixels: Pixels) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """How bright its halves are, and the codes that can be read."""
    pixels = pixels[..., :3]
    middle = pixels.shape[1] // 2
    halves = int(pixels[:, :middle].max()), int(pixels[:, middle:].max())
    peak, codes = max(halves), []
    if peak >= READABLE:
        light = np.minimum(pixels[..., GREEN] * (255 / peak), 255).astype(np.uint8)
        codes = list(find_tiles(light).values())
    return halves, codes


if __name__ == "__main__":
    write_what_is_seen(look)
