"""Measures a stream without a container by playing it through libVLC: run only in a process for
that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from installation.decode.container import DAMAGE, NO_CONTAINERS, open_regular
from installation.decode.libvlc import vlc_is_missing
from installation.decode.reader import ReaderFault
from installation.errors import VersionRejected
from installation.film import Picture
from installation.library.facts import Facts

USUAL_RATE = Fraction(25)
"""Of streams that do not tell: libVLC's own guess."""
MAX_RATE = 1000
_CHUNK_BYTES = 1 << 16


def probe_by_vlc(path: Path, container: str) -> Facts:
    """What such a stream holds. Its pictures are counted, and must all come when it is played.

    Raises VersionRejected, without `where`.
    """
    if container not in NO_CONTAINERS:
        raise ValueError(f"{container} is for PyAV")
    if missing := vlc_is_missing():
        raise VersionRejected(missing)
    try:
        facts = _facts(path, container)
    except DAMAGE as error:
        reason = getattr(error, "strerror", None) or "its structure makes no sense"
        raise VersionRejected(f"is damaged ({reason})", remedy="copy or export it again") from error
    _play_through(path, container, facts)
    return facts


def _facts(path: Path, container: str) -> Facts:
    """As the stream says of itself, its pictures counted."""
    context = cast("VideoCodecContext", av.CodecContext.create(container, "r"))
    context.thread_count = 1
    first: av.VideoFrame | None = None
    count = 0
    for packet in _packets(path, context):
        count += 1
        if first is None:
            first = next(iter(context.decode(packet)), None)
    first = first or next(iter(context.decode(None)), None)
    if first is None:
        raise VersionRejected("holds no picture that can be decoded", remedy="export it again")
    told = Fraction(context.framerate or 0)
    rate = told if 0 < told <= MAX_RATE else USUAL_RATE
    aspect = context.sample_aspect_ratio
    return Facts(
        picture=Picture(first.width, first.height, aspect if aspect else Fraction(1)),
        rate=rate,
        duration=count / rate,
        frame_count=count,
        codec=container,
        pixel_format=first.format.name,
        opened_by="vlc",
    )


def _packets(path: Path, context: VideoCodecContext) -> Iterator[av.Packet[VideoStream]]:
    """One for each picture."""
    with os.fdopen(open_regular(path), "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield from context.parse(chunk)
    yield from context.parse(None)


def _play_through(path: Path, container: str, facts: Facts) -> None:
    from installation.decode.vlc_reader import VlcReader

    reader = VlcReader(path, container, duration=facts.duration, rate=facts.rate)
    try:
        reader.open()
        for _ in reader.frames(Fraction(0), facts.duration):
            pass
    except ReaderFault as fault:
        raise VersionRejected(str(fault), remedy="export it again") from fault
    finally:
        reader.close()
