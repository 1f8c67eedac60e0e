"""Receipts: in each version's folder a small text in which the artist reads what became of it.

As UTF-8 with a byte order mark and CRLF: the artist opens it from a share, and so every Notepad,
TextEdit and preview shows accents and lines right. It is read by people only, never by us, and no
file of that name counts as a part of the version (`sighting.py`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from installation.decode.live_stream import parse_address
from installation.film import Clock, format_rate
from installation.library.catalog import COMING, Entry, State
from installation.library.names import is_film_name, said
from installation.library.settle import is_coming
from installation.library.sighting import RECEIPT_NAME
from installation.whole import write_whole

logger = logging.getLogger(__name__)

TEMPORARY_NAME = f".{RECEIPT_NAME}.new"
"""Hidden, and not as a file still being copied is named, so that no sighting counts it."""


@dataclass(frozen=True)
class _Note:
    entry: Entry
    since_ns: int
    written: str = ""
    """The text on the disk, as far as this run wrote one."""


class Receipts:
    """Writes the receipts, for the thread that keeps the catalog.

    `calendar` tells the time as people have it. `is_wanted` may be set by any thread; what was
    written stays when it is taken back.
    """

    def __init__(self, film_folder: Path, calendar: Clock, *, is_wanted: bool) -> None:
        self.is_wanted = is_wanted
        self._folder = film_folder
        self._calendar = calendar
        self._notes: dict[str, _Note] = {}
        self._known_before: set[str] | None = None
        self._complaints: set[str] = set()

    def follow(self, entries: Iterable[Entry]) -> None:
        """Bring every receipt in line with its version's entry; nothing is written twice."""
        notes = {entry.folder: self._note(entry) for entry in entries}
        if self._known_before is None:
            self._known_before = set(notes)
        for folder, note in notes.items():
            if note.entry.state not in COMING:
                self._known_before.discard(folder)
            if self.is_wanted and folder not in self._known_before:
                notes[folder] = self._written(note)
        self._notes = notes

    def _note(self, entry: Entry) -> _Note:
        before = self._notes.get(entry.folder)
        if before is None or before.entry.state is not entry.state:
            return _Note(entry, self._calendar.now_ns())
        return replace(before, entry=entry)

    def _written(self, note: _Note) -> _Note:
        text = receipt_text(note.entry, note.since_ns)
        folder = self._folder / note.entry.folder
        if text == note.written or folder.is_symlink() or _is_being_emptied(note.entry, folder):
            return note
        try:
            content = text.replace("\n", "\r\n").encode("utf-8-sig", "replace")
            write_whole(folder / RECEIPT_NAME, content, TEMPORARY_NAME)
        except FileNotFoundError:
            return note  # the folder is gone
        except OSError as error:
            self._complain(note.entry, error)
        return replace(note, written=text)

    def _complain(self, entry: Entry, error: OSError) -> None:
        why = error.strerror or str(error)
        if why not in self._complaints:
            logger.warning("%s: no receipt can be written (%s)", said(entry.folder), why)
        self._complaints.add(why)


def receipt_text(entry: Entry, since_ns: int) -> str:
    """What a receipt says, line by line."""
    since = datetime.fromtimestamp(since_ns // 1_000_000_000, UTC).astimezone()
    lines = [f"{entry.state.value} since {since:%Y-%m-%d %H:%M}", entry.sentence]
    if entry.state is State.REJECTED:
        lines.append("It is looked at again by itself when something in this folder changes.")
    version = entry.version
    if version is not None:
        lines += ["", *_film_lines(entry)]
    complaints = [c for track in version.subtitles for c in track.complaints] if version else []
    for notice in (*entry.notices, *complaints):
        lines += ["", notice]
    lines += ["", "The wall writes this text. It is no part of the version and may be deleted."]
    return "\n".join(lines) + "\n"


def _film_lines(entry: Entry) -> list[str]:
    version = entry.version
    assert version is not None
    credit, picture, rate = version.credit, version.picture, format_rate(version.rate)
    film = f"film: {said(version.path.name)}, {picture.width_px}x{picture.height_px}, {rate} fps"
    if version.source is not None:
        film = f"live: {parse_address(version.source)}, shown as it comes"
    return [
        film,
        f"credit: {said(credit.model)}, {credit.date or 'no date'} (from {credit.source})",
    ]


def _is_being_emptied(entry: Entry, folder: Path) -> bool:
    """A folder whose film is gone may be under deletion: another file in it would be in the way."""
    if State.ARRIVING not in (entry.state, entry.update):
        return False
    try:
        with os.scandir(folder) as files:
            return not any(is_film_name(file.name) or is_coming(file.name) for file in files)
    except OSError:
        return True
