"""Watches a wall whose tiles move, come and go: finds them anew in every changed picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.wall_e2e.finder import Rect, find_tiles
from tests.wall_e2e.watching import Pixels, watching, write_what_is_seen

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
    with watching("tests.wall_e2e.roaming", environment, out, seconds) as seen:
        yield glances
    for ns, tiles in seen:
        found = tuple(
            (Rect(*rect), (code[0], code[1]))
            for rect, code in tiles
            if _is_one(Rect(*rect), aspect)
        )
        glances.seen.append(Glance(ns, found))


def _is_one(rect: Rect, aspect: float) -> bool:
    """False for tiles that cross on their way, and look like one."""
    return abs(rect.width_px / rect.height_px / aspect - 1) < 0.03


def look(pixels: Pixels) -> tuple[list[tuple[Rect, tuple[int, int]]]]:
    """Each tile and its code."""
    return (list(find_tiles(pixels[..., GREEN]).items()),)


if __name__ == "__main__":
    write_what_is_seen(look)
