"""A film is taken up where its clock says, at a start and after a standstill: together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest

from installation.decode import ImageTarget
from installation.film import FilmPosition, MasterClock, TimeMap
from installation.playback import DecodePool, Feed, Player
from tests.fakes import FakeReader

RATE, LENGTH = Fraction(24), 480
NS = 1_000_000_000
REFRESH_NS = NS // 60
PATIENCE_NS = 250_000_000
TARGET = ImageTarget(frozenset({"bgra"}))


class Wall:
    """A player of fake readers whose film is asked for at 60 refreshes a second."""

    def __init__(self, *names: str, gop: int = 12) -> None:
        self.pool = DecodePool(2)
        self.clock = MasterClock(RATE, LENGTH)
        self.gop = gop
        self.readers: dict[str, list[FakeReader]] = {name: [] for name in names}
        self.player = Player(self.clock, [self.feed(n) for n in names], patience_ns=PATIENCE_NS)
        self.now_ns = 40 * NS
        self.shown: list[int] = []
        self.hung: list[object] = []

    def feed(self, name: str) -> Feed:
        reader = FakeReader(RATE, LENGTH, gop=self.gop)
        self.readers[name].append(reader)
        feed = Feed(name, reader, depth=8, pool=self.pool)
        feed.plan_loops(0, TimeMap(RATE, LENGTH, Fraction(LENGTH) / RATE))
        feed.assign(image_target=lambda: TARGET, make_payload=lambda image: image.width_px - 1)
        feed.prepare()
        return feed

    def begin(self, since_ns: int | None = None, at_ns: int = 0) -> None:
        if since_ns is not None:
            self.player.take_up(since_ns, at_ns)
        self.player.prime()
        wait_for(lambda: self.player.is_primed)
        self.player.begin(self.now_ns)

    def hang(self, reader: FakeReader) -> None:
        """Let it hang inside a call that cannot be stopped."""
        reader.hold()
        self.hung.append(reader)

    def refresh(self, times: int = 1) -> None:
        """Let refreshes pass; whoever does not hang has all the time it needs to decode."""
        for _ in range(times):
            due = int(self.clock.elapsed_frames(self.now_ns))
            found = self.player.present(due, self.now_ns)
            if found is not None:
                numbers = {frame.payload for frame in found.frames.values()}
                assert numbers == {found.position.frame}
                self.shown.append(self.clock.index(found.position))
            self.player.refill()
            self.settle()
            self.now_ns += REFRESH_NS

    def settle(self) -> None:
        feeds = [feed for feed in self.player.feeds if feed.reader not in self.hung]
        wait_for(lambda: all(feed.urgency() is None for feed in feeds))

    def is_on_air(self, name: str) -> bool:
        return next(c.is_on_air for c in self.player.channels if c.name == name)


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.0005)


@pytest.fixture
def walls() -> Iterator[list[Wall]]:
    made: list[Wall] = []
    yield made
    for wall in made:
        for readers in wall.readers.values():
            for reader in readers:
                reader.go_on()
        wall.player.stop()
        wall.pool.stop()


def a_wall(walls: list[Wall], *names: str) -> Wall:
    walls.append(Wall(*names))
    return walls[-1]


@pytest.mark.parametrize("run_s", [0, 7, 19])
def test_a_film_that_has_run_begins_where_its_clock_is(walls: list[Wall], run_s: int) -> None:
    wall = a_wall(walls, "one", "two")
    wall.begin(wall.now_ns - run_s * NS, wall.now_ns)
    wall.refresh(60)
    assert wall.shown == list(range(run_s * 24, (run_s + 1) * 24))
    assert wall.player.presenter.tally.dropped == 0


def test_what_was_made_ready_too_early_is_shown_in_its_time(walls: list[Wall]) -> None:
    wall = a_wall(walls, "one", "two")
    wall.begin(wall.now_ns - 5 * NS, wall.now_ns + NS // 4)
    wall.refresh(15)
    assert wall.shown == []
    wall.refresh(2)
    assert wall.shown == [126]
    wall.refresh(43)
    assert wall.shown == list(range(126, 144))
    assert wall.player.presenter.tally.dropped == 0


def test_a_start_that_took_long_shows_a_picture_and_gets_there_in_one_step(
    walls: list[Wall],
) -> None:
    wall = a_wall(walls, "one", "two")
    wall.begin(wall.now_ns - 9 * NS, wall.now_ns - 4 * NS)
    wall.refresh(120)
    first, *then = wall.shown
    assert 120 <= first < 128  # what was made ready
    assert then == list(range(then[0], 216 + 48))  # all on the clock from there on
    assert then[0] <= 216 + 24


def test_it_may_begin_just_behind_a_seam(walls: list[Wall]) -> None:
    wall = a_wall(walls, "one", "two")
    wall.begin(wall.now_ns - 19_990_000_000, wall.now_ns + 50_000_000)
    wall.refresh(30)
    assert wall.shown[0] == LENGTH
    assert wall.clock.position_of(wall.shown[0]) == FilmPosition(1, 0)


@pytest.mark.parametrize("stood_s", [1, 20, 3600 * 9])
def test_after_a_standstill_all_take_up_the_film_in_one_step(
    walls: list[Wall], stood_s: int
) -> None:
    wall = a_wall(walls, "one", "two", "three")
    wall.begin()
    wall.refresh(120)
    wall.now_ns += stood_s * NS  # SIGSTOP, or a machine that slept
    wall.shown.clear()
    due = int(wall.clock.elapsed_frames(wall.now_ns))
    wall.refresh(180)
    taken_up = wall.shown
    assert due <= taken_up[0] <= due + 24  # and nothing of what was queued before
    assert taken_up == list(range(taken_up[0], int(wall.clock.elapsed_frames(wall.now_ns - 1)) + 1))
    assert all(wall.is_on_air(name) for name in wall.readers)


def test_a_hiccup_is_caught_up_with_and_nothing_is_skipped_on_purpose(walls: list[Wall]) -> None:
    wall = a_wall(walls, "one", "two")
    wall.begin()
    wall.refresh(120)
    wall.shown.clear()
    wall.now_ns += NS // 5
    due = int(wall.clock.elapsed_frames(wall.now_ns))
    wall.refresh(60)
    assert due in wall.shown or due - 1 in wall.shown
    assert wall.shown[-1] == int(wall.clock.elapsed_frames(wall.now_ns - REFRESH_NS))


def test_a_reader_that_hangs_is_replaced_beside_the_others(walls: list[Wall]) -> None:
    wall = a_wall(walls, "well", "hangs")
    wall.begin()
    wall.refresh(30)
    wall.hang(wall.readers["hangs"][0])
    wall.refresh(60)
    assert not wall.is_on_air("hangs")
    wall.player.add(wall.feed("hangs"), wall.now_ns, at_seam=False)
    wall.refresh(240)
    assert wall.is_on_air("hangs")
    assert wall.player.abandoned("hangs") == 1
    assert wall.player.abandoned("well") == 0
    assert wall.shown[-1] == int(wall.clock.elapsed_frames(wall.now_ns - REFRESH_NS))
    wall.readers["hangs"][0].go_on()
    wait_for(lambda: wall.player.abandoned("hangs") == 0)


def test_readers_that_hang_for_good_leave_the_pool_to_the_others(walls: list[Wall]) -> None:
    wall = a_wall(walls, "well", "hangs")
    wall.begin()
    wall.refresh(30)
    wall.hang(wall.readers["hangs"][0])
    wall.refresh(60)
    for _ in range(4):  # more than the pool has threads
        feed = wall.feed("hangs")
        wall.hang(wall.readers["hangs"][-1])
        wall.player.add(feed, wall.now_ns, at_seam=False)
        wall.refresh(60)
    assert wall.player.abandoned("hangs") == 3
    wall.shown.clear()
    begun = int(wall.clock.elapsed_frames(wall.now_ns - REFRESH_NS))
    wall.refresh(240)
    assert wall.shown == list(range(begun + 1, begun + 97))
