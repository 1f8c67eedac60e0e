"""The wall with its cache broken on purpose: a mezzanine counts before it is written whole.

It proves that the check from outside can fail.
"""

from __future__ import annotations

from pathlib import Path

from installation import cli
from installation.library.cached import Key, Mezzanine
from installation.library.digest import Digest
from installation.library.mezzanine import MezzanineFacts
from installation.library.mezzanine_cache import MezzanineCache

_right = MezzanineCache.publish


def _publish(
    self: MezzanineCache, key: Key, part: Path, facts: MezzanineFacts, made: Digest
) -> Mezzanine:
    quarter = part.stat().st_size // 4
    with part.open("rb+") as file:
        file.seek(2 * quarter)
        file.write(bytes(quarter))  # as of what has not reached the disk yet
    return _right(self, key, part, facts, made)


MezzanineCache.publish = _publish  # type: ignore[method-assign]
cli.main()
