"""A graphics device that is none: a real decoder that answers as one, and can be made to fail."""

from __future__ import annotations

from collections.abc import Callable

import av
import pytest
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from installation.decode import hardware


class FakeDecoder:
    """Decodes as `hardware.decoder_on` would have a device do: a context of its own, nv12 out."""

    def __init__(self, context: VideoCodecContext, device: FakeDevice) -> None:
        self._context = context
        self._device = device

    def decode(self, packet: av.Packet[VideoStream]) -> list[av.VideoFrame]:
        """See `VideoCodecContext.decode`."""
        self._device.packets += 1
        if self._device.fails_at == self._device.packets:
            raise av.error.ExternalError(0, "device lost")
        fetched = []
        for frame in self._context.decode(packet):
            self._device.pictures += 1
            if self._device.pictures != self._device.loses:
                fetched.append(frame.reformat(format="nv12"))
        return fetched

    def flush_buffers(self) -> None:
        """See `VideoCodecContext.flush_buffers`."""
        self._context.flush_buffers()


class FakeDevice:
    """What "cuda" is for a test: fails at a packet, or loses a picture, counted from 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails_at: int | None = None
        self.loses: int | None = None
        self.is_there = True
        self.packets = self.pictures = 0
        self._make: Callable[[VideoStream, str], VideoCodecContext] = hardware.decoder_on
        monkeypatch.setattr(hardware, "_codec_for", _the_processors)
        monkeypatch.setattr(hardware, "decoder_on", self._decoder_on)

    def _decoder_on(self, stream: VideoStream, kind: str) -> FakeDecoder:
        if not self.is_there:
            raise hardware.HardwareFault(f"there is no {kind} device that works")
        # what "qsv" makes is a context without a device of FFmpeg's
        return FakeDecoder(self._make(stream, "qsv"), self)


def _the_processors(stream: VideoStream, kind: str) -> av.codec.Codec:
    return av.codec.Codec(stream.codec_context.name, "r")
