"""Whether the machine has room for one more film: what it would cost against the time to spare.

An estimate, for films that have not been played here yet: decoding costs about so much a pixel.
What is on air is measured, drawing included, by what the whole process uses.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from fractions import Fraction

from installation.film import Version

NS_PER_PIXEL = Fraction(11, 2)
"""CPU time that decoding H.264 takes on an ordinary core (1080p: 11 ms a picture)."""
SHARE = Fraction(3, 4)
"""Of the machine's cores that a wall may use: what makes mezzanines needs some too."""
MEASURED_NS = 3_000_000_000
"""For how long a wall is watched before its use of the machine counts."""


def cost_of(version: Version) -> Fraction:
    """Seconds of a core that a second of a version takes to decode, about."""
    picture = version.picture
    return picture.width_px * picture.height_px * version.rate * NS_PER_PIXEL / 1_000_000_000


class Room:
    """Who was let in stays in. Used by one thread."""

    def __init__(self, cores: int | None = None) -> None:
        self._cores = cores or os.cpu_count() or 1
        self._admitted: dict[tuple[str, tuple[int, ...]], Fraction] = {}
        self._since: dict[tuple[str, tuple[int, ...]], int] = {}
        self._loads: deque[tuple[int, int]] = deque()

    def note_load(self, now_ns: int, cpu_ns: int) -> None:
        """What the process has used of all cores so far, at this moment."""
        self._loads.append((now_ns, cpu_ns))
        while self._loads[-1][0] - self._loads[0][0] > 2 * MEASURED_NS:
            self._loads.popleft()

    def admits(self, version: Version, *, must: bool) -> bool:
        """Whether a version may be played; one that must is counted, and one that was stays."""
        key = version.name, version.edition
        if key in self._admitted:
            return True
        cost = cost_of(version)
        if not must and self.used + cost > SHARE * self._cores:
            return False
        self._admitted[key] = cost
        if self._loads:
            self._since[key] = self._loads[-1][0]
        return True

    def forget_all_but(self, playing: Iterable[Version]) -> None:
        """The others have left."""
        kept = {(version.name, version.edition) for version in playing}
        self._admitted = {key: cost for key, cost in self._admitted.items() if key in kept}
        self._since = {key: since for key, since in self._since.items() if key in kept}

    @property
    def used(self) -> Fraction:
        """Cores in use: as measured, and by estimate for what came since; all by estimate before
        anything was measured.
        """
        measured = self._measured()
        if measured is None:
            return sum(self._admitted.values(), Fraction(0))
        begun_ns = self._loads[0][0]
        fresh = [self._admitted[key] for key, since in self._since.items() if since > begun_ns]
        return measured + sum(fresh, Fraction(0))

    def _measured(self) -> Fraction | None:
        if not self._loads:
            return None
        (first_ns, first_cpu_ns), (last_ns, last_cpu_ns) = self._loads[0], self._loads[-1]
        if last_ns - first_ns < MEASURED_NS:
            return None
        return Fraction(last_cpu_ns - first_cpu_ns, last_ns - first_ns)
