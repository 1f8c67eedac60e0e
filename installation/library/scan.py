"""Looks through the film's folder: which versions there are, and what is wrong with the rest."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from installation.errors import InstallationError, VersionRejected
from installation.film import Subtitles, Version
from installation.library.credentials import Credentials
from installation.library.credits import credit_for
from installation.library.either_engine import facts_of
from installation.library.facts import Facts
from installation.library.gate import Admitted, open_gate, within
from installation.library.known_films import KnownFilms
from installation.library.live import live_version, unused_source
from installation.library.names import is_film_name, is_ignored, plain, said
from installation.library.subtitles import SubtitleShelf
from installation.library.the_film import the_film_in

Order = Literal["date"] | tuple[str, ...]
Measure = Callable[[Path, str], Facts]
ReadCredentials = Callable[[Path, str], Credentials | None]
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
    subtitles: tuple[Subtitles, ...] = ()
    """Those of the whole film."""


class Found(NamedTuple):
    """What one version's folder holds: a version, or why it holds none."""

    version: Version | None
    rejection: Rejection | None = None
    notices: tuple[str, ...] = ()


def read_apart(path: Path, container: str) -> Credentials | None:
    """What a film's Content Credentials say, read in a process of its own."""
    from installation.library.credentials_apart import credentials_apart  # late: a start needs none

    return credentials_apart(path, container)


def scan(
    folder: Path,
    *,
    order: Order,
    known: KnownFilms | None = None,
    on_found: Callable[[Version, int], None] | None = None,
    measure: Measure = facts_of,
    read_credentials: ReadCredentials | None = read_apart,
    protocols: Collection[str] = (),
) -> Library:
    """Look through the film's folder: each folder in it with one video file is a version, or one
    with a `version.yaml` that names a live source, received by one of the allowed `protocols`.

    Films that are `known` are not measured again, others by `measure`; without `read_credentials`,
    only known Content Credentials count. `on_found` is called for each version as it is found, on
    the calling thread, in no order that means anything, with the number of folders that may hold
    one. Raises InstallationError where `folder` itself is missing or is no folder.
    """
    folders, notices = folders_in(folder)
    found = []
    with ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="scan") as pool:
        look = partial(
            look_into,
            root=folder,
            known=known,
            measure=measure,
            read_credentials=read_credentials,
            protocols=protocols,
        )
        for one in pool.map(look, folders):
            found.append(one)
            if one.version is not None and on_found is not None:
                on_found(one.version, len(folders))
    loose = SubtitleShelf().read(folder, folder)
    return library_of(found, folders, notices, order=order, subtitles=loose)


def library_of(
    found: Sequence[Found],
    folders: Iterable[Path],
    notices: Sequence[str],
    *,
    order: Order,
    subtitles: tuple[Subtitles, ...] = (),
) -> Library:
    """The library of what was found, with what `folders_in` said of the film's folder."""
    versions = [one.version for one in found if one.version is not None]
    rejected = [one.rejection for one in found if one.rejection is not None]
    said_of_all = [*notices, *(notice for one in found for notice in one.notices)]
    if order != "date":
        said_of_all += _names_without_folder(order, [plain(path.name) for path in folders])
    hanging = tuple(in_order(versions, order))
    return Library(hanging, tuple(rejected), tuple(said_of_all), subtitles)


def folders_in(film_folder: Path) -> tuple[list[Path], list[str]]:
    """The versions' folders by name, and notices about what else lies beside them.

    Raises InstallationError where `film_folder` is missing, is no folder or may not be read.
    """
    try:
        with os.scandir(film_folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
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
        is_folder = _is_folder(entry)
        if is_film_name(entry.name) and not is_folder:
            notices.append(
                f"{said(entry.name)}: lies beside the versions and is not shown; put it in a "
                'folder of its own, named like "2024-03-11 Runway Gen-2"'
            )
        elif is_folder or (entry.is_symlink() and not os.path.exists(entry.path)):  # noqa: PTH110
            folders.append(film_folder / entry.name)
    return folders, notices


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """False for a link that cannot be followed, for whatever reason."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def look_into(
    folder: Path,
    root: Path,
    known: KnownFilms | None = None,
    measure: Measure = facts_of,
    read_credentials: ReadCredentials | None = read_apart,
    protocols: Collection[str] = (),
    shelf: SubtitleShelf | None = None,
) -> Found:
    """One version's folder, or why it holds none. Whatever is wrong stays with this one."""
    name = plain(folder.name)
    file: Path | None = None
    try:
        within(folder, root)
        try:
            file = the_film_in(folder, root)
        except VersionRejected as no_film:
            return _without_film(folder, root, protocols, no_film)
        admitted = open_gate(file, root)
        edition = _edition(admitted.path)
        facts = (
            measure(*admitted)
            if known is None
            else known.measured(admitted.path, lambda: measure(*admitted))
        )
        credentials = _credentials(admitted, known, read_credentials)
        credit, notices, wishes, source = credit_for(folder, root, credentials, file.name)
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
        opened_by=facts.opened_by,
        wishes=wishes,
        edition=edition,
        subtitles=(shelf or SubtitleShelf()).read(folder, root),
    )
    return Found(version, None, notices + unused_source(source))


def _without_film(
    folder: Path, root: Path, protocols: Collection[str], no_film: VersionRejected
) -> Found:
    """A live version, or why there is none. Raises VersionRejected as `look_into` takes it."""
    credited = credit_for(folder, root)
    live = live_version(folder, credited, protocols)
    if live is None:
        sentence = _sentence(no_film, folder, None)
        return Found(None, Rejection(plain(folder.name), sentence), credited.notices)
    version, notices = live
    return Found(version, None, notices)


def _credentials(
    film: Admitted, known: KnownFilms | None, read: ReadCredentials | None
) -> Credentials | None:
    reading = None if read is None else partial(read, *film)
    if known is not None:
        return known.credentials(film.path, reading)
    return reading() if reading else None


def _edition(film: Path) -> tuple[int, ...]:
    found = film.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _sentence(error: VersionRejected | OSError, folder: Path, file: Path | None) -> str:
    where = said(folder.name) + (f"/{said(file.name)}" if file else "")
    if isinstance(error, VersionRejected):
        return str(VersionRejected(error.what, where=error.where or where, remedy=error.remedy))
    what = f"cannot be read ({error.strerror})"
    return str(VersionRejected(what, where=where, remedy="give everyone permission to open it"))


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
