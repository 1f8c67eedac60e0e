"""One round after another: brings the catalog to what the film's folder deserves by now."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from installation.errors import InstallationError
from installation.film import Clock
from installation.library import settle
from installation.library.catalog import Catalog, State
from installation.library.looks import Look, Looking, Looks
from installation.library.names import said
from installation.library.scan import folders_in
from installation.library.settle import Course, Sighting, Stillness
from installation.library.sighting import sight, waiting_folders
from installation.library.subtitles import LooseSubtitles

logger = logging.getLogger(__name__)


class Listing(NamedTuple):
    """What lies in the film's folder: the versions' folders, and what is to be said of the rest."""

    folders: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()


class Rounds:
    """Used by one thread; `on_looked` is called on others, when a look has come to its end."""

    def __init__(
        self,
        folder: Path,
        *,
        settle_ns: int,
        calendar: Clock | None,
        look: Look,
        on_looked: Callable[[], None],
    ) -> None:
        self.catalog = Catalog()
        self.listing = Listing()
        self.subtitles = LooseSubtitles(folder, settle_ns)
        self._folder = folder
        self._settle_ns = settle_ns
        self._calendar = calendar
        self._on_looked = on_looked
        self._threads = Looks(look, on_looked)
        self._courses: dict[str, Course] = {}
        self._waiting: frozenset[int] = frozenset()
        self._looks: dict[str, Looking] = {}
        self._device: int | None = None
        self._is_first = True
        self._is_lost = False

    def go(self, now_ns: int, *, waits: bool) -> bool:
        """One round at this moment; False where the film's folder is away and all stays as it is.

        With `waits`, looks that are under way are waited for; else a later round collects them.
        """
        listing = self._list()
        if listing is None:
            for folder in list(self._looks):
                self._forget_look(folder)
            return False
        self.listing = listing
        self.subtitles.follow(now_ns)
        courses = self._courses_of(listing.folders, now_ns)
        for folder in self._courses.keys() - courses.keys():
            self._forget_look(folder)
            self.catalog.vanish(folder)
        self._courses, self._is_first = courses, False
        self._waiting = waiting_folders(self._folder)
        for folder, course in courses.items():
            self._advance(folder, course, now_ns)
        if waits:
            self._threads.wait_for(self._looks.values())
        for folder in [name for name, look in self._looks.items() if look.found.done()]:
            self._conclude(folder)
        return True

    def next_due_ns(self) -> int | None:
        """The moment at which the next thing will have settled, if one is to."""
        due = [
            settle.settles_at_ns(course, self._settle_ns)
            for folder, course in self._courses.items()
            if folder not in self._looks and not self._is_known(folder, course)
        ]
        subtitles_ns = self.subtitles.due_ns()
        return min(due if subtitles_ns is None else [*due, subtitles_ns], default=None)

    def close(self) -> None:
        """Give up the looks, and wait for their threads to end."""
        self._threads.close(self._looks.values())

    def _list(self) -> Listing | None:
        try:
            folders, notices = folders_in(self._folder)
            device = self._folder.stat().st_dev
        except (InstallationError, OSError) as error:
            self._lose(str(error))
            return None
        if not folders and self._courses and device != self._device:
            self._lose(f"{said(str(self._folder))}: its disk or share is not there")
            return None
        if self._is_lost:
            logger.info("%s: is there again", said(str(self._folder)))
        self._is_lost, self._device = False, device
        return Listing(tuple(folders), tuple(notices))

    def _lose(self, why: str) -> None:
        if not self._is_lost:
            logger.warning("%s; until it is back, the versions stay as they are", why)
        self._is_lost = True

    def _courses_of(self, folders: tuple[Path, ...], now_ns: int) -> dict[str, Course]:
        by_inode = {course.sighting.inode: course for course in self._courses.values()}
        courses = {}
        for folder in folders:
            sighting = sight(folder)
            if sighting is not None:
                before = self._courses.get(folder.name) or by_inode.get(sighting.inode)
                courses[folder.name] = settle.follow(
                    before,
                    sighting,
                    now_ns,
                    is_declared=sighting.inode in self._waiting,
                    age_ns=self._age_ns(sighting) if self._is_first else 0,
                )
        return courses

    def _age_ns(self, sighting: Sighting) -> int:
        if self._calendar is None or sighting.newest_ns is None:
            return 0
        return self._calendar.now_ns() - sighting.newest_ns

    def _advance(self, folder: str, course: Course, now_ns: int) -> None:
        entry = self.catalog.entry(folder) or self.catalog.appear(folder)
        if self._is_known(folder, course):
            if entry.update is not None:
                self._forget_look(folder)
                self.catalog.stay(folder)
            return
        if folder in self._looks:
            if self._looks[folder].sighting == course.sighting:
                return
            self._forget_look(folder)
        still = settle.stillness(course, now_ns, self._settle_ns)
        if still in (Stillness.SETTLED, Stillness.ADMITTED):
            self.catalog.come(folder, State.PROBING)
            self._looks[folder] = self._threads.begin(self._folder / folder, course.sighting)
        else:
            self.catalog.come(folder, State(still.value))

    def _is_known(self, folder: str, course: Course) -> bool:
        entry = self.catalog.entry(folder)
        return entry is not None and entry.looked_at == course.sighting

    def _forget_look(self, folder: str) -> None:
        look = self._looks.pop(folder, None)
        if look is not None:
            look.give_up()

    def _conclude(self, folder: str) -> None:
        """Take what was found; unless the folder changed meanwhile, which the next round sees."""
        look = self._looks.pop(folder)
        found = look.found.result()
        if sight(self._folder / folder) != look.sighting:
            self._on_looked()
            return
        self.catalog.conclude(folder, found, look.sighting)
