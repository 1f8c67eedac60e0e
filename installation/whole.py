"""Files of ours, written whole or not at all: after a power cut there is the old one or the new."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def write_whole(path: Path, content: bytes, temporary_name: str = "") -> None:
    """Write a file in one step, and have it on the disk. Raises OSError; the old one then stays.

    Whatever lies under the temporary's name is not followed.
    """
    temporary = path.with_name(temporary_name or f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def set_aside(file: Path) -> Path | None:
    """Move a damaged file out of the way, where a technician finds it; None where it stays."""
    aside = file.with_name(f"{file.name}.damaged")
    with contextlib.suppress(OSError):
        file.replace(aside)
        return aside
    return None


def flush_file(path: Path) -> None:
    """Have what was written to a file on the disk. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system knows how."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
