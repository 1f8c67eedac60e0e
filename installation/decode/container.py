"""Opens films, and is the only place that does: by content, never by name, and nothing beside them.

A film's container is recognised by its first bytes and FFmpeg is held to that one. FFmpeg is given
the open file instead of its name where the system allows that, and no other protocol, so whatever
a playlist or an external reference inside the file names, there is no way to reach it.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from pathlib import Path

import av
import av.subtitles.stream  # else `av.open` does it on a thread, which Qt's import may fail over
from av.container import InputContainer
from av.video.stream import VideoStream

from installation.decode.raw_stream import raw_stream
from installation.errors import VersionRejected

# fmt: off
CONTAINERS = frozenset((
    "mov", "matroska", "avi", "mpegts", "mpeg", "mxf", "ogg", "asf", "flv", "yuv4mpegpipe", "ivf",
    "dv", "gif",
))
# fmt: on
"""FFmpeg's names of the demuxers that `recognise` can answer."""
NO_CONTAINERS = frozenset(("h264", "hevc"))
"""What it can answer besides: streams as they come from an encoder, without times, for libVLC."""
DAMAGE = (av.error.FFmpegError, OSError, IndexError, OverflowError)
"""What PyAV raises at a damaged film: IndexError where a stream first turns up in its midst (MPEG
may do that), OverflowError where a time is beyond all bounds."""
OPEN_TIMEOUT_S, READ_TIMEOUT_S = 20.0, 10.0
COPY_AGAIN = "wait until it is copied completely, or copy it again"
_HEAD_BYTES = 4096
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_MAGIC = {
    b"\x1a\x45\xdf\xa3": "matroska",
    b"\x00\x00\x01\xba": "mpeg",
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01": "mxf",
    b"OggS": "ogg",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
    b"FLV\x01": "flv",
    b"YUV4MPEG2 ": "yuv4mpegpipe",
    b"DKIF": "ivf",
    b"\x1f\x07\x00": "dv",
    b"GIF8": "gif",
}
_NOT_FILMS = {
    b"\xff\xd8\xff": "a still picture (JPEG)",
    b"\x89PNG": "a still picture (PNG)",
    b"II*\x00": "a still picture (TIFF)",
    b"MM\x00*": "a still picture (TIFF)",
    b"PK\x03\x04": "a ZIP archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF document",
    b"ID3": "a sound file",
    b"fLaC": "a sound file",
    b"caff": "a sound file",
}
_PLAYLIST = re.compile(
    r"#EXTM3U|#EXT-X-|ffconcat|\[playlist\]|\[reference\]|<asx|<smil|<MPD|<playlist|RTSPtext|v=0\b"
    r"|(https?|rtsp|rtmp|file|concat|ftp)://\S+|file\s+\S"
    r"|<\?xml[^>]*>\s*(<!--.*?-->\s*)*<(MPD|smil|playlist|asx)",
    re.IGNORECASE | re.DOTALL,
)
_WEB_PAGE = re.compile(r"<!doctype html|<html", re.IGNORECASE)


def recognise(path: Path) -> str:
    """The FFmpeg demuxer for the film at `path`, by its first bytes; or one of `NO_CONTAINERS`.

    Raises VersionRejected (without `where`: the caller knows what to call it) for anything else.
    """
    try:
        descriptor = open_regular(path)
        with os.fdopen(descriptor, "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise rejection_of(error) from error
    container = _container_of(head)
    if container is None:
        raise _not_a_film(head)
    return container


def open_film(path: Path, container: str) -> InputContainer:
    """The film at `path`, opened as the container it was recognised for. Whoever opens, closes.

    Raises FFmpegError or OSError, also where a pipe, a device or a link has taken its place.
    """
    if container not in CONTAINERS:
        raise ValueError(f"{container} is not a container that films are opened as")
    options = {"format_whitelist": container}
    if container == "mov":
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    descriptor = open_regular(path)
    try:
        if os.name == "nt":  # its C libraries do not share open files; it has no pipes among them
            url = f"file:{path.absolute()}"
            options |= {"protocol_whitelist": "file"}
        else:
            url = "fd:"
            options |= {"protocol_whitelist": "fd", "fd": str(descriptor)}
        return av.open(
            url,
            format=container,
            container_options=options,
            metadata_errors="replace",
            timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S),
        )
    finally:
        os.close(descriptor)  # FFmpeg holds its own duplicate


def picture_stream(film: InputContainer) -> VideoStream | None:
    """The stream that is the film: not a cover picture or a still; the default one of several."""
    not_the_film = (
        av.stream.Disposition.attached_pic
        | av.stream.Disposition.timed_thumbnails
        | av.stream.Disposition.still_image
    )
    streams = [s for s in film.streams.video if not s.disposition & not_the_film]
    preferred = [s for s in streams if s.disposition & av.stream.Disposition.default]
    return next(iter(preferred or streams), None)


def open_regular(path: Path) -> int:
    """A descriptor of the regular file at `path` itself: never waits for a pipe or wakes a device.

    Raises OSError, in plain words where the file is of another kind.
    """
    _refuse_other_kinds(path.lstat().st_mode)
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags)
    try:
        _refuse_other_kinds(os.fstat(descriptor).st_mode)  # it may have changed in between
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def rejection_of(error: OSError) -> VersionRejected:
    """Why a file cannot be opened, without `where`."""
    itself = "put the file itself here"
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return VersionRejected("may not be read", remedy="give everyone permission to read it")
        case errno.ELOOP:
            return VersionRejected("is a link that leads in a circle", remedy=itself)
        case errno.ENOENT:
            return VersionRejected("is not there, or is a link to nothing", remedy=itself)
        case errno.EINVAL:
            return VersionRejected(str(error.strerror), remedy="put a video file here")
    return VersionRejected(
        f"cannot be read ({error.strerror})", remedy="check the disk, and copy it again"
    )


def _refuse_other_kinds(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.EINVAL, "is a link, not a file")
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe between programs",
        stat.S_IFSOCK: "a socket between programs",
    }
    kind = kinds.get(stat.S_IFMT(mode), "a device")
    raise OSError(errno.EINVAL, f"is {kind}, not a file")


def _container_of(head: bytes) -> str | None:
    for magic, container in _MAGIC.items():
        if head.startswith(magic):
            return container
    if head[4:8] in _BOXES and not _is_photograph(head):
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    # Transport stream packets: plain, with a time code before (Blu-ray, AVCHD), or a check after.
    for size, start in ((188, 0), (192, 4), (204, 0)):
        if head[start : start + 2 * size + 1 : size] == b"GGG":
            return "mpegts"
    return raw_stream(head)


def _is_photograph(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif")


def _not_a_film(head: bytes) -> VersionRejected:
    """Why a file with these first bytes is none, in words that help."""
    another = "put a video file here"
    if not head:
        return VersionRejected("is empty (0 bytes)", remedy=COPY_AGAIN)
    if not head.strip(b"\0"):
        return VersionRejected("begins with nothing but zeros", remedy=COPY_AGAIN)
    for magic, kind in _NOT_FILMS.items():
        if head.startswith(magic):
            return VersionRejected(f"is {kind}, not a film", remedy=another)
    if _is_photograph(head):
        return VersionRejected("is a still picture (HEIF), not a film", remedy=another)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return VersionRejected("is a sound file, not a film", remedy=another)
    text = _text_of(head)
    if text is None:
        return VersionRejected(
            "is not in a video format we know", remedy="export it as an MP4 or MOV"
        )
    if _PLAYLIST.match(text):
        return VersionRejected(
            "is a playlist, not a film, and nothing it names is opened",
            remedy="put the video file itself here",
        )
    if _WEB_PAGE.match(text):
        return VersionRejected(
            "is a web page, not a film", remedy="download the video itself and put it here"
        )
    return VersionRejected("is a text file, not a film", remedy=another)


def _text_of(head: bytes) -> str | None:
    """The text that a file begins with, or None where it is no text."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:  # in pieces, because the head may end within a character
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    has_controls = any(ord(c) < 32 and c not in "\t\n\r\f\x1b" for c in text)
    return None if has_controls else text.lstrip()


def reason_of(error: Exception) -> str:
    """What went wrong, in the system's words."""
    return str(getattr(error, "strerror", None) or error)
