"""A film that changes while it plays: versions come and go, its length changes, nobody flinches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from installation.decode import ImageTarget
from installation.film import FilmPosition, MasterClock, TimeMap
from installation.playback import Feed, Player, PresentationSet
from tests.fakes import FakeReader

RATE = Fraction(24)
TARGET = ImageTarget(frozenset({"bgra"}))


class ChangingWall:
    """A player whose versions all show, at film frame k, their picture k, and say whose it is."""

    def __init__(self, length: int = 24) -> None:
        self.made: list[Feed] = []
        self.readers: dict[str, FakeReader] = {}
        self.clock = MasterClock(RATE, length)
        self.player = Player(self.clock, [self.feed("a")], patience_ns=250_000_000)
        self.player.prime()
        wait_for(lambda: self.player.is_primed)
        self.player.begin(0)
        self.now_ns = 0
        self.index = 0
        self.shown: list[PresentationSet] = []

    def feed(self, name: str, take: int = 1) -> Feed:
        reader = FakeReader(RATE, 200, gop=5)
        feed = Feed(name, reader)
        feed.queue.depth = 8
        who = f"{name}{take}"
        for since, loop_length in self.clock.lengths():
            feed.plan_loops(since, self.time_map(loop_length))
        feed.assign(
            image_target=lambda: TARGET,
            make_payload=lambda image: (who, image.width_px - 1),
        )
        self.made.append(feed)
        self.readers[who] = reader
        feed.prepare()
        wait_for(lambda: feed.facts is not None)
        return feed

    def time_map(self, length: int) -> TimeMap:
        return TimeMap(RATE, length, Fraction(200) / RATE)

    def play(self, frames: int) -> None:
        """Go on, film frame by film frame; whoever may be needed is given time to be ready."""
        for _ in range(frames):
            on_air = [c for c in self.player.channels if c.is_on_air]
            position = self.clock.position_of(self.index)
            wait_for(lambda: all(c.covers(position) for c in on_air))  # noqa: B023
            wait_for(lambda: all(c.is_comfortable for c in self.player.presenter.coming.values()))
            self.now_ns = max(self.now_ns, self.clock.due_ns(self.index))
            found = self.player.present(self.index, self.now_ns)
            assert found is not None, self.index
            self.player.note_presented(found)
            self.shown.append(found)
            self.index += 1

    def change_length(self, length: int) -> None:
        self.player.change_film(length, lambda _: self.time_map(length))

    def who(self, index: int) -> set[str]:
        return {payload(f)[0] for f in self.shown[index].frames.values()}

    def check(self) -> None:
        """Every set is of one film frame, none is missing, nothing was held, dropped or late."""
        positions = [s.position for s in self.shown]
        for before, after in pairwise(positions):
            assert after in ((before.loop, before.frame + 1), (before.loop + 1, 0))
        for shown in self.shown:
            assert {payload(f)[1] for f in shown.frames.values()} == {shown.position.frame}
        tally = self.player.presenter.tally
        assert (tally.held, tally.dropped, tally.late) == (0, 0, 0)
        assert self.player.ledger.mismatches == 0


def payload(frame: object) -> tuple[str, int]:
    value = frame.payload  # type: ignore[attr-defined]
    assert isinstance(value, tuple)
    return value


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0)


@pytest.fixture
def wall() -> Iterator[ChangingWall]:
    wall = ChangingWall()
    yield wall
    wall.player.stop()
    for feed in wall.made:
        feed.stop()
        assert feed.join(5)


def test_a_newcomer_joins_with_the_first_film_frame_of_a_loop(wall: ChangingWall) -> None:
    wall.play(5)
    wall.player.add(wall.feed("b"), wall.now_ns, at_seam=True)
    wall.play(60)
    wall.check()
    sizes = [len(s.frames) for s in wall.shown]
    assert sizes == [1] * 24 + [2] * 41
    assert [c.name for c in wall.player.channels] == ["a", "b"]
    assert not wall.player.presenter.coming


def test_a_seam_too_near_is_left_for_the_next(wall: ChangingWall) -> None:
    wall.play(20)
    wall.player.add(wall.feed("b"), wall.now_ns, at_seam=True)
    wall.play(40)
    wall.check()
    assert [len(s.frames) for s in wall.shown] == [1] * 48 + [2] * 12


def test_one_that_need_not_wait_for_the_seam_joins_in_step_soon(wall: ChangingWall) -> None:
    wall.play(5)
    wall.player.add(wall.feed("b"), wall.now_ns, at_seam=False)
    wall.play(15)
    wall.check()
    sizes = [len(s.frames) for s in wall.shown]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 2


def test_a_replaced_version_changes_at_the_seam_and_the_old_one_is_let_go(
    wall: ChangingWall,
) -> None:
    old = wall.player.channels[0].feed
    wall.play(3)
    wall.player.add(wall.feed("a", take=2), wall.now_ns, at_seam=True)
    wall.play(40)
    wall.check()
    assert [wall.who(i) for i in range(43)] == [{"a1"}] * 24 + [{"a2"}] * 19
    assert old.join(5)
    assert wall.readers["a1"].is_closed


def test_a_removed_version_is_gone_with_the_next_film_frame(wall: ChangingWall) -> None:
    wall.player.add(wall.feed("b"), 0, at_seam=False)
    wall.play(30)
    wall.player.remove("a")
    wall.play(10)
    wall.check()
    assert [wall.who(i) for i in range(30, 40)] == [{"b1"}] * 10


def test_one_removed_before_it_came_on_air_never_does(wall: ChangingWall) -> None:
    wall.play(1)
    wall.player.add(wall.feed("b"), wall.now_ns, at_seam=True)
    wall.player.remove("b")
    wall.play(60)
    wall.check()
    assert all(len(s.frames) == 1 for s in wall.shown)


def test_a_wall_left_empty_takes_the_next_version_at_once(wall: ChangingWall) -> None:
    wall.play(3)
    wall.player.remove("a")
    wall.play(3)
    wall.player.add(wall.feed("b"), wall.now_ns, at_seam=True)
    wall.play(18)
    assert wall.who(-1) == {"b1"}
    assert wall.shown[-1].position.loop == 0


@pytest.mark.parametrize("length", [1, 10, 24, 60])
def test_a_film_changes_its_length_at_a_seam_that_nobody_has_read_beyond(
    wall: ChangingWall, length: int
) -> None:
    wall.play(20)
    wall.change_length(length)
    wall.play(200)
    wall.check()
    lengths = [
        sum(s.position.loop == loop for s in wall.shown)
        for loop in range(wall.shown[-1].position.loop)
    ]
    assert lengths == sorted(lengths, reverse=length < 24)
    assert set(lengths) <= {24, length}
    assert lengths[-1] == length
    assert lengths.count(24) <= 2 or length == 24


Change = st.one_of(
    st.tuples(st.just("add"), st.sampled_from("abc"), st.booleans()),
    st.tuples(st.just("remove"), st.sampled_from("abc"), st.booleans()),
    st.tuples(st.just("length"), st.integers(1, 60), st.booleans()),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(Change, st.integers(0, 70)), max_size=6))
@example([(("length", 2, False), 0), (("add", "a", False), 0)])
def test_whatever_comes_goes_or_changes_no_film_frame_is_mixed_or_missing(
    changes: list[tuple[tuple[str, object, bool], int]],
) -> None:
    wall = ChangingWall()
    try:
        for take, ((kind, what, flag), frames) in enumerate(changes):
            if kind == "add":
                wall.player.add(wall.feed(str(what), take + 2), wall.now_ns, at_seam=flag)
            elif kind == "remove":
                wall.player.remove(str(what))
            else:
                assert isinstance(what, int)
                wall.change_length(what)
            wall.play(frames)
        wall.play(10)
        positions = [s.position for s in wall.shown]
        assert [wall.clock.index(p) for p in positions[-5:]] == list(
            range(wall.index - 5, wall.index)
        )
        for before, after in pairwise(positions):
            assert after in ((before.loop, before.frame + 1), (before.loop + 1, 0))
        for shown in wall.shown:
            assert {payload(f)[1] for f in shown.frames.values()} <= {shown.position.frame}
        assert wall.player.ledger.mismatches == 0
        assert wall.player.presenter.tally.held == 0
    finally:
        wall.player.stop()
    for feed in wall.made:
        feed.stop()
        assert feed.join(5)
    assert FilmPosition(0, 0) == positions[0]
