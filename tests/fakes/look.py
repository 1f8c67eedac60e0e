"""A look into a version's folder that reads a few letters instead of a film."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from fractions import Fraction
from pathlib import Path

from installation.film import Credit, Picture, Version
from installation.library.names import is_film_name, plain
from installation.library.scan import Found, Library, Rejection, folders_in, library_of

WHOLE = b"whole"
"""What a film file begins with that can be shown."""


class FakeLook:
    """Meets `looks.Look`; remembers which folders were looked into, in order."""

    def __init__(self) -> None:
        self.looked: list[str] = []
        self.before: Callable[[Path], None] = lambda folder: None
        """Called at each look with its folder, first thing."""
        self.after: Callable[[Path], None] = lambda folder: None
        """Called when it has seen all, last thing."""
        self.gate = threading.Event()
        """Looks wait for it; open unless a test closes it."""
        self.gate.set()

    def __call__(self, folder: Path, stop: threading.Event) -> Found:
        """Look into a folder, unless told to stop meanwhile."""
        self.looked.append(folder.name)
        self.before(folder)
        for _ in range(3000):
            if self.gate.wait(0.01):
                break
            if stop.is_set():
                raise CancelledError
        else:
            raise TimeoutError("the test never opened the gate")
        found = found_in(folder)
        self.after(folder)
        return found

    def fresh(self, film_folder: Path) -> Library:
        """What `scan` would find there now, with looks like these."""
        folders, notices = folders_in(film_folder)
        return library_of([found_in(folder) for folder in folders], folders, notices, order="date")


def found_in(folder: Path) -> Found:
    """The version of a folder with one whole film, or the rejection of any other."""
    name = plain(folder.name)
    try:
        films = [path for path in sorted(folder.iterdir()) if is_film_name(path.name)]
        if len(films) != 1:
            return Found(None, Rejection(name, f"{name}: holds {len(films)} films"))
        film, status = films[0].read_bytes(), films[0].stat()
        if not film.startswith(WHOLE):
            return Found(None, Rejection(name, f"{name}: ends early"))
        credit = folder / "version.yaml"
        title = credit.read_text() if credit.exists() else ""
    except OSError as error:
        return Found(None, Rejection(name, f"{name}: {error.strerror}"))
    version = Version(
        name=name,
        path=films[0],
        credit=Credit(name, title=title),
        picture=Picture(64, 64),
        rate=Fraction(24),
        duration=Fraction(1),
        frame_count=24,
        container="mov",
        edition=(status.st_size, status.st_mtime_ns, status.st_ino),
    )
    return Found(version)
