"""Where the film is, by the calendar: kept, so that a wall that comes back is where it would be.

While it plays, a film follows a clock that nobody sets. What is kept is the calendar's time at
which a loop of it began; it is written anew where the calendar was set, or the film's length is
another. Used by one thread; files are written on one of their own.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from installation.film import Clock, FilmPosition, MasterClock, parse_rate
from installation.kiosk.state import set_aside
from installation.whole import write_whole

logger = logging.getLogger(__name__)

NAME = "film.json"
LARGEST_FILE = 4096
_NS = 1_000_000_000
MOST_APART_NS = 1_000_000
TRIES = 5
"""Two clocks read further apart than this say little of each other; they are read again."""


@dataclass(frozen=True)
class Anchor:
    """A loop of the film began at this moment of the calendar."""

    zero_ns: int
    length: int
    """Of a loop, in film frames."""
    rate: Fraction

    def into_loop_ns(self, calendar_ns: int) -> int:
        """For how long the loop has run that runs at a moment of the calendar."""
        return int(Fraction(calendar_ns - self.zero_ns) % self.loop_ns)

    @property
    def loop_ns(self) -> Fraction:
        """How long a loop is."""
        return self.length / self.rate * _NS

    def is_like(self, other: Anchor) -> bool:
        """True where both say the same of the film, to a quarter of a film frame."""
        if (self.length, self.rate) != (other.length, other.rate):
            return False
        apart = Fraction(self.zero_ns - other.zero_ns) % self.loop_ns
        return min(apart, self.loop_ns - apart) * 4 * self.rate <= _NS

    def as_bytes(self) -> bytes:
        """As it is kept."""
        kept = {"zero_ns": self.zero_ns, "length": self.length, "rate": str(self.rate)}
        return json.dumps(kept).encode()


def read_anchor(file: Path) -> Anchor | None:
    """What was kept; None where nothing was. What is damaged is set aside."""
    try:
        with file.open("rb") as opened:
            written = opened.read(LARGEST_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("where the film was is not known: %s", error)
        return None
    try:
        kept = json.loads(written)
        zero_ns, length = kept["zero_ns"], kept["length"]
        if type(zero_ns) is not int or type(length) is not int or length < 1:
            raise ValueError
        return Anchor(zero_ns, length, parse_rate(kept["rate"]))
    except (ValueError, TypeError, KeyError):
        aside = set_aside(file)
        logger.warning("where the film was is not known: %s was damaged, now %s", file, aside)
        return None


class FilmAnchor:
    """Keeps one film's anchor in a folder."""

    def __init__(self, folder: Path, clock: Clock, calendar: Clock) -> None:
        self._file = folder / NAME
        self._clock = clock
        self._calendar = calendar
        self._kept = read_anchor(self._file)
        self._writing: threading.Thread | None = None
        self._has_failed = False

    def began_ns(self, rate: Fraction, length: int) -> int | None:
        """The moment, by the clock, at which the loop began that runs now; None where nothing is
        known of a film of this rate and length.
        """
        kept = self._kept
        if kept is None or (kept.rate, kept.length) != (rate, length):
            return None
        now_ns, calendar_ns, _ = self._read_clocks()
        return now_ns - kept.into_loop_ns(calendar_ns)

    def keep(self, film: MasterClock) -> None:
        """Have it kept where the film is, if that is not what is kept."""
        if not film.is_running or (self._writing is not None and self._writing.is_alive()):
            return
        now_ns, calendar_ns, are_together = self._read_clocks()
        loop = film.position(now_ns).loop
        began_ns = film.due_ns(film.index(FilmPosition(loop, 0)))
        zero_ns = calendar_ns - (now_ns - began_ns)
        anchor = Anchor(zero_ns, film.length_in(loop), film.rate)
        if not are_together or (self._kept is not None and anchor.is_like(self._kept)):
            return
        self._kept = anchor
        self._writing = threading.Thread(target=self._write, args=(anchor,), name="film anchor")
        self._writing.daemon = True
        self._writing.start()

    def join(self, timeout_s: float) -> None:
        """Wait for what is being written."""
        if self._writing is not None:
            self._writing.join(timeout_s)

    def _read_clocks(self) -> tuple[int, int, bool]:
        """The clock's and the calendar's time, and whether they were read together."""
        for _ in range(TRIES):
            before_ns = self._clock.now_ns()
            calendar_ns = self._calendar.now_ns()
            after_ns = self._clock.now_ns()
            if after_ns - before_ns <= MOST_APART_NS:
                break
        return (before_ns + after_ns) // 2, calendar_ns, after_ns - before_ns <= MOST_APART_NS

    def _write(self, anchor: Anchor) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, anchor.as_bytes())
            self._has_failed = False
        except OSError as error:
            if not self._has_failed:
                logger.warning("after a crash the film will begin at its start: %s", error)
            self._has_failed = True
