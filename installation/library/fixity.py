"""Fixity: the SHA-256 of every original, recorded when it came, so that any change is noticed.

The records are data, not cache: they lie in the user's data folder (`~/.local/share/installation/
fixity` on Linux), where nothing tidies up by itself and backups look, one folder for each film
folder and one small JSON file for each original. They do not lie beside the originals: what damages
or replaces those must not reach the records, and the artist's folder is not ours to write into.
An original is known by its folder's and its file's name.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from installation.errors import VersionRejected
from installation.film import Clock
from installation.library.digest import Digest, as_json, edition_of, from_json
from installation.library.gate import open_gate, within
from installation.library.names import is_film_name, is_ignored
from installation.library.scan import folders_in
from installation.library.sighting import RECEIPT_NAME
from installation.whole import set_aside, write_whole

logger = logging.getLogger(__name__)

FORMAT = 1
"""To be raised when a name in the records is taken out or means something else."""
_TEXTS = (RECEIPT_NAME, "version.yaml")


@dataclass(frozen=True)
class Record:
    """What is recorded of one original."""

    name: str
    """Its folder and its file, as in "2024-03-11 Runway Gen-2/film.mp4"."""
    accepted: Digest
    """What it is meant to be: as it came, or as somebody accepted it later."""
    since: datetime
    """When that was recorded."""
    seen: Digest
    """What was read last; so that the same file need not be read again to be known."""


class FixityRecords:
    """The records of one film folder. Any thread may ask; several processes may share them.

    `calendar` tells the time as people have it.
    """

    def __init__(self, film_folder: Path, calendar: Clock, data: Path | None = None) -> None:
        if data is None:
            data = Path(platformdirs.user_data_dir("installation", appauthor=False)) / "fixity"
        self._root = Path(os.path.realpath(film_folder))
        self.folder = data / hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]
        self._calendar = calendar
        self._lock = threading.Lock()

    def sha256_of(self, film: Path, read: Callable[[Path], Digest]) -> str:
        """The SHA-256 of an original: as it was read last if it is the same file, else by `read`.

        An original that is not recorded yet is now. One that was replaced is left for somebody to
        accept. Raises what `read` raises, and OSError where there is no such file.
        """
        read_before = self.known_sha256(film)
        if read_before is not None:
            return read_before
        name = self.name_of(film)
        known = self.record(name)
        found = read(film)
        try:
            self._write(self._new(name, found) if known is None else replace(known, seen=found))
        except OSError as error:
            logger.warning("the fixity of %s cannot be recorded: %s", name, error)
        return found.sha256

    def known_sha256(self, film: Path) -> str | None:
        """The SHA-256 of an original as it was read last, if it is the same file; else None.

        Raises VersionRejected outside the film's folder, and OSError where there is no such file.
        """
        known = self.record(self.name_of(film))
        if known is not None and known.seen.edition == edition_of(film.stat()):
            return known.seen.sha256
        return None

    def name_of(self, film: Path) -> str:
        """What an original is known by. Raises VersionRejected outside the film's folder."""
        return within(film, self._root).relative_to(self._root).as_posix()

    def path_of(self, name: str) -> Path:
        """Where an original of this name would lie."""
        return self._root / name

    def originals(self) -> list[str]:
        """Every film that lies in a version's folder, shown or not.

        Raises InstallationError where there is no film folder.
        """
        found = set()
        for folder in folders_in(self._root)[0]:
            try:
                files = sorted(within(folder, self._root).iterdir())
            except (VersionRejected, OSError):
                continue
            found |= {name for file in files if (name := self._original(file)) is not None}
        return sorted(found)

    def _original(self, file: Path) -> str | None:
        if is_ignored(file.name) or file.name in _TEXTS:
            return None
        try:
            name = self.name_of(file)
            if not is_film_name(file.name) and self.record(name) is None:
                open_gate(file, self._root)
        except VersionRejected:
            return None
        return name

    def record(self, name: str) -> Record | None:
        """What is recorded of an original."""
        return _read(self._file_of(name))

    def records(self) -> dict[str, Record]:
        """All that is recorded, by name."""
        found = (_read(file) for file in sorted(self.folder.glob("*.json")))
        return {record.name: record for record in found if record is not None}

    def accept(self, name: str, found: Digest) -> Record:
        """Record what is there now as what is meant. Raises OSError where nothing can be kept."""
        record = self._new(name, found)
        self._write(record)
        return record

    def note(self, record: Record, seen: Digest) -> None:
        """An original was read again, and is as it was recorded. Raises OSError."""
        if record.seen != seen:
            self._write(replace(record, seen=seen))

    def forget(self, name: str) -> None:
        """Nothing of this name is meant to be there any more. Raises OSError."""
        self._file_of(name).unlink(missing_ok=True)

    def rename(self, record: Record, name: str, seen: Digest) -> None:
        """The same original has another name now; it stays recorded as of then. Raises OSError."""
        self._write(replace(record, name=name, seen=seen))
        self.forget(record.name)

    def _new(self, name: str, found: Digest) -> Record:
        since = datetime.fromtimestamp(self._calendar.now_ns() // 1_000_000_000, UTC)
        return Record(name, found, since, found)

    def _file_of(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.json"

    def _write(self, record: Record) -> None:
        written = {
            "format": FORMAT,
            "name": record.name,
            "since": record.since.isoformat(),
            "accepted": as_json(record.accepted),
            "seen": as_json(record.seen),
        }
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._file_of(record.name), json.dumps(written, indent=1).encode("ascii"))


def _read(file: Path) -> Record | None:
    try:
        written: Any = json.loads(file.read_bytes())
        if isinstance(written, dict) and written.get("format", FORMAT) != FORMAT:
            logger.warning("%s: is a fixity record of another release, and of no use", file)
            return None
        if not isinstance(written["name"], str):
            raise ValueError("its name is no text")
        since = datetime.fromisoformat(written["since"]).astimezone(UTC)
        return Record(
            written["name"], from_json(written["accepted"]), since, from_json(written["seen"])
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("%s: a fixity record is of no use: %s", file, error)
        return None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        aside = set_aside(file)
        logger.warning(
            "%s: a fixity record is of no use (%s); set aside as %s, its original is recorded anew",
            file, error, aside,
        )  # fmt: skip
        return None
