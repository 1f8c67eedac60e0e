"""The film's folder while the wall plays: what comes and goes there, and what is said of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from installation.cast import Cast
from installation.config import Config, FilmConfig
from installation.film import Version
from installation.library import Library
from installation.library.scan import in_order
from installation.subtitling import subtitle_mistakes

# The first picture does not wait for the watch, nor for what it imports.
if TYPE_CHECKING:
    from installation.library.catalog import Entry
    from installation.library.watch import OnChange, Watch

    MakeWatch = Callable[[OnChange], Watch]

logger = logging.getLogger(__name__)

MOST_SENTENCES = 20
"""Said at once in the log of what a folder holds that is not shown; `status` lists all."""
JOIN_S = 2.0


class Intake:
    """Has the folder watched, once the wall plays. GUI thread only, but for `settle_in`."""

    def __init__(self, config: Config, library: Library, make_watch: MakeWatch) -> None:
        """`library` is what the start found, of which everything was said."""
        self.told: Mapping[str, Entry] = {}
        """What the folder held when it changed last, by name."""
        self._make_watch = make_watch
        self._made: Watch | None = None  # on a thread
        self._watch: Watch | None = None  # once the wall plays
        self._said = {*_sentences(config, library)}

    # -- the watch

    def settle_in(self, on_change: OnChange) -> None:
        """Make the watch; on a thread, while the wall plays."""
        self._made = self._make_watch(on_change)

    def begin(self, film: FilmConfig) -> bool:
        """Watch as soon as that can be; True the one time that it begins."""
        if self._watch is not None or self._made is None:
            return False
        self._watch = self._made
        self._watch.reorder(film.order)
        self._watch.write_receipts(film.receipts)
        self._watch.start()
        return True

    @property
    def is_watching(self) -> bool:
        """False until the wall plays."""
        return self._watch is not None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the folder holds just now."""
        return () if self._watch is None else self._watch.entries

    def reorder(self, film: FilmConfig) -> None:
        """Put the versions into the order that is wanted now; which tells the library anew."""
        if self._watch is not None:
            self._watch.reorder(film.order)

    def write_receipts(self, film: FilmConfig) -> None:
        """Write them or not, as is wanted now."""
        if self._watch is not None:
            self._watch.write_receipts(film.receipts)

    def stop(self) -> None:
        """End watching."""
        if self._watch is not None:
            self._watch.stop()

    def join(self) -> None:
        """Wait for the end, but not for a slow disk."""
        if self._watch is not None and not self._watch.join(JOIN_S):
            logger.warning("the film's folder is still being read: its disk or share is slow")

    # -- what it tells, and is told

    def take(
        self, config: Config, before: Sequence[Version], found: Library, entries: Sequence[Entry]
    ) -> Library:
        """The folder holds something else than `before`: say what is new of it; what to play now.

        What plays already plays on while the watch has not made up its mind about it.
        """
        sentences = _sentences(config, found)
        self._say([sentence for sentence in sentences if sentence not in self._said])
        self.told = {entry.name: entry for entry in entries}
        undecided = {e.name for e in entries if e.version is None and e.rejection is None}
        self._said = {*sentences} if not undecided else self._said | {*sentences}
        kept = [version for version in before if version.name in undecided]
        if not kept:
            return found
        versions = in_order([*found.versions, *kept], config.film.order)
        return replace(found, versions=tuple(versions))

    def note_on_air(self, cast: Cast) -> None:
        """Who is: their folders may change without their leaving the wall."""
        if self._watch is None:
            return
        from installation.library.catalog import State

        entries = {entry.name: entry for entry in self._watch.entries}
        for version, is_on_air in cast.states():
            entry = entries.get(version.name)
            state = State.ON_AIR if is_on_air else State.OFF_AIR
            if entry is None or entry.version is None or entry.state is state:
                continue
            if not entry.version.is_same_film(version.original or version):
                continue
            if is_on_air:
                self._watch.note_on_air(entry)
            else:
                self._watch.note_off_air(entry)

    def _say(self, news: Sequence[str]) -> None:
        for sentence in news[:MOST_SENTENCES]:
            logger.warning("%s", sentence)
        if len(news) > MOST_SENTENCES:
            more = len(news) - MOST_SENTENCES
            logger.warning("and %d more like these; `installation status` lists them all", more)


def _sentences(config: Config, library: Library) -> list[str]:
    rejected = [f"not shown: {rejection.message}" for rejection in library.rejected]
    return [*rejected, *library.notices, *subtitle_mistakes(config, library)]
