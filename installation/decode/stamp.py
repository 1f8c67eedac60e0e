"""The frame stamp: a few rows under a mezzanine's picture that say which frame of which version.

Black and white cells hold the frame's index and the version's short id, with a checksum. The rows
are part of what is encoded, but the stream says that they are not part of the picture (H.264's
cropping), so that no decoder shows them unless it is asked to (`reveal`). Pure arithmetic on bytes.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.video.stream import VideoStream

CELL_PX = 4
"""Width and height of a cell: a block of the encoder's smallest transform."""
BEGINS_AT_PX = 8
"""The stamp begins at a multiple of this, a block of the largest transform: it shares none with
the picture."""
MOST_FRAMES, MOST_VERSIONS = 1 << 32, 1 << 16
"""Five years of frames, at 24 a second."""
BLACK, WHITE = 16, 235
_BITS = 64  # 32 of the index, 16 of the id, 16 of the checksum
_MIDDLE = 126
_CLEAR = 40
"""A cell nearer to the middle grey than this is no part of a stamp."""
_IGNORE_CROP = 1 << 16  # AV_CODEC_FLAG2_IGNCROP


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a frame says of itself."""

    index: int
    """Of the frame, from 0, in the order in which frames are shown."""
    version_id: int


def stamp_rows(width_px: int, height_px: int) -> int:
    """Rows of pixels under a picture of this size: an even number where the height is even."""
    return _top(height_px) - height_px + len(_lines(width_px)) * CELL_PX


def stamp(luma: memoryview, stride: int, size_px: tuple[int, int], what: Stamp) -> None:
    """Write the rows under a picture of `size_px` into its luma plane.

    Those that the stamp does not need repeat the picture's last row, which is cheap to encode.
    """
    width, height = size_px
    top = _top(height)
    last = luma[(height - 1) * stride :][:width]
    for row in range(height, top):
        luma[row * stride : row * stride + width] = last
    bits = _encoded(what)
    for number, line in enumerate(_lines(width)):
        cells = b"".join(bytes([WHITE if bits >> n & 1 else BLACK]) * CELL_PX for n in line)
        pixels = cells.ljust(width, bytes([BLACK]))
        for row in range(top + number * CELL_PX, top + (number + 1) * CELL_PX):
            luma[row * stride : row * stride + width] = pixels


def read(luma: memoryview | bytes, stride: int, size_px: tuple[int, int]) -> Stamp | None:
    """The stamp under a picture of `size_px`, or None where there is none that can be read.

    A plane of random black and white cells passes for a stamp once in 65536 times; of a picture's
    own pixels hardly any are clear enough to be asked for their checksum.
    """
    width, height = size_px
    top = _top(height)
    lines = _lines(width)
    if len(luma) < (top + len(lines) * CELL_PX - 1) * stride + width:
        return None
    bits = 0
    for number, line in enumerate(lines):
        middle = (top + number * CELL_PX + CELL_PX // 2 - 1) * stride
        for column, n in enumerate(line):
            at = middle + column * CELL_PX + CELL_PX // 2 - 1
            below = at + stride
            four = luma[at] + luma[at + 1] + luma[below] + luma[below + 1]
            light = four - 4 * _MIDDLE
            if abs(light) < 4 * _CLEAR:
                return None
            bits |= (light > 0) << n
    return _decoded(bits)


def reveal(stream: VideoStream, rows: int) -> None:
    """Have a mezzanine that was just opened decoded with the stamp's rows under its pictures."""
    context = stream.codec_context
    context.flags2 |= _IGNORE_CROP
    context.height += rows


def _top(height_px: int) -> int:
    return -(-height_px // BEGINS_AT_PX) * BEGINS_AT_PX


def _lines(width_px: int) -> Sequence[range]:
    """The numbers of the bits in each line of cells."""
    columns = width_px // CELL_PX
    if columns < 1:
        raise ValueError(f"a picture {width_px} pixels wide has no room for a stamp")
    return [range(n, min(n + columns, _BITS)) for n in range(0, _BITS, columns)]


def _encoded(what: Stamp) -> int:
    if not (0 <= what.index < MOST_FRAMES and 0 <= what.version_id < MOST_VERSIONS):
        raise ValueError(f"no stamp can hold {what}")
    said = what.index << 16 | what.version_id
    return said << 16 | _checksum(said)


def _decoded(bits: int) -> Stamp | None:
    said, checksum = bits >> 16, bits & 0xFFFF
    if _checksum(said) != checksum:
        return None
    return Stamp(said >> 16, said & 0xFFFF)


def _checksum(said: int) -> int:
    """CRC-16, begun so that neither all black nor all white is a stamp."""
    return crc_hqx(said.to_bytes(6, "big"), 0xFFFF)
