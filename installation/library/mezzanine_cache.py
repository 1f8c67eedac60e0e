"""Keeps mezzanines on disk: found by what their original holds, bounded, and whole or not there.

A mezzanine counts from the moment its note, a JSON file beside it, is renamed into place; nothing
is remembered that the folder does not hold, so several processes may share it. When a mezzanine was
shown last is its note's time of change. One shown a moment ago is never taken away, so that a
process need not know what others have on air, as long as each touches what it shows.
Only files named as ours are touched, whatever else lies in the folder.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from installation.config import Amount
from installation.errors import InstallationError
from installation.film import Clock
from installation.library.cached import Key, Mezzanine, Name, as_json, from_json, parsed
from installation.library.digest import Digest, edition_of
from installation.library.mezzanine import RECIPE, MezzanineFacts, Size
from installation.library.places import mezzanines_folder
from installation.whole import flush_file, flush_folder, write_whole

logger = logging.getLogger(__name__)

SPARE_BYTES = 500_000_000
"""What is left free on the disk for everything else."""
JUST_SHOWN_NS = 15 * 60 * 1_000_000_000
"""One shown, or made, so short a time ago counts as on air; touch what is on air more often."""
ABANDONED_NS = 24 * 3600 * 1_000_000_000
"""A part that nobody has written to for so long is nobody's, whoever began it."""


class NoRoom(InstallationError):
    """The cache takes nothing more for now; what it holds, and the originals, play on."""


class MezzanineCache:
    """The cache of one folder; any thread may ask.

    `calendar` tells the time as files have it. The folder is the user's own cache folder unless
    one is given, which is made where the folder it lies in is there.
    """

    def __init__(self, folder: Path | None, limit: Amount, calendar: Clock) -> None:
        self._is_users = folder is None
        self.folder = mezzanines_folder(folder)
        self._limit = limit
        self._calendar = calendar
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Have a folder to write into. Raises OSError where there can be none."""
        self.folder.mkdir(parents=self._is_users, exist_ok=True)

    # -- what there is

    def entries(self) -> list[Mezzanine]:
        """Every mezzanine that is there as it was written, as far as can be told unread."""
        found = (self._read(note) for note, name in self._files() if name.kind == "note")
        return [entry for entry in found if entry is not None]

    def find(self, sha256: str, wanted: Size, recipe: int = RECIPE) -> Mezzanine | None:
        """The smallest one of an original that fills this size, else the largest there is."""
        of_it = [
            entry
            for note, name in self._files()
            if name.kind == "note" and (name.key.sha256, name.key.recipe) == (sha256, recipe)
            if (entry := self._read(note)) is not None
        ]
        fills = [e for e in of_it if e.width_px >= wanted[0] and e.height_px >= wanted[1]]
        if fills:
            return min(fills, key=_pixels)
        return max(of_it, key=_pixels, default=None)

    def get(self, key: Key) -> Mezzanine | None:
        """The one of exactly this key."""
        return self._read(self._note_of(key))

    def still_holds(self, entry: Mezzanine) -> bool:
        """Whether one that was found before is there as it was, as far as can be told unread."""
        try:
            found = edition_of(entry.path.stat())
        except OSError:
            return False
        return found[:2] == entry.digest.edition[:2] and self._note_of(entry.key).exists()

    def used_bytes(self) -> int:
        """What all files of ours take."""
        return sum(_size(path) for path, _ in self._files())

    def limit_bytes(self) -> int:
        """What they may take. Raises OSError where there is no folder."""
        return self._limit.bytes_of(shutil.disk_usage(self.folder).total)

    # -- what comes

    def part_for(self, key: Key) -> Path:
        """A name to write a new mezzanine to, of our own."""
        return self.folder / Name.part(key, os.getpid(), next(self._numbers))

    def publish(self, key: Key, part: Path, facts: MezzanineFacts, made: Digest) -> Mezzanine:
        """Let a mezzanine that was written, and read again, count. Raises OSError.

        Where another process was quicker, its own is kept.
        """
        with self._lock:
            known = self.get(key)
            if known is not None:
                part.unlink(missing_ok=True)
                return known
            now_ns = self._calendar.now_ns()
            os.utime(part, ns=(now_ns, now_ns))
            flush_file(part)
            path = self.folder / Name.film(key, made.sha256)
            part.replace(path)
            flush_folder(self.folder)
            digest = Digest(made.sha256, edition_of(path.stat()))
            entry = Mezzanine(key, path, facts, digest, made_ns=now_ns, shown_ns=now_ns)
            try:
                self._write_note(entry)
            except OSError:
                self.discard(entry)
                raise
            return entry

    def _write_note(self, entry: Mezzanine) -> None:
        note = self._note_of(entry.key)
        write_whole(note, json.dumps(as_json(entry), indent=1).encode("ascii"))
        os.utime(note, ns=(entry.made_ns, entry.made_ns))

    def touch(self, entry: Mezzanine) -> None:
        """It is on air now. A cache that cannot be written to, or is gone, is none to be tidied."""
        now_ns = self._calendar.now_ns()
        with contextlib.suppress(OSError):
            os.utime(self._note_of(entry.key), ns=(now_ns, now_ns))

    # -- what goes

    def make_room(self, wanted_bytes: int, on_air: Collection[Path] = ()) -> None:
        """Take away what was shown least recently until so much more has room.

        Never one that is on air here, or was just shown anywhere. Raises NoRoom, and OSError where
        there is no folder.
        """
        with self._lock:
            idle = [e for e in self.entries() if e.path not in on_air and not self._just_shown(e)]
            idle.sort(key=lambda entry: (entry.key.recipe != RECIPE, -entry.shown_ns))
            while (refusal := self._refusal(wanted_bytes)) is not None:
                if not idle or wanted_bytes > self.limit_bytes():
                    raise refusal
                entry = idle.pop()
                logger.info("%s: taken out of the cache to make room", entry.path.name)
                self.discard(entry)

    def _refusal(self, wanted_bytes: int) -> NoRoom | None:
        disk = shutil.disk_usage(self.folder)
        limit_bytes = self._limit.bytes_of(disk.total)
        if wanted_bytes > limit_bytes:
            return NoRoom(
                f"the cache may hold {self._limit}, and this alone may need"
                f" {wanted_bytes / 1e9:.1f} GB",
                remedy="raise conform.limit; originals play on",
            )
        if self.used_bytes() + wanted_bytes > limit_bytes:
            return NoRoom(
                f"the cache is at its limit ({self._limit}) with what is shown or was just made",
                remedy="raise conform.limit; originals play on",
            )
        if disk.free - wanted_bytes < SPARE_BYTES:
            return full_disk(self.folder)
        return None

    def _just_shown(self, entry: Mezzanine) -> bool:
        return abs(self._calendar.now_ns() - entry.shown_ns) < JUST_SHOWN_NS

    def discard(self, entry: Mezzanine) -> None:
        """Take one away; first its note, so that nobody finds it half."""
        with contextlib.suppress(OSError):
            self._note_of(entry.key).unlink(missing_ok=True)
            entry.path.unlink(missing_ok=True)

    def clear(self, *, even_just_shown: bool = False) -> tuple[int, int]:
        """Take all away but what is on air; how many went, and how many stayed."""
        entries = self.entries()
        staying = [e for e in entries if self._just_shown(e) and not even_just_shown]
        for entry in entries:
            if entry not in staying:
                self.discard(entry)
        self.sweep()
        return len(entries) - len(staying), len(staying)

    def sweep(self) -> None:
        """Take away what was left behind: by a process that is gone, by a note, by a film."""
        files = list(self._files())
        films = {entry.path for entry in self.entries()}
        for path, name in files:
            with contextlib.suppress(OSError):
                if self._is_left_behind(path, name, films):
                    logger.info("%s: left behind, taken away", path.name)
                    path.unlink(missing_ok=True)

    def _is_left_behind(self, path: Path, name: Name, films: Collection[Path]) -> bool:
        if name.kind == "note":
            return self._read(path) is None
        if name.kind == "film":  # its note may be about to come
            return path not in films and self._age_ns(path) > JUST_SHOWN_NS
        return name.is_abandoned() or self._age_ns(path) > ABANDONED_NS

    def is_sound(self, entry: Mezzanine, read: Callable[[Path], Digest]) -> bool:
        """Whether every byte is as it was made; one that is not is taken away.

        Raises what `read` raises but OSError.
        """
        try:
            is_sound = read(entry.path).sha256 == entry.digest.sha256
        except FileNotFoundError:
            return False  # taken away meanwhile
        except OSError as error:
            logger.warning("%s: cannot be read: %s", entry.path.name, error)
            is_sound = False
        if not is_sound:
            logger.warning("%s: damaged, taken out of the cache", entry.path.name)
            self.discard(entry)
        return is_sound

    # -- files

    def _files(self) -> list[tuple[Path, Name]]:
        try:
            paths = sorted(self.folder.iterdir())
        except OSError:
            return []
        return [(path, name) for path in paths if (name := parsed(path.name)) is not None]

    def _read(self, note: Path) -> Mezzanine | None:
        try:
            shown_ns = note.stat().st_mtime_ns
            entry = from_json(json.loads(note.read_bytes()), self.folder, shown_ns)
            found = edition_of(entry.path.stat())
        except (OSError, ValueError):
            return None
        if self._note_of(entry.key) != note or found[:2] != entry.digest.edition[:2]:
            return None
        return entry

    def _note_of(self, key: Key) -> Path:
        return self.folder / Name.note(key)

    def _age_ns(self, path: Path) -> int:
        return abs(self._calendar.now_ns() - path.stat().st_mtime_ns)


def full_disk(folder: Path) -> NoRoom:
    """What to say where nothing more can be written."""
    free = ""
    with contextlib.suppress(OSError):
        free = f", {shutil.disk_usage(folder).free / 1e9:.1f} GB free"
    return NoRoom(
        f'the disk of the cache is full ("{folder}"{free})',
        remedy="make room there, or set conform.cache to a folder on another disk; originals play"
        " on",
    )


def _pixels(entry: Mezzanine) -> int:
    return entry.width_px * entry.height_px


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
