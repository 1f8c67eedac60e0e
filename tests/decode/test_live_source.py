"""A live source shows its newest picture, and comes back by itself however often it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import pytest

from installation.decode import ImageTarget, live_source, live_stream
from installation.decode.image import Image
from installation.decode.live_source import LiveSource
from installation.decode.live_stream import LiveFault, LiveStream, parse_address
from installation.film import Picture, SystemClock
from tests.baits import Answer, Listener
from tests.clips import make_clip
from tests.fakes import FakeClock
from tests.stream_server import StreamServer

SHAPE = Picture(320, 180)
TARGET = ImageTarget(frozenset({"bgra"}), (32, 18))


class FakeStream:
    """Sends so many pictures, then fails, or waits to be let go."""

    sample_aspect = Fraction(1)
    sends_in_lumps = False

    def __init__(self, pictures: int, then: threading.Event | str = "is over") -> None:
        self.pictures, self.then = pictures, then
        self.is_closed = False

    def __enter__(self) -> FakeStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.is_closed = True

    def frames(self) -> Iterator[av.VideoFrame | None]:
        for _ in range(self.pictures):
            yield av.VideoFrame(SHAPE.width_px, SHAPE.height_px, "yuv420p")
        if isinstance(self.then, str):
            raise LiveFault(self.then)
        while not self.then.wait(0.001):
            yield None


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.002)


def drawn(source: LiveSource) -> LiveSource:
    source.assign(SHAPE, lambda: TARGET, lambda image: image)
    return source


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_source, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(live_source, "LONGEST_WAIT_S", 0.002)


def ended(source: LiveSource) -> bool:
    source.stop()
    return source.join(20)


def test_the_newest_picture_is_there_in_the_tiles_own_pixels() -> None:
    go_on = threading.Event()
    source = drawn(LiveSource("x", lambda: FakeStream(3, go_on), FakeClock()))
    assert source.newest is None
    source.start()
    wait_for(lambda: source.state.pictures == 3)
    newest = source.newest
    assert newest is not None
    assert newest.number == 3
    assert isinstance(newest.payload, Image)
    assert (newest.payload.width_px, newest.payload.height_px) == (32, 18)
    assert (source.state.is_live, source.state.picture) == (True, SHAPE)
    assert ended(source)


def test_nothing_is_drawn_for_a_tile_of_another_shape() -> None:
    go_on = threading.Event()
    source = LiveSource("x", lambda: FakeStream(2, go_on), FakeClock())
    source.assign(Picture(1920, 1080), lambda: TARGET, lambda image: image)
    source.start()
    wait_for(lambda: source.state.pictures == 2)
    assert source.newest is None
    assert ended(source)


def test_it_is_tried_again_until_it_comes_back(impatient: None) -> None:
    tries: list[FakeStream] = []
    go_on = threading.Event()

    def connect() -> FakeStream:
        if len(tries) % 3 == 1:
            tries.append(FakeStream(0))
            raise LiveFault("nobody sends")
        tries.append(FakeStream(1) if len(tries) < 60 else FakeStream(1, go_on))
        return tries[-1]

    source = drawn(LiveSource("x", connect, FakeClock()))
    source.start()
    wait_for(lambda: len(tries) == 61)
    wait_for(lambda: source.state.is_live)
    assert source.state.times_lost == 40
    assert ended(source)
    assert all(stream.is_closed for i, stream in enumerate(tries) if i % 3 != 1)


def test_why_it_is_lost_is_said_and_logged_once(
    impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    tries = 0

    def connect() -> FakeStream:
        nonlocal tries
        tries += 1
        raise LiveFault("nobody sends at http://cam")

    source = LiveSource("2026 Live", connect, FakeClock())
    source.start()
    wait_for(lambda: tries > 10)
    assert source.state.trouble == "nobody sends at http://cam"
    assert ended(source)
    assert caplog.messages == [
        "live=2026 Live nobody sends at http://cam; it is tried again by itself"
    ]


def test_a_fault_of_ours_with_what_is_sent_ends_nothing(
    impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = threading.Event()
    source = LiveSource("x", lambda: FakeStream(1, go_on), FakeClock())
    faults = iter((ZeroDivisionError(),))

    def payload(image: Image) -> Image:
        for fault in faults:
            raise fault
        return image

    source.assign(SHAPE, lambda: TARGET, payload)
    source.start()
    wait_for(lambda: source.newest is not None)
    assert "receiving failed unexpectedly" in caplog.text
    assert ended(source)


def test_packets_without_pictures_do_not_keep_it_alive(impatient: None) -> None:
    clock, go_on = FakeClock(), threading.Event()
    source = drawn(LiveSource("x", lambda: FakeStream(1, go_on), clock))
    source.start()
    wait_for(lambda: source.state.is_live)
    clock.jump(int(live_stream.SILENT_S) + 1)
    wait_for(lambda: source.state.times_lost == 1)
    assert ended(source)


def test_a_film_that_lies_on_a_web_server_runs_at_its_own_pace(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "film.ts", frames=24, bframes=0).read_bytes()
    with Listener({"/film.ts": Answer(film)}) as server:
        address = parse_address(f"{server.url}/film.ts")
        source = drawn(LiveSource("x", lambda: LiveStream(address, ("http",)), SystemClock()))
        source.start()
        wait_for(lambda: source.state.is_live)
        begun = time.monotonic()
        wait_for(lambda: not source.state.is_live)
        assert time.monotonic() - begun > 0.7
        assert source.state.pictures == 24
        assert ended(source)


def open_files() -> int:
    """0 where nobody can tell."""
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.is_dir() else 0


def receiving(server: StreamServer) -> LiveSource:
    address = parse_address(server.url)
    return drawn(LiveSource("x", lambda: LiveStream(address, ("http",)), SystemClock()))


def test_a_real_sender_is_back_within_five_seconds_and_leaves_nothing_behind() -> None:
    threads = threading.active_count()
    files = open_files()
    with StreamServer() as server:
        source = receiving(server)
        source.start()
        for lost in (1, 2):
            wait_for(lambda: source.state.is_live)
            server.cut()
            wait_for(lambda: not source.state.is_live)
            server.restore()
            begun = time.monotonic()
            wait_for(lambda: source.state.is_live)
            assert time.monotonic() - begun < 5
            assert source.state.times_lost == lost
        assert ended(source)
    assert threading.active_count() == threads
    assert open_files() == files


def test_a_sender_that_falls_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "SILENT_S", 0.3)
    with StreamServer() as server:
        source = receiving(server)
        source.start()
        wait_for(lambda: source.state.is_live)
        server.hush(True)
        wait_for(lambda: not source.state.is_live)
        assert source.state.trouble.endswith("is silent")
        server.hush(False)
        wait_for(lambda: source.state.is_live)
        assert ended(source)
