"""Judges what was captured: is the lock whole, is a film frame missing, is the seam one frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from installation.film.timeline import picture_at
from tests.wall_e2e.capture import Codes, Seen


@dataclass(frozen=True)
class Expected:
    """A version by its code: its pictures' pts in seconds, from 0, exact."""

    pts: Sequence[Fraction]

    def film_frames(self, rate: Fraction, length: int) -> dict[int, frozenset[int]]:
        """By picture, the film frames at which this version shows it, by the rule."""
        shown: dict[int, set[int]] = {}
        for k in range(length):
            shown.setdefault(picture_at(self.pts, k / rate, Fraction(0)), set()).add(k)
        return {picture: frozenset(frames) for picture, frames in shown.items()}


class Sighting(NamedTuple):
    """A film frame on the wall, as the tiles together tell it."""

    ns: int
    frame: int
    blind_ns: int
    """How long nobody looked before it was seen."""


class Gap(NamedTuple):
    """Film frames that were not seen between two that were."""

    after: Sighting
    frames: int
    blind_ns: int


@dataclass(frozen=True)
class Judgement:
    """What the captured pictures show."""

    length: int
    pictures: int
    """Changed pictures in which every tile could be read."""
    unread: int
    """Changed pictures in which a tile showed no code, as in a fade."""
    broken: tuple[Seen, ...]
    """Those in which no single film frame explains the tiles that can be read, or in which a tile
    shows another tile's version."""
    sightings: tuple[Sighting, ...]
    """Film frames in the order seen, each once at a time."""

    @property
    def film_frames(self) -> list[tuple[int, int]]:
        """(moment in ns, film frame), in the order seen."""
        return [(sighting.ns, sighting.frame) for sighting in self.sightings]

    @property
    def seams(self) -> int:
        """How often the film was seen to begin anew."""
        return sum(b.frame < a.frame for a, b in pairwise(self.sightings))

    def gaps(self) -> list[Gap]:
        """Where film frames are missing between the first one seen and the last."""
        found = []
        for a, b in pairwise(self.sightings):
            missing = (b.frame - a.frame) % self.length - 1
            if missing:
                found.append(Gap(a, missing, b.blind_ns))
        return found

    def missing(self) -> int:
        """Film frames not seen between the first one seen and the last, over all loops."""
        return sum(gap.frames for gap in self.gaps())

    def holds_ns(self) -> list[tuple[int, int]]:
        """(film frame, how long it stood), where the next one was seen too."""
        return [
            (a.frame, b.ns - a.ns)
            for a, b in pairwise(self.sightings)
            if (b.frame - a.frame) % self.length == 1
        ]

    def seam_holds_ns(self) -> list[int]:
        """How long the last film frame and the first one stood, at every seam."""
        return [ns for frame, ns in self.holds_ns() if frame in (0, self.length - 1)]

    def cadence(self, refresh_ns: int) -> dict[int, int]:
        """How many film frames stood for one refresh, for two, and so on."""
        counts: dict[int, int] = {}
        for _, ns in self.holds_ns():
            refreshes = round(ns / refresh_ns)
            counts[refreshes] = counts.get(refreshes, 0) + 1
        return dict(sorted(counts.items()))


def judge(
    seen: Sequence[Seen], versions: Sequence[Expected], rate: Fraction, length: int
) -> Judgement:
    """Judge captured pictures; `versions` by the version number in their codes."""
    tables = {number: v.film_frames(rate, length) for number, v in enumerate(versions)}
    whole = [picture for picture in seen if None not in picture.codes]
    hung = _versions(whole[0].codes) if whole else ()
    broken: list[Seen] = []
    sightings: list[Sighting] = []
    for picture in seen:
        possible = frozenset(range(length))
        for code in picture.codes:
            if code is not None:
                possible &= tables.get(code[1], {}).get(code[0], frozenset())
        if not possible or _strays(picture.codes, hung, len(versions)):
            broken.append(picture)
        elif len(possible) == 1 and None not in picture.codes:
            frame = min(possible)
            if not sightings or sightings[-1].frame != frame:
                sightings.append(Sighting(picture.ns, frame, picture.blind_ns))
    unread = len(seen) - len(whole)
    return Judgement(length, len(whole), unread, tuple(broken), tuple(sightings))


def _versions(codes: Codes) -> tuple[int | None, ...]:
    return tuple(None if code is None else code[1] for code in codes)


def _strays(codes: Codes, hung: tuple[int | None, ...], count: int) -> bool:
    """True unless every version hangs, in the tile (or tiles) it hung in at first."""
    if set(hung) != set(range(count)):
        return True
    return any(v is not None and v != own for v, own in zip(_versions(codes), hung, strict=True))
