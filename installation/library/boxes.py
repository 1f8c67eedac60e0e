"""The outermost boxes of an MP4 or MOV (ISO 14496-12), read a few bytes at a time."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from installation.decode.container import open_regular

MANIFEST_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The user type of the `uuid` box that holds a C2PA manifest (C2PA 2.3, appendix A)."""
_MAX_BOXES = 100_000


class Box(NamedTuple):
    """One box: its four letters, and where it says that it begins and ends."""

    kind: bytes
    start: int
    content: int
    """Where what it holds begins, after its size and letters."""
    end: int
    """May lie beyond the file's own; `start` where the box says no size that makes sense."""


def outermost_boxes(file: BufferedReader) -> Iterator[Box]:
    """A size of 32 bits, four letters; size 1 means 64 bits follow, 0 that it is the last."""
    start, all_there = 0, os.fstat(file.fileno()).st_size
    for _ in range(_MAX_BOXES):
        if start >= all_there:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack_from(">I4s", head)
        if not kind.isalnum():  # something else was appended to the film
            return
        content = start + 8
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, 8)
            content = start + 16
        if size < 8:  # 0: the box goes on to the end, however long that is
            yield Box(kind, start, content, start)
            return
        yield Box(kind, start, content, start + size)
        start += size


def has_manifest(path: Path, container: str) -> bool:
    """True where a film says that it carries Content Credentials. Raises OSError.

    Only MP4 and MOV are asked; Matroska has no place for a manifest.
    """
    if container != "mov":
        return False
    with os.fdopen(open_regular(path), "rb") as file:
        for box in outermost_boxes(file):
            if box.kind == b"uuid":
                file.seek(box.content)
                if file.read(len(MANIFEST_BOX)) == MANIFEST_BOX:
                    return True
    return False
