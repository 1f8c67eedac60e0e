"""Looks into settled folders on a few threads, first into those that likely hold a film."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import PriorityQueue

from installation.library.names import is_film_name, plain, said
from installation.library.scan import MAX_THREADS, Found, Rejection
from installation.library.settle import Sighting

logger = logging.getLogger(__name__)

LEAST_FILM_BYTES = 20_000
"""Hardly a film is smaller; one that is waits a little longer."""
Look = Callable[[Path, threading.Event], Found]
"""Looks into one folder; raises CancelledError soon after the event is set."""


@dataclass(frozen=True)
class Looking:
    """A look that is under way, or waits for its turn."""

    folder: Path
    sighting: Sighting
    """What was seen of the folder when the look was asked for."""
    found: Future[Found] = field(default_factory=Future)
    stop: threading.Event = field(default_factory=threading.Event)

    def give_up(self) -> None:
        """Nobody wants to know any more."""
        self.stop.set()
        self.found.cancel()


class Looks:
    """A few threads. Used by one other, that of the rounds; `on_looked` is called on these."""

    def __init__(self, look: Look, on_looked: Callable[[], None]) -> None:
        self._look = look
        self._on_looked = on_looked
        self._pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="look")
        self._waiting: PriorityQueue[tuple[bool, int, Looking]] = PriorityQueue()
        self._numbers = count()

    def begin(self, folder: Path, sighting: Sighting) -> Looking:
        """Have a folder looked into when its turn comes."""
        looking = Looking(folder, sighting)
        self._waiting.put((not _is_likely(sighting), next(self._numbers), looking))
        self._pool.submit(self._look_next)
        return looking

    def wait_for(self, looks: Iterable[Looking]) -> None:
        """Until each has come to its end."""
        wait([look.found for look in looks])

    def close(self, looks: Iterable[Looking]) -> None:
        """Give these up, which are all that are left, and wait for the threads to end."""
        for look in looks:
            look.give_up()
        self._pool.shutdown(cancel_futures=True)

    def _look_next(self) -> None:
        _, _, looking = self._waiting.get_nowait()  # there are as many as calls of this
        if not looking.found.set_running_or_notify_cancel():
            return
        try:
            looking.found.set_result(self._look_safely(looking))
        except CancelledError as error:
            looking.found.set_exception(error)
            return
        self._on_looked()

    def _look_safely(self, looking: Looking) -> Found:
        """What lies in a folder is anybody's: a fault of ours with it must not end the watch."""
        name = looking.folder.name
        try:
            return self._look(looking.folder, looking.stop)
        except CancelledError:
            raise
        except Exception:
            logger.exception("%s: looking into it failed", said(name))
            message = f"{said(name)}: cannot be understood; export the film again as H.264"
            return Found(None, Rejection(plain(name), message))


def _is_likely(sighting: Sighting) -> bool:
    """True for a folder of one film, as far as names and sizes tell: junk need not be hurried."""
    films = [file for file in sighting.files if is_film_name(file.name)]
    return len(films) == 1 and films[0].size >= LEAST_FILM_BYTES
