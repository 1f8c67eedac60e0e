"""Subtitles: what is said in which language from when to when, and what of it a moment has.

Times are whole milliseconds, as the files have them; moments are exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

Align = Literal["left", "center", "right"]
MOST_AT_ONCE = 6
"""Cues that are shown at one moment; a file with more at a time is no subtitle."""


class Cue(NamedTuple):
    """What is said from one moment to another."""

    start_ms: int
    end_ms: int
    """The first moment at which it is not shown any more."""
    text: str
    """With no other tags than b, i, u and br; everything else is escaped."""
    is_top: bool = False
    align: Align = "center"


@dataclass(frozen=True)
class Subtitles:
    """One file's subtitles, in one language."""

    language: str
    """Its code, such as "de" or "pt-BR"; empty where the file's name does not say it."""
    file: str
    """`2024-03 Sora/film.de.srt`, for messages."""
    cues: tuple[Cue, ...] = field(default=(), hash=False, repr=False)
    tolerance_ms: int = 1
    """How late a cue may begin and still count as in time, as the file's times are rounded."""
    complaints: tuple[str, ...] = ()
    """What is wrong with the file, a sentence each."""

    @cached_property
    def timetable(self) -> Timetable:
        """Its cues by time."""
        return Timetable(self.cues)

    def at(self, time: Fraction) -> tuple[Cue, ...]:
        """What is said at a moment, in seconds; in the order in which it began."""
        return self.timetable.at(time.numerator * 1000 // time.denominator + self.tolerance_ms)


class Timetable:
    """Finds the cues of a moment, also where they overlap."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        changes: dict[int, list[tuple[int, int, Cue]]] = {}
        for number, cue in enumerate(cues):
            if cue.start_ms < cue.end_ms:
                change = cue.start_ms, number, cue
                changes.setdefault(cue.start_ms, []).append(change)
                changes.setdefault(cue.end_ms, []).append(change)
        self._times_ms = sorted(changes)
        self._said: list[tuple[Cue, ...]] = [()]
        """What is said before the first change, and from each on."""
        on: list[tuple[int, int, Cue]] = []
        for time_ms in self._times_ms:
            for change in changes[time_ms]:
                if change[0] == time_ms:
                    insort(on, change)
                else:
                    del on[bisect_left(on, change)]
            self._said.append(tuple(cue for _, _, cue in on[:MOST_AT_ONCE]))

    def at(self, time_ms: int) -> tuple[Cue, ...]:
        """What is said at a moment."""
        return self._said[bisect_right(self._times_ms, time_ms)]


class TextBlock(NamedTuple):
    """Lines that stand together."""

    text: str
    is_top: bool = False
    align: Align = "center"


@dataclass(frozen=True)
class Spoken:
    """All subtitles of one film frame."""

    wall: tuple[TextBlock, ...] = ()
    """In the strip of the wall: one for each language, in their order, maybe without text."""
    tiles: dict[str, tuple[TextBlock, ...]] = field(default_factory=dict)
    """In the tiles, by their versions' names; those where nothing is said are left out."""


SILENCE = Spoken()


def in_blocks(cues: Iterable[Cue]) -> tuple[TextBlock, ...]:
    """Cues of one moment, those that follow each other in one place put together."""
    blocks: list[TextBlock] = []
    for cue in cues:
        if blocks and blocks[-1][1:] == (cue.is_top, cue.align):
            blocks[-1] = blocks[-1]._replace(text=f"{blocks[-1].text}<br>{cue.text}")
        else:
            blocks.append(TextBlock(cue.text, cue.is_top, cue.align))
    return tuple(blocks)


def in_language(tracks: Sequence[Subtitles], language: str) -> list[Subtitles]:
    """Those in a language, the nearest first: "pt" takes "pt-BR" too, but not the other way."""
    wanted = language.casefold()
    exact = [track for track in tracks if track.language.casefold() == wanted]
    return exact + [t for t in tracks if t.language.casefold().startswith(f"{wanted}-")]
