"""How loud each version is (EBU R128), known before it is heard.

A version is measured when the wall hears of it, in a process apart that lets the wall go first; the
pictures never wait for that. What was measured is kept by the SHA-256 of the original, which is
recorded anyway (see `library/fixity.py`), so that a later start knows it at once.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

from installation.errors import InstallationError
from installation.film import SILENT, CalendarClock, Loudness, Version
from installation.library.probe_apart import Limits, ask

# The first picture waits for what is imported here; the rest comes where it is needed.
if TYPE_CHECKING:
    from installation.library.fixity import FixityRecords
    from installation.library.loudness_notes import LoudnessNotes

logger = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("measuring.py")
MEASURE = Limits(wall_s=3600, cpu_s=300, open_files=64)
NOTE_S = 5.0
"""How often it is looked whether the SHA-256 of what was measured is known by now."""
JOIN_S = 2.0
Measure = Callable[[Version, threading.Event], Loudness | None]
_Key = tuple[Path, tuple[int, ...]]


class Levels:
    """Any thread may call; nothing takes time but `stop`."""

    def __init__(
        self,
        film_folder: Path,
        *,
        notes: LoudnessNotes | None = None,
        records: FixityRecords | None = None,
        measure: Measure | None = None,
    ) -> None:
        self._film_folder = film_folder
        self._given = notes, records
        self._measure = measure or measure_apart
        self._found: dict[_Key, Loudness] = {}
        self._to_note: dict[_Key, Version] = {}  # measured, but by no known SHA-256
        self._wanted: tuple[Version, ...] = ()
        self._is_new = False
        self._changed = threading.Condition()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="loudness", daemon=True)

    def of(self, version: Version) -> Loudness | None:
        """How loud a version is; None while that is not known."""
        return self._found.get(_key(version))

    def want(self, versions: Sequence[Version]) -> None:
        """Find out how loud these are, the first ones first."""
        wanted = tuple(version.original or version for version in versions)
        with self._changed:
            if wanted == self._wanted:
                return
            self._wanted, self._is_new = wanted, True
            self._changed.notify_all()
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """End; what is being measured is given up."""
        with self._changed:
            self._ending.set()
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    # -- on its thread

    def _work(self) -> None:
        from installation.library.fixity import FixityRecords
        from installation.library.loudness_notes import LoudnessNotes

        notes, records = self._given
        notes = notes or LoudnessNotes()
        records = records or FixityRecords(self._film_folder, CalendarClock())
        while (versions := self._next()) is not None:
            for version in versions:
                if self._is_new or self._ending.is_set():
                    break
                self._find(version, notes, records)
            self._note_down(notes, records)

    def _next(self) -> tuple[Version, ...] | None:
        with self._changed:
            if not self._is_new and not self._ending.is_set():
                self._changed.wait(NOTE_S if self._to_note else None)
            self._is_new = False
            return None if self._ending.is_set() else self._wanted

    def _find(self, version: Version, notes: LoudnessNotes, records: FixityRecords) -> None:
        key = _key(version)
        if key in self._found:
            return
        known = _noted(version, notes, records)
        if known is None:
            try:
                known = self._measure(version, self._ending)
            except CancelledError:
                return
            if known is not None:
                self._to_note[key] = version
        self._found[key] = known or SILENT

    def _note_down(self, notes: LoudnessNotes, records: FixityRecords) -> None:
        for key, version in list(self._to_note.items()):
            if key not in map(_key, self._wanted) or _enter(
                version, self._found[key], notes, records
            ):
                del self._to_note[key]


def measure_ahead(versions: Iterable[Version], records: FixityRecords) -> None:
    """Measure what was not yet, and note it, of originals whose SHA-256 is known."""
    from installation.library.loudness_notes import LoudnessNotes

    notes = LoudnessNotes()
    for version in versions:
        if _sha256(version, records) is not None and _noted(version, notes, records) is None:
            found = measure_apart(version, threading.Event())
            if found is not None:
                _enter(version, found, notes, records)


def measure_apart(version: Version, stop: threading.Event) -> Loudness | None:
    """How loud a version is, by a process of its own; None where that cannot be measured.

    Any thread may call; it waits until the process is gone. Raises CancelledError as soon as `stop`
    is set.
    """
    if stop.is_set():
        raise CancelledError
    asked = {"path": str(version.path.absolute()), "container": version.container}
    try:
        ended = ask(asked, MEASURE, program=PROGRAM, stop=stop)
    except OSError as error:
        logger.warning("version=%s its loudness is not known: %s", version.name, error)
        return None
    if ended.how == "stopped":
        raise CancelledError
    try:
        answer = json.loads(ended.output.strip().rpartition(b"\n")[2])
        if "loudness" in answer:
            figures = answer["loudness"]
            return SILENT if figures is None else Loudness(*map(float, figures))
        why = str(answer["damaged"])
    except (ValueError, KeyError, TypeError, RecursionError):
        errors = ended.errors.decode(errors="replace")
        why = f"{ended.how}, code {ended.code}: {errors}"
    logger.warning("version=%s its loudness is not known: %s", version.name, why)
    return None


def _noted(version: Version, notes: LoudnessNotes, records: FixityRecords) -> Loudness | None:
    sha256 = _sha256(version, records)
    return None if sha256 is None else notes.of(sha256)


def _enter(version: Version, found: Loudness, notes: LoudnessNotes, records: FixityRecords) -> bool:
    """False where the SHA-256 is not known yet."""
    sha256 = _sha256(version, records)
    if sha256 is not None:
        notes.note(sha256, found)
    return sha256 is not None


def _sha256(version: Version, records: FixityRecords) -> str | None:
    """The original's, where it was read before and is the same file still."""
    try:
        return records.known_sha256(version.path)
    except (InstallationError, OSError):
        return None


def _key(version: Version) -> _Key:
    original = version.original or version
    return original.path, original.edition
