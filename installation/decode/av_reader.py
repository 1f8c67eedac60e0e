"""Reads a version with PyAV: every picture once, in order, stamped with its exact pts."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from installation.decode.container import DAMAGE, open_film, picture_stream
from installation.decode.image import Converter, Image, ImageTarget
from installation.decode.reader import ReaderFacts, ReaderFault
from installation.film.timeline import tolerance_for

MISSING_FRAMES_ALLOWED = 2
"""A file may end this many pictures before its header says; beyond that it was cut off."""
BLIND_SEEK_S = 2
"""Without an index, a jump ahead of more than this many seconds is worth a seek."""
_END = 1 << 62


@dataclass(slots=True)
class AvFrame:
    """A decoded picture; see `decode.reader.Frame`."""

    pts: Fraction
    until: Fraction | None
    decoded: av.VideoFrame
    converter: Converter

    def image(self, target: ImageTarget) -> Image:
        """See `Frame.image`."""
        return self.converter.convert(self.decoded, target)


class AvReader:
    """One version's file, decoded by FFmpeg. Not thread-safe but for `expected_pts`.

    `duration` in seconds and `rate` in frames per second are what the file says of itself.
    """

    def __init__(
        self, path: Path, container: str, *, duration: Fraction, rate: Fraction, threads: int
    ) -> None:
        self._path = path
        self._format = container
        self._duration = duration
        self._rate = rate
        self._threads = threads
        self._converter = Converter()
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None
        self._time_base = Fraction(1)
        self._tolerance = Fraction(0)
        self._first_pts: int | None = None
        self._fresh: Iterator[av.VideoFrame] | None = None  # from the start, as opened
        self._first_dts: int | None = None  # demuxers seek by decoding time
        self._entry_points: tuple[Fraction, ...] = ()
        self._has_sought = False
        self._entries_known = 0  # entries of the container's index that they were made from
        self._packet_pts: list[int] = []  # ascending, in ticks of the time base
        self._complete_below: int | None = None  # ticks; the table holds every pts before this

    def open(self) -> ReaderFacts:
        """See `Reader.open`."""
        self.close()
        try:
            self._container = open_film(self._path, self._format)
            stream = picture_stream(self._container)
            if stream is None:
                raise ReaderFault("has no picture")
            stream.codec_context.thread_type = "AUTO" if self._threads > 1 else "NONE"
            stream.codec_context.thread_count = self._threads
        except DAMAGE as error:
            raise ReaderFault(f"cannot be opened: {_reason(error)}") from error
        if stream.time_base is None:
            raise ReaderFault("has no time base, so its pictures have no time")
        self._stream = stream
        self._time_base = stream.time_base
        self._tolerance = tolerance_for(stream.time_base)
        self._learn_first_pts(stream)
        return ReaderFacts(self._tolerance)

    def frames(self, start: Fraction, stop: Fraction) -> Iterator[AvFrame]:
        """See `Reader.frames`."""
        pending: AvFrame | None = None
        first, last = start + self._tolerance, stop + self._tolerance
        try:
            for frame in self._from(start):
                if pending is not None:
                    if frame.pts <= pending.pts:
                        continue  # a picture out of order has no time of its own
                    pending.until = frame.pts
                    if frame.pts > first:
                        yield pending
                pending = frame
                if frame.pts > last:
                    return
        except DAMAGE as error:
            raise ReaderFault(f"cannot be read on: {_reason(error)}") from error
        if pending is None:
            raise ReaderFault("has no picture that can be decoded")
        self._refuse_early_end(pending)
        yield pending

    def is_ahead_worth_a_seek(self, here: Fraction, there: Fraction) -> bool:
        """See `Reader.is_ahead_worth_a_seek`: only where a keyframe lies between."""
        if self._stream is None or self._first_pts is None:
            return True
        entries = self._stream.index_entries
        target = self._first_pts + int(there / self._time_base)
        keyframe = entries.search_timestamp(target, backward=True, any_frame=False)
        if keyframe < 0:
            return there - here > BLIND_SEEK_S
        return (entries[keyframe].timestamp - self._first_pts) * self._time_base > here

    def entry_points(self) -> Sequence[Fraction]:
        """See `Reader.entry_points`: by the container's index, once all of it is there."""
        if self._stream is None or self._first_dts is None or not self._has_index:
            return ()
        entries = self._stream.index_entries
        if len(entries) != self._entries_known:
            self._entries_known = len(entries)
            self._entry_points = tuple(
                (entry.timestamp - self._first_dts) * self._time_base
                for entry in entries
                if entry.is_keyframe
            )
        return self._entry_points

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """See `Reader.expected_pts`."""
        first, complete_below = self._first_pts, self._complete_below
        if first is None or complete_below is None:
            return None
        limit = first + (time + self._tolerance) / self._time_base
        if limit >= complete_below:
            return None
        index = bisect_right(self._packet_pts, limit) - 1
        return (self._packet_pts[max(0, index)] - first) * self._time_base

    @property
    def _has_index(self) -> bool:
        """MP4's and AVI's is read on opening, Matroska's at a seek, others' while reading."""
        return (
            self._format in ("mov", "avi")
            or (self._format == "matroska" and self._has_sought)
            or self._complete_below == _END
        )

    def close(self) -> None:
        """See `Reader.close`."""
        if self._container is not None:
            self._container.close()
        # PyAV frees the decoder, and joins its threads, when the last reference goes.
        self._container = self._stream = self._fresh = None
        self._first_pts = self._first_dts = self._complete_below = None
        self._packet_pts = []
        self._entry_points, self._entries_known, self._has_sought = (), 0, False

    def _learn_first_pts(self, stream: VideoStream) -> None:
        """Time 0 is the first picture that is shown, wherever the container's own time begins."""
        decoded = self._decode(stream, collects=True)
        try:
            # two, because how long the first one stands is known by the second
            begin = list(islice(decoded, 2))
        except DAMAGE as error:
            raise ReaderFault(f"cannot be decoded: {_reason(error)}") from error
        if not begin or begin[0].pts is None:
            raise ReaderFault("has no picture that can be decoded")
        first = begin[0]
        self._first_pts = first.pts
        self._fresh = chain(begin, decoded)
        if self._first_dts is None:  # Matroska does not know it, and seeks by pts
            self._first_dts = first.pts

    def _from(self, start: Fraction) -> Iterator[AvFrame]:
        """Pictures from one at or before `start` on, stamped."""
        if self._container is None or self._stream is None or self._first_pts is None:
            raise ReaderFault("is closed")
        fresh, self._fresh = self._fresh, None
        if fresh is not None and start == 0:
            yield from map(self._stamp, fresh)
            return
        back = Fraction(0)  # seconds
        while True:
            begin = max(Fraction(0), start - back)
            origin = self._first_dts if begin == 0 else self._first_pts
            target = (origin or 0) + int(begin / self._time_base)
            self._has_sought = True
            self._container.seek(target, stream=self._stream, backward=True, any_frame=False)
            decoded = self._decode(self._stream, collects=begin == 0)
            first = next(decoded, None)
            # Demuxers seek by decoding time, so a seek can land on a keyframe shown after it, or,
            # in a stream without an index, behind the last one.
            if first is not None and self._stamp(first).pts <= start + self._tolerance:
                break
            if begin == 0:
                if first is None:
                    return
                break
            back = back * 2 or Fraction(1)
        yield from map(self._stamp, chain((first,), decoded))

    def _decode(self, stream: VideoStream, *, collects: bool = False) -> Iterator[av.VideoFrame]:
        assert self._container is not None
        collects = collects and not self._packet_pts
        for packet in self._container.demux(stream):
            if self._first_pts is None and self._first_dts is None:
                self._first_dts = packet.dts
            if collects:
                self._note(packet)
            yield from packet.decode()  # the last, empty packet drains the decoder

    def _note(self, packet: av.Packet[VideoStream]) -> None:
        """Enter a packet's pts in the table: no later packet has a pts below this one's dts."""
        if packet.size == 0:  # the empty packet at the end
            self._complete_below = _END
        elif packet.pts is not None and not packet.is_discard:
            insort(self._packet_pts, packet.pts)
            if packet.dts is not None:  # Matroska does not know the first ones
                self._complete_below = packet.dts

    def _stamp(self, decoded: av.VideoFrame) -> AvFrame:
        if decoded.pts is None or self._first_pts is None:
            raise ReaderFault("has pictures without a timestamp")
        pts = (decoded.pts - self._first_pts) * self._time_base
        return AvFrame(pts, None, decoded, self._converter)

    def _refuse_early_end(self, last: AvFrame) -> None:
        end = last.pts + 1 / self._rate
        if end + MISSING_FRAMES_ALLOWED / self._rate < self._duration:
            raise ReaderFault(
                f"ends early, after {float(end):.1f} of {float(self._duration):.1f} seconds; "
                "copy it again"
            )


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
