"""The gate that every file of a version passes: a regular file inside the film's folder, a film."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from installation.decode.container import open_regular, recognise, rejection_of
from installation.errors import VersionRejected


class Admitted(NamedTuple):
    """A file that passed: where it really lies, and the container it was recognised for."""

    path: Path
    container: str


def open_gate(path: Path, root: Path) -> Admitted:
    """Let a film in. Raises VersionRejected, without `where`, for whatever is none.

    A link counts as what it leads to, which must lie inside `root`, the film's folder.
    """
    real = within(path, root)
    return Admitted(real, recognise(real))


def open_document_gate(path: Path, root: Path) -> Path:
    """Let a small text file in; where it really lies. Raises VersionRejected, without `where`."""
    real = within(path, root)
    try:
        os.close(open_regular(real))
    except OSError as error:
        raise rejection_of(error) from error
    return real


def within(path: Path, root: Path) -> Path:
    """Where a file or folder really lies. Raises VersionRejected where that is outside `root`."""
    try:
        real = Path(os.path.realpath(path, strict=True))
    except OSError as error:
        raise rejection_of(error) from error
    if not real.is_relative_to(os.path.realpath(root)):
        raise VersionRejected(
            "is a link that leads out of the film's folder", remedy="put the file itself here"
        )
    return real
