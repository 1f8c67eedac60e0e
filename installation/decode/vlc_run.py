"""One run of a film's pictures through a libVLC player, each recognised.

Of a mezzanine by the stamp under it. An original's first ones are compared with what PyAV makes of
them; the others are counted, and the time libVLC says is between two must be the packet list's.
"""

from __future__ import annotations

from fractions import Fraction

import av

from installation.decode.reader import ReaderFault
from installation.decode.stamp import read, stamp_rows
from installation.decode.vlc_film import VlcFilm
from installation.decode.vlc_player import RATE, Shown, VlcPlayer
from installation.film import Clock

SILENT_NS, ENDED_NS = 10_000_000_000, 1_500_000_000
"""A player that gives no picture for so long is broken, the shorter where the file was read."""
_LOST_MS = 2 * RATE
"""libVLC tells the time between two pictures to so many milliseconds."""
_IN_A_ROW = 3
"""So many pictures, one after the other, must look like the film's."""
_LEFT_OUT = 24
"""libVLC leaves out fewer at the beginning."""
_MOST_ALIKE = 480
"""A film that begins with more of the same picture is not recognised."""


class LostTrack(Exception):
    """It is not known which picture libVLC shows, or it left one out."""


class VlcRun:
    """Pictures as they come. `is_at_start`: begun at the film's start, not somewhere before."""

    def __init__(
        self,
        player: VlcPlayer,
        film: VlcFilm,
        *,
        is_stamped: bool,
        is_at_start: bool,
        tries: int,
        clock: Clock,
    ) -> None:
        self._player = player
        self._film = film
        self._is_stamped = is_stamped
        self._clock = clock
        self.is_at_start = is_at_start
        self.tries = tries
        """How many runs before this one lost track on the way to the same picture."""
        self._last: int | None = None  # the number of the last one that came, once it is known
        self._kept: dict[int, av.VideoFrame] = {}  # by their numbers
        self._unknown: list[av.VideoFrame] = []  # one after the other, the last ones
        self._guesses: set[int] = set()  # which one the last of them may be
        self._seen = 0
        self._is_untouched = True  # none of its pictures was taken
        self._waits_since_ns: int | None = None

    @staticmethod
    def size_px(shown: tuple[int, int], *, is_stamped: bool) -> tuple[int, int]:
        """What libVLC is asked for: the picture, and the stamp under it."""
        width, height = shown
        return width, height + (stamp_rows(width, height) if is_stamped else 0)

    @property
    def is_on_hardware(self) -> bool:
        """See `VlcPlayer.is_on_hardware`."""
        return self._player.is_on_hardware

    def leads_to(self, index: int, far: int) -> bool:
        """Whether to go on with this one is the quickest way to a picture."""
        if index in self._kept:
            return True
        if self._last is None or (index <= self._last and self._is_untouched):
            return not self.is_at_start or index <= far or not self._is_stamped
        return index > self._last and (not self._is_stamped or index - self._last <= far)

    def begins_after(self, index: int) -> bool:
        """True where it has left out this one of the first pictures, or may have."""
        if not self.is_at_start or not self._is_untouched:
            return False
        return self._last is None or index < min(self._kept, default=0)

    @property
    def is_known(self) -> bool:
        """True once it is known which picture it shows."""
        return self._last is not None

    @property
    def has_ended(self) -> bool:
        """See `VlcPlayer.has_ended`."""
        return self._player.has_ended

    def prepare(self, index: int, timeout_s: float) -> None:
        """Go on until it is known which picture it shows, or it has come to this one."""
        if (self._last is None or self._last < index) and (shown := self._player.next(timeout_s)):
            self._recognise(shown, index)

    def picture(self, index: int, timeout_s: float) -> av.VideoFrame | None:
        """A picture it leads to; None where it did not come within so much time.

        Raises LostTrack, and ReaderFault where none will come.
        """
        now_ns = self._clock.now_ns()
        deadline_ns = now_ns + int(timeout_s * 1e9)
        self._waits_since_ns = self._waits_since_ns or now_ns
        while index not in self._kept:
            if self._last is not None and self._last >= index:
                raise LostTrack(f"{self._last} came instead")
            left_ns = max(0, deadline_ns - self._clock.now_ns())
            shown = self._player.next(left_ns / 1e9)
            if shown is not None:
                self._waits_since_ns = self._clock.now_ns()
                self._recognise(shown, index)
            elif left_ns <= 0:
                self._refuse_silence()
                return None
        self.tries, self._waits_since_ns, self._is_untouched = 0, None, False
        for number in [n for n in self._kept if n < index]:
            del self._kept[number]
        return self._kept[index]

    def end(self) -> None:
        """Stop the player, on another thread."""
        self._kept, self._unknown = {}, []
        self._player.end()

    def _recognise(self, shown: Shown, wanted: int) -> None:
        if self._is_stamped:
            self._read_stamp(shown.picture, wanted)
        elif self._last is None:
            self._compare(shown.picture)
        else:
            self._refuse_gap(shown, self._last)
            self._last += 1
            if self._last >= wanted:
                self._kept[self._last] = self._coloured(shown.picture)

    def _read_stamp(self, canvas: av.VideoFrame, wanted: int) -> None:
        size = self._film.first.width, self._film.first.height
        luma = canvas.planes[0]
        stamp = read(memoryview(luma), luma.line_size, size)
        if stamp is None:
            raise LostTrack("it cannot be recognised")
        if self._last is not None and stamp.index != self._last + 1:
            may_leave_out = self.is_at_start and self._is_untouched and stamp.index > self._last
            if not may_leave_out:
                raise LostTrack(f"{stamp.index} came after {self._last}")
            self._kept = {}
        self._last = stamp.index
        if stamp.index >= wanted:
            self._kept[stamp.index] = self._coloured(_without_stamp(canvas, size))

    def _compare(self, picture: av.VideoFrame) -> None:
        """Known as soon as the last few can only be those of one place in the film."""
        self._seen += 1
        alike = self._film.beginning.numbers_like(picture, self._seen + _LEFT_OUT)
        following = {number + 1 for number in self._guesses} & alike
        self._unknown = [*self._unknown, picture][-_IN_A_ROW:] if following else [picture]
        self._guesses = following or alike
        if len(self._guesses) == 1 and len(self._unknown) == _IN_A_ROW:
            (self._last,) = self._guesses
            first = self._last + 1 - _IN_A_ROW
            self._kept = {first + n: self._coloured(p) for n, p in enumerate(self._unknown)}
            self._unknown = []
        elif self._seen > _MOST_ALIKE:
            raise ReaderFault("begins with too many pictures that are alike for libVLC")

    def _refuse_gap(self, shown: Shown, last: int) -> None:
        """Where the time since the one before is that of two, one is missing."""
        before, this, following = (self._film.pts(last + n) for n in range(3))
        if this is None or before is None:
            raise LostTrack("there are more than the file holds")
        if shown.apart_ms is None or following is None or not self._film.has_times:
            return
        late_ms = shown.apart_ms - (this - before) * 1000
        if late_ms > max(Fraction(_LOST_MS), (following - this) * 500):
            raise LostTrack(f"{float(late_ms):.0f} ms are missing before it")

    def _refuse_silence(self) -> None:
        silent_ns = self._clock.now_ns() - (self._waits_since_ns or 0)
        if silent_ns > (ENDED_NS if self._player.has_ended else SILENT_NS):
            raise ReaderFault("cannot be read on: libVLC gives no further picture")

    def _coloured(self, picture: av.VideoFrame) -> av.VideoFrame:
        """With the colour tags that the file has; libVLC gives none."""
        first = self._film.first
        picture.colorspace = first.colorspace
        picture.color_range = first.color_range
        return picture


def _without_stamp(canvas: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    """The picture alone: libVLC cannot write into less than it shows, so this costs a copy."""
    picture = av.VideoFrame(*size, canvas.format.name)
    for ours, theirs in zip(picture.planes, canvas.planes, strict=True):
        ours.update(bytes(memoryview(theirs)[: ours.buffer_size]))
    return picture
