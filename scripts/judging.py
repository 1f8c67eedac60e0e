"""Judges players by what captures of their screen show; see `side_by_side`."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import NamedTuple

Seen = Sequence[tuple[float, Sequence[int | None]]]
"""When, from the beginning, and each tile's film frame, where it could be read."""


class Verdict(NamedTuple):
    """What a screen showed over a while."""

    seconds: float
    captures_per_s: float
    readable: float
    """Share of the tiles in all captures."""
    pictures_per_s: float
    """New film frames of a tile, the mean of all tiles."""
    lock: float
    """Share of the captures in which all readable tiles show one film frame."""
    most_apart: int
    """Film frames, at worst."""


def judged(seen: Seen, length: int) -> Verdict:
    """What captures show of a film of so many film frames, up to the last that could be read."""
    last = max((n for n, (_, codes) in enumerate(seen) if set(codes) != {None}), default=0)
    seen = seen[: last + 1]
    seconds = seen[-1][0] - seen[0][0]
    tiles = len(seen[0][1])
    apart = [spread([c for c in codes if c is not None], length) for _, codes in seen]
    changes = 0
    for tile in range(tiles):
        shown = [code for _, codes in seen if (code := codes[tile]) is not None]
        changes += sum(a != b for a, b in zip(shown, shown[1:]))  # noqa: B905, RUF007
    return Verdict(
        seconds=seconds,
        captures_per_s=len(seen) / seconds,
        readable=mean(sum(c is not None for c in codes) / tiles for _, codes in seen),
        pictures_per_s=changes / tiles / seconds,
        lock=mean(each == 0 for each in apart),
        most_apart=max(apart),
    )


def spread(frames: Sequence[int], length: int) -> int:
    """How far apart film frames are at most, across the seam too."""
    if not frames:
        return 0
    around = sorted(set(frames))
    gaps = [b - a for a, b in zip(around, [*around[1:], around[0] + length])]  # noqa: B905
    return length - max(gaps)
