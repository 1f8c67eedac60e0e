"""Looks through the film's folder: every version that can be shown, and a sentence for the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from typing import Literal

from installation.decode import recognise
from installation.errors import InstallationError, VersionRejected
from installation.film import Version
from installation.library.credits import credit_for
from installation.library.gate import FILM_SUFFIXES, find_film, is_ignored
from installation.library.probe import probe


@dataclass(frozen=True)
class Rejection:
    """A folder that cannot be shown: its name, and in one sentence why and what to do."""

    name: str
    message: str


@dataclass(frozen=True)
class Library:
    """What the film's folder holds."""

    versions: tuple[Version, ...]
    """In the order they hang."""
    rejected: tuple[Rejection, ...]
    notices: tuple[str, ...]
    """Sentences about what is shown all the same."""


def scan(folder: Path, *, order: Literal["date"] | tuple[str, ...] = "date") -> Library:
    """Find and check every version. Raises InstallationError where there is no such folder."""
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        raise InstallationError(
            "the film's folder is not there",
            where=str(folder),
            remedy="make it, or correct film.versions",
        ) from None
    except OSError as error:
        raise InstallationError(
            f"the film's folder cannot be read: {error.strerror}",
            where=str(folder),
            remedy="correct film.versions, or the right to read it",
        ) from error
    visible = [entry for entry in entries if not is_ignored(entry.name)]
    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
        folders = [entry for entry in visible if entry.is_dir()]
        looked_at = list(pool.map(lambda entry: look_at(entry, folder), folders))
    versions = [found for found, _ in looked_at if isinstance(found, Version)]
    rejected = [found for found, _ in looked_at if isinstance(found, Rejection)]
    notices = [notice for _, notice in looked_at if notice]
    notices += [
        f"{one_line(entry.name)}: lies beside the versions' folders; put it in one of its own, "
        'named like "2024-03-11 Runway Gen-2"'
        for entry in visible
        if entry.suffix.lower() in FILM_SUFFIXES and not entry.is_dir()
    ]
    versions, unknown = in_order(versions, order)
    known = {rejection.name for rejection in rejected}
    notices += [
        f'film.order: there is no folder "{name}"; correct the name or take it out'
        for name in unknown
        if name not in known
    ]
    return Library(tuple(versions), tuple(rejected), tuple(notices))


def look_at(folder: Path, root: Path) -> tuple[Version | Rejection, str]:
    """One version's folder: the version or why not, and a notice (or "")."""
    try:
        path = find_film(folder, root)
        container = recognise(path)
        facts = probe(path, container)
    except VersionRejected as error:
        return Rejection(folder.name, one_line(f"{folder.name}: {error}")), ""
    credit, mistake = credit_for(folder)
    version = Version(
        name=folder.name,
        path=path,
        credit=credit,
        picture=facts.picture,
        rate=facts.rate,
        duration=facts.duration,
        frame_count=facts.frame_count,
        container=container,
        codec=facts.codec,
        pixel_format=facts.pixel_format,
    )
    notice = f"{folder.name}: {mistake}; its folder's name is used instead" if mistake else ""
    return version, one_line(notice)


def in_order(
    versions: list[Version], order: Literal["date"] | tuple[str, ...]
) -> tuple[list[Version], list[str]]:
    """Versions as they hang: those named first, the rest by date and name; and unknown names."""
    names = () if order == "date" else order
    place = {name: index for index, name in enumerate(names)}
    ordered = sorted(versions, key=lambda v: (place.get(v.name, len(place)), v.sort_key))
    return ordered, [name for name in names if name not in {v.name for v in versions}]


def one_line(text: str) -> str:
    """A sentence that a file's name cannot break into lines or hide behind control characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
