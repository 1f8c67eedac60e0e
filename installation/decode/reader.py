"""What a decoding engine must do to take part in the lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from installation.decode.image import Image, ImageTarget


class ReaderFault(Exception):
    """A version's file could not be read on; the sentence says why, in the artist's words."""


MISSING_FRAMES_ALLOWED = 2
"""A file may end this many pictures before its header says; beyond that it was cut off."""


class Frame(Protocol):
    """One decoded picture of a version, not yet converted for drawing."""

    @property
    def pts(self) -> Fraction:
        """Seconds since the version's first picture."""
        ...

    @property
    def until(self) -> Fraction | None:
        """The pts of the next picture; None for the last one."""
        ...

    def image(self, target: ImageTarget) -> Image:
        """The picture as the drawing path takes it; costs a conversion where one is needed."""
        ...


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """What a reader learned of its file by opening it."""

    tolerance: Fraction
    """Seconds a pts may be late and still count as in time (see `film.timeline`)."""


class Reader(Protocol):
    """Decodes one version. One thread at a time may use it; `close` comes from that thread."""

    @property
    def needs_own_thread(self) -> bool:
        """True for one that mostly waits: it would keep a decoding thread from the others."""
        ...

    @property
    def decoding(self) -> str:
        """By what, for people: "software", "hardware (cuda)", "libVLC"; any thread may ask."""
        ...

    def open(self) -> ReaderFacts:
        """Open the file. Raises ReaderFault."""
        ...

    def frames(self, start: Fraction, stop: Fraction) -> Iterator[Frame | None]:
        """Every picture from the one shown at `start` to the one shown at `stop`, in order; None
        where the next one was waited for in vain a while: ask again.

        Seconds since the first picture. May be called again at any time, for any start: the
        iterator handed out before is then spent. Raises ReaderFault, also when the file ends
        before it should.
        """
        ...

    def is_ahead_worth_a_seek(self, here: Fraction, there: Fraction) -> bool:
        """True where going from one moment to a later one is quicker by a seek than by decoding."""
        ...

    def entry_points(self) -> Sequence[Fraction]:
        """Where decoding can begin: the keyframes' times, ascending; nothing while unknown.

        Good enough to plan by; a picture's own pts decides what is shown.
        """
        ...

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """The pts that the time map's rule wants at `time`, by the container's own packet table.

        None as long as the table has not been read that far. Independent of what was decoded;
        any thread may ask.
        """
        ...

    def close(self) -> None:
        """Free the container and the decoder; may be called twice."""
        ...


def refuse_early_end(last: Fraction, rate: Fraction, duration: Fraction) -> None:
    """Raise ReaderFault where a film's last picture, at so many seconds, comes too soon."""
    end = last + 1 / rate
    if end + MISSING_FRAMES_ALLOWED / rate < duration:
        raise ReaderFault(
            f"ends early, after {float(end):.1f} of {float(duration):.1f} seconds; copy it again"
        )
