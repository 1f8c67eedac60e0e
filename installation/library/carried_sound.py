"""Carries a film's sound over into its mezzanine: as it is where MP4 takes it, else lossless."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from installation.decode.container import DAMAGE

AS_THEY_ARE = frozenset(("aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"))
"""Codecs that every reader of MP4 knows; the others, such as PCM and Vorbis, become FLAC."""
_MOST_CHANNELS = 8  # FLAC's
_FINE_SAMPLES = ("s32", "s32p", "flt", "fltp", "dbl", "dblp")


def sound_stream(film: InputContainer) -> AudioStream | None:
    """The sound that is heard with a film; None where it has none that can be carried over."""
    stream = cast(AudioStream | None, film.streams.best("audio"))
    if stream is None or stream.codec_context is None or not stream.time_base:
        return None
    if stream.codec_context.name in AS_THEY_ARE:
        return stream
    return stream if 0 < stream.codec_context.channels <= _MOST_CHANNELS else None


class CarriedSound:
    """Packets in, packets out, on the mezzanine's time; damaged ones are left out."""

    def __init__(self, source: AudioStream, target: OutputContainer) -> None:
        assert source.time_base is not None
        self._tick = source.time_base
        self._source = source
        self._last_dts: int | None = None
        self.codec = source.codec_context.name
        self._encoder: AudioStream | None = None
        if self.codec in AS_THEY_ARE:
            self._stream = target.add_stream_from_template(source)
        else:
            self.codec = "flac"
            self._stream = self._encoder = self._lossless(source.codec_context, target)

    @staticmethod
    def _lossless(source: AudioCodecContext, target: OutputContainer) -> AudioStream:
        stream = target.add_stream("flac", rate=source.sample_rate)
        is_fine = source.name.startswith("pcm") and source.format.name in _FINE_SAMPLES
        stream.codec_context.format = "s32" if is_fine else "s16"
        stream.codec_context.layout = source.layout
        return stream

    def carry(
        self, packet: av.Packet[AudioStream], start: Fraction
    ) -> list[av.Packet[AudioStream]]:
        """What becomes of a packet, with `start`, in the film's seconds, as the time 0.

        An empty packet is the last one.
        """
        if self._encoder is not None:
            return self._encode(packet, start)
        if not packet.size or packet.dts is None or packet.pts is None:
            return []
        shift = round(start / self._tick)
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        if self._last_dts is not None and packet.dts <= self._last_dts:
            return []
        self._last_dts = packet.dts
        packet.stream = self._stream
        return [packet]

    def _encode(
        self, packet: av.Packet[AudioStream], start: Fraction
    ) -> list[av.Packet[AudioStream]]:
        assert self._encoder is not None
        try:
            frames = packet.decode()
        except DAMAGE:
            return []
        packets = []
        for frame in frames:
            if frame.pts is not None and frame.time_base:
                frame.pts -= round(start / frame.time_base)
            packets += self._encoder.encode(frame)
        if not packet.size:
            packets += self._encoder.encode(None)
        return packets
