"""Versions are conformed one after the other in the background, whatever fails on the way."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from installation.config import Amount
from installation.errors import VersionRejected
from installation.film import CalendarClock, Credit, Picture, Version
from installation.library.cached import Key, Mezzanine
from installation.library.conform import ConformQueue
from installation.library.conform_apart import conform_apart
from installation.library.conform_job import BACK_OFF_S, KILLED_AGAIN_S, ROOM_AGAIN_S
from installation.library.conform_progress import AT_REST, ConformState, Progress
from installation.library.digest import Digest, digest
from installation.library.digest_apart import digest_apart
from installation.library.fixity import FixityRecords
from installation.library.maker import Tools
from installation.library.mezzanine import MezzanineFacts, Size
from installation.library.mezzanine_cache import MezzanineCache
from installation.library.scan import scan
from installation.library.short_lived import Killed
from tests.clips import make_clip
from tests.fakes import FakeClock
from tests.library.mezzanines import facts_of, put, rot

PATIENCE_S = 60
REAL = Tools(partial(conform_apart, is_urgent=True), partial(digest_apart, is_urgent=True))
"""As the wall's, but getting on beside other tests as well."""
SIZE = (320, 180)


class FakeConform:
    """Meets `conform_apart`: writes at once, or does what the test says first."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.before: Callable[[str, threading.Event], None] = lambda name, stop: None

    def __call__(
        self,
        source: Path,
        container: str,
        target: Path,
        size: Size,
        short_id: int,
        *,
        stop: threading.Event | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> MezzanineFacts:
        assert stop is not None
        assert on_progress is not None
        name = source.parent.name
        self.asked.append(name)
        target.write_bytes(b"half")
        on_progress(5, 10)
        self.before(name, stop)
        target.write_bytes(f"mezzanine of {source.read_bytes()!r}".encode())
        on_progress(10, 10)
        return facts_of(size, target.stat().st_size)


class Bench:
    """A queue with all it needs, and what it called back."""

    def __init__(self, film_folder: Path, cache: MezzanineCache, data: Path) -> None:
        self.films, self.cache = film_folder, cache
        self.clock = FakeClock()
        self.records = FixityRecords(film_folder, CalendarClock(), data)
        self.conform = FakeConform()
        self.read: Any = lambda path, stop=None: digest(path)
        self.done: list[tuple[str, Mezzanine]] = []
        self.damaged: list[str] = []
        self.on_air: Collection[Path] = ()
        self._queues: list[ConformQueue] = []

    def version(self, name: str, data: bytes | None = None) -> Version:
        """A version of ten pictures, one second long."""
        (self.films / name).mkdir(exist_ok=True)
        film = self.films / name / "film.mp4"
        film.write_bytes(name.encode() if data is None else data)
        return version_of(film)

    def queue(self, jobs: int = 1, tools: Tools | None = None) -> ConformQueue:
        """A queue that has not begun."""
        queue = ConformQueue(
            self.cache,
            self.records,
            self.clock,
            tools or Tools(self.conform, self.read),
            jobs=jobs,
            on_done=lambda name, made: self.done.append((name, made)),
            on_damaged=lambda name, was: self.damaged.append(name),
            on_air=lambda: self.on_air,
        )
        self._queues.append(queue)
        return queue

    def close(self) -> bool:
        """End every queue; False where a thread does not end."""
        for queue in self._queues:
            queue.stop()
        return all([queue.join(PATIENCE_S) for queue in self._queues])


def version_of(film: Path) -> Version:
    found = film.stat()
    return Version(
        name=film.parent.name,
        path=film,
        credit=Credit("a model"),
        picture=Picture(1280, 720),
        rate=Fraction(10),
        duration=Fraction(1),
        frame_count=10,
        container="mov",
        edition=(found.st_size, found.st_mtime_ns, found.st_ino),
    )


@pytest.fixture
def bench(film_folder: Path, tmp_path: Path) -> Iterator[Bench]:
    cache = MezzanineCache(tmp_path / "cache", Amount.parse("20%"), CalendarClock())
    bench = Bench(film_folder, cache, tmp_path / "data")
    yield bench
    assert bench.close(), "every thread ends when it is asked to"


def until(is_so: Callable[[], bool]) -> None:
    """Give the queue's threads their time."""
    pause = threading.Event()
    for _ in range(PATIENCE_S * 100):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to that")


def rest(queue: ConformQueue) -> dict[str, Progress]:
    """Wait until nothing happens by itself any more; how all stand then."""
    until(lambda: all(one.state in AT_REST for one in queue.progress()))
    return {one.name: one for one in queue.progress()}


def state(queue: ConformQueue, name: str) -> ConformState:
    return {one.name: one.state for one in queue.progress()}[name]


# -- the way in


def test_each_is_conformed_in_the_order_wanted_and_the_urgent_first(bench: Bench) -> None:
    queue = bench.queue()
    for name in ("one", "two", "three"):
        queue.want(bench.version(name), SIZE, urgency=name == "three")
    queue.start()
    assert {one.state for one in rest(queue).values()} == {ConformState.DONE}
    assert bench.conform.asked == ["three", "one", "two"]
    assert [name for name, _ in bench.done] == ["three", "one", "two"]
    for name, made in bench.done:
        assert made.path.read_bytes() == f"mezzanine of {name.encode()!r}".encode()
        assert bench.cache.get(made.key) == made
    assert {one.percent for one in queue.progress()} == {100}


def test_what_is_in_the_cache_is_not_made_again(bench: Bench) -> None:
    version = bench.version("one")
    for _ in range(2):
        queue = bench.queue()
        queue.want(version, SIZE)
        queue.start()
        rest(queue)
    assert bench.conform.asked == ["one"]
    assert len(bench.done) == 2


def test_a_larger_size_is_made_beside_the_smaller_one(bench: Bench) -> None:
    queue, version = bench.queue(), bench.version("one")
    queue.start()
    queue.want(version, SIZE)
    rest(queue)
    smaller = bench.done[0][1]
    queue.want(version, (640, 360))
    assert bench.cache.find(smaller.key.sha256, (640, 360)) == smaller, "shown meanwhile"
    rest(queue)
    assert [made.key.size for _, made in bench.done] == [SIZE, (640, 360)]


def test_two_versions_that_hold_the_same_film_share_a_mezzanine(bench: Bench) -> None:
    queue = bench.queue(jobs=2)
    for name in ("one", "two"):
        queue.want(bench.version(name, b"the same"), SIZE)
    queue.start()
    rest(queue)
    assert len(bench.conform.asked) == 1
    assert bench.done[0][1] == bench.done[1][1]


def test_an_original_is_recorded_at_intake(bench: Bench) -> None:
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    rest(queue)
    record = bench.records.record("one/film.mp4")
    assert record is not None
    assert record.accepted.sha256 == bench.done[0][1].key.sha256


@pytest.mark.parametrize("jobs", [1, 3])
def test_so_many_at_a_time(bench: Bench, jobs: int) -> None:
    at_work, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(jobs)

    def meet(name: str, stop: threading.Event) -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        together.wait(PATIENCE_S)
        with lock:
            at_work -= 1
        together.wait(PATIENCE_S)

    bench.conform.before = meet
    queue = bench.queue(jobs)
    for number in range(2 * jobs):
        queue.want(bench.version(f"{number}"), SIZE)
    queue.start()
    rest(queue)
    assert most == jobs


def test_progress_tells_per_cent_speed_and_time_left(bench: Bench) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def pause(name: str, stop: threading.Event) -> None:
        reached.set()
        go_on.wait(PATIENCE_S)

    version = bench.version("one")
    queue = bench.queue()
    bench.conform.before = pause
    queue.want(version, SIZE)
    assert queue.progress()[0].sentence == "one: waits to be conformed to 320x180"
    queue.start()
    assert reached.wait(PATIENCE_S)
    half = replace(queue.progress()[0], elapsed_ns=2_000_000_000)
    go_on.set()
    assert (half.percent, half.speed, half.left_s) == (50, Fraction(1, 4), 2)
    assert half.sentence == (
        "one: is being conformed to 320x180: 50 %, 0.2 times as fast as it plays, 0:02 left"
    )
    assert rest(queue)["one"].sentence == "one: is conformed to 320x180"


def test_no_time_is_told_before_there_is_one(bench: Bench) -> None:
    begun = Progress("one", SIZE, ConformState.CONFORMING, frames=10)
    assert (begun.percent, begun.speed, begun.left_s) == (0, None, None)
    assert begun.sentence == "one: is being conformed to 320x180: 0 %"
    long = replace(begun, frames_done=1, frames=4000, elapsed_ns=1_000_000_000)
    assert long.sentence.endswith("1:06:39 left")


# -- ways out


def test_what_is_not_wanted_any_more_is_stopped_and_leaves_nothing(bench: Bench) -> None:
    reached = threading.Event()

    def hang(name: str, stop: threading.Event) -> None:
        if name == "one":
            reached.set()
            assert stop.wait(PATIENCE_S)
            raise CancelledError

    bench.conform.before = hang
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    assert reached.wait(PATIENCE_S)
    queue.unwant("one")
    queue.want(bench.version("two"), SIZE)
    assert list(rest(queue)) == ["two"]
    assert [name for name, _ in bench.done] == ["two"]
    assert not list(bench.cache.folder.glob("*.part"))


def test_a_replaced_film_is_conformed_in_place_of_the_old_one(bench: Bench) -> None:
    reached = threading.Event()

    def hang(name: str, stop: threading.Event) -> None:
        if not reached.is_set():
            reached.set()
            assert stop.wait(PATIENCE_S)
            raise CancelledError

    bench.conform.before = hang
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    assert reached.wait(PATIENCE_S)
    queue.want(bench.version("one", b"a new delivery"), SIZE)
    rest(queue)
    (done,) = bench.done
    assert done[1].path.read_bytes() == b"mezzanine of b'a new delivery'"


def test_ending_stops_a_job_and_leaves_nothing(bench: Bench) -> None:
    reached = threading.Event()

    def hang(name: str, stop: threading.Event) -> None:
        reached.set()
        assert stop.wait(PATIENCE_S)
        raise CancelledError

    bench.conform.before = hang
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    assert reached.wait(PATIENCE_S)
    assert bench.close()
    assert bench.done == []
    assert list(bench.cache.folder.iterdir()) == []


def test_a_film_that_cannot_be_conformed_is_tried_again_and_then_given_up(bench: Bench) -> None:
    def refuse(name: str, stop: threading.Event) -> None:
        if name == "bad":
            raise VersionRejected("is damaged after 3.0 seconds", remedy="export it again")

    bench.conform.before = refuse
    queue = bench.queue()
    for name in ("bad", "good"):
        queue.want(bench.version(name), SIZE)
    queue.start()
    for tries in range(1, len(BACK_OFF_S) + 1):
        until(lambda tries=tries: bench.conform.asked.count("bad") == tries)  # type: ignore[misc]
        failed = rest(queue)["bad"]
        assert (failed.state, failed.is_given_up) == (ConformState.FAILED, False)
        assert failed.sentence == (
            "bad: cannot be conformed: is damaged after 3.0 seconds; export it again; it is tried"
            " again; its original plays on"
        )
        queue.want(bench.version("good"), SIZE)  # wakes it, too early
        bench.clock.jump(BACK_OFF_S[tries - 1] - 1)
        queue.wake()
        assert bench.conform.asked.count("bad") == tries
        bench.clock.jump(1)
        queue.wake()
    until(lambda: {p.name: p.is_given_up for p in queue.progress()}["bad"])
    bench.clock.jump(10**6)
    queue.look_again()
    assert rest(queue)["good"].state is ConformState.DONE
    assert bench.conform.asked.count("bad") == len(BACK_OFF_S) + 1
    assert not list(bench.cache.folder.glob("*.part"))


def test_one_whose_process_is_killed_is_tried_again_until_it_is_done(bench: Bench) -> None:
    kills = len(KILLED_AGAIN_S) + 2
    killed = threading.Semaphore(0)

    def kill(name: str, stop: threading.Event) -> None:
        if len(bench.conform.asked) <= kills:
            killed.release()
            raise Killed

    bench.conform.before = kill
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    for number in range(kills):
        assert killed.acquire(timeout=PATIENCE_S)
        until(lambda: queue.progress()[0].reason != "")
        (waiting,) = queue.progress()
        assert (waiting.state, waiting.is_hopeless) == (ConformState.WAITING, True)
        assert "again: its process was killed" in waiting.sentence
        wait_s = KILLED_AGAIN_S[min(number, len(KILLED_AGAIN_S) - 1)]
        bench.clock.jump_ns(wait_s * 10**9 - 1)
        queue.wake()
        assert not killed.acquire(timeout=0.02)
        bench.clock.jump_ns(1)
        queue.wake()
    assert rest(queue)["one"].state is ConformState.DONE
    assert not list(bench.cache.folder.glob("*.part"))


def test_killing_who_reads_costs_no_original_and_no_mezzanine(bench: Bench) -> None:
    reads: list[str] = []

    def read(path: Path, stop: threading.Event | None = None) -> Digest:
        reads.append(path.suffix)
        if len(reads) in (1, 3):
            raise Killed
        return digest(path)

    bench.read = read
    version, queue = bench.version("one"), bench.queue()
    queue.want(version, SIZE)
    queue.start()
    for asked in (1, 3):
        until(lambda asked=asked: len(reads) == asked and bool(queue.progress()[0].reason))  # type: ignore[misc]
        bench.clock.jump(KILLED_AGAIN_S[0])
        queue.wake()
    assert rest(queue)["one"].state is ConformState.DONE
    assert reads == [".mp4", ".mp4", ".part", ".part"]
    assert bench.close()

    reads.clear()
    again = bench.queue()
    again.want(version, SIZE)
    again.start()
    rest(again)
    until(lambda: len(reads) == 2)  # the mezzanine, killed and read again
    assert bench.damaged == []
    assert bench.cache.entries() == [bench.done[0][1]]


def test_a_mistake_of_ours_stops_no_other_job(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(name: str, stop: threading.Event) -> None:
        if name == "one":
            raise ZeroDivisionError

    bench.conform.before = break_down
    queue = bench.queue()
    for name in ("one", "two"):
        queue.want(bench.version(name), SIZE)
    queue.start()
    ended = rest(queue)
    assert ended["one"].state is ConformState.FAILED
    assert ended["two"].state is ConformState.DONE
    assert "ZeroDivisionError" in caplog.text


def test_a_film_that_is_gone_or_changed_meanwhile_is_said_to_be(bench: Bench) -> None:
    gone, changed = bench.version("gone"), bench.version("changed")
    gone.path.unlink()
    changed.path.write_bytes(b"somebody writes to it")
    queue = bench.queue()
    for version in (gone, changed):
        queue.want(version, SIZE)
    queue.start()
    ended = rest(queue)
    assert "is not there" in ended["gone"].sentence
    assert "it was changed since it was looked at" in ended["changed"].sentence
    assert bench.conform.asked == []


# -- faults of the disk


def test_a_full_disk_is_a_state_that_ends_when_room_returns(bench: Bench) -> None:
    """`/dev/full` refuses what is written to it as a full disk does; FFmpeg is the real one."""
    source = make_clip(bench.films / "one" / "film.mp4", frames=24)
    version = scan(bench.films, order="date").versions[0]
    assert version.path == source
    is_full = threading.Event()
    is_full.set()

    def conform(source: Path, container: str, target: Path, *rest: Any, **named: Any) -> Any:
        place = Path("/dev/full") if is_full.is_set() else target
        return REAL.conform(source, container, place, *rest, **named)

    queue = bench.queue(tools=Tools(conform, REAL.read))
    queue.want(version, SIZE)
    queue.start()
    waiting = rest(queue)["one"]
    assert waiting.state is ConformState.NO_ROOM
    assert waiting.sentence.startswith("one: cannot be conformed to 320x180 now: ")
    assert waiting.reason.startswith(f'the disk of the cache is full ("{bench.cache.folder}"')
    assert waiting.sentence.endswith("originals play on")
    is_full.clear()
    bench.clock.jump(ROOM_AGAIN_S[0])
    queue.wake()
    until(lambda: state(queue, "one") is ConformState.DONE)
    assert bench.cache.is_sound(bench.done[0][1], digest)


def test_a_limit_reached_is_a_state_too(bench: Bench, tmp_path: Path) -> None:
    bench.cache = MezzanineCache(tmp_path / "cache", Amount.parse("0.04 MB"), CalendarClock())
    on_air = put(bench.cache, data=b"x" * 9_000)
    os.utime(bench.cache.folder / f"{on_air.key}.json", ns=(1, 1))
    bench.on_air = {on_air.path}
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    assert "raise conform.limit" in rest(queue)["one"].reason
    bench.on_air = ()
    queue.look_again()
    until(lambda: state(queue, "one") is ConformState.DONE)
    assert not on_air.path.exists()


def test_a_cache_folder_taken_away_while_it_is_written_to_comes_back(bench: Bench) -> None:
    def take_away(name: str, stop: threading.Event) -> None:
        if len(bench.conform.asked) == 1:
            shutil.rmtree(bench.cache.folder)

    bench.conform.before = take_away
    queue = bench.queue()
    queue.want(bench.version("one"), SIZE)
    queue.start()
    waiting = rest(queue)["one"]
    assert waiting.state is ConformState.NO_ROOM
    assert "there is no cache any more" in waiting.sentence
    bench.clock.jump(ROOM_AGAIN_S[0])
    queue.wake()
    until(lambda: state(queue, "one") is ConformState.DONE)


def test_a_cache_that_may_only_be_read_is_said_to_be(
    bench: Bench,
    open_folder: Path,
    without_privileges: Callable[[], AbstractContextManager[None]],
) -> None:
    bench.cache = MezzanineCache(open_folder / "cache", Amount.parse("20%"), CalendarClock())
    bench.cache.prepare()
    version = bench.version("one")
    bench.records.sha256_of(version.path, digest)
    bench.cache.folder.chmod(0o555)
    for folder in (bench.films, *list(bench.films.parents)[:4]):
        if folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    queue = bench.queue()
    with without_privileges():
        queue.want(version, SIZE)
        queue.start()
        waiting = rest(queue)["one"]
    assert waiting.state is ConformState.NO_ROOM
    assert "cannot be written" in waiting.sentence
    assert "Permission denied" in waiting.sentence


def test_a_mezzanine_that_rotted_is_found_and_made_anew(bench: Bench) -> None:
    version = bench.version("one")
    first = bench.queue()
    first.want(version, SIZE)
    first.start()
    rest(first)
    assert bench.close()
    made = bench.done[0][1]
    whole = made.path.read_bytes()
    rot(made.path, at=5)
    assert made.path.read_bytes() != whole

    put(bench.cache, "another film's")
    read: list[Path] = []

    def reading(path: Path, stop: threading.Event | None = None) -> Digest:
        read.append(path)
        return digest(path)

    bench.read = reading
    queue = bench.queue()
    queue.want(version, SIZE)
    queue.start()
    until(lambda: len(bench.done) == 3)
    assert [path.suffix for path in read] == [".mp4", ".part"], "what is not shown is not read"
    assert bench.damaged == ["one"]
    assert bench.done[2][1].path.read_bytes() == whole
    assert bench.conform.asked == ["one", "one"]


def test_leftovers_of_a_killed_run_are_swept_at_the_start(bench: Bench) -> None:
    bench.cache.prepare()
    left = bench.cache.folder / f"{Key('0' * 64, SIZE)}-00000000-1-1.part"
    left.write_bytes(b"half")
    os.utime(left, ns=(1, 1))
    queue = bench.queue()
    queue.start()
    until(lambda: not left.exists())


def test_a_real_film_is_read_and_conformed_in_processes_of_their_own(bench: Bench) -> None:
    """The real tools, on a real film."""
    make_clip(bench.films / "one" / "film.mp4", frames=24)
    version = scan(bench.films, order="date").versions[0]
    queue = bench.queue(tools=REAL)
    queue.want(version, (160, 90))
    queue.start()
    rest(queue)
    (done,) = bench.done
    made = done[1]
    assert made.facts.film.frame_count == 24
    assert made.facts.film.picture.width_px == 160
    assert made.facts.short_id == made.key.short_id == int(made.key.sha256[:4], 16)
    assert made.digest == digest(made.path)


def test_reading_stops_when_asked_to(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(b"x")
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        digest_apart(film, stop=stop)
