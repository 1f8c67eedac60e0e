"""What a file holds, as a number of 256 bits: the same for the same bytes, and for no others."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation.decode.container import open_regular

Edition = tuple[int, int, int]
"""What tells a file from another in its place without reading it: size, time of change, inode."""
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Digest:
    """The SHA-256 of a file, in hexadecimal as `sha256sum` has it, and which file it is of."""

    sha256: str
    edition: Edition


def digest(path: Path) -> Digest:
    """Read a regular file whole. Raises OSError, also where it changes meanwhile."""
    with os.fdopen(open_regular(path), "rb", buffering=0) as file:
        before = edition_of(os.fstat(file.fileno()))
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        after = edition_of(os.fstat(file.fileno()))
    if before != after:
        raise OSError(errno.EBUSY, "it changes while it is read")
    return Digest(sha256, after)


def edition_of(found: os.stat_result) -> Edition:
    """The edition of a file that was looked at."""
    return found.st_size, found.st_mtime_ns, found.st_ino


def as_json(known: Digest) -> dict[str, Any]:
    """In what JSON knows."""
    size_bytes, changed_ns, inode = known.edition
    return {
        "sha256": known.sha256,
        "size_bytes": size_bytes,
        "changed_ns": changed_ns,
        "inode": inode,
    }


def from_json(written: Any) -> Digest:
    """Read back; raises ValueError where no file is like that."""
    try:
        sha256 = written["sha256"]
        size_bytes, changed_ns, inode = (
            written[name] for name in ("size_bytes", "changed_ns", "inode")
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no digest of a file") from error
    if any(type(number) is not int for number in (size_bytes, changed_ns, inode)):
        raise ValueError("no digest of a file")
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise ValueError("no digest of a file")
    return Digest(sha256, (size_bytes, changed_ns, inode))
