"""Makes a mezzanine of a film, in this process; `conform_apart` does it in one of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.frame import PictureType
from av.video.stream import VideoStream

from installation.decode.container import COPY_AGAIN, DAMAGE, open_film, picture_stream
from installation.decode.reader import MISSING_FRAMES_ALLOWED
from installation.decode.seal import sealed
from installation.decode.stamp import Stamp, stamp, stamp_rows
from installation.errors import VersionRejected
from installation.film import Picture
from installation.library.carried_sound import CarriedSound, sound_stream
from installation.library.facts import Facts
from installation.library.mezzanine import (
    CODEC,
    ENCODER,
    PIXEL_FORMAT,
    MezzanineFacts,
    Size,
    encoder_options,
)
from installation.library.mezzanine_file import reason_of, refuse_incomplete, tick_of, written
from installation.library.plain_picture import PlainPicture
from installation.library.probe import probe

OnProgress = Callable[[int, int], None]
"""Called with the frames done and those to do, at most a thousand times a film."""
_BT709, _VIDEO_RANGE, _UNSAID = 1, 1, (0, 2)  # ITU-T H.273
_LARGEST_RATE_TERM = 60000
_REPORTS = 1000
_OF_THE_FILE = ("major_brand", "minor_version", "compatible_brands", "encoder")


def conform(
    source: Path,
    container: str,
    target: Path,
    size: Size,
    short_id: int,
    *,
    threads: int = 1,
    on_progress: OnProgress | None = None,
) -> MezzanineFacts:
    """Write `target`, the mezzanine of a film that passed the gate; `size` is upright.

    Raises VersionRejected, without `where`, for a film that cannot be played to its end, and
    OSError where `target` cannot be written, which is then left incomplete.
    """
    facts = probe(source, container)
    with _opened(source, container) as film:
        stream = picture_stream(film)
        if stream is None or stream.time_base is None:
            raise VersionRejected("was changed while it was looked into", remedy=COPY_AGAIN)
        stream.codec_context.thread_type = "AUTO" if threads > 1 else "NONE"
        stream.codec_context.thread_count = threads
        with written(target, stream.time_base) as made:
            made.metadata.update({k: v for k, v in film.metadata.items() if k not in _OF_THE_FILE})
            work = _Conforming(facts, stream, made, size, short_id, threads)
            sound = sound_stream(film)
            carried = CarriedSound(sound, made) if sound is not None else None
            work.run(film, sound, carried, on_progress or (lambda done, total: None))
    refuse_incomplete(target, work.frames_done)
    return work.told(target.stat().st_size, carried.codec if carried else "")


@contextmanager
def _opened(source: Path, container: str) -> Iterator[InputContainer]:
    try:
        film = open_film(source, container)
    except DAMAGE as error:
        raise _damaged(error) from error
    with film:
        yield film


class _Conforming:
    """Pictures in, packets out. The encoder counts frames; their times are put on afterwards."""

    def __init__(
        self,
        facts: Facts,
        source: VideoStream,
        made: OutputContainer,
        size: Size,
        short_id: int,
        threads: int,
    ) -> None:
        assert source.time_base is not None
        self.frames_done = 0
        self._facts, self._source, self._made = facts, source, made
        self._size, self._short_id = size, short_id
        self._rows = stamp_rows(*size)
        self._plain = PlainPicture(size, facts.picture.rotation_deg, threads)
        self._source_tick, self._tick = source.time_base, tick_of(source.time_base)
        rate = facts.rate.limit_denominator(1001)
        if not rate or rate.numerator > _LARGEST_RATE_TERM:
            rate = Fraction(max(1, round(facts.rate)))
        self._stream = cast(VideoStream, made.add_stream(ENCODER, rate=rate))
        self._stream.width, self._stream.height = size[0], size[1] + self._rows
        self._stream.pix_fmt = PIXEL_FORMAT
        self._stream.codec_context.options = encoder_options(self._rows, threads)
        self._label_colours()
        self._first_pts: int | None = None
        self._last_pts = 0
        self._times: deque[int] = deque()  # of frames in the encoder, in ticks from the first
        self._held: av.Packet[VideoStream] | None = None  # how long it stands is not known yet

    def _label_colours(self) -> None:
        coded, of = self._stream.codec_context, self._source.codec_context
        coded.colorspace, coded.color_range = _BT709, _VIDEO_RANGE
        # not converted, so they stay what they are; what is not said counts as HD's
        coded.color_primaries = _BT709 if of.color_primaries in _UNSAID else of.color_primaries
        coded.color_trc = _BT709 if of.color_trc in _UNSAID else of.color_trc

    def run(
        self,
        film: InputContainer,
        sound: AudioStream | None,
        carried: CarriedSound | None,
        on_progress: OnProgress,
    ) -> None:
        """Conform all of the film."""
        total = self._facts.frame_count
        step = max(1, total // _REPORTS)
        early: list[av.Packet[AudioStream]] = []  # until the first picture says when time begins
        for packet in self._packets(film, sound):
            if carried is not None and packet.stream is sound:
                early.append(cast("av.Packet[AudioStream]", packet))
            else:
                for frame in self._decoded(cast("av.Packet[VideoStream]", packet)):
                    self._take(frame)
                    if self.frames_done % step == 0:
                        on_progress(self.frames_done, max(total, self.frames_done))
            if carried is not None and self._first_pts is not None:
                for heard in early:
                    self._made.mux(carried.carry(heard, self._first_pts * self._source_tick))
                early.clear()
        self._finish()
        on_progress(self.frames_done, self.frames_done)

    def _packets(
        self, film: InputContainer, sound: AudioStream | None
    ) -> Iterator[av.Packet[Stream]]:
        streams = (self._source,) if sound is None else (self._source, sound)
        packets = film.demux(*streams)
        while True:
            try:
                packet = next(packets, None)
            except DAMAGE as error:
                raise _damaged(error, self._seconds) from error
            if packet is None:
                return
            yield packet

    def _decoded(self, packet: av.Packet[VideoStream]) -> list[av.VideoFrame]:
        try:
            return packet.decode()
        except DAMAGE as error:
            raise _damaged(error, self._seconds) from error

    @property
    def _seconds(self) -> Fraction:
        return (self._last_pts - (self._first_pts or 0)) * self._source_tick

    def _take(self, frame: av.VideoFrame) -> None:
        """Encode a picture, unless it has no time of its own."""
        if frame.pts is None:
            raise VersionRejected("has pictures without a time", remedy="export it again")
        if self._first_pts is None:
            self._first_pts = frame.pts
        elif frame.pts <= self._last_pts:
            return  # as in `AvReader.frames`
        self._last_pts = frame.pts
        self._times.append(round(self._seconds / self._tick))
        plain = self._plain.of(frame)
        luma = plain.planes[0]
        what = Stamp(self.frames_done, self._short_id)
        stamp(memoryview(luma), luma.line_size, self._size, what)
        plain.pts, plain.time_base = self.frames_done, 1 / Fraction(self._stream.codec_context.rate)
        plain.pict_type = PictureType.NONE  # the source's own keyframes are none of ours
        self.frames_done += 1
        self._mux(self._stream.encode(plain))

    def _mux(self, packets: list[av.Packet[VideoStream]]) -> None:
        """Write packets, each once it is known when the next one follows."""
        for encoded in packets:
            time = self._times.popleft()
            packet = cast("av.Packet[VideoStream]", av.Packet(sealed(bytes(encoded), time)))
            packet.stream, packet.time_base = self._stream, self._tick
            packet.pts = packet.dts = time
            packet.is_keyframe = encoded.is_keyframe
            held, self._held = self._held, packet
            if held is not None:
                held.duration = time - (held.pts or 0)
                self._made.mux(held)

    def _finish(self) -> None:
        if self._first_pts is None:
            raise VersionRejected("holds no picture that can be decoded", remedy="export it again")
        rate, duration, last = self._facts.rate, self._facts.duration, self._seconds
        if last + (1 + MISSING_FRAMES_ALLOWED) / rate < duration:
            seconds = f"{float(last + 1 / rate):.1f} of {float(duration):.1f} seconds"
            raise VersionRejected(f"ends early, after {seconds}", remedy=COPY_AGAIN)
        self._mux(self._stream.encode(None))
        assert self._held is not None
        stands = duration - last if duration > last else 1 / rate
        self._held.duration = max(1, round(stands / self._tick))
        self._made.mux(self._held)

    def told(self, size_bytes: int, sound: str) -> MezzanineFacts:
        """What was made."""
        width, height = self._size
        aspect = self._facts.picture.display_aspect * height / width
        film = replace(
            self._facts,
            picture=Picture(width, height, aspect),
            frame_count=self.frames_done,
            codec=CODEC,
            pixel_format=PIXEL_FORMAT,
        )
        return MezzanineFacts(film, self._rows, self._short_id, sound, size_bytes)


def _damaged(error: Exception, seconds: Fraction | None = None) -> VersionRejected:
    where = "" if seconds is None else f" after {float(seconds):.1f} seconds"
    return VersionRejected(
        f"is damaged{where} ({reason_of(error)})", remedy="copy or export it again"
    )
