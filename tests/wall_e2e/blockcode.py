"""A picture's index as black and white blocks that survive coding and scaling.

Eight by four blocks fill the picture but for a thin border: eight fixed ones (the finder), four
bits of version, twelve of index, eight of checksum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 8, 4
BORDER = 0.04
FINDER = 0b10110100
DARK, LIGHT = 40, 215
MIDDLE = 127
MAX_INDEX = 1 << 12


def bits(index: int, version: int) -> list[int]:
    """The 32 blocks, row by row, 1 for light."""
    assert 0 <= index < MAX_INDEX
    assert 0 <= version < 16
    word = (FINDER << 24) | (version << 20) | (index << 8) | checksum(index, version)
    return [word >> (31 - i) & 1 for i in range(32)]


def checksum(index: int, version: int) -> int:
    """CRC-8 (polynomial 0x07) of version and index."""
    crc = 0
    for byte in (version, index >> 8, index & 0xFF):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def luma(index: int, version: int, width: int, height: int) -> NDArray[np.uint8]:
    """The picture's luma, (height, width)."""
    picture = np.full((height, width), 128, np.uint8)
    x = np.linspace(BORDER * width, (1 - BORDER) * width, COLUMNS + 1).round().astype(int)
    y = np.linspace(BORDER * height, (1 - BORDER) * height, ROWS + 1).round().astype(int)
    for place, bit in enumerate(bits(index, version)):
        row, column = divmod(place, COLUMNS)
        picture[y[row] : y[row + 1], x[column] : x[column + 1]] = LIGHT if bit else DARK
    return picture


def centres(x: int, y: int, width: int, height: int) -> list[tuple[int, int]]:
    """Where on the screen the blocks' middles lie, for a picture in this rectangle of it."""
    inner_w, inner_h = width * (1 - 2 * BORDER), height * (1 - 2 * BORDER)
    return [
        (
            round(x + width * BORDER + inner_w * (column + 0.5) / COLUMNS),
            round(y + height * BORDER + inner_h * (row + 0.5) / ROWS),
        )
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def decode(samples: NDArray[np.uint8]) -> tuple[int, int] | None:
    """(index, version) from the 32 middles' brightness; None when it is no valid code."""
    word = 0
    for light in samples > MIDDLE:
        word = word << 1 | int(light)
    index, version = word >> 8 & 0xFFF, word >> 20 & 0xF
    if word >> 24 != FINDER or word & 0xFF != checksum(index, version):
        return None
    return index, version
