"""The container's own list of a stream's pictures: the pts of its packets, as far as it was read.

Whatever a decoder makes of the file, this says which pictures there are, and when.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction

import av
from av.video.stream import VideoStream

_END = 1 << 62


class PacketTable:
    """In ticks. Filled by whoever demuxes from the start on; any thread may ask."""

    def __init__(self) -> None:
        self._pts: list[int] = []  # ascending
        self._complete_below: int | None = None  # every pts before this is there

    @property
    def is_begun(self) -> bool:
        """True once a packet was noted."""
        return bool(self._pts)

    @property
    def is_complete(self) -> bool:
        """True once the stream's end was noted."""
        return self._complete_below == _END

    def note(self, packet: av.Packet[VideoStream]) -> None:
        """Enter a packet: no later one has a pts below this one's dts. Twice is as good as once."""
        if packet.size == 0:  # the empty packet at the end
            self._complete_below = _END
        elif packet.pts is not None and not packet.is_discard:
            place = bisect_left(self._pts, packet.pts)
            if self._pts[place : place + 1] != [packet.pts]:
                self._pts.insert(place, packet.pts)
            if packet.dts is not None:  # Matroska does not know the first ones
                self._complete_below = max(packet.dts, self._complete_below or packet.dts)

    def last_until(self, limit: Fraction | int) -> int | None:
        """The latest pts at or before this (the first one where none is); None while unknown."""
        if self._complete_below is None or limit >= self._complete_below or not self._pts:
            return None
        return self._pts[max(0, bisect_right(self._pts, limit) - 1)]

    def pts(self, place: int) -> int | None:
        """The pts in that place of the list, from 0; None while unknown, and after the last."""
        if self._complete_below is None or place >= len(self._pts):
            return None
        return self._pts[place] if self._pts[place] < self._complete_below else None

    def place(self, pts: int) -> int:
        """How many are before this one, as far as is known."""
        return bisect_left(self._pts, pts)

    def next_after(self, pts: int) -> int | None:
        """The pts that follows; None while unknown, and after the last."""
        place = bisect_right(self._pts, pts)
        if self._complete_below is None or place == len(self._pts):
            return None
        return self._pts[place] if self._pts[place] < self._complete_below else None

    def all(self) -> tuple[int, ...]:
        """Every pts known so far, ascending."""
        return tuple(self._pts)
