"""The lock, on fake readers and a clock that jumps: what is shown, held, dropped, off air."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.decode import ImageTarget
from installation.film import FilmPosition, MasterClock, TimeMap
from installation.playback import Feed, Player, PresentationSet
from installation.playback.pool import DecodePool, Work
from tests.fakes.reader import FakeReader

RATE = Fraction(24)
LENGTH = 48
FRAME_NS = 1_000_000_000 // 24 + 1
PATIENCE_NS = 250_000_000
TARGET = ImageTarget(frozenset({"bgra"}))


class Wall:
    """A player with named readers, and a way to ask it for film frames in turn."""

    def __init__(self, **readers: FakeReader) -> None:
        self.readers = readers
        clock = MasterClock(RATE, LENGTH)
        feeds = [Feed(name, reader, depth=8) for name, reader in readers.items()]
        for feed in feeds:
            feed.plan_loops(0, TimeMap(RATE, LENGTH, Fraction(2)))
            feed.assign(
                image_target=lambda: TARGET,
                make_payload=lambda image: image.width_px - 1,
            )
        self.player = Player(clock, feeds, patience_ns=PATIENCE_NS)
        self.now_ns = 0
        self.shown: list[PresentationSet] = []

    def begin(self) -> None:
        self.player.prime()
        wait_for(lambda: self.player.is_primed)
        self.player.begin(0)

    def look(self, index: int) -> PresentationSet | None:
        """Ask for film frame `index` (from the very start) at the moment it is due."""
        self.now_ns = max(self.now_ns, self.player.clock.due_ns(index))
        return self.ask(index)

    def ask(self, index: int) -> PresentationSet | None:
        found = self.player.present(index, self.now_ns)
        if found is not None:
            self.shown.append(found)
            self.player.note_presented(found)
            self.player.refill()
        return found

    def wait_ready(self, index: int, *names: str) -> None:
        position = self.player.clock.position_of(index)
        channels = [c for c in self.player.channels if c.name in (names or self.readers)]
        wait_for(lambda: all(c.covers(position) for c in channels))

    def play(self, first: int, last: int, *names: str) -> None:
        for index in range(first, last + 1):
            self.wait_ready(index, *names)
            assert self.look(index) is not None, index

    def state(self, name: str) -> bool:
        return next(c.is_on_air for c in self.player.channels if c.name == name)


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.0005)


@pytest.fixture
def wall() -> Iterator[Wall]:
    wall = Wall(a=FakeReader(24, 48), b=FakeReader(30, 60), c=FakeReader(12, 24))
    wall.begin()
    yield wall
    stop(wall)


def stop(wall: Wall) -> None:
    for reader in wall.readers.values():
        reader.go_on()
    wall.player.stop()
    assert all(reader.is_closed for reader in wall.readers.values())


def film_frame_of(shown: PresentationSet) -> int:
    """The set's film frame, after checking that every tile is at it."""
    k = shown.position.frame
    expected = {"a": k, "b": k * 30 // 24, "c": k // 2}
    assert {name: f.payload for name, f in shown.frames.items()} == {
        name: expected[name] for name in shown.frames
    }
    return k


def test_every_set_shows_one_film_frame_and_the_seam_is_an_ordinary_one(wall: Wall) -> None:
    wall.play(0, 3 * LENGTH - 1)
    assert [film_frame_of(s) for s in wall.shown] == list(range(LENGTH)) * 3
    assert [s.position.loop for s in wall.shown] == sorted([0, 1, 2] * LENGTH)
    tally = wall.player.presenter.tally
    assert (tally.due, tally.shown, tally.held, tally.dropped, tally.late) == (144, 144, 0, 0, 0)
    assert (wall.player.ledger.pictures, wall.player.ledger.mismatches) == (144, 0)


def test_a_late_picture_holds_all_tiles_and_is_shown_late_together(wall: Wall) -> None:
    wall.play(0, 4)
    wall.readers["a"].hold()
    index = 5
    while wall.player.channels[0].covers(FilmPosition(0, index)):
        wall.wait_ready(index)
        assert wall.look(index) is not None
        index += 1
    assert wall.look(index) is None
    assert wall.player.presenter.is_waiting
    assert wall.player.channels[0].late == 1
    wall.readers["a"].go_on()
    wall.wait_ready(index)
    assert wall.ask(index) is not None
    assert [film_frame_of(s) for s in wall.shown] == list(range(index + 1))
    tally = wall.player.presenter.tally
    assert (tally.held, tally.late, tally.dropped) == (1, 1, 0)
    assert all(wall.state(name) for name in "abc")


def test_one_that_alone_lags_goes_off_air_and_comes_back_in_step(wall: Wall) -> None:
    wall.play(0, 4)
    wall.readers["a"].hold()
    index = 5
    while wall.state("a"):
        wall.wait_ready(index, "b", "c")
        wall.look(index)
        if wall.player.presenter.is_waiting:
            wall.now_ns += PATIENCE_NS
            wall.ask(index)
        index += 1
        assert index < 40
    assert [s.reason for s in wall.player.channels[0].spans] == ["its pictures come too slowly"]
    wall.play(index, index + 5, "b", "c")
    assert all(set(s.frames) == {"b", "c"} for s in wall.shown[-5:])
    wall.readers["a"].go_on()
    index += 6
    while not wall.state("a"):
        wall.wait_ready(index, "b", "c")
        wall.look(index)
        time.sleep(0.001)  # lets the feed's thread catch up with a clock that does not wait
        index += 1
        assert index < 4000
    wall.play(index, index + LENGTH)
    frames = [film_frame_of(s) for s in wall.shown]
    assert len(frames) == len(wall.shown)
    assert set(wall.shown[-1].frames) == {"a", "b", "c"}
    assert wall.player.ledger.mismatches == 0


def test_a_broken_file_leaves_at_once_and_returns_when_it_is_whole(wall: Wall) -> None:
    wall.play(0, 4)
    wall.readers["b"].fail("is on fire")
    index = 5
    while wall.state("b"):  # until it is read on, and the fault is met
        wall.wait_ready(index, "a", "c")
        wall.look(index)
        time.sleep(0.001)
        index += 1
        assert index < 4000
    assert wall.player.channels[1].reason == "is on fire"
    wall.readers["b"].fail(None)
    while not wall.state("b"):
        wall.wait_ready(index, "a", "c")
        wall.look(index)
        time.sleep(0.001)
        index += 1
        assert index < 4000
    wall.play(index, index + 10)
    assert wall.readers["b"].opened > 1
    assert film_frame_of(wall.shown[-1]) == (index + 10) % LENGTH


def test_a_machine_that_stood_still_takes_up_the_right_film_frame_together(wall: Wall) -> None:
    wall.play(0, 10)
    wall.now_ns += 20_000_000_000
    due = int(wall.player.clock.elapsed_frames(wall.now_ns))
    wall.ask(due)
    assert all(wall.state(name) for name in "abc")
    last = wall.shown[-1]
    index = due
    while wall.shown[-1] is last or wall.player.presenter.is_waiting:
        index += 1
        wall.look(index)
        time.sleep(0.001)
        assert index < due + 400
    wall.play(index + 1, index + 30)
    for shown in wall.shown:
        film_frame_of(shown)
    assert wall.player.clock.index(wall.shown[-1].position) == index + 30
    assert wall.player.presenter.tally.dropped > 400
    tally = wall.player.presenter.tally
    assert tally.due == tally.shown + tally.dropped


def test_pause_and_step_show_exactly_that_film_frame(wall: Wall) -> None:
    wall.play(0, 20)
    wall.player.pause(wall.now_ns)
    frame = 20
    for step in (1, 1, -1, -1, -1, 1):
        frame += step
        wall.player.step(step)
        index = int(wall.player.clock.elapsed_frames(0))
        assert index == frame
        wall.wait_ready(index)
        shown = wall.ask(index)
        assert shown is not None
        assert film_frame_of(shown) == frame
    wall.player.resume(wall.now_ns)
    wall.play(frame + 1, frame + 10)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6)), max_size=12))
def test_whatever_stalls_no_set_is_mixed_and_film_frames_only_rise(
    stalls: list[tuple[str, int]],
) -> None:
    wall = Wall(a=FakeReader(24, 48), b=FakeReader(30, 60), c=FakeReader(12, 24))
    wall.begin()
    try:
        index = 0
        for name, frames in stalls:
            wall.readers[name].hold()
            for _ in range(2 * frames):
                wall.look(index)
                index += 1
            wall.readers[name].go_on()
        indices = [wall.player.clock.index(s.position) for s in wall.shown]
        for shown in wall.shown:
            film_frame_of(shown)
        assert indices == sorted(set(indices))
        tally = wall.player.presenter.tally
        waiting = max(0, tally.due - tally.shown - tally.dropped)
        assert tally.due == tally.shown + tally.dropped + waiting
        assert wall.player.ledger.mismatches == 0
    finally:
        stop(wall)


class ByHand(DecodePool):
    """Notes who is woken, and works when told to."""

    def __init__(self) -> None:
        super().__init__(1)
        self.woken: list[Work] = []

    def wake(self, work: Work) -> None:
        """See `DecodePool.wake`."""
        self.woken.append(work)

    def catch_up(self) -> None:
        """Do all there is to do."""
        for work in self.woken:
            while work.urgency() is not None:
                work.work()
        self.woken.clear()


def test_who_decodes_is_woken_when_a_picture_is_shown_and_not_while_it_is_gathered() -> None:
    pool = ByHand()
    feed = Feed("a", FakeReader(24, 48), depth=4, pool=pool)
    feed.plan_loops(0, TimeMap(RATE, LENGTH, Fraction(2)))
    feed.assign(image_target=lambda: TARGET, make_payload=lambda image: image.width_px)
    clock = MasterClock(RATE, LENGTH)
    player = Player(clock, [feed], patience_ns=PATIENCE_NS)
    player.prime()
    pool.catch_up()
    player.begin(0)
    assert player.present(0, clock.due_ns(0)) is not None
    player.refill()
    assert pool.woken == []  # the picture shown is still needed
    assert player.present(1, clock.due_ns(1)) is not None
    assert pool.woken == []
    player.refill()
    assert pool.woken == [feed]
    pool.catch_up()
    assert player.present(4, clock.due_ns(4)) is not None
    assert pool.woken == []
    assert player.present(5, clock.due_ns(5)) is None
    assert pool.woken == [feed]  # nobody had refilled
    pool.catch_up()
    feed.stop()
    pool.catch_up()
    assert feed.join(0)
