"""Makes one mezzanine: reads the original, makes room, conforms, reads what it made, enters it.

Whatever reads or writes much is done in processes of their own (`Tools`), each idle first.
"""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from installation.errors import VersionRejected
from installation.film import Version
from installation.library.cached import Key, Mezzanine
from installation.library.conform_progress import ConformState
from installation.library.digest import Digest
from installation.library.fixity import FixityRecords
from installation.library.mezzanine import MezzanineFacts, Size
from installation.library.mezzanine_cache import MezzanineCache, NoRoom, full_disk

_FULL = (errno.ENOSPC, errno.EDQUOT)
_PIXELS_PER_BYTE = 16
"""What room is made for, at half a bit a pixel: more than all but the noisiest pictures take."""


class Conform(Protocol):
    """As `conform_apart`."""

    def __call__(
        self,
        source: Path,
        container: str,
        target: Path,
        size: Size,
        short_id: int,
        *,
        stop: threading.Event | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> MezzanineFacts:
        """See `conform_apart.conform_apart`."""
        ...


class Read(Protocol):
    """As `digest_apart`."""

    def __call__(self, path: Path, *, stop: threading.Event | None = None) -> Digest:
        """See `digest_apart.digest_apart`."""
        ...


@dataclass(frozen=True)
class Tools:
    """What does the work, each call in a process of its own."""

    conform: Conform
    read: Read


Report = Callable[[ConformState, int, int], None]
"""Called with what is being done, the frames done and those to do."""


class Maker:
    """Any thread may have one made, several at once; never the same one twice at once.

    `on_air` says what must not be taken away to make room.
    """

    def __init__(
        self,
        cache: MezzanineCache,
        records: FixityRecords,
        tools: Tools,
        on_air: Callable[[], Collection[Path]] = tuple,
    ) -> None:
        self._cache, self._records, self._tools, self._on_air = cache, records, tools, on_air
        self._condition = threading.Condition()
        self._being_made: set[Key] = set()

    def make(
        self, version: Version, size: Size, stop: threading.Event, report: Report
    ) -> Mezzanine:
        """The mezzanine of a version in this size, as it is in the cache from then on.

        Raises VersionRejected, without `where`, where it cannot be conformed, NoRoom where the
        cache does not take it, and CancelledError soon after `stop` is set.
        """
        report(ConformState.READING, 0, version.frame_count)
        key = Key(self._sha256(version, stop), size)
        with self._alone(key, stop):
            try:
                return self._cache.get(key) or self._made(version, key, stop, report)
            except OSError as error:
                raise self._unwritable(error) from error

    def _sha256(self, version: Version, stop: threading.Event) -> str:
        def read(film: Path) -> Digest:
            found = self._tools.read(film, stop=stop)
            if version.edition and found.edition != version.edition:
                raise OSError(errno.EBUSY, "it was changed since it was looked at")
            return found

        try:
            return self._records.sha256_of(version.path, read)
        except OSError as error:
            why = error.strerror or str(error)
            raise VersionRejected(
                f"its film cannot be read ({why})", remedy="copy it again"
            ) from error

    @contextlib.contextmanager
    def _alone(self, key: Key, stop: threading.Event) -> Iterator[None]:
        """Two versions may hold the same film: the second finds what the first made."""
        with self._condition:
            while key in self._being_made:
                if stop.is_set():
                    raise CancelledError
                self._condition.wait(0.2)
            self._being_made.add(key)
        try:
            yield
        finally:
            with self._condition:
                self._being_made.discard(key)
                self._condition.notify_all()

    def _made(self, version: Version, key: Key, stop: threading.Event, report: Report) -> Mezzanine:
        cache = self._cache
        cache.prepare()
        pixels = key.size[0] * key.size[1] * version.frame_count
        cache.make_room(pixels // _PIXELS_PER_BYTE, self._on_air())
        part = cache.part_for(key)
        report(ConformState.CONFORMING, 0, version.frame_count)
        try:
            facts = self._tools.conform(
                version.path,
                version.container,
                part,
                key.size,
                key.short_id,
                stop=stop,
                on_progress=lambda done, frames: report(ConformState.CONFORMING, done, frames),
            )
            report(ConformState.CHECKING, version.frame_count, version.frame_count)
            return cache.publish(key, part, facts, self._tools.read(part, stop=stop))
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> NoRoom:
        """A disk may be mended, emptied or plugged in again: worth waiting for, as for room."""
        folder = self._cache.folder
        if error.errno in _FULL:
            return full_disk(folder)
        if isinstance(error, FileNotFoundError) and not folder.exists():
            return NoRoom(
                f'there is no cache any more ("{folder}")',
                remedy="plug its disk in again, or make the folder it lies in",
            )
        why = error.strerror or str(error)
        return NoRoom(
            f'the cache cannot be written ("{folder}": {why})',
            remedy="give the user who plays the wall permission to write there, or set"
            " conform.cache; originals play on",
        )
