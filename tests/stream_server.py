"""A real HTTP server on loopback that sends a live film for as long as it is not cut off."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import av
import numpy as np

from installation.film import SystemClock
from tests.wall_e2e import blockcode

RATE = 24
GOP = 12


class StreamServer:
    """Sends MPEG-TS in real time, the picture's number as a block code in every picture.

    Begins with `restore`; may be cut off and restored as often as one likes, at one address.
    """

    def __init__(self, *, size: tuple[int, int] = (320, 180), version: int = 0) -> None:
        self._size, self._version = size, version
        self._clock = SystemClock()
        self._server: ThreadingHTTPServer | None = None
        self._thread = threading.Thread()
        self._connections: set[socket.socket] = set()
        self._ends = threading.Event()
        self._may_send = threading.Event()
        self._may_send.set()
        self.requests = 0
        """How many clients have asked, over all times."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it sends."""
        return f"http://127.0.0.1:{self.port}/live.ts"

    def restore(self) -> None:
        """Send to whoever asks."""
        owner, self._ends = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner._send_to(self)

            def log_message(self, *_: Any) -> None:
                """Nothing for the terminal."""

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def hush(self, is_silent: bool) -> None:
        """Stay connected, and send nothing for a while."""
        (self._may_send.clear if is_silent else self._may_send.set)()

    def cut(self) -> None:
        """Be gone: nobody answers any more, and who was listening hears nothing."""
        if self._server is None:
            return
        self._ends.set()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()  # waits for those that send
        self._server = None

    def __enter__(self) -> StreamServer:
        self.restore()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()

    def _send_to(self, client: BaseHTTPRequestHandler) -> None:
        self.requests += 1
        self._connections.add(client.connection)
        try:
            client.send_response(200)
            client.send_header("Content-Type", "video/mp2t")
            client.end_headers()
            self._film(client.wfile)
        except OSError:
            client.close_connection = True
        finally:
            self._connections.discard(client.connection)

    def _film(self, to: Any) -> None:
        for packet in pictures(self._size, self._version, self._clock, self._ends):
            while not self._may_send.wait(0.05):
                if self._ends.is_set():
                    return
            to.write(packet)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True


class _Pipe:
    """What the muxer has written and nobody has sent yet."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        """See `io.RawIOBase.write`."""
        self.data += data
        return len(data)

    def taken(self) -> bytes:
        """All of it, once."""
        taken, self.data = bytes(self.data), bytearray()
        return taken


def pictures(
    size: tuple[int, int], version: int, clock: SystemClock, ends: threading.Event
) -> Iterator[bytes]:
    """A live film as MPEG-TS, each picture when its time has come."""
    pipe = _Pipe()
    options = {"flush_packets": "1"}
    with av.open(pipe, "w", format="mpegts", options=options) as muxer:
        stream: Any = muxer.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"preset": "ultrafast", "tune": "zerolatency"}
        stream.codec_context.gop_size = GOP
        begun_ns, index = clock.now_ns(), 0
        while not ends.wait(max(0.0, index / RATE - (clock.now_ns() - begun_ns) / 1e9)):
            luma = blockcode.luma(index % blockcode.MAX_INDEX, version, *size)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(luma), format="gray")
            picture = frame.reformat(format="yuv420p")
            picture.pts = index
            muxer.mux(stream.encode(picture))
            yield pipe.taken()
            index += 1
