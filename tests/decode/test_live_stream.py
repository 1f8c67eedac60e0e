"""Live sources are opened by the protocols that are allowed, wherever they point."""

from __future__ import annotations

import socket
from collections.abc import Collection
from pathlib import Path
from typing import get_args

import av
import pytest

from installation.config.model import LiveProtocol
from installation.decode import live_stream
from installation.decode.live_stream import (
    LIVE_PROTOCOLS,
    LiveFault,
    LiveStream,
    parse_address,
)
from tests.baits import Answer, Listener, baits_for, with_external_pictures
from tests.clips import make_clip
from tests.stream_server import StreamServer


def opened(url: str, allowed: Collection[str] = ("http",)) -> int:
    """How many pictures came, at most two."""
    with LiveStream(parse_address(url), allowed) as stream:
        frames = (frame for frame in stream.frames() if frame is not None)
        return sum(1 for _ in zip(range(2), frames, strict=False))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something that can be received: an MPEG transport stream."""
    return make_clip(tmp_path_factory.mktemp("film") / "film.ts", frames=12, bframes=0)


def test_what_the_config_can_allow_is_what_can_be_received() -> None:
    assert set(get_args(LiveProtocol)) == set(LIVE_PROTOCOLS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://cam:554/a?x=secret", "rtsp://cam:554/a"),
        ("RTSP://artist:secret@cam/a", "rtsp://artist@cam/a"),
        ("http://[::1]:80/live.ts", "http://[::1]:80/live.ts"),
        ("udp://@239.0.0.1:5000", "udp://@239.0.0.1:5000"),
        ("udp://:5000", "udp://:5000"),
    ],
)
def test_an_address_is_shown_without_its_secrets(text: str, shown: str) -> None:
    assert str(parse_address(text)) == shown


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("cam.local", "is no address; write rtsp://"),
        ("file:///etc/passwd", "file is no protocol of a live source; those are http, "),
        ("concat:http://a/b|http://c/d", "is no address"),
        ("http:///live.ts", "names no machine; write http://NAME:PORT/"),
        ("http://a b/", "a space"),
        ("http://a/\nb", "a space or another character"),
        ("udp://239.0.0.1:50000000/", "names no machine"),
    ],
)
def test_what_is_no_address_is_said_in_plain_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_address(text)


def test_a_stream_is_received_and_its_end_is_noticed() -> None:
    with StreamServer() as server:
        with LiveStream(parse_address(server.url), ("http",)) as stream:
            frames = stream.frames()
            seen = [frame for frame in (next(frames) for _ in range(8)) if frame is not None]
            assert {(frame.width, frame.height) for frame in seen} == {(320, 180)}
            server.cut()
            with pytest.raises(LiveFault, match=r"^http://127\.0\.0\.1:\d+/live.ts "):
                list(frames)
        with pytest.raises(LiveFault, match=r"nobody sends at http://127\.0\.0\.1:"):
            opened(server.url)


def test_a_protocol_that_is_not_listed_is_not_opened(listener: Listener) -> None:
    for allowed in ((), ("rtsp", "https", "udp")):
        with pytest.raises(LiveFault, match="the protocol http is not allowed"):
            opened(f"{listener.url}/live.ts", allowed)
    assert listener.connections == 0


def test_nothing_that_a_playlist_or_a_manifest_names_is_opened(
    listener: Listener, film: Path
) -> None:
    baits = baits_for(listener.url) | {
        f"file-{kind}": bait for kind, bait in baits_for(film.parent.as_uri()).items()
    }
    kinds = ("application/vnd.apple.mpegurl", "application/dash+xml", "video/mp4", "")
    answers = {
        f"/{name}/{kind}": Answer(bait, kind) for name, bait in baits.items() for kind in kinds
    }
    with Listener(answers) as server:
        for path in answers:
            with pytest.raises(LiveFault):
                opened(server.url + path)
        assert len(server.requests) >= len(answers)
        # The bait would have been taken: told nothing, FFmpeg goes where a manifest points.
        with pytest.raises((av.error.FFmpegError, OSError)):
            av.open(f"{server.url}/hls/{kinds[0]}")
        assert listener.requests == ["/a.ts"]
    listener.requests.clear()


def test_nothing_but_the_listed_protocols_follows_from_a_redirect(
    listener: Listener, film: Path
) -> None:
    place = listener.url.removeprefix("http:")
    listener.answers["/film.ts"] = Answer(film.read_bytes())
    answers = {
        "/file": Answer(location=film.as_uri()),
        "/tls": Answer(location=f"https:{place}/film.ts"),
        "/http": Answer(location=f"{listener.url}/film.ts"),
    }
    with Listener(answers) as server:
        for path in ("/file", "/tls"):
            with pytest.raises(LiveFault):
                opened(server.url + path)
        assert listener.connections == 0
        assert opened(f"{server.url}/http") == 2  # which is listed
    assert set(listener.requests) == {"/film.ts"}


def test_a_film_that_keeps_its_pictures_elsewhere_is_not_followed(
    tmp_path: Path, listener: Listener
) -> None:
    secret = make_clip(tmp_path / "secret.mp4", frames=12)
    whole = secret.read_bytes()
    listener.answers["/secret.mp4"] = Answer(whole)
    answers = {
        "/a.mp4": Answer(with_external_pictures(whole, secret)),
        "/b.mp4": Answer(with_external_pictures(whole, f"{listener.url}/secret.mp4")),
        "/whole.mp4": Answer(whole),
    }
    with Listener(answers) as server:
        for bait in ("a", "b"):
            with pytest.raises(LiveFault):
                assert opened(f"{server.url}/{bait}.mp4") == 0
        assert opened(f"{server.url}/whole.mp4") == 2
    assert listener.connections == 0


def test_a_description_of_a_session_does_not_make_it_listen(listener: Listener) -> None:
    bait = baits_for(listener.url)["sdp"]
    with Listener({"/a.sdp": Answer(bait, "application/sdp")}) as server:
        with pytest.raises(LiveFault):
            opened(f"{server.url}/a.sdp")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 5004))


def test_pictures_beyond_all_bounds_are_not_decoded(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Listener({"/film.ts": Answer(film.read_bytes())}) as server:
        assert opened(f"{server.url}/film.ts") == 2
        monkeypatch.setattr(live_stream, "MOST_PX", 320 * 180 - 1)
        with pytest.raises(LiveFault, match="has stopped sending"):
            opened(f"{server.url}/film.ts")


def test_somebody_who_answers_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "OPEN_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        for protocol in ("http", "rtsp"):
            with pytest.raises(LiveFault, match="is silent"):
                opened(f"{protocol}://127.0.0.1:{port}/a", (protocol,))


def test_somebody_else_than_a_sender_gives_a_sentence() -> None:
    with Listener({"/page": Answer(b"<html>Not here", "text/html")}) as server:
        with pytest.raises(LiveFault, match="sends what is no film that can be received live"):
            opened(f"{server.url}/page")
        with pytest.raises(LiveFault, match="has nothing to send"):
            opened(f"{server.url}/none")
