"""Measures a film before it plays: its picture, rate and length, and that it is really there."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from installation.decode.container import (
    COPY_AGAIN,
    DAMAGE,
    NO_CONTAINERS,
    open_film,
    picture_stream,
)
from installation.errors import NotForPyav, VersionRejected
from installation.film import Picture
from installation.library.completeness import Extent, measure
from installation.library.facts import Facts

__all__ = ["MAX_RATE", "Facts", "ends_early", "lists_every_picture", "probe"]

MAX_RATE = 1000
"""Frames per second; an average beyond this is a time base mistaken for a rate."""
_REORDERED = 34
"""Index entries from the end among which the last picture shown must lie (H.264, HEVC: 16)."""
_STEPS_BACK_S = (2, 16, 128)


def probe(path: Path, container: str) -> Facts:
    """Look into a film that passed the gate; decodes its first picture and no other.

    Raises VersionRejected, without `where`, for one that cannot be shown.
    """
    refuse_without_container(container)
    try:
        extent = measure(path, container)
        with _opened(path, container, extent) as film:
            if extent.is_cut_off and picture_stream(film) is None:
                raise ends_early(extent.actual, extent.declared)
            stream = _picture_stream(film)
            _refuse_cut_off(stream, extent)
            first = _first_picture(film, stream)
            _refuse_disorder(film, stream, first)
            end = _end_of_picture(film, stream, (path, container))
            return _facts(stream, first, end)
    except DAMAGE as error:
        reason = getattr(error, "strerror", None) or "its structure makes no sense"
        raise VersionRejected(f"is damaged ({reason})", remedy="copy or export it again") from error


def refuse_without_container(container: str) -> None:
    """Raise NotForPyav for what only libVLC takes."""
    if container in NO_CONTAINERS:
        raise NotForPyav(
            "is a bare stream of pictures without times", remedy="export it as an MP4 or MOV"
        )


def _opened(path: Path, container: str, extent: Extent) -> InputContainer:
    try:
        return open_film(path, container)
    except av.error.FFmpegError as error:
        if extent.is_cut_off:
            raise ends_early(extent.actual, extent.declared) from error
        if not extent.has_index:
            raise VersionRejected(
                "ends early or is still being written: its index, which comes last, is missing",
                remedy=COPY_AGAIN,
            ) from error
        raise


def _picture_stream(film: InputContainer) -> VideoStream:
    stream = picture_stream(film)
    if stream is None:
        holds = "holds sound but no film" if film.streams.audio else "holds no film"
        if film.streams.video:
            holds += ", only a still picture"
        raise VersionRejected(holds, remedy="export it again with its picture")
    if stream.codec_context is None:
        raise VersionRejected(
            "is coded in a way we cannot decode", remedy="export it as H.264 or ProRes"
        )
    if not stream.time_base:
        raise VersionRejected("has no time base", remedy="export it again")
    return stream


def _refuse_cut_off(stream: VideoStream, extent: Extent) -> None:
    """Where every picture is in the index, its places decide, else the outermost structure."""
    entries = stream.index_entries
    if lists_every_picture(stream):
        last = entries[max(0, len(entries) - _REORDERED) :]
        end = max(entry.pos + entry.size for entry in last)
        if end > extent.actual:
            raise ends_early(extent.actual, max(end, extent.declared))
    elif extent.is_cut_off:
        raise ends_early(extent.actual, extent.declared)


def lists_every_picture(stream: VideoStream) -> bool:
    """True for MP4 and MOV, but for fragmented ones."""
    return 0 < stream.frames <= len(stream.index_entries)


def ends_early(actual: int, declared: int) -> VersionRejected:
    """Said of a film of which only the first `actual` of `declared` bytes are there."""
    unit, name = next(((u, n) for u, n in _UNITS if declared >= 10 * u), (1, "bytes"))
    there = f"{actual // unit} of {-(-declared // unit)} {name}"
    return VersionRejected(f"ends early: {there} are there", remedy=COPY_AGAIN)


_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def _first_picture(film: InputContainer, stream: VideoStream) -> VideoFrame:
    stream.codec_context.thread_count = 1  # one picture alone is soonest there without threads
    try:
        for frame in film.decode(stream):
            if frame.pts is None:
                raise VersionRejected("has no times for its pictures", remedy="export it again")
            return frame
    except av.error.FFmpegError as error:
        raise VersionRejected(
            f"is damaged: its first picture cannot be decoded ({error.strerror})",
            remedy="copy or export it again",
        ) from error
    raise VersionRejected("holds no picture that can be decoded", remedy="export it again")


def _refuse_disorder(film: InputContainer, stream: VideoStream, first: VideoFrame) -> None:
    """AVI has no place for the times of reordered (B) pictures; some are told in wrong order."""
    if film.format.name != "avi" or not stream.codec_context.has_b_frames:
        return
    times = [first.pts, *(frame.pts for frame in islice(film.decode(stream), _REORDERED))]
    if None in times or any(b <= a for a, b in pairwise(t for t in times if t is not None)):
        raise VersionRejected(
            "tells no reliable times for its pictures (B-frames in AVI)",
            remedy="convert it to MP4 or MOV",
        )


def _end_of_picture(film: InputContainer, stream: VideoStream, source: tuple[Path, str]) -> int:
    """The pts at which the picture shown last ends, in ticks; sound may go on for longer.

    The last packets say so themselves, because few containers do.
    """
    for target, any_frame in _near_the_end(film, stream):
        try:
            film.seek(target, stream=stream, any_frame=any_frame)
            end = _last_end(film.demux(stream), stream)
        except DAMAGE:
            break  # cannot seek, or not there
        if end is not None:
            return end
    with open_film(*source) as again:  # the long way
        whole = _picture_stream(again)
        end = _last_end(again.demux(whole), whole)
    if end is None:
        raise VersionRejected("has no times for its pictures", remedy="export it again")
    return end


def _near_the_end(film: InputContainer, stream: VideoStream) -> Iterable[tuple[int, bool]]:
    """Where to look for the last packets: (ticks, whether that need not be a keyframe)."""
    assert stream.time_base is not None
    if lists_every_picture(stream):
        entries = stream.index_entries
        yield entries[max(0, len(entries) - _REORDERED)].timestamp, True
    start = stream.start_time or 0
    if stream.duration is not None:
        end = start + stream.duration
    elif film.duration is not None:
        end = start + int(Fraction(film.duration, av.time_base) / stream.time_base)
    else:
        return
    for seconds in _STEPS_BACK_S:
        target = end - int(seconds / stream.time_base)
        if target <= start:
            return
        yield target, False


def _last_end(packets: Iterable[av.Packet[VideoStream]], stream: VideoStream) -> int | None:
    last: tuple[int, int] | None = None
    for packet in packets:
        pts = packet.dts if packet.pts is None else packet.pts
        if pts is not None and packet.size and not packet.is_discard:
            last = max(last or (pts, 0), (pts, packet.duration or 0))
    if last is None:
        return None
    return last[0] + (last[1] or _one_picture(stream))


def _one_picture(stream: VideoStream) -> int:
    """A picture's usual time, in ticks: for a last one that does not say how long it stands."""
    assert stream.time_base is not None
    rate = _plausible_rate(stream)
    return max(1, round(1 / rate / stream.time_base)) if rate else 1


def _plausible_rate(stream: VideoStream) -> Fraction | None:
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= MAX_RATE:
            return rate
    return None


def _whole_pictures(duration: Fraction, rate: Fraction, tick: Fraction) -> Fraction:
    """A duration that is a tick off a whole number of pictures is rounded; mend it.

    A version that loops would otherwise drift against the film, a little at each turn.
    """
    whole = round(duration * rate) / rate
    return whole if whole > 0 and abs(whole - duration) <= tick else duration


def _facts(stream: VideoStream, first: VideoFrame, end: int) -> Facts:
    assert stream.time_base is not None
    assert first.pts is not None
    duration = max(end - first.pts, _one_picture(stream)) * stream.time_base
    rate = _plausible_rate(stream)
    if rate is not None:
        duration = _whole_pictures(duration, rate, stream.time_base)
    frame_count = stream.frames or (round(duration * rate) if rate else 1)
    aspect = stream.sample_aspect_ratio
    return Facts(
        picture=Picture(
            width_px=first.width,
            height_px=first.height,
            sample_aspect=aspect if aspect and aspect > 0 else Fraction(1),
            rotation_deg=round(-first.rotation / 90) % 4 * 90,
        ),
        rate=rate or max(1, frame_count) / duration,
        duration=duration,
        frame_count=max(1, frame_count),
        codec=stream.codec_context.name,
        pixel_format=first.format.name,
    )
