"""One version's feed, on a fake reader: what it queues, in which order, and how it is steered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice, pairwise

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from installation.decode import FrameQueue, Image, ImageTarget, QueuedFrame, ReaderFacts
from installation.decode.reader import ReaderFault
from installation.film import AS_IT_IS, FilmPosition, TimeMap, Timing, WhenShort
from installation.film.timeline import picture_at
from installation.playback import Feed
from installation.playback.pool import DecodePool
from tests.fakes.reader import FakeFrame, FakeReader

FILM = Fraction(24)
LENGTH = 48
TARGET = ImageTarget(frozenset({"bgra"}))
PATIENCE_S = 5.0
# A feed that stands still is waited for in vain: not time and again, for a smaller example of it.
THREADED = settings(max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))


class WatchedQueue(FrameQueue):
    """Tells a test when entries have been put."""

    def __init__(self, depth: int, on_room: Callable[[], None]) -> None:
        super().__init__(depth, on_room)
        self.taken_in: list[QueuedFrame] = []
        self.fault: Callable[[], str | None] = lambda: None
        self._arrival = threading.Condition()

    def put(self, frame: QueuedFrame, generation: int) -> bool:
        """See `FrameQueue.put`."""
        is_in = super().put(frame, generation)
        if is_in:
            with self._arrival:
                self.taken_in.append(frame)
                self._arrival.notify_all()
        return is_in

    def wait_for(self, claim: Callable[[], bool]) -> None:
        """Until it is so; looked at whenever an entry has arrived. None comes after a fault."""
        end = time.monotonic() + PATIENCE_S
        with self._arrival:
            while not self._arrival.wait_for(claim, PATIENCE_S / 100):
                assert self.fault() is None, self.fault()
                assert time.monotonic() < end, "it did not come true in time"


class Recorder(FakeReader):
    """A fake reader that knows where it was asked to begin, and can wait for being asked."""

    def __init__(self, rate: Fraction | int, frames: int, *, gop: int = 1) -> None:
        super().__init__(rate, frames, gop=gop)
        self.starts: list[Fraction] = []
        self.was_opened = threading.Event()
        self.was_asked = threading.Event()

    def open(self) -> ReaderFacts:
        """See `Reader.open`."""
        try:
            return super().open()
        finally:
            self.was_opened.set()

    def frames(self, start: Fraction, stop: Fraction) -> Iterator[FakeFrame]:
        """See `Reader.frames`."""
        self.starts.append(start)
        self.was_asked.set()
        yield from super().frames(start, stop)


class Line:
    """A feed with its reader and its queue, and what it has made of pictures."""

    def __init__(self, reader: Recorder, time_map: TimeMap, depth: int = 8) -> None:
        self.reader = reader
        self.made: list[int] = []
        self.makers: set[str] = set()
        self.feed = Feed("v", reader, depth=depth)
        self.feed.plan_loops(0, time_map)
        self.feed.assign(image_target=self._target, make_payload=self._make)
        self.queue = self.feed.queue = WatchedQueue(depth, self.feed.wake)
        self.queue.fault = lambda: self.feed.fault

    def _target(self) -> ImageTarget:
        self.makers.add(threading.current_thread().name)
        return TARGET

    def _make(self, image: Image) -> object:
        self.makers.add(threading.current_thread().name)
        self.made.append(image.width_px - 1)  # see FakeFrame
        return f"picture {image.width_px - 1}"

    def wait_covers(self, position: FilmPosition) -> None:
        self.queue.wait_for(lambda: self.queue.covers(position))

    def wait_full(self) -> None:
        self.queue.wait_for(lambda: not self.queue.wants_more)

    def end(self) -> None:
        self.reader.go_on()
        self.feed.stop()
        assert self.feed.join(PATIENCE_S)


@contextmanager
def line(
    reader: Recorder,
    *,
    depth: int = 8,
    when_short: WhenShort = WhenShort.HOLD,
    rate: Fraction = FILM,
    length: int = LENGTH,
    duration: Fraction = Fraction(2),
    timing: Timing = AS_IT_IS,
) -> Iterator[Line]:
    made = Line(reader, TimeMap(rate, length, duration, when_short, timing), depth)
    try:
        yield made
    finally:
        made.end()


def at(frame: int, loop: int = 0) -> FilmPosition:
    return FilmPosition(loop, frame)


def entries(made: Line, count: int, start: FilmPosition | None = None) -> list[QueuedFrame]:
    """The first entries of a feed that begins here; its queue is at least so deep."""
    made.feed.start(at(0) if start is None else start)
    made.queue.wait_for(lambda: len(made.queue.taken_in) >= count)
    return made.queue.taken_in[:count]


def spans(queued: list[QueuedFrame]) -> list[tuple[int, int, int, object]]:
    """Loop, first and last film frame and payload of each entry."""
    return [(q.first.loop, q.first.frame, q.last.frame, q.payload) for q in queued]


def wait_for_fault(feed: Feed) -> str:
    """A feed tells its fault to whoever looks; so look until there is one."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S * 1000)):
        if feed.fault is not None:
            return feed.fault
        pause.wait(0.001)
    raise AssertionError("no fault was told in time")


# -- the time map


@pytest.mark.parametrize(
    ("rate", "count", "expected"),
    [
        (24, 6, [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)]),
        (30, 6, [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 5), (5, 5, 6)]),
        (12, 3, [(0, 1, 0), (2, 3, 1), (4, 5, 2)]),
        (8, 2, [(0, 2, 0), (3, 5, 1)]),
        (60, 4, [(0, 0, 0), (1, 1, 2), (2, 2, 5), (3, 3, 7)]),
    ],
)
def test_each_film_frame_has_the_picture_that_the_time_map_wants(
    rate: int, count: int, expected: list[tuple[int, int, int]]
) -> None:
    with line(Recorder(rate, 2 * rate)) as made:
        queued = entries(made, count)
    assert spans(queued) == [(0, first, last, f"picture {n}") for first, last, n in expected]
    assert [q.pts for q in queued] == [Fraction(n, rate) for _, _, n in expected]


@pytest.mark.parametrize(
    ("when_short", "expected"),
    [
        (WhenShort.HOLD, [(0, 4, 7, "picture 4"), (1, 0, 0, "picture 0")]),
        (WhenShort.BLACK, [(0, 4, 4, "picture 4"), (0, 5, 7, None), (1, 0, 0, "picture 0")]),
        (
            WhenShort.LOOP,
            [
                (0, 4, 4, "picture 4"),
                (0, 5, 5, "picture 0"),
                (0, 6, 6, "picture 1"),
                (0, 7, 7, "picture 2"),
                (1, 0, 0, "picture 0"),
            ],
        ),
    ],
)
def test_after_its_end_a_short_version_does_what_was_chosen_until_the_film_ends(
    when_short: WhenShort, expected: list[tuple[int, int, int, object]]
) -> None:
    short = Fraction(5, 24)
    with line(Recorder(24, 5), when_short=when_short, length=8, duration=short, depth=9) as made:
        queued = entries(made, 4 + len(expected))
        assert spans(queued)[4:] == expected
        assert all((q.pts is None) == (q.payload is None) for q in queued)


def test_the_next_loop_s_first_frames_are_queued_before_this_one_ends() -> None:
    with line(Recorder(24, 48), depth=8) as made:
        made.feed.start(at(0))
        for frame in range(45):
            made.wait_covers(at(frame))
            take(made.queue, at(frame))
        made.wait_covers(at(3, loop=1))
        assert made.queue.span() == (at(44), at(3, loop=1))


VERSIONS = st.tuples(
    st.sampled_from(
        [Fraction(24), Fraction(30), Fraction(12), Fraction(24000, 1001), Fraction(7), Fraction(60)]
    ),
    st.integers(1, 40),
)
FILM_RATES = st.sampled_from([FILM, Fraction(25), Fraction(24000, 1001)])


def check_follows(
    queued: list[QueuedFrame], start: FilmPosition, reader: FakeReader, time_map: TimeMap
) -> None:
    """Entries lie in film order without a gap, from the start on, each with the right picture."""

    def index(position: FilmPosition) -> int:
        return position.loop * time_map.length + position.frame

    assert queued[0].first <= start <= queued[0].last
    assert all(index(a.last) + 1 == index(b.first) for a, b in pairwise(queued))
    for entry in queued:
        assert entry.first.loop == entry.last.loop
        for frame in range(entry.first.frame, entry.last.frame + 1):
            moment = time_map.moment(frame)
            if moment is None:
                assert (entry.pts, entry.payload) == (None, None)
            else:
                due = picture_at(reader.pts, moment.time, Fraction(0))
                assert (entry.pts, entry.payload) == (reader.pts[due], f"picture {due}")


@THREADED
@given(VERSIONS, FILM_RATES, st.integers(1, 40), st.sampled_from(WhenShort), st.data())
def test_whatever_the_rates_and_lengths_the_queue_follows_the_time_map_without_a_gap(
    version: tuple[Fraction, int],
    film_rate: Fraction,
    length: int,
    when_short: WhenShort,
    data: st.DataObject,
) -> None:
    rate, frames = version
    assume(frames / rate * film_rate >= 1)  # shorter: see below
    start = at(data.draw(st.integers(0, length - 1), label="start"), loop=2)
    reader = Recorder(rate, frames)
    with line(
        reader,
        rate=film_rate,
        length=length,
        duration=frames / rate,
        when_short=when_short,
        depth=150,
    ) as made:
        queued = entries(made, 100, start)
        check_follows(queued, start, reader, made.feed.time_map(0))


@THREADED
@given(
    st.fractions(0, 1, max_denominator=24),
    st.fractions(1, 3, max_denominator=24),
    st.fractions(-1, 1, max_denominator=24),
    st.none() | st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2)]),
    st.sampled_from(WhenShort),
    st.integers(0, 39),
)
def test_cut_shifted_and_faster_versions_follow_their_time_map_too(
    start: Fraction,
    stop: Fraction,
    offset: Fraction,
    speed: Fraction | None,
    when_short: WhenShort,
    frame: int,
) -> None:
    assume(start < stop)
    timing = Timing(start, stop, offset, speed)
    reader = Recorder(24, 48, gop=7)
    with line(reader, length=40, when_short=when_short, timing=timing, depth=120) as made:
        queued = entries(made, 60, at(frame))
        check_follows(queued, at(frame), reader, made.feed.time_map(0))


def test_a_version_shorter_than_a_film_frame_can_loop() -> None:
    reader = Recorder(60, 1)
    short = Fraction(1, 60)
    with line(reader, when_short=WhenShort.LOOP, duration=short, length=8, depth=20) as made:
        check_follows(entries(made, 16), at(0), reader, made.feed.time_map(0))


# -- orders


def test_a_skip_forgets_what_is_queued_and_goes_on_from_there() -> None:
    with line(Recorder(24, 48)) as made:
        made.feed.start(at(0))
        made.wait_full()
        for there in (at(30), at(31), at(2), at(40, loop=3), at(0)):
            made.feed.skip_to(there)
            span = made.queue.span()
            assert span is None or span[0] == there
            made.wait_full()
            span = made.queue.span()
            assert span is not None
            assert span[0] == there


@THREADED
@given(
    VERSIONS,
    st.sampled_from(WhenShort),
    st.sampled_from([1, 4, 100]),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 29), st.booleans()), min_size=1, max_size=8
    ),
)
def test_wherever_and_whenever_it_is_sent_it_reads_on_from_just_there(
    version: tuple[Fraction, int],
    when_short: WhenShort,
    gop: int,
    skips: list[tuple[int, int, bool]],
) -> None:
    rate, frames = version
    reader = Recorder(rate, frames, gop=gop)
    duration = frames / rate
    assume(duration * FILM >= 1)
    with line(reader, length=30, duration=duration, when_short=when_short, depth=5) as made:
        made.feed.start(at(0))
        for loop, frame, waits in skips:
            there = at(frame, loop)
            made.feed.skip_to(there)
            if waits:
                made.wait_covers(there)
        made.wait_full()
        queued = list(islice(drained(made), 12))
        check_follows(queued, there, reader, made.feed.time_map(0))


def take(queue: FrameQueue, position: FilmPosition) -> QueuedFrame | None:
    """As a player does: the room is told of once the picture is shown."""
    taken = queue.take(position)
    queue.tell_of_room()
    return taken


def drained(made: Line) -> Iterator[QueuedFrame]:
    """What a presenter gets that asks for every film frame in turn, each entry once."""
    span = made.queue.span()
    assert span is not None
    position = span[0]
    while True:
        made.wait_covers(position)
        entry = take(made.queue, position)
        assert entry is not None
        yield entry
        is_last = entry.last.frame == made.feed.time_map(0).length - 1
        position = (
            at(0, entry.last.loop + 1) if is_last else at(entry.last.frame + 1, position.loop)
        )


def test_a_skip_within_a_group_of_pictures_reads_on_and_converts_only_what_is_wanted() -> None:
    with line(Recorder(24, 48, gop=48), depth=2) as made:
        made.feed.start(at(0))
        made.wait_full()
        made.feed.skip_to(at(20))
        made.wait_full()
        assert made.queue.span() == (at(20), at(21))
        assert made.reader.starts == [0]
        assert not set(made.made) & set(range(3, 20))


def test_a_skip_past_a_keyframe_begins_to_read_there() -> None:
    with line(Recorder(24, 48, gop=12), depth=2) as made:
        made.feed.start(at(0))
        made.wait_full()
        made.feed.skip_to(at(30))
        made.wait_full()
        assert made.reader.starts == [0, Fraction(30, 24)]
        assert made.queue.span() == (at(30), at(31))


def test_a_skip_back_or_to_another_loop_begins_to_read_there() -> None:
    with line(Recorder(24, 48, gop=48), depth=2) as made:
        made.feed.start(at(20))
        made.wait_full()
        for there in (at(10), at(12, loop=1)):
            made.feed.skip_to(there)
            made.wait_full()
            span = made.queue.span()
            assert span is not None
            assert span[0] == there
        assert made.reader.starts == [Fraction(20, 24), Fraction(10, 24), Fraction(12, 24)]


def test_a_skip_to_another_turn_of_a_short_version_begins_to_read_there() -> None:
    reader = Recorder(24, 24, gop=24)
    with line(reader, when_short=WhenShort.LOOP, duration=Fraction(1), depth=2) as made:
        made.feed.start(at(0))
        made.wait_full()
        made.feed.skip_to(at(40))
        made.wait_full()
        assert made.queue.span() == (at(40), at(41))
        assert reader.starts == [0, Fraction(16, 24)]


# -- faults


def test_a_fault_is_told_and_mended_by_a_skip_that_opens_the_file_anew() -> None:
    with line(Recorder(24, 48)) as made:
        made.feed.start(at(0))
        made.wait_full()
        assert made.feed.fault is None
        assert made.reader.opened == 1
        made.reader.fail("is on fire")
        made.feed.skip_to(at(20))
        assert wait_for_fault(made.feed) == "is on fire"
        made.feed.skip_to(at(21))  # still broken, and told again
        assert wait_for_fault(made.feed) == "is on fire"
        made.reader.fail(None)
        opened = made.reader.opened
        made.feed.skip_to(at(22))
        assert made.feed.fault is None
        made.wait_full()
        assert made.feed.fault is None
        assert made.reader.opened == opened + 1
        span = made.queue.span()
        assert span is not None
        assert span[0] == at(22)


def test_what_was_queued_before_a_fault_is_still_there() -> None:
    with line(Recorder(24, 48), depth=4) as made:
        made.feed.start(at(0))
        made.wait_full()
        made.reader.fail("is on fire")
        for frame in range(4):
            assert take(made.queue, at(frame)) is not None
        assert wait_for_fault(made.feed) == "is on fire"


def test_a_file_that_cannot_be_opened_is_a_fault_at_the_first_order() -> None:
    reader = Recorder(24, 48)
    reader.fail("is not there")
    with line(reader) as made:
        made.feed.prepare()
        assert reader.was_opened.wait(PATIENCE_S)
        assert made.feed.fault is None
        made.feed.start(at(0))
        assert wait_for_fault(made.feed) == "is not there"
        assert made.feed.facts is None


def test_a_fault_met_for_an_order_that_no_longer_counts_is_not_told() -> None:
    class BreaksOnce(Recorder):
        def frames(self, start: Fraction, stop: Fraction) -> Iterator[FakeFrame]:
            is_first = not self.starts
            for frame in super().frames(start, stop):
                if is_first:
                    raise ReaderFault("was on fire")
                yield frame

    reader = BreaksOnce(24, 48)
    reader.hold()
    with line(reader) as made:
        made.feed.start(at(0))
        assert reader.was_asked.wait(PATIENCE_S)
        made.feed.skip_to(at(10))
        reader.go_on()
        made.wait_covers(at(10))
        assert made.feed.fault is None
        assert reader.opened == 2


def test_a_mistake_of_ours_stops_one_version_and_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Mistaken(Recorder):
        def frames(self, start: Fraction, stop: Fraction) -> Iterator[FakeFrame]:
            raise ZeroDivisionError

    with line(Mistaken(24, 48)) as made:
        made.feed.start(at(0))
        assert wait_for_fault(made.feed) == "decoding failed unexpectedly; the log says more"
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


# -- the thread


def test_pictures_are_made_on_decoding_threads() -> None:
    with line(Recorder(24, 48)) as made:
        made.feed.start(at(0))
        made.wait_full()
        assert made.makers
        assert all(name.startswith("decode ") for name in made.makers)


def test_feeds_that_share_a_pool_are_all_served() -> None:
    pool = DecodePool(2)
    feeds = [Feed(f"v{i}", FakeReader(24, 48), depth=3, pool=pool) for i in range(20)]
    for feed in feeds:
        feed.plan_loops(0, TimeMap(FILM, LENGTH, Fraction(2)))
        feed.assign(image_target=lambda: TARGET, make_payload=lambda image: image.width_px)
        feed.start(at(0))
    end = time.monotonic() + PATIENCE_S
    for frame in range(120):
        position = at(frame % LENGTH, loop=frame // LENGTH)
        while not all(feed.queue.covers(position) for feed in feeds):
            assert time.monotonic() < end, position
            time.sleep(0)
        assert {take(feed.queue, position).payload for feed in feeds} == {frame % LENGTH + 1}  # type: ignore[union-attr]
    for feed in feeds:
        feed.stop()
    assert all(feed.join(PATIENCE_S) for feed in feeds)
    pool.stop()
    assert pool.join(PATIENCE_S)


def test_the_file_is_opened_once_and_before_it_is_known_what_for() -> None:
    reader = Recorder(24, 48)
    feed = Feed("v", reader)
    feed.prepare()
    assert reader.was_opened.wait(PATIENCE_S)
    feed.plan_loops(0, TimeMap(FILM, LENGTH, Fraction(2)))
    feed.assign(image_target=lambda: TARGET, make_payload=lambda image: image)
    assert reader.starts == []
    feed.start(at(0))
    assert reader.was_asked.wait(PATIENCE_S)
    feed.stop()
    assert feed.join(PATIENCE_S)
    assert reader.opened == 1
    assert feed.facts == ReaderFacts(Fraction(0))


def test_stop_ends_a_feed_that_waits_for_room_and_closes_its_file() -> None:
    reader = Recorder(24, 48)
    made = Line(reader, TimeMap(FILM, LENGTH, Fraction(2)))
    made.feed.start(at(0))
    made.wait_full()
    assert not made.feed.join(0)
    made.feed.stop()
    assert made.feed.join(PATIENCE_S)
    assert reader.is_closed
    assert len(made.queue) == 0


def test_stop_ends_a_feed_that_waits_for_an_order() -> None:
    reader = Recorder(24, 48)
    made = Line(reader, TimeMap(FILM, LENGTH, Fraction(2)))
    made.feed.prepare()
    assert reader.was_opened.wait(PATIENCE_S)
    made.feed.stop()
    assert made.feed.join(PATIENCE_S)
    assert reader.is_closed
    assert reader.starts == []


def test_stop_ends_a_feed_that_stands_still_for_a_fault() -> None:
    reader = Recorder(24, 48)
    reader.fail("is on fire")
    made = Line(reader, TimeMap(FILM, LENGTH, Fraction(2)))
    made.feed.start(at(0))
    wait_for_fault(made.feed)
    made.feed.stop()
    assert made.feed.join(PATIENCE_S)
    assert reader.is_closed


def test_join_says_when_a_decoder_does_not_end() -> None:
    reader = Recorder(24, 48)
    reader.hold()
    made = Line(reader, TimeMap(FILM, LENGTH, Fraction(2)))
    made.feed.start(at(0))
    assert reader.was_asked.wait(PATIENCE_S)
    made.feed.stop()
    assert not made.feed.join(0)
    reader.go_on()
    assert made.feed.join(PATIENCE_S)


def test_a_feed_that_never_began_has_ended() -> None:
    made = Line(Recorder(24, 48), TimeMap(FILM, LENGTH, Fraction(2)))
    made.feed.stop()
    assert made.feed.join(0)


def test_the_run_up_to_a_film_frame_is_from_its_keyframe_or_from_where_the_feed_reads() -> None:
    with line(Recorder(24, 48, gop=12), depth=4) as made:
        made.feed.start(at(0))
        made.wait_full()
        assert made.queue.span() == (at(0), at(3))
        assert made.feed.run_up(at(5)) == Fraction(2, 24)  # reads on from 3
        assert made.feed.run_up(at(12)) == 0
        assert made.feed.run_up(at(20)) == Fraction(8, 24)
        assert made.feed.run_up(at(20, loop=1)) == Fraction(8, 24)
        assert made.feed.run_up(at(5, loop=1)) == Fraction(5, 24)
