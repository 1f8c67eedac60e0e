"""The file of a mezzanine, as it is written: whole and on the disk, or an error that says why."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer

from installation.decode.container import DAMAGE, open_film, picture_stream
from installation.errors import VersionRejected
from installation.library.mezzanine import CONTAINER, MUXER

_LARGEST_TIME_SCALE = (1 << 31) - 1
_NOT_OF_THE_DISK = (errno.EINVAL, errno.ERANGE, errno.EDOM, errno.EAGAIN)


@contextmanager
def written(target: Path, time_base: Fraction) -> Iterator[OutputContainer]:
    """A file to write into, with the times of the source; on the disk when this ends well."""
    options = {
        "video_track_timescale": str(tick_of(time_base).denominator),
        "movflags": "use_metadata_tags",
    }
    try:
        made = av.open(target, "w", format=MUXER, options=options)
        try:
            yield made
        except BaseException:
            with suppress(av.error.FFmpegError):
                made.close()
            raise
        made.close()
    except av.error.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        if error.errno in errno.errorcode and error.errno not in _NOT_OF_THE_DISK:
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise VersionRejected(
            f"cannot be conformed ({reason_of(error)})", remedy="export it again as H.264 in MP4"
        ) from error
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def tick_of(time_base: Fraction) -> Fraction:
    """What times are counted in: MP4 wants a whole number of them in a second."""
    fits = time_base.denominator <= _LARGEST_TIME_SCALE
    return Fraction(1, time_base.denominator if fits else 10**9)


def refuse_incomplete(target: Path, frames: int) -> None:
    """Raise OSError where not all of it can be found again."""
    try:
        with open_film(target, CONTAINER) as made:
            stream = picture_stream(made)
            # an entry is the container's, and gone with it
            ends = [] if stream is None else [e.pos + e.size for e in stream.index_entries]
        if len(ends) == frames and max(ends) <= target.stat().st_size:
            return
    except DAMAGE as error:
        raise OSError(errno.EIO, "was not written whole", str(target)) from error
    raise OSError(errno.EIO, "was not written whole", str(target))


def reason_of(error: Exception) -> str:
    """What FFmpeg says of a failure."""
    return str(getattr(error, "strerror", None) or "its structure makes no sense")
