"""What came out of the decoder when a film was rehearsed, and whether that is what it promised."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.stream import VideoStream

from installation.decode.container import COPY_AGAIN
from installation.decode.reader import MISSING_FRAMES_ALLOWED
from installation.library.facts import Facts

EVEN = Fraction(3, 2)
"""A film whose longest step is at most this many of its shortest has an even rate."""
RATE_TOLERANCE = Fraction(1, 100)
_ALLOWED = MISSING_FRAMES_ALLOWED + Fraction(1, 2)  # as a player allows, and rounding


class Flaw(Exception):
    """What keeps a film from being played, and how to mend it."""

    def __init__(self, what: str, remedy: str = "copy or export it again") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass
class Performance:
    """Counts and times, in ticks of the stream; nothing is kept of the pictures themselves."""

    tick: Fraction
    start: int
    """The stream's own beginning, which need not be played."""
    packets: int = 0
    pictures: int = 0
    out_of_order: int = 0
    first: int | None = None
    last: int | None = None
    last_stands: int = 0
    last_promised: int | None = None
    shortest: int = 1 << 62
    longest: int = 0

    @property
    def place(self) -> str:
        """How far it came, for a person."""
        if self.last is None:
            return "a picture"
        return f"a picture after {float((self.last - self.start) * self.tick):.1f} seconds"

    def note_packet(self, packet: av.Packet[VideoStream]) -> None:
        """Count what goes into the decoder."""
        if not packet.size:
            return
        self.packets += 1
        time = packet.dts if packet.pts is None else packet.pts
        if time is not None and not packet.is_discard:
            late = self.last_promised
            self.last_promised = time if late is None else max(late, time)

    def note_picture(self, frame: av.VideoFrame) -> None:
        """Count what comes out of it."""
        if frame.pts is None or (self.last is not None and frame.pts <= self.last):
            self.out_of_order += 1
            return
        if self.last is None:
            self.first = frame.pts
        else:
            self.shortest = min(self.shortest, frame.pts - self.last)
            self.longest = max(self.longest, frame.pts - self.last)
        self.pictures += 1
        self.last, self.last_stands = frame.pts, frame.duration or 0

    def refuse_missing_end(self, facts: Facts) -> None:
        """Raise Flaw where the last pictures did not come out, whatever was played."""
        if self.last is not None and self.last_promised is not None:
            missing = (self.last_promised - self.last) * self.tick * facts.rate
            if missing <= _ALLOWED:
                return
        raise Flaw("is damaged: its last pictures cannot be decoded")

    def refuse_other_than(self, facts: Facts) -> None:
        """Raise Flaw where order, length, number or rate of a whole film are not as measured."""
        assert self.first is not None
        assert self.last is not None
        if self.out_of_order > MISSING_FRAMES_ALLOWED:
            raise Flaw("tells its pictures in the wrong order", "export it again as MP4 or MOV")
        stands = self.last_stands * self.tick or 1 / facts.rate
        length = (self.last - self.first) * self.tick + stands
        if (facts.duration - length) * facts.rate > _ALLOWED:
            seconds = f"{float(length):.1f} of {float(facts.duration):.1f} seconds"
            raise Flaw(f"ends early, after {seconds}", COPY_AGAIN)
        if self.packets - self.pictures > _ALLOWED and not self._is_in_halves:
            raise Flaw(f"is damaged: {self.pictures} of {self.packets} pictures can be decoded")
        self._refuse_other_rate(facts.rate)

    @property
    def _is_in_halves(self) -> bool:
        """Two packets a picture, each with every other line; or pictures never to be shown."""
        return self.packets - 2 * self.pictures <= MISSING_FRAMES_ALLOWED

    def _refuse_other_rate(self, said: Fraction) -> None:
        if self.pictures < 2 or self.longest > EVEN * self.shortest:
            return  # has no rate of its own, only an average
        assert self.first is not None
        assert self.last is not None
        rate = (self.pictures - 1) / ((self.last - self.first) * self.tick)
        for halves in (1, Fraction(1, 2), 2):  # as fields are counted, or not
            # one tick of the two ends is rounding, for a film of a few pictures
            tolerance = RATE_TOLERANCE + self.tick * 2 * rate / (self.pictures - 1)
            if abs(rate * halves - said) <= tolerance * said:
                return
        raise Flaw(
            f"says {float(said):.3g} pictures a second but has {float(rate):.3g}",
            "export it again",
        )
