"""How far a file was filled that a copying program made at its full size before it filled it."""

from __future__ import annotations

import os
from io import BufferedReader
from pathlib import Path

from installation.decode.container import open_regular

BLOCK_BYTES = 1 << 16


def end_of_content(path: Path) -> int:
    """Where the zeros begin that a file ends with; its size where it does not end with a block.

    Looks at a few blocks only, as if it had been filled from its beginning on. Raises OSError.
    """
    with os.fdopen(open_regular(path), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < BLOCK_BYTES or _content_at(size - BLOCK_BYTES, file):
            return size
        filled, empty = 0, -(-size // BLOCK_BYTES)  # blocks
        while empty - filled > 1:
            middle = (filled + empty) // 2
            if _content_at(middle * BLOCK_BYTES, file):
                filled = middle
            else:
                empty = middle
        return filled * BLOCK_BYTES + _content_at(filled * BLOCK_BYTES, file)


def _content_at(position: int, file: BufferedReader) -> int:
    """The bytes of the block there that come before its zeros."""
    file.seek(position)
    return len(file.read(BLOCK_BYTES).rstrip(b"\0"))
