"""Which file of a version's folder is its film, and whether it may be opened at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from installation.errors import VersionRejected

FILM_SUFFIXES = frozenset(
    ".mp4 .m4v .mov .mkv .webm .avi .mxf .ogv .ogg .mpg .mpeg .ts .m2ts .mts .y4m .3gp".split()
)
_PARTIAL_SUFFIXES = (".part", ".crdownload", ".partial", ".tmp", ".download")
_PARTIAL_PREFIXES = (".", "~$")


def is_ignored(name: str) -> bool:
    """True for hidden files and for those that a copy on its way, or a desktop, leaves about."""
    return name.startswith(_PARTIAL_PREFIXES) or name.lower().endswith(_PARTIAL_SUFFIXES)


def find_film(folder: Path, root: Path) -> Path:
    """The one video file of a version's folder, checked. Raises VersionRejected."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if not is_ignored(entry.name))
    except OSError as error:
        raise VersionRejected(
            f"the folder cannot be read: {error.strerror}",
            remedy="give everyone the right to read it",
        ) from error
    films = [folder / name for name in names if Path(name).suffix.lower() in FILM_SUFFIXES]
    if not films:
        raise VersionRejected(
            "there is no video file in the folder", remedy="copy one .mp4, .mov, .mkv or .webm in"
        )
    if len(films) > 1:
        listed = ", ".join(film.name for film in films[:4])
        raise VersionRejected(
            f"there are {len(films)} video files ({listed})", remedy="leave just one in the folder"
        )
    check_file(films[0], root)
    return films[0]


def check_file(path: Path, root: Path) -> None:
    """Let only a regular file inside the film's folder pass. Raises VersionRejected.

    Nothing is opened, so a FIFO cannot make us wait.
    """
    try:
        resolved = path.resolve(strict=True)
        mode = resolved.stat().st_mode
    except (OSError, RuntimeError) as error:
        is_loop = isinstance(error, RuntimeError) or error.errno == errno.ELOOP
        what = "is a link that leads back to itself" if is_loop else _why(error)
        raise VersionRejected(what, where=path.name, remedy="copy the file itself in") from error
    if not resolved.is_relative_to(root.resolve()):
        raise VersionRejected(
            "is a link that leads out of the film's folder",
            where=path.name,
            remedy="copy the file itself in",
        )
    if not stat.S_ISREG(mode):
        raise VersionRejected(
            f"is {_kind(mode)}, not a file", where=path.name, remedy="copy the file itself in"
        )


def _why(error: OSError | RuntimeError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is a link to a file that is not there"
    return f"cannot be read: {getattr(error, 'strerror', error)}"


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"
