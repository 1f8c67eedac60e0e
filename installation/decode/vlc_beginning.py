"""A film's first pictures, decoded by PyAV: by them is told which one libVLC shows first, and they
are shown until it does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation, VideoReformatter

from installation.decode.container import NO_CONTAINERS, open_film, open_regular, picture_stream
from installation.decode.reader import ReaderFault

_CHUNK_BYTES = 1 << 16
_LOOK_PX = 64, 36
_ALIKE = _LOOK_PX[0] * _LOOK_PX[1] // 8
"""Two looks of one picture differ by this much in all at most, by what the decoders round."""


class Beginning:
    """Of one film. Raises what PyAV raises, and ReaderFault where there is no picture."""

    def __init__(self, path: Path, container: str) -> None:
        self._path, self._container = path, container
        self._reformatter = VideoReformatter()
        self._looks: list[bytes] = []
        self._opened: InputContainer | None = None
        self._pictures = self._decoded()  # to look at
        first = next(self._pictures, None)
        if first is None:
            raise ReaderFault("has no picture that can be decoded")
        self.first = first
        self._looks.append(self.look(first))

    def pictures(self) -> Iterator[av.VideoFrame]:
        """From the first one on."""
        return Beginning(self._path, self._container)._all()

    def _all(self) -> Iterator[av.VideoFrame]:
        try:
            yield from chain((self.first,), self._pictures)
        finally:
            self.close()

    def numbers_like(self, picture: av.VideoFrame, most: int) -> set[int]:
        """Which of the first pictures, up to one of them, look like this one."""
        while len(self._looks) <= most and (following := next(self._pictures, None)) is not None:
            self._looks.append(self.look(following))
        look = self.look(picture)
        apart = [_apart(look, other) for other in self._looks[: most + 1]]
        nearest = min(apart)
        return {number for number, far in enumerate(apart) if far <= nearest + _ALIKE}

    def look(self, picture: av.VideoFrame) -> bytes:
        """A picture, much smaller and grey."""
        small = self._reformatter.reformat(
            picture,
            width=_LOOK_PX[0],
            height=_LOOK_PX[1],
            format="gray",
            interpolation=Interpolation.AREA,
            threads=1,
        )
        return bytes(small.planes[0])

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self._pictures = iter(())
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    def _decoded(self) -> Iterator[av.VideoFrame]:
        if self._container in NO_CONTAINERS:
            yield from _parsed(self._path, self._container)
            return
        self._opened = open_film(self._path, self._container)
        stream = picture_stream(self._opened)
        if stream is None:
            raise ReaderFault("has no picture")
        stream.codec_context.thread_type = "NONE"
        for packet in self._opened.demux(stream):
            yield from packet.decode()


def _parsed(path: Path, codec: str) -> Iterator[av.VideoFrame]:
    """Of a stream without a container."""
    context = cast("VideoCodecContext", av.CodecContext.create(codec, "r"))
    context.thread_count = 1
    with os.fdopen(open_regular(path), "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            for packet in context.parse(chunk):
                yield from context.decode(packet)
        for packet in context.parse(None):
            yield from context.decode(packet)
        yield from context.decode(None)


def _apart(one: bytes, other: bytes) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))
