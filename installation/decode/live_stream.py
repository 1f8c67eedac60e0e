"""Opens what is sent over a network, and is the only place that does: by protocols named in the
config, and held to them wherever the sender points.

FFmpeg is given the protocols and the containers it may use, so a redirect, a playlist or a
manifest leads nowhere else: it is refused before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from types import TracebackType
from typing import NamedTuple

import av
import av.subtitles.stream  # see `container.py`

from installation.decode.container import DAMAGE, picture_stream

OPEN_S = 4.0
LISTENING_S = 10.0
"""For a first packet where there is nobody to connect to: a missed one costs a round."""
SILENT_S = 4.0
"""A sender that sends no picture for so long is lost."""
MOST_PX, ODDEST_ASPECT = 8192 * 8192, Fraction(4)
_LISTENED_TO = frozenset(("udp", "rtp"))
_SENT_BY_WEB = (
    "mpegts,mpeg,mpjpeg,mjpeg,flv,live_flv,matroska,webm,mov,mp4,ogg,h264,hevc,ivf,yuv4mpegpipe,asf"
)
_FORMAT_OF = {"rtsp": "rtsp", "rtp": "rtp", "udp": "mpegts"}
_CONTAINERS = {
    "http": _SENT_BY_WEB,
    "https": _SENT_BY_WEB,
    "rtsp": "rtsp,mpegts",
    "rtp": "rtp,sdp,mpegts",
    "udp": "mpegts",
}
_CARRIERS: Mapping[str, tuple[str, ...]] = {
    "http": ("http", "tcp"),
    "https": ("https", "tls", "tcp"),
    "rtsp": ("rtsp", "rtp", "udp", "tcp"),
    "rtp": ("rtp", "udp"),
    "udp": ("udp",),
}
"""What FFmpeg needs for each protocol."""
LIVE_PROTOCOLS = tuple(_CARRIERS)
_OF_THE_WEB = ("http", "https")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_PLACE = re.compile(r"(?=[^/?#])([^/?#@]*@)?([\w.-]+|\[[\da-fA-F:.]+\])?(:\d{1,5})?(?=[/?#]|$)")
_QUICKLY = {"analyzeduration": "1000000", "probesize": "1000000", "fpsprobesize": "0"}
_TOO_LATE = (TimeoutError, InterruptedError, av.error.ExitError)


class LiveFault(Exception):
    """A live source does not send, or no more; the sentence says why."""


class LiveAddress(NamedTuple):
    """Where a live source is."""

    url: str
    protocol: str

    def __str__(self) -> str:
        """Without its password, for people and logs."""
        shown = re.split(r"[?#]", self.url)[0].removeprefix(f"{self.protocol}://")
        machine, slash, path = shown.partition("/")
        user, at, host = machine.rpartition("@")
        return f"{self.protocol}://{user.partition(':')[0]}{at}{host}{slash}{path}"


def parse_address(text: str) -> LiveAddress:
    """Raises ValueError in plain words where this is no address of a live source."""
    match = _SCHEME.match(text)
    if match is None:
        raise ValueError(f'"{text}" is no address; write rtsp://…, http://… or udp://…')
    if not text.isprintable() or " " in text:
        raise ValueError("the address holds a space or another character that none has")
    protocol = match[1].lower()
    if protocol not in _CARRIERS:
        known = ", ".join(LIVE_PROTOCOLS)
        raise ValueError(f"{protocol} is no protocol of a live source; those are {known}")
    if not _PLACE.match(text, match.end()):
        raise ValueError(f"the address names no machine; write {protocol}://NAME:PORT/…")
    return LiveAddress(protocol + text[len(match[1]) :], protocol)


class LiveStream:
    """A connection to a live source. One thread at a time may use it, and closes it.

    Opening waits for the sender to begin. Raises LiveFault.
    """

    def __init__(self, address: LiveAddress, allowed: Collection[str]) -> None:
        if address.protocol not in allowed:
            raise LiveFault(f"the protocol {address.protocol} is not allowed")
        listens = address.protocol in _LISTENED_TO
        try:
            self._input = av.open(
                address.url,
                format=_FORMAT_OF.get(address.protocol),
                container_options=_options(address.protocol, allowed),
                metadata_errors="replace",
                timeout=(LISTENING_S if listens else OPEN_S, SILENT_S),
            )
        except DAMAGE as error:
            raise LiveFault(_sentence(error, address)) from error
        self._address = address
        stream = picture_stream(self._input)
        if stream is None:
            self._input.close()
            raise LiveFault(f"{address} sends no picture")
        self._stream = stream
        stream.codec_context.thread_type = "SLICE"  # by pictures, several would always wait
        stream.codec_context.options = {"max_pixels": str(MOST_PX)}

    def __enter__(self) -> LiveStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def frames(self) -> Iterator[av.VideoFrame | None]:
        """Every picture as it comes; None for a packet that brings none. Raises LiveFault."""
        packets = self._input.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except DAMAGE as error:
                how = "is silent" if isinstance(error, _TOO_LATE) else "has stopped sending"
                raise LiveFault(f"{self._address} {how}") from error
            if packet is None or packet.size == 0:
                raise LiveFault(f"{self._address} has stopped sending")
            try:
                decoded = packet.decode()
            except DAMAGE:
                decoded = []  # lost on the way; the next keyframe mends it
            yield from decoded or (None,)

    @property
    def sample_aspect(self) -> Fraction:
        """A pixel's width over its height; 1 where none that can be meant is told."""
        aspect = Fraction(self._stream.sample_aspect_ratio or 1)
        return aspect if 1 / ODDEST_ASPECT <= aspect <= ODDEST_ASPECT else Fraction(1)

    @property
    def sends_in_lumps(self) -> bool:
        """True for the web: what waits there is kept by TCP, and files lie there as well."""
        return self._address.protocol in _OF_THE_WEB

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        self._input.close()


def _options(protocol: str, allowed: Collection[str]) -> dict[str, str]:
    """What FFmpeg may use: a redirect may lead from http to https where both are allowed."""
    used = [p for p in _OF_THE_WEB if p in allowed] if protocol in _OF_THE_WEB else [protocol]
    carriers = sorted({carrier for p in used for carrier in _CARRIERS[p]})
    options = {
        **_QUICKLY,
        "protocol_whitelist": ",".join(carriers),
        "format_whitelist": _CONTAINERS[protocol],
    }
    if protocol == "rtsp":
        options["rtsp_flags"] = "prefer_tcp"
    return options


def _sentence(error: Exception, address: LiveAddress) -> str:
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return f"{address} asks for another name and password"
    if isinstance(error, av.error.HTTPError | av.error.HTTPClientError):
        return f"{address} has nothing to send ({error.strerror})"
    if isinstance(error, ConnectionRefusedError):
        return f"nobody sends at {address}"
    if isinstance(error, av.error.InvalidDataError | ValueError):
        if address.protocol == "rtsp":
            return f"{address} is silent, or is no RTSP server"
        return f"{address} sends what is no film that can be received live"
    if isinstance(error, _TOO_LATE):
        return f"{address} is silent"
    return f"{address} cannot be reached ({getattr(error, 'strerror', None) or error})"
