"""Files that name something else, and a web server that notices whoever falls for it."""

from __future__ import annotations

import re
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import NamedTuple


class Answer(NamedTuple):
    """What a web server says to whoever asks."""

    body: bytes = b""
    kind: str = "application/octet-stream"
    location: str = ""
    """Where it sends them instead."""


class Listener(ThreadingHTTPServer):
    """A web server on this machine that writes down who comes; it has nothing but `answers`."""

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers or {}
        self.requests: list[str] = []
        self.connections = 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def verify_request(self, request: object, client_address: object) -> bool:
        """Also counts those who say nothing, or speak another protocol."""
        self.connections += 1
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Those are of no interest to a terminal."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Listener)
        self.server.requests.append(self.path)
        answer = self.server.answers.get(self.path)
        if answer is None:
            self.send_error(404)
            return
        start = int(re.sub(r"\D", "", self.headers.get("Range", "").partition("-")[0]) or 0)
        self.send_response(302 if answer.location else 206 if "Range" in self.headers else 200)
        if answer.location:
            self.send_header("Location", answer.location)
        size = len(answer.body)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - start))
        self.end_headers()
        self.wfile.write(answer.body[start:])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def baits_for(url: str) -> dict[str, bytes]:
    """By kind, text files that send their reader to `url`."""
    texts = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
        "m3u": f"#EXTM3U\n#EXTINF:10,film\n{url}/film.mp4\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{url}/a.mp4'\n",
        "concat": f"file '{url}/a.mp4'\n",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "dash": f'<?xml version="1.0"?>\n<MPD type="static"><BaseURL>{url}/</BaseURL></MPD>',
        "asx": f'<asx version="3"><entry><ref href="{url}/a.wmv"/></entry></asx>',
        "pls": f"[playlist]\nFile1={url}/a.mp4\n",
        "xspf": '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
        f"<location>{url}/a.mp4</location></track></trackList></playlist>\n",
        "address": f"{url}/film.mp4\n",
    }
    return {kind: text.encode() for kind, text in texts.items()}


def with_external_pictures(film: bytes, target: Path | str) -> bytes:
    """The MP4 without its pictures, and a reference to what has them: a QuickTime alias to another
    file, or an address.
    """
    path = str(target).replace("/", ":").encode()
    record = bytes(150)  # an Alias Record with no volume, name or levels
    record += struct.pack(">HH", 2, len(path)) + path + b"\0" * (len(path) % 2)  # 2: whole path
    record += struct.pack(">HH", 0xFFFF, 0)
    entry = struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
    if isinstance(target, str):
        entry = struct.pack(">I4sI", 13 + len(target), b"url ", 0) + target.encode() + b"\0"
    at = film.rindex(b"url \x00\x00\x00\x01") - 4  # the last track is the picture's
    grown = len(entry) - 12
    content = bytearray(film[:at] + entry + film[at + 12 :])
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        place = film.rindex(box, 0, at) - 4
        (size,) = struct.unpack_from(">I", content, place)
        struct.pack_into(">I", content, place, size + grown)
    start, stop = film.index(b"mdat") + 4, film.index(b"moov") - 4
    content[start:stop] = b"\0" * (stop - start)
    return bytes(content)
