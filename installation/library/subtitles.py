"""The subtitles that lie in a folder: beside a version's film, or beside the versions' folders."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import islice
from pathlib import Path

from installation.errors import VersionRejected
from installation.film import Subtitles, language_in
from installation.library import settle
from installation.library.names import is_ignored, said
from installation.library.settle import FileSeen, Sighting
from installation.library.subtitle_text import read_text

SUFFIXES = (".srt", ".vtt", ".ass")
MOST_FILES = 100
"""Of one folder."""
MOST_NAMES = 20_000
MOST_COMPLAINTS = 5
"""Of one file; the rest are counted."""


def is_subtitle_name(name: str) -> bool:
    """True where the name says that the file holds subtitles."""
    return not is_ignored(name) and name.casefold().endswith(SUFFIXES)


class SubtitleShelf:
    """Reads the subtitles of folders, and remembers each file's last good state: what is broken
    later is shown as it was. Any thread, but each folder on one at a time.
    """

    def __init__(self) -> None:
        self._good: dict[Path, Subtitles] = {}

    def read(self, folder: Path, root: Path) -> tuple[Subtitles, ...]:
        """All subtitles in `folder`, which is `root`, the film's folder, or lies in it; by name."""
        found = [folder / name for name in subtitle_names(folder)]
        for gone in [p for p in list(self._good) if p.parent == folder and p not in found]:
            self._good.pop(gone, None)
        return tuple(self._read(path, root) for path in found)

    def _read(self, path: Path, root: Path) -> Subtitles:
        try:
            subtitles = _subtitles(path, root)
        except VersionRejected as error:
            where = _where(path, root)
            sentence = str(VersionRejected(error.what, where=where, remedy=error.remedy))
            before = self._good.get(path)
            if before is None:
                return Subtitles(language_in(path.stem), where, complaints=(sentence,))
            return replace(before, complaints=(f"{sentence}; until then it is shown as it was",))
        self._good[path] = subtitles
        return subtitles


def subtitle_names(folder: Path) -> list[str]:
    """The names of the files that hold subtitles; none where the folder cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = (entry.name for entry in islice(entries, MOST_NAMES))
            return sorted(filter(is_subtitle_name, names))[:MOST_FILES]
    except OSError:
        return []


def _subtitles(path: Path, root: Path) -> Subtitles:
    """One file's. Raises VersionRejected, without `where`, where it has none to show."""
    from installation.library.subtitle_cues import cues_in  # late: most folders have none

    cues, mistakes, tolerance_ms = cues_in(read_text(path, root), path.suffix.casefold())
    where = _where(path, root)
    complaints = [f"{where}:{line}: {sentence}" for line, sentence in mistakes[:MOST_COMPLAINTS]]
    if len(mistakes) > MOST_COMPLAINTS:
        complaints.append(
            f"{where}: and {len(mistakes) - MOST_COMPLAINTS} more mistakes like these"
        )
    if not cues:
        remedy = "put a subtitle file here, or take it away"
        if not complaints:
            raise VersionRejected("holds no subtitles", remedy=remedy)
        what = complaints[0].removeprefix(f"{where}:")
        raise VersionRejected(f"nothing in it can be read, line {what}")
    found = Subtitles(language_in(path.stem), where, cues, tolerance_ms, tuple(complaints))
    found.timetable  # noqa: B018 - built here, where nobody waits for it
    return found


def _where(path: Path, root: Path) -> str:
    return said(path.name if path.parent == root else f"{path.parent.name}/{path.name}")


class LooseSubtitles:
    """Those of the whole film, as they come and go in its folder. One thread only.

    What lies there at first is read at once, as a start reads it; what changes when it has lain
    still for the settle time.
    """

    def __init__(self, folder: Path, settle_ns: int) -> None:
        self.found: tuple[Subtitles, ...] = ()
        self._folder = folder
        self._settle_ns = settle_ns
        self._shelf = SubtitleShelf()
        self._course: settle.Course | None = None
        self._read: Sighting | None = None

    def follow(self, now_ns: int) -> None:
        """Look again, at this moment."""
        names = subtitle_names(self._folder)
        sighting = Sighting(files=tuple(filter(None, (_seen(self._folder / n) for n in names))))
        self._course = settle.follow(self._course, sighting, now_ns)
        is_first = self._read is None
        if sighting != self._read and (is_first or now_ns >= self._settles_at_ns()):
            self.found = self._shelf.read(self._folder, self._folder)
            self._read = sighting

    def due_ns(self) -> int | None:
        """The moment at which a change will have settled, if one is to."""
        if self._course is None or self._course.sighting == self._read:
            return None
        return self._settles_at_ns()

    def _settles_at_ns(self) -> int:
        assert self._course is not None
        is_empty = not self._course.sighting.files  # nothing can be incomplete
        return self._course.still_since_ns + (0 if is_empty else self._settle_ns)


def _seen(path: Path) -> FileSeen | None:
    try:
        found = path.stat()
    except OSError:
        return None
    changed_ns = found.st_mtime_ns if os.name == "nt" else found.st_ctime_ns
    return FileSeen(path.name, found.st_size, found.st_mtime_ns, changed_ns, found.st_ino)
