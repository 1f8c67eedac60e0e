"""Decodes a film from any moment on, in software or on hardware; below `AvReader`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from installation.decode import hardware
from installation.decode.container import DAMAGE, open_film, picture_stream, reason_of
from installation.decode.hardware import HardwareFault
from installation.decode.packet_table import PacketTable
from installation.decode.reader import ReaderFault
from installation.decode.seal import is_whole

logger = logging.getLogger(__name__)


class AvPictures:
    """A film's decoded pictures. Where a device fails, at whatever picture, they go on from there
    in software, for good.

    The attributes are for its reader; they are None, or empty, while it is closed.
    """

    def __init__(
        self, path: Path, container: str, *, threads: int, is_sealed: bool, on: str | None
    ) -> None:
        self._path = path
        self._format = container
        self._threads = threads
        self._is_sealed = is_sealed
        self._sealed_from: int | None = None  # ticks of the first packet
        self._hardware = on
        self._failed = ""  # the hardware that did
        self._container: InputContainer | None = None
        self._decoder: VideoCodecContext | None = None
        self._fresh: Iterator[av.VideoFrame] | None = None  # from the start, as opened
        self._is_noting = False  # packets in the table, just now
        self.stream: VideoStream | None = None
        self.time_base = Fraction(1)
        self.first_pts: int | None = None
        self.first_dts: int | None = None  # demuxers seek by decoding time
        self.has_sought = False
        self.table = PacketTable()

    @property
    def decoding(self) -> str:
        """See `Reader.decoding`."""
        if self._hardware is not None:
            return f"hardware ({self._hardware})"
        return f"software ({self._failed} failed)" if self._failed else "software"

    def open(self) -> None:
        """Open the file and decode its first pictures. Raises ReaderFault."""
        try:
            self._open()
        except (ReaderFault, HardwareFault) as fault:
            if self._hardware is None:
                raise
            self._leave_hardware(fault)
            self._open()
        logger.info("%s: decoded in %s", self._path.name, self.decoding)

    def since(self, start: Fraction, tolerance: Fraction) -> Iterator[av.VideoFrame]:
        """Pictures from one shown at or before `start` on. What a device does not decode is
        decoded in software.

        Raises ReaderFault, and what PyAV raises at damage.
        """
        last: av.VideoFrame | None = None
        try:
            for decoded in self._from(start, tolerance):
                self._refuse_gap(last, decoded.pts)
                yield decoded
                last = decoded
            self._refuse_gap(last, None)
        except (HardwareFault, *DAMAGE) as error:
            if self._hardware is None or self.stream is None:
                raise
            self._leave_hardware(error)
            self._decoder = self._decoder_of(self.stream)
            again = start if last is None else self.time_of(last)
            yield from self._from(again, tolerance, resumes=self._is_noting)

    def ticks_of(self, decoded: av.VideoFrame) -> int:
        """Ticks of the time base since the first picture."""
        if decoded.pts is None or self.first_pts is None:
            raise ReaderFault("has pictures without a timestamp")
        return decoded.pts - self.first_pts

    def time_of(self, decoded: av.VideoFrame) -> Fraction:
        """Seconds since the first picture."""
        return self.seconds(self.ticks_of(decoded))

    def seconds(self, ticks: int) -> Fraction:
        """So many ticks; asked for every picture, so it goes round a product's search for types."""
        return Fraction(ticks * self.time_base.numerator, self.time_base.denominator)

    def close(self) -> None:
        """Free the container and the decoder; may be called twice."""
        if self._container is not None:
            self._container.close()
        # PyAV frees the decoder, and joins its threads, when the last reference goes.
        self._container = self.stream = self._fresh = self._decoder = None
        self.first_pts = self.first_dts = self._sealed_from = None
        self.has_sought = False
        self.table = PacketTable()

    def _open(self) -> None:
        self.close()
        try:
            self._container = open_film(self._path, self._format)
            stream = picture_stream(self._container)
            if stream is None:
                raise ReaderFault("has no picture")
            stream.codec_context.thread_type = "AUTO" if self._threads > 1 else "NONE"
            stream.codec_context.thread_count = self._threads
        except DAMAGE as error:
            raise ReaderFault(f"cannot be opened: {reason_of(error)}") from error
        if stream.time_base is None:
            raise ReaderFault("has no time base, so its pictures have no time")
        self._decoder = self._decoder_of(stream)
        self.stream, self.time_base = stream, stream.time_base
        self._learn_first_pts(stream)

    def _decoder_of(self, stream: VideoStream) -> VideoCodecContext:
        if self._hardware is not None:
            return hardware.decoder_on(stream, self._hardware)
        return stream.codec_context

    def _leave_hardware(self, error: Exception) -> None:
        assert self._hardware is not None
        self._failed, self._hardware = self._hardware, None
        why = reason_of(error)
        logger.warning("%s: %s failed (%s); in software now", self._path.name, self._failed, why)

    def _refuse_gap(self, before: av.VideoFrame | None, pts: int | None) -> None:
        """A device may lose pictures without a word; the container knows which ones there are."""
        if self._hardware is None or before is None or before.pts is None:
            return
        expected = self.table.next_after(before.pts)
        if expected is not None and (pts is None or pts > expected):
            raise HardwareFault("it left out a picture")

    def _learn_first_pts(self, stream: VideoStream) -> None:
        """Time 0 is the first picture that is shown, wherever the container's own time begins."""
        decoded = self._decode(stream, collects=True)
        try:
            # two, because how long the first one stands is known by the second
            begin = list(islice(decoded, 2))
        except DAMAGE as error:
            raise ReaderFault(f"cannot be decoded: {reason_of(error)}") from error
        if not begin or begin[0].pts is None:
            raise ReaderFault("has no picture that can be decoded")
        first = begin[0]
        self.first_pts = first.pts
        self._fresh = chain(begin, decoded)
        if self.first_dts is None:  # Matroska does not know it, and seeks by pts
            self.first_dts = first.pts

    def _from(
        self, start: Fraction, tolerance: Fraction, *, resumes: bool = False
    ) -> Iterator[av.VideoFrame]:
        if self._container is None or self.stream is None or self.first_pts is None:
            raise ReaderFault("is closed")
        fresh, self._fresh = self._fresh, None
        if fresh is not None and start == 0 and not resumes:
            yield from fresh
            return
        back = Fraction(0)  # seconds
        while True:
            begin = max(Fraction(0), start - back)
            origin = self.first_dts if begin == 0 else self.first_pts
            self._seek((origin or 0) + int(begin / self.time_base))
            decoded = self._decode(self.stream, collects=begin == 0 or resumes)
            first = next(decoded, None)
            # Demuxers seek by decoding time, so a seek can land on a keyframe shown after it, or,
            # in a stream without an index, behind the last one.
            if first is not None and self.time_of(first) <= start + tolerance:
                break
            if begin == 0:
                if first is None:
                    return
                break
            back = back * 2 or Fraction(1)
        yield from chain((first,), decoded)

    def _seek(self, target: int) -> None:
        assert self._container is not None
        self.has_sought = True
        self._container.seek(target, stream=self.stream, backward=True, any_frame=False)
        if self._decoder is not None and self._hardware is not None:
            self._decoder.flush_buffers()  # the stream's own is flushed by the seek

    def _decode(self, stream: VideoStream, *, collects: bool = False) -> Iterator[av.VideoFrame]:
        assert self._container is not None
        assert self._decoder is not None
        self._is_noting = collects = collects and not self.table.is_complete
        for packet in self._container.demux(stream):
            if self.first_pts is None and self.first_dts is None:
                self.first_dts = packet.dts
            if collects:
                self.table.note(packet)
            if self._is_sealed and packet.size:
                self._refuse_damage(packet)
            yield from self._decoder.decode(packet)  # the last, empty packet drains it

    def _refuse_damage(self, packet: av.Packet[VideoStream]) -> None:
        pts = packet.pts or 0
        if self._sealed_from is None:
            self._sealed_from = pts
        if not is_whole(memoryview(packet), pts - self._sealed_from):
            raise ReaderFault(f"is damaged, at {float(pts * self.time_base):.1f} seconds")
