"""Finds the one video file in a version's folder, or says why there is none to be shown."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from installation.errors import VersionRejected
from installation.library.credits import FILE_NAME
from installation.library.gate import open_gate
from installation.library.names import is_film_name, is_ignored, is_unfinished, said

MAX_NAMES_SAID = 5
MAX_NAMES_READ = 1000
"""Of a folder that is only asked whether a film lies somewhere in it."""


def the_film_in(folder: Path, root: Path) -> Path:
    """The one video file: by its name, else (`clip`, `loop.gif`) by what is in it."""
    entries = sorted(folder.iterdir(), key=lambda path: path.name)
    files = [p for p in entries if not is_ignored(p.name) and not p.is_dir()]
    films = [p for p in files if is_film_name(p.name)]
    films = films or [p for p in files if p.name != FILE_NAME and _holds_film(p, root)]
    if len(films) == 1:
        return films[0]
    if films:
        names = ", ".join(f'"{said(path.name)}"' for path in films[:MAX_NAMES_SAID])
        names += f" and {len(films) - MAX_NAMES_SAID} more" if len(films) > MAX_NAMES_SAID else ""
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
    deeper = folder_with_film(folder)
    if deeper is not None:
        raise VersionRejected(
            f'holds no video file itself, but "{said(deeper)}" in it does',
            remedy="move the video up; or, where the folders in it are the versions,"
            " name it in film.versions",
        )
    raise VersionRejected("holds no video file", remedy="put the version's video into it")


def _holds_film(path: Path, root: Path) -> bool:
    try:
        open_gate(path, root)
    except VersionRejected:
        return False
    return True


def folder_with_film(folder: Path) -> str | None:
    """A folder in this one with a file in it that is named as a film; no link is followed."""
    try:
        with os.scandir(folder) as listed:
            entries = sorted(islice(listed, MAX_NAMES_READ), key=lambda entry: entry.name)
    except OSError:
        return None  # not ours to read
    for entry in entries:
        if is_ignored(entry.name) or not entry.is_dir(follow_symlinks=False):
            continue
        try:
            with os.scandir(entry.path) as names:
                if any(is_film_name(one.name) for one in islice(names, MAX_NAMES_READ)):
                    return entry.name
        except OSError:
            continue
    return None
