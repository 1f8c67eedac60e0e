"""How long a film file says it is, so that one that was cut off in copying is told from a whole."""

from __future__ import annotations

import os
import struct
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from installation.decode.container import open_regular
from installation.library.boxes import outermost_boxes

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


class Extent(NamedTuple):
    """The bytes there are, and the bytes that the file's outermost structure speaks of."""

    actual: int
    declared: int
    """At least as many as these; never fewer than `actual` where nothing is missing."""
    has_index: bool
    """False for an MP4 or MOV without its `moov` box, which is written last of all."""

    @property
    def is_cut_off(self) -> bool:
        """True where bytes are missing at the end."""
        return self.declared > self.actual + 1  # AVI pads to even sizes, or forgets to


def measure(path: Path, container: str) -> Extent:
    """Read the outermost structure of a film; touches a few bytes only. Raises OSError."""
    with os.fdopen(open_regular(path), "rb") as file:
        actual = os.fstat(file.fileno()).st_size
        if container == "mov":
            return _boxes(file, actual)
        if container == "matroska":
            return Extent(actual, _matroska_end(file.read(4096)), True)
        if container == "avi":
            return Extent(actual, _riff_end(file, actual), True)
    return Extent(actual, 0, True)


def _boxes(file: BufferedReader, actual: int) -> Extent:
    end, has_index = 0, False
    for box in outermost_boxes(file):
        end, has_index = box.end, has_index or box.kind == b"moov"
    return Extent(actual, end, has_index)


def _matroska_end(head: bytes) -> int:
    """Where the segment ends; 0 where the file does not say (as in a live recording)."""
    if not head.startswith(_EBML):
        return 0
    position, size = _variable_size(head, 4)
    position += size or 0
    if head[position : position + 4] != _SEGMENT:
        return 0
    position, size = _variable_size(head, position + 4)
    return position + size if size is not None else 0


def _variable_size(data: bytes, at: int) -> tuple[int, int | None]:
    """An EBML size (RFC 8794): the position after it, and the size, None where it is unknown."""
    if at >= len(data) or not data[at]:
        return len(data), None
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1)
    is_unknown = value == (1 << 7 * length) - 1
    return at + length, None if is_unknown else value


def _riff_end(file: BufferedReader, actual: int) -> int:
    """Where the last RIFF chunk ends: an AVI of more than a gigabyte or two has several."""
    position = 0
    while position < actual:
        file.seek(position)
        head = file.read(8)
        if len(head) < 8 or head[:4] != b"RIFF":
            break
        (size,) = struct.unpack_from("<I", head, 4)
        if not size:  # never finished; as long as it is
            break
        position += 8 + size + size % 2
    return position
