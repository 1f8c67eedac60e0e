"""A machine too slow for its wall: film frames are dropped on all tiles together, none leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise

import pytest

from installation.decode import ImageTarget
from installation.film import MasterClock, TimeMap
from installation.playback import Feed, Player
from tests.fakes import FakeMachine, FakeReader

RATE = Fraction(24)
LENGTH = 480
REFRESH_NS = 1_000_000_000 // 60
PATIENCE_NS = 250_000_000
TARGET = ImageTarget(frozenset({"bgra"}))


class SlowWall:
    """Versions that share a machine which decodes `speed` pictures in a film frame's time.

    One more machine, for a version of its own, decodes half a picture in that time.
    """

    def __init__(
        self, readers: dict[str, FakeReader], machine: FakeMachine, half: FakeMachine | None = None
    ) -> None:
        self.machine = machine
        self.half = half
        self.clock = MasterClock(RATE, LENGTH)
        self.readers = list(readers.values())
        self.feeds = [Feed(name, reader, depth=8) for name, reader in readers.items()]
        for feed in self.feeds:
            feed.plan_loops(0, TimeMap(RATE, LENGTH, Fraction(LENGTH) / RATE))
            feed.assign(
                image_target=lambda: TARGET,
                make_payload=lambda image: image.width_px - 1,
            )
        self.player = Player(self.clock, self.feeds, patience_ns=PATIENCE_NS)
        self.shown: list[int] = []
        self.lags: list[int] = []
        self.refreshes = 0
        self._credit = Fraction(0)
        self._half_credit = Fraction(0)

    def settle(self) -> None:
        """Wait until every feed waits: for the machine's time, or for room in its queue.

        One that did both would count for one that is still on its way, and that one would get
        less than its share of the machine.
        """
        end = time.monotonic() + 10
        while not all(
            reader.waits or feed.urgency() is None
            for reader, feed in zip(self.readers, self.feeds, strict=True)
        ):
            assert time.monotonic() < end, "the feeds do not come to rest"
            time.sleep(0)

    def decode(self, pictures: Fraction) -> None:
        self._credit += pictures
        while self._credit >= 1:
            self._credit -= 1
            self.settle()
            if not self.machine.give():
                self._credit = Fraction(0)
        self.settle()
        self._half_credit += Fraction(1, 2) * RATE / 60
        if self.half is not None and self._half_credit >= 1:
            self._half_credit -= 1
            self.half.give()
            self.settle()

    def begin(self) -> None:
        self.player.prime()
        while not self.player.is_primed:
            self.decode(Fraction(1))
        self.player.begin(0)

    def play(self, seconds: int, speed: Callable[[int], Fraction | int]) -> None:
        """Run for so long; `speed` tells what the machine manages at a refresh."""
        for _ in range(seconds * 60):
            now_ns = self.refreshes * REFRESH_NS
            due = int(self.clock.elapsed_frames(now_ns))
            found = self.player.present(due, now_ns)
            if found is not None:
                self.player.note_presented(found)
                self.shown.append(self.clock.index(found.position))
                assert len(set(frame.pts for frame in found.frames.values())) == 1
            self.player.refill()
            assert self.player.presenter.shown is not None
            self.lags.append(due - self.clock.index(self.player.presenter.shown))
            self.decode(speed(self.refreshes) * RATE / 60)
            self.refreshes += 1

    def stop(self) -> None:
        self.machine.end()
        if self.half is not None:
            self.half.end()
        self.player.stop()

    @property
    def has_stayed_whole(self) -> bool:
        return all(channel.times_off_air == 0 for channel in self.player.channels)


@contextmanager
def slow_wall(*gops: int, versions: int = 6) -> Iterator[SlowWall]:
    machine = FakeMachine()
    readers = {
        f"v{i}": FakeReader(RATE, LENGTH, gop=gops[i % len(gops)], machine=machine)
        for i in range(versions)
    }
    wall = SlowWall(readers, machine)
    try:
        wall.begin()
        yield wall
    finally:
        wall.stop()


@pytest.mark.parametrize("gops", [(1,), (12,), (250,), (12, 250), (24, 36)])
@pytest.mark.parametrize("share", [Fraction(1, 3), Fraction(9, 10)])
def test_a_slow_machine_drops_film_frames_together_and_nobody_leaves(
    gops: tuple[int, ...], share: Fraction
) -> None:
    with slow_wall(*gops) as wall:
        wall.play(30, lambda _: 6 * share)
        assert wall.has_stayed_whole
        assert wall.player.ledger.mismatches == 0
        assert wall.shown == sorted(set(wall.shown))
        assert len(wall.shown) > Fraction(4, 5) * share * 30 * RATE
        returns = sum(1 for before, lag in pairwise(wall.lags) if before > 6 and lag == 0)
        assert returns >= 1
        assert wall.player.presenter.tally.dropped > 0


@pytest.mark.parametrize("gop", [12, 250])
def test_after_a_stop_of_the_whole_machine_the_wall_is_soon_on_its_clock(gop: int) -> None:
    with slow_wall(gop) as wall:
        wall.play(2, lambda _: 12)
        wall.play(3, lambda _: 0)
        wall.play(8, lambda _: 12)
        assert wall.has_stayed_whole
        assert max(wall.lags[-3 * 60 :]) <= 1
        assert max(wall.lags) > 60


def test_an_uneven_machine_that_is_fast_enough_loses_little() -> None:
    speeds = [0, 0, 3, 9, 9, 15]
    with slow_wall(12) as wall:
        wall.play(20, lambda refresh: 2 * speeds[refresh % 6])
        assert wall.has_stayed_whole
        tally = wall.player.presenter.tally
        assert tally.shown > tally.due * 98 // 100
        assert max(wall.lags) <= 2


def test_one_that_moves_but_too_slowly_leaves_and_the_others_are_on_the_clock() -> None:
    machine, slow = FakeMachine(), FakeMachine()
    readers = {f"v{i}": FakeReader(RATE, LENGTH, gop=12, machine=machine) for i in range(3)}
    readers["slow"] = FakeReader(RATE, LENGTH, gop=12, machine=slow)
    wall = SlowWall(readers, machine, slow)
    try:
        wall.begin()
        wall.play(24, lambda _: 6)
        slowest = next(c for c in wall.player.channels if c.name == "slow")
        assert slowest.times_off_air >= 1
        assert all(c.times_off_air == 0 for c in wall.player.channels if c is not slowest)
        on_the_clock = sum(lag <= 1 for lag in wall.lags)
        assert on_the_clock > len(wall.lags) * 2 // 3
        assert wall.player.ledger.mismatches == 0
    finally:
        wall.stop()
