"""Wakes the watch when something happens in the film's folder; what happened is not asked."""

from __future__ import annotations

import errno
import logging
import os
import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from installation.library.names import said

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

logger = logging.getLogger(__name__)

Mode = Literal["auto", "native", "polling"]
JOIN_TIMEOUT_S = 5.0
_NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "smb2",
        "9p",
        "afs",
        "ceph",
        "lustre",
        "gfs2",
        "ocfs2",
        "vboxsf",
        "prl_fs",
        "virtiofs",
        "ncpfs",
        "davfs",
        "drvfs",
    ]
)
_LIMITS = {errno.ENOSPC: "max_user_watches", errno.EMFILE: "max_user_instances"}


class Hints:
    """An observer of the film's folder that is kept alive; used by the watch's thread only.

    `wake` is called on the observer's own threads, for anything that changed. Where the system
    does not tell of changes there are no hints: the watch's rounds, which read the whole folder
    anyway, find them, and a share is not read twice for each.
    """

    def __init__(self, folder: Path, mode: Mode, wake: Callable[[], None]) -> None:
        self._folder = folder
        self._mode = mode
        self._wake = wake
        self._observer: BaseObserver | None = None
        self._watched: tuple[int, int] | None = None  # the folder, and when its list changed last
        self._is_native_lost = False
        self._does_without = False

    @property
    def is_native(self) -> bool:
        """True while the system tells of changes by itself."""
        return self._observer is not None

    def tend(self) -> None:
        """Start the observer, or another one where it has died, is deaf or its folder replaced."""
        try:
            found = self._folder.stat()
        except OSError:
            self.stop()
            return
        before, self._watched = self._watched, (found.st_ino, found.st_mtime_ns)
        is_well = self._does_without or self._is_alive()
        if before == self._watched and is_well:
            return
        if before is None or before[0] != found.st_ino or not is_well:
            if self._observer is not None:
                logger.info("%s: its changes are watched anew", said(str(self._folder)))
            self.stop()
            self._observer = self._start()
        if self.is_native and not self._has_room():
            self.stop()

    def stop(self) -> None:
        """End the observer, and wait for its threads."""
        observer, self._observer = self._observer, None
        if observer is not None:
            _end(observer)

    def _is_alive(self) -> bool:
        observer = self._observer
        if observer is None:
            return False
        reading = getattr(observer, "_inotify_fd", None)  # a thread of its own since watchdog 7
        threads: list[threading.Thread] = [observer, *observer.emitters]
        if isinstance(reading, threading.Thread):
            threads.append(reading)
        return all(thread.is_alive() for thread in threads)

    def _is_polling(self) -> bool:
        if self._is_native_lost or self._mode == "polling":
            return True
        return self._mode == "auto" and is_network(file_system_of(self._folder))

    def _start(self) -> BaseObserver | None:
        self._does_without = self._is_polling()
        if self._does_without:
            return None
        try:
            return self._observe()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._lose_native(error)
            return None

    def _has_room(self) -> bool:
        """False where the system has no watch left: for folders within, watchdog does not say so.

        Asked whenever folders came, because each takes a watch.
        """
        try:
            _end(self._observe(recursive=False))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self._lose_native(error)
                return False
        return True

    def _lose_native(self, error: OSError) -> None:
        self._is_native_lost = self._does_without = True
        logger.warning("%s", _native_lost(self._folder, error))

    def _observe(self, *, recursive: bool = True) -> BaseObserver:
        """Imported here, which costs a start 50 ms that nobody waits for."""
        from watchdog import events
        from watchdog.observers import Observer

        wake = self._wake
        # a folder that is made while watchdog adds watches may get its own twice; it does no harm
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)

        class Waking(events.FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                wake()

        # not those for opening and reading, which the wall does all day
        told: list[type[FileSystemEvent]] = [
            *(events.FileCreatedEvent, events.FileModifiedEvent, events.FileDeletedEvent),
            *(events.FileMovedEvent, events.FileClosedEvent, events.DirCreatedEvent),
            *(events.DirDeletedEvent, events.DirMovedEvent),
        ]
        observer = Observer()
        try:
            observer.schedule(Waking(), str(self._folder), recursive=recursive, event_filter=told)
            observer.start()
        except OSError:
            _end(observer)
            raise
        return observer


def _end(observer: BaseObserver) -> None:
    """Also one that never began: it may have a thread all the same."""
    observer.stop()
    if observer.ident is not None:
        observer.join(JOIN_TIMEOUT_S)


def file_system_of(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system a folder lies on: "ext4", "nfs4" …; "" where nobody says."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    real = Path(os.path.realpath(path))
    deepest, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1]))
        if real.is_relative_to(point) and len(point.parts) >= deepest:
            deepest, kind = len(point.parts), fields[2]
    return kind


def is_network(kind: str) -> bool:
    """True for file systems that others change without our kernel being told."""
    return kind in _NETWORK or kind.startswith("fuse.")


def _native_lost(folder: Path, error: OSError) -> str:
    where = said(str(folder))
    limit = _LIMITS.get(error.errno or 0)
    if limit is None:
        return f"{where}: the system cannot tell of changes ({error}); looking for them instead"
    return (
        f"{where}: the system tells of no more changes, its limit is reached; looking for them "
        f"instead; raise it with: sudo sysctl fs.inotify.{limit}=524288"
    )
