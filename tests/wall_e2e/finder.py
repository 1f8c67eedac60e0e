"""Finds the tiles in a picture of the screen by what hangs there, asking no layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.wall_e2e import blockcode

BLACK = 12
"""The wall between the tiles is no brighter than this; a picture is, everywhere."""
SMALLEST_PX = 24


class Rect(NamedTuple):
    """Where something is on the screen."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


def find_tiles(light: NDArray[np.uint8]) -> dict[Rect, tuple[int, int]]:
    """The rectangles that show a block code, and what they show, in reading order.

    `light` is the screen's brightness, (height, width). Captions are found and passed over.
    """
    found = {}
    for rect in find_lit(light):
        samples = [light[y, x] for x, y in blockcode.centres(*rect)]
        code = blockcode.decode(np.array(samples, np.uint8))
        if code is not None:
            found[rect] = code
    return dict(sorted(found.items(), key=lambda item: (item[0].y_px, item[0].x_px)))


def find_lit(light: NDArray[np.uint8]) -> Iterator[Rect]:
    """Whatever is not black, as rectangles parted by black."""
    yield from _pieces(np.greater(light, BLACK), 0, 0)


def _pieces(lit: NDArray[np.bool_], x: int, y: int) -> Iterator[Rect]:
    """Rectangles parted by dark rows and columns, cut in turn until nothing parts any more."""
    rows, columns = _runs(lit.any(axis=1)), _runs(lit.any(axis=0))
    if len(rows) == 1 and len(columns) == 1:
        (top, bottom), (left, right) = rows[0], columns[0]
        if min(bottom - top, right - left) >= SMALLEST_PX:
            yield Rect(x + left, y + top, right - left, bottom - top)
        return
    for top, bottom in rows:
        for left, right in columns if len(rows) == 1 else [(0, lit.shape[1])]:
            yield from _pieces(lit[top:bottom, left:right], x + left, y + top)


def _runs(lit: Any) -> list[tuple[int, int]]:
    """Where a row of lights is on: (from, to) pairs."""
    edges = np.flatnonzero(np.diff(lit.astype(np.int8), prepend=0, append=0))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
