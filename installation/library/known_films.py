"""What earlier runs measured of a film folder's files, so that a start need not measure again.

A file is taken for the same one by its place, size, time of change and number on its disk. The
notes are a file of ours in the user's cache; without them, or with damaged ones, all is measured.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs

from installation.library.credentials import (
    Credentials,
    credentials_as_json,
    credentials_from_json,
)
from installation.library.facts import Facts, as_json, from_json
from installation.whole import set_aside, write_whole

logger = logging.getLogger(__name__)

FORMAT = 1
"""To be raised when `Facts`, or how they are measured, changes."""


class KnownFilms:
    """The notes on one film folder; any thread may ask."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        if cache is None:
            cache = Path(platformdirs.user_cache_dir("installation")) / "films"
        name = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:32]
        self._path = cache / f"{name}.json"
        self._known = self._read()
        self._seen: dict[str, dict[str, Any]] = {}

    def measured(self, film: Path, measure: Callable[[], Facts]) -> Facts:
        """The facts of a film file: from the notes if it is still the same, else by `measure`."""
        identity = _identity(film)
        note = self._known.get(str(film), {})
        if note.get("file") == identity:
            with contextlib.suppress(ValueError):
                facts = from_json(note.get("facts"))
                self._enter(film, identity, note["facts"])
                return facts
        facts = measure()
        self._enter(film, identity, as_json(facts))
        return facts

    def credentials(
        self, film: Path, read: Callable[[], Credentials | None] | None
    ) -> Credentials | None:
        """The Content Credentials of a film that was measured: from its note, else by `read`.

        Without `read`, none where they are not known yet. A reading that failed is not noted.
        """
        note = self._seen.get(str(film), {})
        if "credentials" in note:
            with contextlib.suppress(ValueError):
                return credentials_from_json(note["credentials"])
        if read is None:
            return None
        before = _identity(film)
        credentials = read()
        failed = credentials is not None and credentials.problem == "unreadable"
        if not failed and before == note.get("file") == _identity(film):
            self._seen[str(film)] = note | {"credentials": credentials_as_json(credentials)}
        return credentials

    def keep(self) -> None:
        """Write down what this run noted or asked for, and forget the rest."""
        if self._seen == self._known:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            written = json.dumps({"format": FORMAT, "films": self._seen})
            write_whole(self._path, written.encode())
        except OSError as error:
            logger.info("what was measured cannot be kept: %s", error)

    def _enter(self, film: Path, identity: list[int], facts: dict[str, Any]) -> None:
        entered: dict[str, Any] = {"file": identity, "facts": facts}
        for note in (self._known.get(str(film), {}), self._seen.get(str(film), {})):
            if note.get("file") == identity and "credentials" in note:
                entered["credentials"] = note["credentials"]
        self._seen[str(film)] = entered

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            written = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            logger.info("the notes of earlier runs are of no use: %s", error)
            return {}
        except (ValueError, RecursionError):
            written = None
        if isinstance(written, dict) and written.get("format") != FORMAT:
            return {}  # another release's
        films = written.get("films") if isinstance(written, dict) else None
        if not isinstance(films, dict):
            aside = set_aside(self._path)
            logger.info("the notes of earlier runs are damaged; set aside as %s", aside)
            return {}
        return {path: note for path, note in films.items() if isinstance(note, dict)}


def _identity(film: Path) -> list[int]:
    found = film.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]
