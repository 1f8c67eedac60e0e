"""Every protocol that can be allowed is received from a real sender."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from installation.decode.libvlc import vlc
from installation.decode.live_stream import LiveFault, LiveStream, parse_address
from installation.film import SystemClock
from tests.baits import Answer, Listener
from tests.clips import make_clip
from tests.signing import open_studio
from tests.stream_server import pictures


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def widths(url: str, *allowed: str) -> set[int]:
    """Of the first pictures that come."""
    with LiveStream(parse_address(url), allowed) as stream:
        frames = (frame for frame in stream.frames() if frame is not None)
        return {next(frames).width for _ in range(5)}


@contextlib.contextmanager
def sending(url: str, muxer: str) -> Iterator[None]:
    """Send to wherever somebody listens, or nobody."""
    ends = threading.Event()

    def send() -> None:
        with av.open(url, "w", format=muxer) as to:
            stream: Any = None
            for packet in packets(ends):
                if stream is None:
                    stream = to.add_stream_from_template(packet.stream)
                packet.stream = stream
                to.mux(packet)

    thread = threading.Thread(target=send)
    thread.start()
    yield
    ends.set()
    thread.join()


def packets(ends: threading.Event) -> Iterator[Any]:
    class Pipe:
        def __init__(self) -> None:
            self.chunks = pictures((160, 90), 0, SystemClock(), ends)

        def read(self, size: int) -> bytes:
            return next(self.chunks, b"")

    quickly = {"fpsprobesize": "0"}
    with av.open(Pipe(), "r", format="mpegts", container_options=quickly) as source:
        yield from (packet for packet in source.demux(video=0) if packet.size)


@pytest.mark.parametrize(("protocol", "muxer"), [("udp", "mpegts"), ("rtp", "rtp_mpegts")])
def test_what_is_sent_without_a_connection_is_received(protocol: str, muxer: str) -> None:
    url = f"{protocol}://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    with sending(f"{url}?pkt_size=1316", muxer):
        assert widths(url, protocol) == {160}


@pytest.fixture
def https(tmp_path: Path) -> Iterator[Listener]:
    """A web server that speaks TLS, with a certificate of its own making."""
    somebody = open_studio()
    (tmp_path / "both.pem").write_bytes(somebody.key + somebody.chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    film = make_clip(tmp_path / "film.ts", frames=12, bframes=0)
    listener = Listener({"/film.ts": Answer(film.read_bytes())})
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    with listener:
        yield listener


def test_https_is_received_also_where_http_leads_there_and_both_are_allowed(
    https: Listener,
) -> None:
    address = f"https://127.0.0.1:{https.server_port}/film.ts"
    assert widths(address, "https") == {320}
    with Listener({"/film.ts": Answer(location=address)}) as http:
        assert widths(f"{http.url}/film.ts", "http", "https") == {320}
        asked = len(https.requests)
        with pytest.raises(LiveFault):
            widths(f"{http.url}/film.ts", "http")
    assert len(https.requests) == asked


@pytest.fixture
def rtsp(tmp_path: Path) -> Iterator[str]:
    """Where libVLC, as a server, sends a clip by RTSP, again and again."""
    clip = make_clip(tmp_path / "clip.ts", frames=480, gop=12, bframes=0)
    url = f"rtsp://127.0.0.1:{free_port(socket.SOCK_STREAM)}/live"
    library = vlc().Instance("--intf=dummy", "--quiet")
    media = library.media_new_path(str(clip))
    for option in (f":sout=#rtp{{sdp={url}}}", ":sout-keep", ":no-sout-audio", ":input-repeat=99"):
        media.add_option(option)
    player = library.media_player_new()
    player.set_media(media)
    player.play()
    yield url
    player.stop()
    player.release()
    media.release()
    library.release()


def test_rtsp_is_received(rtsp: str) -> None:
    port = int(rtsp.split(":")[2].partition("/")[0])
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        threading.Event().wait(0.05)
    assert widths(rtsp, "rtsp") == {320}
