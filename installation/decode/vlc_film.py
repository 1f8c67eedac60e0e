"""What is known of a film that libVLC plays without asking libVLC: its pictures' times, by PyAV.

The packets are read along with the pictures, not decoded but for the first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from installation.decode.container import (
    DAMAGE,
    NO_CONTAINERS,
    open_film,
    picture_stream,
    reason_of,
)
from installation.decode.packet_table import PacketTable
from installation.decode.reader import ReaderFault
from installation.decode.seal import is_whole
from installation.decode.vlc_beginning import Beginning
from installation.film.timeline import tolerance_for

_CHUNK_BYTES = 1 << 16


class VlcFilm:
    """A film's list of pictures, read as far as it is asked for. May be asked by any thread, once
    opened, what says so; else by one. Raises ReaderFault.
    """

    def __init__(
        self, path: Path, container: str, *, rate: Fraction, count: int, is_sealed: bool
    ) -> None:
        self._rate = rate
        self._count = count
        self._is_sealed = is_sealed
        self._film: InputContainer | None = None
        self._packets: Iterator[av.Packet[VideoStream]] | None = None
        self._table = PacketTable()
        self._base = 0  # how many pictures of the table come before the first that is shown
        self._first_pts = 0
        self._sealed_from: int | None = None
        self._time_base = 1 / rate
        self.tolerance = Fraction(0)
        self._entries: tuple[Fraction, ...] = (Fraction(0),)
        try:
            self.beginning = Beginning(path, container)
        except DAMAGE as error:
            raise ReaderFault(f"cannot be opened: {reason_of(error)}") from error
        try:
            self.first = self.beginning.first
            if self.first.rotation % 360:
                raise ReaderFault("is stored turned, which libVLC would undo; play it by PyAV")
            if container not in NO_CONTAINERS:
                self._open(path, container)
        except DAMAGE as error:
            self.close()
            raise ReaderFault(f"cannot be opened: {reason_of(error)}") from error

    def _open(self, path: Path, container: str) -> None:
        self._film = open_film(path, container)
        stream = picture_stream(self._film)
        if stream is None or stream.time_base is None:
            raise ReaderFault("has no time base, so its pictures have no time")
        self._time_base = stream.time_base
        self.tolerance = tolerance_for(stream.time_base)
        self._packets = self._film.demux(stream)
        if self.first.pts is None:
            raise ReaderFault("has pictures without a timestamp")
        self._first_pts = self.first.pts
        while self._table.last_until(self._first_pts) is None and self._read():
            pass
        self._base = self._table.place(self._first_pts)
        if self._is_sealed:
            self._entries = tuple(self._keyframes(stream))

    def pts(self, index: int) -> Fraction | None:
        """A picture's time; None after the last one."""
        if self._packets is None:
            return index / self._rate if index < self._count else None
        while (ticks := self._table.pts(self._base + index)) is None:
            if self._table.is_complete or not self._read():
                return None
        return (ticks - self._first_pts) * self._time_base

    @property
    def has_times(self) -> bool:
        """False for a stream without a container: its pictures are taken to be evenly apart."""
        return self._packets is not None

    def index_at(self, time: Fraction) -> int:
        """Which picture is shown at a time."""
        if self._packets is None:
            return max(0, min(int(time * self._rate), self._count - 1))
        limit = self._first_pts + (time + self.tolerance) / self._time_base
        while (shown := self._table.last_until(limit)) is None:
            if self._table.is_complete or not self._read():
                return 0
        return max(0, self._table.place(shown) - self._base)

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """See `Reader.expected_pts`; any thread may ask."""
        if self._packets is None:
            return self.index_at(time) / self._rate
        limit = self._first_pts + (time + self.tolerance) / self._time_base
        shown = self._table.last_until(max(limit, Fraction(self._first_pts)))
        return None if shown is None else (shown - self._first_pts) * self._time_base

    def entry_points(self) -> Sequence[Fraction]:
        """See `Reader.entry_points`: only of a mezzanine is known which picture came of a seek."""
        return self._entries

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self.beginning.close()
        if self._film is not None:
            self._film.close()
        self._film = None

    def _read(self) -> bool:
        assert self._packets is not None
        try:
            packet = next(self._packets, None)
        except DAMAGE as error:
            raise ReaderFault(f"cannot be read on: {reason_of(error)}") from error
        if packet is None:
            return False
        self._note(packet)
        return True

    def _note(self, packet: av.Packet[VideoStream]) -> None:
        self._table.note(packet)
        if not self._is_sealed or not packet.size:
            return
        pts = packet.pts or 0
        if self._sealed_from is None:
            self._sealed_from = pts
        if not is_whole(memoryview(packet), pts - self._sealed_from):
            raise ReaderFault(f"is damaged, at {float(pts * self._time_base):.1f} seconds")

    def _keyframes(self, stream: VideoStream) -> Iterator[Fraction]:
        """Some, so far apart that beginning anew is quicker than going on."""
        last: Fraction | None = None
        for entry in stream.index_entries:
            time = (entry.timestamp - self._first_pts) * self._time_base
            if entry.is_keyframe and (last is None or time - last >= APART_S):
                yield time
                last = time


APART_S = 1
"""Seconds; less are gone through more quickly than libVLC begins anew."""
