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
from installation.film import FilmPosition, MasterClock, TimeMap, Timing
from installation.playback import Channel, Feed, Player, PresentationSet
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

    def feed(self, name: str, take: int = 1, *, behind: int = 0, gop: int = 5) -> Feed:
        """A feed of a version, which is so many film frames behind the film."""
        reader = FakeReader(RATE, 200, gop=gop)
        feed = Feed(name, reader)
        feed.queue.depth = 8
        who = f"{name}{take}"
        for since, loop_length in self.clock.lengths():
            feed.plan_loops(since, self.time_map(loop_length, behind))
        feed.assign(
            image_target=lambda: TARGET,
            make_payload=lambda image: (who, image.width_px - 1),
        )
        self.made.append(feed)
        self.readers[who] = reader
        feed.prepare()
        wait_for(lambda: feed.facts is not None)
        return feed

    def time_map(self, length: int, behind: int = 0) -> TimeMap:
        timing = Timing(offset=behind / RATE)
        return TimeMap(RATE, length, Fraction(200) / RATE, timing=timing)

    def shift(self, name: str, take: int, behind: int) -> Feed:
        """Let a version go on so many film frames behind, as soon as may be."""
        feed = self.feed(name, take, behind=behind)
        self.player.add(feed, self.now_ns, at_seam=False)
        return feed

    def look_again(self) -> PresentationSet | None:
        """While paused: what there is to show anew once the coming ones are ready."""
        wait_for(lambda: all(c.is_comfortable for c in self.player.presenter.coming.values()))
        due = int(self.clock.elapsed_frames(self.now_ns))
        for _ in range(200):  # the others may have to be fetched back
            found = self.player.present(due, self.now_ns)
            if found is not None:
                self.player.note_presented(found)
                self.player.refill()
                return found
            if not self.player.is_waiting:
                return None
            wait_for(lambda: all(c.covers(self.clock.position_of(due)) for c in self.channels()))
        raise AssertionError("it went on waiting")

    def channels(self) -> list[Channel]:
        """Those on air."""
        return [c for c in self.player.channels if c.is_on_air]

    def play(self, frames: int, *, waits_for_the_coming: bool = True) -> None:
        """Go on, film frame by film frame; whoever may be needed is given time to be ready."""
        for _ in range(frames):
            on_air = [c for c in self.player.channels if c.is_on_air]
            position = self.clock.position_of(self.index)
            wait_for(lambda: all(c.covers(position) for c in on_air))  # noqa: B023
            coming = self.player.presenter.coming.values() if waits_for_the_coming else ()
            wait_for(lambda: all(c.is_comfortable for c in coming))  # noqa: B023
            self.now_ns = max(self.now_ns, self.clock.due_ns(self.index))
            found = self.player.present(self.index, self.now_ns)
            assert found is not None, self.index
            self.player.note_presented(found)
            self.player.refill()
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


def behind(shown: PresentationSet) -> dict[str, int]:
    """By how many film frames each version is behind, as its picture tells."""
    return {name: shown.position.frame - payload(f)[1] for name, f in shown.frames.items()}


def check_others(wall: ChangingWall, name: str) -> None:
    """No film frame is missing, held or late, and all but one version are at it."""
    positions = [s.position for s in wall.shown]
    assert [wall.clock.index(p) for p in positions] == list(range(len(positions)))
    for shown in wall.shown:
        assert {n for n, late in behind(shown).items() if late} <= {name}
    tally = wall.player.presenter.tally
    assert (tally.held, tally.dropped, tally.late) == (0, 0, 0)
    assert wall.player.ledger.mismatches == 0


def test_a_version_given_other_times_shifts_at_a_film_frame_and_nobody_else_notices(
    wall: ChangingWall,
) -> None:
    wall.player.add(wall.feed("b"), 0, at_seam=False)
    wall.play(30)
    old = next(c.feed for c in wall.player.channels if c.name == "b")
    wall.shift("b", 2, behind=3)
    wall.play(12)
    check_others(wall, "b")
    late = [behind(shown)["b"] for shown in wall.shown[29:]]
    assert late == sorted(late)  # from 0 to 3, at once and for good
    assert {*late} == {0, 3}
    assert wall.shown[-1].position.loop == 1  # and no seam was waited for
    assert [c.name for c in wall.player.channels] == ["a", "b"]
    assert old.join(5)
    assert wall.readers["b1"].is_closed


def test_a_shift_takes_the_versions_history_with_it(wall: ChangingWall) -> None:
    wall.play(3)
    (channel,) = wall.player.channels
    channel.late = 7
    wall.player.presenter.take_off_air("a", "a test", 3, wall.now_ns)
    wall.shift("a", 2, behind=1)
    wall.play(12)
    (shifted,) = wall.player.channels
    assert shifted is not channel
    assert (shifted.late, shifted.times_off_air) == (7, 1)
    assert [span.until_index is not None for span in shifted.spans] == [True]


def test_whoever_leans_on_the_key_leaves_no_feeds_behind(wall: ChangingWall) -> None:
    wall.player.add(wall.feed("b"), 0, at_seam=False)
    wall.play(30)
    for take in range(2, 22):
        wall.shift("b", take, behind=take * 7 % 11)
    wall.play(12)
    check_others(wall, "b")
    assert {behind(shown)["b"] for shown in wall.shown[29:]} == {0, 4}  # the last one alone
    kept = {c.feed for c in wall.player.channels}
    gone = [feed for feed in wall.made if feed not in kept]
    assert len(gone) == 20
    assert all(feed.join(5) for feed in gone)
    assert sum(reader.is_closed for reader in wall.readers.values()) == 20


@pytest.mark.parametrize("gop", [1, 5, 100])
def test_a_shift_need_not_decode_in_real_time(gop: int) -> None:
    """It is there within less than a second, however far back the keyframe lies."""
    wall = ChangingWall(150)
    try:
        wall.play(40)
        wall.player.add(wall.feed("a", 2, behind=3, gop=gop), wall.now_ns, at_seam=False)
        wall.play(20)
        assert behind(wall.shown[-1]) == {"a": 3}
        check_others(wall, "a")
    finally:
        wall.player.stop()


def test_a_paused_wall_shows_the_shift_at_the_film_frame_it_stands_at(wall: ChangingWall) -> None:
    wall.player.add(wall.feed("b"), 0, at_seam=False)
    wall.play(30)
    wall.player.pause(wall.now_ns)
    position = wall.player.presenter.shown
    for take, frames in enumerate((2, 4, 1), 2):
        wall.shift("b", take, behind=frames)
        assert wall.player.is_waiting
        found = wall.look_again()
        assert found is not None
        assert (found.position, behind(found)) == (position, {"a": 0, "b": frames})
        assert not wall.player.is_waiting
    wall.player.resume(wall.now_ns)
    wall.play(20)
    check_others(wall, "b")
    assert behind(wall.shown[-1]) == {"a": 0, "b": 1}


def test_a_shift_on_its_way_arrives_though_the_wall_is_paused_stepped_or_runs_on(
    wall: ChangingWall,
) -> None:
    wall.player.add(wall.feed("b"), 0, at_seam=False)
    wall.play(30)
    wall.shift("b", 2, behind=3)
    wall.player.pause(wall.now_ns)
    found = wall.look_again()
    assert found is not None
    assert behind(found) == {"a": 0, "b": 3}
    wall.shift("b", 3, behind=2)
    wall.player.step(-2)
    found = wall.look_again()
    while wall.player.is_waiting:
        found = wall.look_again()
    assert found is not None
    assert behind(found) == {"a": 0, "b": 2}
    assert wall.clock.index(found.position) == 27
    wall.shift("b", 4, behind=5)
    wall.player.resume(wall.now_ns)
    wall.index = 28
    wall.play(20)
    assert behind(wall.shown[-1]) == {"a": 0, "b": 5}
    assert wall.player.ledger.mismatches == 0


def test_a_shift_that_comes_a_little_late_is_still_waited_for(wall: ChangingWall) -> None:
    wall.player.add(wall.feed("b"), 0, at_seam=False)
    wall.play(30)
    feed = wall.feed("b", 2, behind=3)
    wall.readers["b2"].hold()
    wall.player.add(feed, wall.now_ns, at_seam=False)
    wall.play(10, waits_for_the_coming=False)
    assert behind(wall.shown[-1]) == {"a": 0, "b": 0}
    wall.readers["b2"].go_on()
    wall.play(4)
    check_others(wall, "b")
    assert behind(wall.shown[-1]) == {"a": 0, "b": 3}


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
