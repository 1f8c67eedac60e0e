"""The one place that knows the state of every version, from its first file to its last picture."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from installation.film import Version
from installation.library.names import plain, said
from installation.library.scan import Found, Rejection
from installation.library.settle import Sighting

logger = logging.getLogger(__name__)


class State(Enum):
    """Where a version is on its way from the folder to the wall."""

    ARRIVING = "arriving"
    SETTLING = "settling"
    PROBING = "probing"
    READY = "ready"
    ON_AIR = "on air"
    OFF_AIR = "off air"
    REJECTED = "rejected"

    @property
    def sentence(self) -> str:
        """What this means, for a person."""
        return _SENTENCES[self]


_SENTENCES = {
    State.ARRIVING: "its files are still coming in",
    State.SETTLING: "nothing changes any more; waiting a little whether more comes",
    State.PROBING: "its film is being looked into",
    State.READY: "is whole, and waits for its turn to be shown",
    State.ON_AIR: "is on the wall",
    State.OFF_AIR: "is off the wall for now",
    State.REJECTED: "cannot be shown",
}

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.ARRIVING: frozenset((State.SETTLING, State.PROBING)),
    State.SETTLING: frozenset((State.ARRIVING, State.PROBING)),
    State.PROBING: frozenset((State.READY, State.REJECTED, State.ARRIVING, State.SETTLING)),
    State.READY: frozenset(
        (State.ON_AIR, State.OFF_AIR, State.ARRIVING, State.SETTLING, State.PROBING)
    ),
    State.ON_AIR: frozenset((State.OFF_AIR, State.READY, State.REJECTED)),
    State.OFF_AIR: frozenset((State.ON_AIR, State.READY, State.REJECTED)),
    State.REJECTED: frozenset((State.ARRIVING, State.SETTLING, State.PROBING)),
}
"""What may follow what. A version begins as arriving, and may be gone from any state."""

COMING = frozenset((State.ARRIVING, State.SETTLING, State.PROBING))
"""The states on the way in. A version that is shown passes through them as its `update`."""
SHOWN = frozenset((State.ON_AIR, State.OFF_AIR))


class IllegalTransition(Exception):
    """A step that the table does not have: a bug."""


@dataclass(frozen=True)
class Entry:
    """One version's folder, and all that is known of it."""

    folder: str
    """The folder's name as the disk has it."""
    state: State = State.ARRIVING
    version: Version | None = None
    """For one that is ready, on air or off air."""
    rejection: Rejection | None = None
    notices: tuple[str, ...] = ()
    looked_at: Sighting | None = None
    """The folder as it was when `version` or `rejection` was found."""
    update: State | None = None
    """For one that is shown: how far its changed folder has come; None while nothing changes."""

    @property
    def name(self) -> str:
        """The version's name."""
        return plain(self.folder)

    @property
    def sentence(self) -> str:
        """Its state in a sentence, for a person."""
        if self.rejection is not None:
            return self.rejection.message
        sentence = f"{said(self.folder)}: {self.state.sentence}"
        if self.update is not None:
            sentence += f"; its folder is being changed ({self.update.value})"
        return sentence


class Catalog:
    """Every version's entry. Used by the watch's thread only; what it hands out is immutable."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def entries(self) -> tuple[Entry, ...]:
        """All entries as they are now, by their folders' names."""
        return tuple(entry for _, entry in sorted(self._entries.items()))

    def entry(self, folder: str) -> Entry | None:
        """The entry of one folder, if there is one."""
        return self._entries.get(folder)

    def appear(self, folder: str) -> Entry:
        """Enter a folder that was not there before."""
        if folder in self._entries:
            raise IllegalTransition(f"{folder!r} is in the catalog already")
        return self._put(Entry(folder))

    def vanish(self, folder: str) -> None:
        """Strike out a folder that is gone."""
        entry = self._entries.pop(folder)
        logger.info("%s: gone (was %s)", said(folder), entry.state.value)

    def come(self, folder: str, state: State) -> Entry:
        """A changed folder is so far on its way in; what is shown of it stays as it is."""
        if state not in COMING:
            raise IllegalTransition(f"{state.value} is not on the way in")
        entry = self._entries[folder]
        if entry.state in SHOWN:
            return self._put(replace(entry, update=state))
        if entry.state is state:
            return entry
        return self._move(Entry(folder, entry.state), state)

    def stay(self, folder: str) -> Entry:
        """A folder that is shown is as it was again: what changed was taken back."""
        return self._put(replace(self._entries[folder], update=None))

    def conclude(self, folder: str, found: Found, looked_at: Sighting) -> Entry:
        """A folder was looked into, and this was found."""
        entry = self._entries[folder]
        if State.PROBING not in (entry.state, entry.update):
            raise IllegalTransition(f"{folder!r} is {entry.state.value}, not being looked into")
        known: dict[str, Any] = {"looked_at": looked_at, "notices": found.notices, "update": None}
        if found.version is None:
            known |= {"version": None, "rejection": found.rejection}
            return self._move(replace(entry, **known), State.REJECTED)
        known |= {"version": found.version, "rejection": None}
        if entry.state in SHOWN and _is_same_film(entry.version, found.version):
            return self._put(replace(entry, **known))
        return self._move(replace(entry, **known), State.READY)

    def note(self, shown: Entry, state: State) -> None:
        """The wall says that it put this version on air, or took it off.

        It may know less than we do by then; what it says of a film gone meanwhile is passed over.
        """
        if state not in SHOWN:
            raise IllegalTransition(f"{state.value} is not for the wall to say")
        entry = self._entries.get(shown.folder)
        if entry is not None and _is_same_film(entry.version, shown.version):
            self._move(entry, state)

    def _move(self, entry: Entry, to: State) -> Entry:
        if to is entry.state:
            return self._put(entry)
        if to not in TRANSITIONS[entry.state]:
            raise IllegalTransition(f"{entry.folder!r}: {entry.state.value} to {to.value}")
        moved = self._put(replace(entry, state=to))
        logger.info("%s (was %s)", moved.sentence, entry.state.value)
        return moved

    def _put(self, entry: Entry) -> Entry:
        self._entries[entry.folder] = entry
        return entry


def _is_same_film(one: Version | None, other: Version | None) -> bool:
    return one is not None and other is not None and one.is_same_film(other)
