"""A few threads that decode for all versions, whoever is needed first.

Threads are bounded by the machine's cores, not by the number of versions. Work is handed out in
the order of its deadlines (earliest deadline first, Liu & Layland 1973), a picture (or a few small
ones) at a time, so that no version gets ahead while another is waited for.
"""

from __future__ import annotations

import heapq
import os
import threading
from typing import NamedTuple, Protocol

from installation.film import Clock, SystemClock

STUCK_NS = 500_000_000
"""A piece of work that takes longer, at a share that hangs or over a long GOP, is not waited for:
another thread takes its place meanwhile."""
MOST_THREADS = 256
MOST_AT_ONCE, AT_ONCE_NS = 4, 2_000_000
"""Small pieces of one work are done on end, so many and for so long: handing them out costs."""


class Urgency(NamedTuple):
    """What is due earlier is done earlier."""

    loop: int
    frame: int


NOW = Urgency(-1, 0)


class Work(Protocol):
    """What decodes a piece at a time. Must be hashable by identity."""

    def urgency(self) -> Urgency | None:
        """How soon the next piece is needed; None where there is nothing to do. On any thread."""
        ...

    def work(self) -> None:
        """Do one piece. One thread at a time calls it; it must not raise."""
        ...


class _Entry(NamedTuple):
    urgency: Urgency
    number: int  # of two alike, who has waited longer
    work: Work


class DecodePool:
    """Threads for decoding. `wake` tells it that a piece of work has something to do again.

    One thread more than may work stands by, for when one of them gets stuck.
    """

    def __init__(
        self,
        threads: int | None = None,
        *,
        clock: Clock | None = None,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._at_once = at_once
        self._most = threads or max(2, os.cpu_count() or 1)
        self._clock = clock or SystemClock()
        self._changed = threading.Condition()
        self._waiting: list[_Entry] = []  # a heap; entries replaced since are skipped
        self._entry_of: dict[Work, _Entry] = {}
        self._busy: dict[Work, int] = {}  # since when
        self._woken: set[Work] = set()  # while busy
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._is_guarded = False  # somebody looks out for one that gets stuck
        self._count = 0
        self._is_ending = False

    def wake(self, work: Work) -> None:
        """There may be something to do, or it has become more urgent; any thread may call it."""
        urgency = work.urgency()
        with self._changed:
            if work in self._busy:
                self._woken.add(work)
                return
            self._enter(work, urgency)
            if not self._threads:
                self._begin_thread()
            elif self._idle and (self._may_work() or not self._is_guarded):
                self._changed.notify()

    def stop(self) -> None:
        """End the threads once they have nothing to do."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """After `stop`, wait so long for each thread; False where one is still at work."""
        threads = list(self._threads)
        for thread in threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in threads)

    # -- with the lock held

    def _enter(self, work: Work, urgency: Urgency | None) -> None:
        before = self._entry_of.get(work)
        if urgency is None or (before is not None and before.urgency == urgency):
            return  # what is there to do may have been done since, which does no harm
        self._count += 1
        entry = _Entry(urgency, self._count, work)
        self._entry_of[work] = entry
        heapq.heappush(self._waiting, entry)

    def _may_work(self) -> bool:
        """False while as many are at work as there may be, but for those that are stuck."""
        now_ns = self._clock.now_ns()
        at_work = sum(now_ns - since_ns <= STUCK_NS for since_ns in self._busy.values())
        return at_work < self._most

    def _take(self) -> Work | None:
        while self._waiting:
            entry = heapq.heappop(self._waiting)
            if self._entry_of.get(entry.work) is entry:
                del self._entry_of[entry.work]
                self._busy[entry.work] = self._clock.now_ns()
                return entry.work
        return None

    def _begin_thread(self) -> None:
        name = f"decode {len(self._threads) + 1}"
        thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _wait(self) -> None:
        """For work, or until one that is at work has to count as stuck."""
        timeout_s = None
        if self._entry_of and not self._is_guarded:
            now_ns = self._clock.now_ns()
            left_ns = [STUCK_NS - (now_ns - since_ns) for since_ns in self._busy.values()]
            timeout_s = min((ns for ns in left_ns if ns >= 0), default=STUCK_NS) / 1e9 + 0.001
        is_guard = timeout_s is not None
        self._is_guarded |= is_guard
        self._idle += 1
        self._changed.wait(timeout_s)
        self._idle -= 1
        if is_guard:
            self._is_guarded = False

    # -- the pool's threads

    def _run(self) -> None:
        while (work := self._next()) is not None:
            self._work_on(work)
            self._finish(work)

    def _work_on(self, work: Work) -> None:
        begun_ns = self._clock.now_ns()
        for _ in range(self._at_once):
            work.work()
            if self._clock.now_ns() - begun_ns > AT_ONCE_NS or work.urgency() is None:
                return

    def _next(self) -> Work | None:
        with self._changed:
            while True:
                if self._may_work() and (work := self._take()) is not None:
                    if not self._idle and len(self._threads) < MOST_THREADS:
                        self._begin_thread()
                    elif self._entry_of and not self._is_guarded:
                        self._changed.notify()
                    return work
                is_left_over = len(self._threads) > self._most + 1 and self._idle
                if is_left_over or (self._is_ending and not self._entry_of):
                    self._threads.remove(threading.current_thread())
                    return None
                self._wait()

    def _finish(self, work: Work) -> None:
        while True:
            urgency = work.urgency()
            with self._changed:
                if work not in self._woken:
                    del self._busy[work]
                    self._enter(work, urgency)
                    return
                self._woken.discard(work)
