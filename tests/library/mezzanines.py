"""What the tests of the cache and of the queue share: a cache, and mezzanines to put into it."""

from __future__ import annotations

import hashlib
import os
from fractions import Fraction
from pathlib import Path

from installation.film import Picture
from installation.library.cached import Key, Mezzanine
from installation.library.digest import digest
from installation.library.facts import Facts
from installation.library.mezzanine import RECIPE, MezzanineFacts, Size
from installation.library.mezzanine_cache import MezzanineCache


def sha256(original: str) -> str:
    """Of an original that holds this text."""
    return hashlib.sha256(original.encode()).hexdigest()


def facts_of(size: Size, size_bytes: int) -> MezzanineFacts:
    """As of a film of ten pictures."""
    picture = Picture(*size)
    film = Facts(picture, Fraction(24000, 1001), Fraction(10, 24), 10, "h264", "yuv420p")
    return MezzanineFacts(film, stamp_rows=2, short_id=7, sound="", size_bytes=size_bytes)


def put(
    cache: MezzanineCache,
    original: str = "a",
    size: Size = (640, 360),
    *,
    recipe: int = RECIPE,
    data: bytes = b"x" * 1000,
) -> Mezzanine:
    """Put a mezzanine of this original into a cache."""
    cache.prepare()
    key = Key(sha256(original), size, recipe)
    part = cache.part_for(key)
    part.write_bytes(data)
    return cache.publish(key, part, facts_of(size, len(data)), digest(part))


def rot(path: Path, *, at: int = 500) -> None:
    """Change one byte as a failing disk does: nobody writes, no time changes."""
    before = path.stat()
    with path.open("rb+") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
