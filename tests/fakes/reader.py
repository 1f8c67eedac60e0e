"""A reader without a file: it gives pictures as a test lets it."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from installation.decode import Image, ImageTarget, ReaderFacts, ReaderFault
from tests.fakes.machine import FakeMachine


@dataclass(frozen=True)
class FakeFrame:
    """A picture that only knows when it is."""

    pts: Fraction
    until: Fraction | None
    number: int

    def image(self, target: ImageTarget) -> Image:
        """See `Frame.image`; the width tells the number."""
        return Image("bgra", self.number + 1, 1, (), "bt709", True, self)


class FakeReader:
    """Evenly timed pictures; `hold` stops them, `fail` breaks the file, until undone.

    Decoding begins at every `gop`th picture, and takes the time of a `machine` if it has one.
    """

    def __init__(
        self,
        rate: Fraction | int,
        frames: int,
        *,
        gop: int = 1,
        machine: FakeMachine | None = None,
    ) -> None:
        self.pts = [Fraction(i) / rate for i in range(frames)]
        self.gop = gop
        self._machine = machine
        self.opened = 0
        self.is_closed = False
        self._gate = threading.Event()
        self._gate.set()
        self._fault: str | None = None

    def hold(self) -> None:
        """Give no picture from now on."""
        self._gate.clear()

    def go_on(self) -> None:
        """Give pictures again."""
        self._gate.set()

    def fail(self, reason: str | None) -> None:
        """Be broken (with a reason) or whole again (None)."""
        self._fault = reason
        self._gate.set()

    @property
    def waits(self) -> bool:
        """True while it waits for its machine's time."""
        return self._machine is not None and self._machine.has(self)

    needs_own_thread = False

    @property
    def decoding(self) -> str:
        """See `Reader.decoding`."""
        return "software"

    def open(self) -> ReaderFacts:
        """See `Reader.open`."""
        self.opened += 1
        if self._fault is not None:
            raise ReaderFault(self._fault)
        return ReaderFacts(Fraction(0))

    def frames(self, start: Fraction, stop: Fraction) -> Iterator[FakeFrame]:
        """See `Reader.frames`."""
        wanted = bisect_right(self.pts, start) - 1
        for number in range(wanted - wanted % self.gop, len(self.pts)):
            pts = self.pts[number]
            until = self.pts[number + 1] if number + 1 < len(self.pts) else None
            if pts > stop:
                return
            if self._machine is not None:
                self._machine.decode(self)
            if until is not None and until <= start:
                continue
            self._gate.wait()
            if self._fault is not None:
                raise ReaderFault(self._fault)
            yield FakeFrame(pts, until, number)

    def is_ahead_worth_a_seek(self, here: Fraction, there: Fraction) -> bool:
        """See `Reader.is_ahead_worth_a_seek`."""
        return any(here < pts <= there for pts in self.entry_points())

    def entry_points(self) -> Sequence[Fraction]:
        """See `Reader.entry_points`."""
        return self.pts[:: self.gop]

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """See `Reader.expected_pts`."""
        return max(pts for pts in self.pts if pts <= max(time, Fraction(0)))

    def close(self) -> None:
        """See `Reader.close`."""
        self.is_closed = True
