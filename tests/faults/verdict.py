"""What a visitor may see of a fault, and what not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

from tests.faults.gallery import FIRST_YEAR, LENGTH, RATE, Gallery
from tests.faults.onlooker import Sight
from tests.wall_e2e.live import Logged

_LEFT_OR_CAME = re.compile(r"version=(\d+) V (off_air|on_air)")
SLACK_NS = 200_000_000
"""What is logged is seen a moment later, and a veil takes its time."""
STILL_S = 5
"""No busy machine takes so long for one film frame."""
MOST_AWAY_FRAMES = 1.5
"""From where the film should be, of what a prompt picture shows."""


class OffAir(NamedTuple):
    """A version, and from when to when it was off the wall; its tile is veiled then."""

    version: int
    from_ns: int
    until_ns: int


@dataclass(frozen=True)
class Verdict:
    """What was seen from the first picture of the film to the last."""

    seen: Sequence[Sight]
    absent: Sequence[OffAir]
    away: Sequence[tuple[int, int]]

    def assert_lock(self) -> None:
        """In every picture, all tiles on air show one film frame."""
        for sight in self.seen:
            gone = self._gone(sight.ns)
            shown = {index for v, (_, index) in sight.tiles.items() if v not in gone}
            assert len(shown) <= 1, (sight, gone)

    def assert_nothing_strange(self, *rotten: int) -> None:
        """Nothing but the film, black, and tiles that are veiled; a desktop only where the wall's
        process was gone. Of those that are `rotten` a decoder may make what it likes: they play
        from their originals, which no seal protects.
        """
        tiles = [tile for sight in self.seen for tile in sight.tiles.items()]
        places = {rect for _, (rect, _) in tiles}
        excused = {rect for version, (rect, _) in tiles if version in rotten}
        for sight in self.seen:
            if self._is_away(sight.ns):
                continue
            assert not sight.is_desktop, sight
            if self._gone(sight.ns):
                strange = [rect for rect in sight.others if rect not in places]
                assert not strange, (sight, self._gone(sight.ns))
            else:
                assert not {*sight.others} - excused, sight

    def assert_never_still(self) -> None:
        """The film went on, whoever was away."""
        changes = [sight.ns for sight in self.seen if sight.is_wall]
        for before, after in pairwise(changes):
            is_excused = any(begin <= after and before <= end for begin, end in self.away)
            assert is_excused or after - before < STILL_S * 1e9, (before, after)

    def assert_in_its_place(self, until_ns: float = inf) -> None:
        """The clock was never moved: the promptest pictures of each stretch are where the film was
        at first, another process's too.
        """
        seen = [sight for sight in self.seen if sight.is_wall and sight.ns < until_ns]
        places = []
        for begin in range(0, len(seen) - 2 * RATE, 2 * RATE):
            stretch = seen[begin : begin + 2 * RATE]
            if not any(self._is_away(sight.ns) for sight in stretch):
                places.append(min(_late(sight, seen[0]) for sight in stretch))
        assert places
        assert max(places) - min(places) <= MOST_AWAY_FRAMES, places

    def assert_well(self, *versions: int, in_place_until_ns: float = inf) -> None:
        """All of these, and those versions hung in every picture."""
        self.assert_lock()
        self.assert_nothing_strange()
        self.assert_never_still()
        self.assert_in_its_place(in_place_until_ns)
        self.assert_seen_always(*versions)

    def assert_seen_always(self, *versions: int) -> None:
        """These hung in every picture."""
        for sight in self.seen:
            assert self._is_away(sight.ns) or {*versions} <= sight.tiles.keys(), sight

    def _gone(self, ns: int) -> set[int]:
        return {one.version for one in self.absent if one.from_ns <= ns <= one.until_ns}

    def _is_away(self, ns: int) -> bool:
        return any(begin <= ns <= end for begin, end in self.away)


def verdict(gallery: Gallery) -> Verdict:
    """Of all that was seen in a gallery that is closed now."""
    seen = gallery.onlooker.seen
    shows = [index for index, sight in enumerate(seen) if sight.is_wall]
    assert len(shows) > RATE, "somebody did look"
    during = seen[shows[0] : shows[-1] + 1]
    return Verdict(during, off_air(gallery.logged(), during[-1].ns), gallery.away)


def off_air(log: Sequence[Logged], end_ns: int) -> list[OffAir]:
    """Who was off the wall, by its log."""
    found: list[OffAir] = []
    left: dict[int, int] = {}
    for line in log:
        match = _LEFT_OR_CAME.search(line.text)
        if match is None:
            continue
        number = int(match[1]) - FIRST_YEAR
        if match[2] == "off_air":
            left.setdefault(number, line.ns - SLACK_NS)
        elif number in left:
            found.append(OffAir(number, left.pop(number), line.ns + 3 * SLACK_NS))
    return found + [OffAir(number, from_ns, end_ns) for number, from_ns in left.items()]


def _late(sight: Sight, first: Sight) -> float:
    """Film frames behind the place that the first sight's makes out."""
    (_, index), (_, origin) = next(iter(sight.tiles.values())), next(iter(first.tiles.values()))
    return ((sight.ns - first.ns) * RATE / 1e9 - (index - origin) + LENGTH / 2) % LENGTH - (
        LENGTH / 2
    )
