"""The live versions on the wall: each one's source, the shape of its picture, what is new of it.

They are no part of the lock: whatever a source does, the film's versions know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from installation.decode.live_source import LiveSource, LiveState
from installation.film import Picture, Version

MakeSource = Callable[[Version], LiveSource]
JOIN_S = 0.2
"""The threads end with the process where a network holds them up."""


@dataclass
class _Live:
    version: Version
    source: LiveSource
    drawn: Picture | None = None
    """What the source makes pictures for."""
    shown: int = 0
    """The number of the picture that the wall has."""

    @property
    def seen(self) -> Version:
        """With its picture as it was received last."""
        return replace(self.version, picture=self.source.state.picture or self.version.picture)


class Lives:
    """GUI thread only; each source receives on a thread of its own."""

    def __init__(self, make_source: MakeSource) -> None:
        self._make_source = make_source
        self._lives: dict[str, _Live] = {}
        self._ending: list[LiveSource] = []
        self._has_started = False

    def keep(self, versions: Iterable[Version]) -> None:
        """Receive the live ones among these, and no others."""
        before, self._lives = self._lives, {}
        for version in versions:
            if not version.is_live:
                continue
            live = before.get(version.name)
            if live is not None and live.version.source == version.source:
                live.version = version
                self._lives[version.name] = before.pop(version.name)
                continue
            live = _Live(version, self._make_source(version))
            self._lives[version.name] = live
            if self._has_started:
                live.source.start()
        self._ending = [source for source in self._ending if not source.join(0)]
        for gone in before.values():
            gone.source.stop()
            self._ending.append(gone.source)

    def start(self) -> None:
        """Begin to receive; from now on whoever comes is received at once."""
        if not self._has_started:
            self._has_started = True
            for live in self._lives.values():
                live.source.start()

    def __len__(self) -> int:
        return len(self._lives)

    def versions(self) -> tuple[Version, ...]:
        """All of them, as the library has them."""
        return tuple(live.version for live in self._lives.values())

    def seen(self, version: Version) -> Version:
        """A version with its picture as it is received, if it is a live one."""
        live = self._lives.get(version.name)
        return live.seen if live is not None and version.is_live else version

    def undrawn(self) -> Iterator[tuple[Version, LiveSource]]:
        """Those whose source has to be told how to draw them: `assign` it before the next one."""
        for live in self._lives.values():
            seen = live.seen
            if live.drawn != seen.picture:
                live.drawn = seen.picture
                yield seen, live.source

    def take(self) -> dict[str, object]:
        """What is to be drawn of those whose picture is newer than the wall's."""
        taken: dict[str, object] = {}
        for name, live in self._lives.items():
            newest = live.source.newest
            if newest is not None and newest.number != live.shown and live.source.state.is_live:
                live.shown = newest.number
                taken[name] = newest.payload
        return taken

    def showing(self) -> Mapping[str, bool]:
        """Whether each has a picture that is live, and the wall has it."""
        return {
            name: live.shown > 0 and live.source.state.is_live for name, live in self._lives.items()
        }

    def states(self) -> Mapping[str, LiveState]:
        """How each one's source stands."""
        return {name: live.source.state for name, live in self._lives.items()}

    def report(self) -> list[dict[str, Any]]:
        """For JSON: each one's name, how many pictures came, how often it was lost."""
        return [
            {"name": name, "is_live": s.is_live, "pictures": s.pictures, "times_lost": s.times_lost}
            for name, s in self.states().items()
        ]

    def stop(self) -> None:
        """End all sources."""
        every = [*self._ending, *(live.source for live in self._lives.values())]
        for source in every:
            source.stop()
        for source in every:
            source.join(JOIN_S)
