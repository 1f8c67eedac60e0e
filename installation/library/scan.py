"""Looks through the film's folder: which versions there are, and what is wrong with the rest."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from installation.errors import InstallationError, VersionRejected
from installation.film import Version
from installation.library.credits import FILE_NAME, credit_for
from installation.library.gate import open_gate, within
from installation.library.known_films import KnownFilms
from installation.library.names import is_film_name, is_ignored, is_unfinished, plain, said
from installation.library.probe import Facts, probe

Order = Literal["date"] | tuple[str, ...]
MAX_THREADS = 4


@dataclass(frozen=True)
class Rejection:
    """A folder or file that is not shown, and one sentence: what, where, how to mend it."""

    name: str
    message: str


@dataclass(frozen=True)
class Library:
    """What the film's folder holds."""

    versions: tuple[Version, ...]
    """In the order in which they are shown."""
    rejected: tuple[Rejection, ...] = ()
    notices: tuple[str, ...] = ()
    """Mistakes that keep nothing from being shown, a sentence each."""


class Found(NamedTuple):
    """What one version's folder holds: a version, or why it holds none."""

    version: Version | None
    rejection: Rejection | None = None
    notices: tuple[str, ...] = ()


def scan(
    folder: Path,
    *,
    order: Order,
    known: KnownFilms | None = None,
    on_found: Callable[[Version, int], None] | None = None,
) -> Library:
    """Look through the film's folder: each folder in it with one video file is a version.

    Films that are `known` are not measured again. `on_found` is called for each version as it is
    found, on the calling thread, in no order that means anything, with the number of folders that
    may hold one. Raises InstallationError where `folder` itself is missing or is no folder.
    """
    folders, notices = folders_in(folder)
    found = []
    with ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="scan") as pool:
        for one in pool.map(lambda path: look_into(path, folder, known), folders):
            found.append(one)
            if one.version is not None and on_found is not None:
                on_found(one.version, len(folders))
    return library_of(found, folders, notices, order=order)


def library_of(
    found: Sequence[Found], folders: Iterable[Path], notices: Sequence[str], *, order: Order
) -> Library:
    """The library of what was found, with what `folders_in` said of the film's folder."""
    versions = [one.version for one in found if one.version is not None]
    rejected = [one.rejection for one in found if one.rejection is not None]
    said_of_all = [*notices, *(notice for one in found for notice in one.notices)]
    if order != "date":
        said_of_all += _names_without_folder(order, [plain(path.name) for path in folders])
    return Library(tuple(in_order(versions, order)), tuple(rejected), tuple(said_of_all))


def folders_in(film_folder: Path) -> tuple[list[Path], list[str]]:
    """The versions' folders by name, and notices about what else lies beside them.

    Raises InstallationError where `film_folder` is missing, is no folder or may not be read.
    """
    try:
        entries = sorted(film_folder.iterdir(), key=lambda path: path.name)
    except FileNotFoundError as error:
        raise InstallationError(
            "there is no such folder",
            where=said(str(film_folder)),
            remedy='make it, or mend "film.versions" in the config',
        ) from error
    except NotADirectoryError as error:
        raise InstallationError(
            "is a file, not a folder",
            where=said(str(film_folder)),
            remedy='"film.versions" names the folder that holds one folder per version',
        ) from error
    except OSError as error:
        raise InstallationError(
            f"cannot be read ({error.strerror})",
            where=said(str(film_folder)),
            remedy="give everyone permission to open it",
        ) from error
    folders, notices = [], []
    for entry in entries:
        if is_ignored(entry.name):
            continue
        if is_film_name(entry.name) and not entry.is_dir():
            notices.append(
                f"{said(entry.name)}: lies beside the versions and is not shown; put it in a "
                'folder of its own, named like "2024-03-11 Runway Gen-2"'
            )
        elif entry.is_dir() or _is_dead_link(entry):
            folders.append(entry)
    return folders, notices


def _is_dead_link(entry: Path) -> bool:
    return entry.is_symlink() and not entry.exists()


def look_into(
    folder: Path,
    root: Path,
    known: KnownFilms | None = None,
    measure: Callable[[Path, str], Facts] = probe,
) -> Found:
    """One version's folder, or why it holds none. Whatever is wrong stays with this one."""
    name = plain(folder.name)
    file: Path | None = None
    try:
        within(folder, root)
        file = _the_film_in(folder, root)
        admitted = open_gate(file, root)
        edition = _edition(admitted.path)
        credit, notices, wishes = credit_for(folder, root)
        facts = (
            measure(*admitted)
            if known is None
            else known.measured(admitted.path, lambda: measure(*admitted))
        )
    except (VersionRejected, OSError) as error:
        return Found(None, Rejection(name, _sentence(error, folder, file)))
    version = Version(
        name=name,
        path=admitted.path,
        credit=credit,
        picture=facts.picture,
        rate=facts.rate,
        duration=facts.duration,
        frame_count=facts.frame_count,
        container=admitted.container,
        codec=facts.codec,
        pixel_format=facts.pixel_format,
        wishes=wishes,
        edition=edition,
    )
    return Found(version, None, notices)


def _edition(film: Path) -> tuple[int, ...]:
    found = film.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _sentence(error: VersionRejected | OSError, folder: Path, file: Path | None) -> str:
    where = said(folder.name) + (f"/{said(file.name)}" if file else "")
    if isinstance(error, VersionRejected):
        return str(VersionRejected(error.what, where=where, remedy=error.remedy))
    what = f"cannot be read ({error.strerror})"
    return str(VersionRejected(what, where=where, remedy="give everyone permission to open it"))


def _the_film_in(folder: Path, root: Path) -> Path:
    """The one video file: by its name, else (`clip`, `loop.gif`) by what is in it."""
    entries = sorted(folder.iterdir(), key=lambda path: path.name)
    files = [p for p in entries if not is_ignored(p.name) and not p.is_dir()]
    films = [p for p in files if is_film_name(p.name)]
    films = films or [p for p in files if p.name != FILE_NAME and _holds_film(p, root)]
    if len(films) == 1:
        return films[0]
    if films:
        names = ", ".join(f'"{said(path.name)}"' for path in films)
        raise VersionRejected(
            f"holds {len(films)} video files ({names})",
            remedy="leave only the one to be shown, and give each version a folder of its own",
        )
    unfinished = next((p.name for p in entries if is_unfinished(p.name)), None)
    if unfinished is not None:
        raise VersionRejected(
            f'holds no complete video file: "{said(unfinished)}" is not finished',
            remedy="wait until it is copied completely, or copy it again",
        )
    raise VersionRejected("holds no video file", remedy="put the version's video into it")


def _holds_film(path: Path, root: Path) -> bool:
    try:
        open_gate(path, root)
    except VersionRejected:
        return False
    return True


def in_order(versions: Iterable[Version], order: Order) -> list[Version]:
    """As they hang: by date, or as the curator has it."""
    by_date = sorted(versions, key=lambda version: version.sort_key)
    if order == "date":
        return by_date
    places = {plain(name): place for place, name in reversed(list(enumerate(order)))}
    return sorted(by_date, key=lambda version: places.get(version.name, len(places) + len(order)))


def _names_without_folder(order: tuple[str, ...], folders: list[str]) -> list[str]:
    notices = []
    for name in order:
        if plain(name) in folders:
            continue
        close = difflib.get_close_matches(plain(name), folders, n=1)
        hint = f'did you mean "{said(close[0])}"?' if close else "mend the name or take it out"
        notices.append(f'film.order: there is no folder "{said(name)}"; {hint}')
    return notices
