"""One picture of a film as a small JPEG: run only in a process for that."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.filter import Graph

from installation.decode.av_reader import AvReader
from installation.decode.image import ImageTarget
from installation.decode.reader import Frame, ReaderFault

_TURNS = {90: ("clock",), 180: ("clock", "clock"), 270: ("cclock",)}
"""By quarters."""


def still_as_json(asked: dict[str, Any]) -> str | None:
    """The picture at a moment, or the first one there is; None where none can be decoded."""
    moment = Fraction(asked["moment"])
    for at in dict.fromkeys((moment, Fraction(0))):
        reader = AvReader(
            Path(asked["path"]),
            asked["container"],
            duration=Fraction(asked["duration"]),
            rate=Fraction(asked["rate"]),
            threads=1,
            is_sealed=asked["is_sealed"],
            hardware=None,
        )
        try:
            reader.open()
            frame = next(_pictures(reader, at))
            return base64.b64encode(_jpeg(frame, asked)).decode("ascii")
        except (ReaderFault, StopIteration, av.error.FFmpegError):
            continue
        finally:
            reader.close()
    return None


def _pictures(reader: AvReader, at: Fraction) -> Iterator[Frame]:
    return (frame for frame in reader.frames(at, at) if frame is not None)


def _jpeg(frame: Frame, asked: dict[str, Any]) -> bytes:
    size = int(asked["width_px"]), int(asked["height_px"])  # before it is turned upright
    picture = _turned(frame.image(ImageTarget(frozenset(), size)).owner, asked["rotation_deg"])
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = picture.width, picture.height
    encoder.pix_fmt, encoder.time_base = "yuvj420p", Fraction(1, 25)
    encoder.options = {"qscale": "4", "flags": "+qscale", "global_quality": "472"}
    picture = picture.reformat(format="yuvj420p", dst_color_range="JPEG", dst_colorspace="ITU601")
    picture.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])


def _turned(picture: av.VideoFrame, degrees: int) -> av.VideoFrame:
    if degrees not in _TURNS:
        return picture
    graph = Graph()
    source = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, 25),
    )
    last = source
    for way in _TURNS[degrees]:
        turn = graph.add("transpose", way)
        last.link_to(turn)
        last = turn
    sink = graph.add("buffersink")
    last.link_to(sink)
    graph.configure()
    picture.pts = 0
    graph.push(picture)
    turned = graph.pull()
    assert isinstance(turned, av.VideoFrame)
    return turned
