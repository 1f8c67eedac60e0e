"""Judges what was captured: is the lock whole, is a film frame missing, is the seam one frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from installation.film.timeline import picture_at
from tests.wall_e2e.capture import Seen


@dataclass(frozen=True)
class Expected:
    """A version by its code: its pictures' pts in seconds, from 0."""

    pts: Sequence[Fraction]

    def film_frames(self, index: int, rate: Fraction, length: int) -> frozenset[int]:
        """The film frames at which this version shows its picture `index`, by the rule."""
        return frozenset(
            k for k in range(length) if picture_at(self.pts, k / rate, Fraction(0)) == index
        )


@dataclass(frozen=True)
class Judgement:
    """What the captured pictures show."""

    pictures: int
    """Changed pictures in which every tile could be read."""
    unread: int
    broken: tuple[tuple[int, Seen], ...]
    """Those in which no single film frame explains all tiles."""
    film_frames: tuple[tuple[int, int], ...]
    """(moment in ns, film frame), where the tiles together tell it, in order."""

    def loops(self, length: int) -> list[list[int]]:
        """The film frames seen in each loop; the first and the last may be cut."""
        loops: list[list[int]] = [[]]
        for _, frame in self.film_frames:
            if loops[-1] and frame < loops[-1][-1]:
                loops.append([])
            loops[-1].append(frame)
        return loops

    def missing(self, length: int) -> int:
        """Film frames never seen in the loops that were watched from end to end."""
        return sum(length - len(set(loop)) for loop in self.loops(length)[1:-1])

    def seams_ns(self, length: int) -> list[int]:
        """How long the last film frame stood at each seam."""
        pairs = zip(self.film_frames, self.film_frames[1:], strict=False)
        return [b[0] - a[0] for a, b in pairs if a[1] == length - 1 and b[1] == 0]


def judge(
    seen: Sequence[Seen], versions: Sequence[Expected], rate: Fraction, length: int
) -> Judgement:
    """Judge captured pictures; `versions` by the version number in their codes."""
    tables = [{i: v.film_frames(i, rate, length) for i in range(len(v.pts))} for v in versions]
    broken: list[tuple[int, Seen]] = []
    frames: list[tuple[int, int]] = []
    unread = pictures = 0
    for number, picture in enumerate(seen):
        codes = [code for code in picture.codes if code is not None]
        if len(codes) < len(picture.codes):
            unread += 1
            continue
        pictures += 1
        possible = frozenset(range(length))
        for index, version in codes:
            possible &= tables[version].get(index, frozenset())
        if not possible:
            broken.append((number, picture))
        elif len(possible) == 1:
            frames.append((picture.ns, min(possible)))
    return Judgement(pictures, unread, tuple(broken), tuple(frames))
