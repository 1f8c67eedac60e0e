"""Threads that decode for all: the most urgent first, and none in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from installation.playback.pool import NOW, STUCK_NS, DecodePool, Urgency
from tests.fakes import FakeClock

PATIENCE_S = 5.0


class Job:
    """So many pieces to do, each a film frame later than the one before."""

    def __init__(self, name: str, pieces: int, *, first: int = 0) -> None:
        self.name = name
        self.left = pieces
        self.frame = first
        self.at_work = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.is_done = threading.Event()
        self.threads: set[str] = set()
        self.together = 0
        self.most_together = 0
        self.log: Callable[[str], None] = lambda _: None

    def urgency(self) -> Urgency | None:
        """See `Work.urgency`."""
        return Urgency(0, self.frame) if self.left else None

    def work(self) -> None:
        """See `Work.work`."""
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        self.threads.add(threading.current_thread().name)
        self.at_work.set()
        assert self.may_go_on.wait(PATIENCE_S)
        if self.left:
            self.log(self.name)
            self.left -= 1
            self.frame += 1
        self.together -= 1
        if not self.left:
            self.is_done.set()


def end(pool: DecodePool) -> None:
    pool.stop()
    assert pool.join(PATIENCE_S)


def test_all_is_done_and_never_by_two_at_once(clock: FakeClock) -> None:
    pool = DecodePool(4, clock=clock)
    jobs = [Job(str(i), 50) for i in range(30)]
    for job in jobs:
        pool.wake(job)
    for job in jobs:
        assert job.is_done.wait(PATIENCE_S)
    assert {job.most_together for job in jobs} == {1}
    end(pool)


def test_what_is_due_first_is_done_first(clock: FakeClock) -> None:
    pool = DecodePool(1, clock=clock, at_once=1)
    gate = Job("gate", 1, first=-1)
    gate.may_go_on.clear()
    pool.wake(gate)
    assert gate.at_work.wait(PATIENCE_S)
    done: list[str] = []
    jobs = [Job("late", 2, first=10), Job("soon", 2, first=3), Job("next", 3, first=4)]
    for job in jobs:
        job.log = done.append
        pool.wake(job)
    gate.may_go_on.set()
    for job in jobs:
        assert job.is_done.wait(PATIENCE_S)
    assert done == ["soon", "next", "soon", "next", "next", "late", "late"]
    end(pool)


def test_small_pieces_are_done_a_few_on_end_and_large_ones_one_by_one(clock: FakeClock) -> None:
    done: list[str] = []

    def log_and_take_long(name: str) -> None:
        done.append(name)
        clock.jump_ns(3_000_000)

    pool = DecodePool(1, clock=clock, at_once=3)
    gate = Job("gate", 1, first=-1)
    gate.may_go_on.clear()
    pool.wake(gate)
    assert gate.at_work.wait(PATIENCE_S)
    jobs = [Job("small", 4, first=0), Job("large", 2, first=0)]
    jobs[0].log, jobs[1].log = done.append, log_and_take_long
    for job in jobs:
        pool.wake(job)
    gate.may_go_on.set()
    for job in jobs:
        assert job.is_done.wait(PATIENCE_S)
    assert done == ["small", "small", "small", "large", "large", "small"]
    end(pool)


def test_what_becomes_more_urgent_is_moved_forward(clock: FakeClock) -> None:
    pool = DecodePool(1, clock=clock)
    gate = Job("gate", 1, first=-1)
    gate.may_go_on.clear()
    pool.wake(gate)
    assert gate.at_work.wait(PATIENCE_S)
    done: list[str] = []
    one, other = Job("one", 1, first=5), Job("other", 1, first=9)
    for job in (one, other):
        job.log = done.append
        pool.wake(job)
    other.frame = 2
    pool.wake(other)
    gate.may_go_on.set()
    assert one.is_done.wait(PATIENCE_S)
    assert done == ["other", "one"]
    end(pool)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_are_at_work_than_there_may_be(clock: FakeClock, most: int) -> None:
    pool = DecodePool(most, clock=clock)
    jobs = [Job(str(i), 1) for i in range(most + 2)]
    for job in jobs:
        job.may_go_on.clear()
        pool.wake(job)
    for job in jobs[:most]:
        assert job.at_work.wait(PATIENCE_S)
    assert not any(job.at_work.wait(0.05) for job in jobs[most:])
    for job in jobs:
        job.may_go_on.set()
    assert all(job.is_done.wait(PATIENCE_S) for job in jobs)
    end(pool)


def test_those_that_are_stuck_do_not_keep_the_others_waiting(clock: FakeClock) -> None:
    """Also where nobody says anything any more: all the others have stopped, waiting for it."""
    pool = DecodePool(2, clock=clock)
    stuck = [Job(f"stuck {i}", 1, first=-1) for i in range(5)]
    for job in stuck:
        job.may_go_on.clear()
        pool.wake(job)
    others = [Job(str(i), 20) for i in range(4)]
    for job in others:
        pool.wake(job)
    for job in stuck:
        assert job.at_work.wait(PATIENCE_S)
        clock.jump_ns(STUCK_NS + 1)
    assert all(job.is_done.wait(PATIENCE_S) for job in others)
    for job in stuck:
        job.may_go_on.set()
    assert all(job.is_done.wait(PATIENCE_S) for job in stuck)
    more = [Job(str(i), 5) for i in range(8)]
    for job in more:
        pool.wake(job)
    assert all(job.is_done.wait(PATIENCE_S) for job in more)
    end(pool)


def test_what_comes_up_while_somebody_is_at_it_is_not_forgotten(clock: FakeClock) -> None:
    pool = DecodePool(2, clock=clock)
    job = Job("one", 1)
    job.may_go_on.clear()
    pool.wake(job)
    assert job.at_work.wait(PATIENCE_S)
    job.left += 3
    pool.wake(job)
    job.may_go_on.set()
    assert job.is_done.wait(PATIENCE_S)
    assert job.left == 0
    end(pool)


def test_nothing_is_more_urgent_than_now() -> None:
    assert min(Urgency(0, 0), NOW) == NOW
