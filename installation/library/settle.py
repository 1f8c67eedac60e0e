"""Tells a folder that is still being copied from one that is whole, by watching it lie still.

Pure: it is given what was seen of a folder and at which moment, and reads neither disk nor clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from installation.library.names import is_film_name, is_unfinished

READY_NAME = "ready"
"""A file of this name, in capitals or not, says that its folder is complete."""
UNFINISHED_PATIENCE = 12
"""Settle times after which a still file with an unfinished name is taken as left behind."""


class FileSeen(NamedTuple):
    """What the disk says of a file without opening it."""

    name: str
    size: int = 0
    mtime_ns: int = 0
    changed_ns: int = 0
    """When it was last written, renamed or given other permissions, by the disk's own clock."""
    inode: int = 0


@dataclass(frozen=True)
class Sighting:
    """What was seen of a folder at one moment; equal to the next one while nothing changes."""

    inode: int = 0
    files: tuple[FileSeen, ...] = ()
    """Those that count, by name, and those that are still being copied under another name."""
    fault: int = 0
    """The `errno` for which the folder could not be listed."""

    @property
    def newest_ns(self) -> int | None:
        """The latest time at which a file was written, as the files say; None without files."""
        return max((file.mtime_ns for file in self.files), default=None)

    @property
    def is_unfinished(self) -> bool:
        """True where a file's name says that it is not complete."""
        return any(is_coming(file.name) for file in self.files)

    @property
    def is_declared(self) -> bool:
        """True where a READY file is there and nothing has changed after it."""
        ready = [file.changed_ns for file in self.files if file.name.casefold() == READY_NAME]
        return bool(ready) and max(ready) >= max(file.changed_ns for file in self.files)


@dataclass(frozen=True)
class Course:
    """How a folder went on until now: what was seen last, and since when it is so."""

    sighting: Sighting
    still_since_ns: int
    is_declared: bool = False
    """True for one that was renamed from a name that does not count: it came whole."""


class Stillness(Enum):
    """Whether a folder may be looked into."""

    ARRIVING = "arriving"
    """Something changed a moment ago, or a file's name says that it is not complete."""
    SETTLING = "settling"
    """Nothing changes any more, but not for long enough."""
    SETTLED = "settled"
    ADMITTED = "admitted"
    """Whoever put it there said that it is complete; nothing to wait for."""


def is_coming(name: str) -> bool:
    """True for a file still being copied under another name: `film.mp4.part`, `.film.mp4.Ab3dEf`.

    The second is what rsync calls its own.
    """
    return is_unfinished(name) or (name[:1] == "." and is_film_name(name[1:].rpartition(".")[0]))


def follow(
    before: Course | None,
    sighting: Sighting,
    now_ns: int,
    *,
    is_declared: bool = False,
    age_ns: int = 0,
) -> Course:
    """A folder seen (again): its time of stillness starts anew when anything changed.

    One that lay still under another `before` goes on doing so; one that is new has been still for
    `age_ns` already, as far as is known.
    """
    if before is not None and before.sighting == sighting:
        return before
    return Course(sighting, now_ns - max(0, age_ns), is_declared)


def stillness(course: Course, now_ns: int, settle_ns: int) -> Stillness:
    """How still a folder is at a moment."""
    if now_ns >= settles_at_ns(course, settle_ns):
        is_admitted = course.is_declared or course.sighting.is_declared
        return Stillness.ADMITTED if is_admitted else Stillness.SETTLED
    is_quiet = 2 * (now_ns - course.still_since_ns) >= settle_ns
    if is_quiet and not course.sighting.is_unfinished:
        return Stillness.SETTLING
    return Stillness.ARRIVING


def settles_at_ns(course: Course, settle_ns: int) -> int:
    """The moment from which on the folder may be looked into, if nothing changes until then."""
    if course.sighting.is_unfinished:
        return course.still_since_ns + UNFINISHED_PATIENCE * settle_ns
    if course.is_declared or course.sighting.is_declared:
        return course.still_since_ns
    return course.still_since_ns + settle_ns
