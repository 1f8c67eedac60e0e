"""What a film's file says of itself, and whether its first picture decodes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from installation.decode import open_film
from installation.errors import VersionRejected
from installation.film import Picture

_MB = 1_000_000
_TAIL_S = 3  # seconds before the end, where the last pictures are looked for
_ATTACHED = av.stream.Disposition.attached_pic


@dataclass(frozen=True)
class Facts:
    """See the fields of `film.Version` of the same names."""

    picture: Picture
    rate: Fraction
    duration: Fraction
    frame_count: int
    codec: str
    pixel_format: str


def probe(path: Path, container: str) -> Facts:
    """Read the header, decode the first picture and find the last. Raises VersionRejected."""
    av.logging.set_level(None)
    try:
        with open_film(path, container) as film:
            stream = _picture_stream(film, path)
            _refuse_missing_end(stream, path)
            first = _first_picture(film, stream, path)
            rate = stream.average_rate or stream.guessed_rate
            if first.pts is None or stream.time_base is None or not rate:
                raise VersionRejected("its pictures have no timestamps", where=path.name)
            duration = _duration(film, stream, first.pts, Fraction(rate))
            count = stream.frames or max(1, round(duration * rate))
            return Facts(
                picture=_picture(stream, first),
                rate=Fraction(rate),
                duration=duration,
                frame_count=count,
                codec=stream.codec_context.name,
                pixel_format=first.format.name,
            )
    except av.error.FFmpegError as error:
        raise VersionRejected(
            "the film cannot be opened: it is damaged, ends early or is still being copied",
            where=path.name,
            remedy="copy it again",
        ) from error
    except OSError as error:
        raise VersionRejected(f"cannot be read: {error.strerror}", where=path.name) from error


def _picture_stream(film: InputContainer, path: Path) -> VideoStream:
    streams = [s for s in film.streams.video if not s.disposition & _ATTACHED]
    if not streams:
        what = "has sound but no picture" if film.streams.audio else "has no picture"
        raise VersionRejected(what, where=path.name, remedy="export the film with its picture")
    if streams[0].index != film.streams.video[0].index:
        raise VersionRejected(
            "has a cover picture before its film",
            where=path.name,
            remedy="export the film without a cover",
        )
    return streams[0]


def _refuse_missing_end(stream: VideoStream, path: Path) -> None:
    """A half-copied file whose index came first opens well; its last picture is not there."""
    entries = stream.index_entries
    if not len(entries):
        return
    end = max(entry.pos + entry.size for entry in (entries[0], entries[-1]))
    size = path.stat().st_size
    if end > size:
        raise VersionRejected(
            f"the film ends early: {size / _MB:.1f} of at least {end / _MB:.1f} MB are there",
            where=path.name,
            remedy="copy it again",
        )


def _first_picture(film: InputContainer, stream: VideoStream, path: Path) -> av.VideoFrame:
    stream.codec_context.thread_type = "NONE"
    try:
        first = next(film.decode(stream), None)
    except av.error.FFmpegError:
        first = None
    if first is None:
        raise VersionRejected(
            "no picture in it can be decoded", where=path.name, remedy="export or copy it again"
        )
    return first


def _duration(film: InputContainer, stream: VideoStream, first_pts: int, rate: Fraction) -> Fraction:
    """Seconds from the first picture to the end of the last one."""
    assert stream.time_base is not None
    if film.format.name.startswith("mov") and stream.duration:
        # Its header counts the picture's own track; a first picture shown later is cut off it.
        late = max(0, first_pts - (stream.start_time or 0))
        return (stream.duration - late) * stream.time_base
    end = first_pts
    length = film.duration or 0  # microseconds
    for back_s in (_TAIL_S, 10 * _TAIL_S, None):
        start = 0 if back_s is None else max(0, length // 1_000_000 - back_s)
        target = (film.start_time or 0) + start * 1_000_000
        film.seek(target, backward=True)
        for packet in film.demux(stream):
            if packet.pts is not None and not packet.is_discard:
                duration = packet.duration or round(1 / rate / stream.time_base)
                end = max(end, packet.pts + duration)
        if end > first_pts:
            break
    return (end - first_pts) * stream.time_base


def _picture(stream: VideoStream, first: av.VideoFrame) -> Picture:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return Picture(
        width_px=first.width,
        height_px=first.height,
        sample_aspect=Fraction(aspect) if aspect > 0 else Fraction(1),
        # FFmpeg gives the turn anticlockwise; we count clockwise, in quarters.
        rotation_deg=round(-first.rotation / 90) * 90 % 360,
    )
