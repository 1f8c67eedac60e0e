"""Takes a sighting of a version's folder: what the disk says of it, with no file opened."""

from __future__ import annotations

import errno
import os
from itertools import islice
from pathlib import Path

from installation.library.credits import FILE_NAME
from installation.library.names import is_film_name, is_ignored
from installation.library.settle import READY_NAME, FileSeen, Sighting, is_coming

RECEIPT_NAME = "receipt.txt"
"""What we write into a version's folder ourselves is no change of it."""
INCOMING_NAME = ".incoming"
MAX_FILES = 1000
"""Files of one folder that are asked for their size and time; of the rest only the names count."""
MAX_NAMES = 20_000
"""Names of one folder that are read at all."""


def sight(folder: Path) -> Sighting | None:
    """What there is to see of a version's folder; None where it is gone."""
    try:
        if folder.is_symlink() and not _leads_inside(folder):
            return Sighting(folder.lstat().st_ino)  # nobody's business what lies there
        inode = folder.stat().st_ino
        with os.scandir(folder) as listed:
            entries = sorted(
                islice(listed, MAX_NAMES), key=lambda entry: (not _matters(entry.name), entry.name)
            )
    except OSError as error:
        is_gone = error.errno in (errno.ENOENT, errno.ENOTDIR)
        if is_gone and not folder.is_symlink():
            return None
        return Sighting(fault=error.errno or errno.EIO)
    counting = [entry for entry in entries if _counts(entry.name)]
    files = [_seen(entry) for entry in counting[:MAX_FILES]]
    files += [FileSeen(entry.name) for entry in counting[MAX_FILES:]]
    return Sighting(inode, tuple(sorted(file for file in files if file is not None)))


def waiting_folders(film_folder: Path) -> frozenset[int]:
    """The folders that lie there, or in `.incoming`, under a name that does not count: inodes."""
    waiting: set[int] = set()
    for place in (film_folder, film_folder / INCOMING_NAME):
        try:
            with os.scandir(place) as entries:
                waiting.update(
                    entry.inode()
                    for entry in entries
                    if (place != film_folder or is_ignored(entry.name))
                    and entry.is_dir(follow_symlinks=False)
                )
        except OSError:
            continue
    return frozenset(waiting)


def _leads_inside(link: Path) -> bool:
    """True for a dead link as well, which leads nowhere else."""
    real = Path(os.path.realpath(link))
    return real.is_relative_to(os.path.realpath(link.parent)) or not link.exists()


def _counts(name: str) -> bool:
    return is_coming(name) or (not is_ignored(name) and name.casefold() != RECEIPT_NAME)


def _matters(name: str) -> bool:
    is_word = name == FILE_NAME or name.casefold() == READY_NAME
    return is_word or is_film_name(name) or is_coming(name)


def _seen(entry: os.DirEntry[str]) -> FileSeen | None:
    """A link counts as what it leads to. None for a file that is gone meanwhile."""
    try:
        if entry.is_dir():
            return FileSeen(entry.name, inode=entry.inode())
        try:
            found = entry.stat()
        except OSError:
            found = entry.stat(follow_symlinks=False)  # a dead link
    except OSError:
        return None
    changed_ns = found.st_mtime_ns if os.name == "nt" else found.st_ctime_ns
    return FileSeen(entry.name, found.st_size, found.st_mtime_ns, changed_ns, found.st_ino)
