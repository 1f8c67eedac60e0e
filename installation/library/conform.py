"""Conforms versions in the background: a queue of jobs, each done by processes that are idle first.

One job is done at a time, unless told otherwise. What fails is tried again later, and not for ever;
what finds no room, or is killed, is tried again until it succeeds. Between jobs each mezzanine that
was there already is read whole, once, and made anew where it is damaged.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import Any

from installation.errors import VersionRejected
from installation.film import Clock, Version
from installation.library.cached import Mezzanine
from installation.library.conform_job import (
    BACK_OFF_S,
    KILLED_AGAIN_S,
    ROOM_AGAIN_S,
    Job,
    nth,
)
from installation.library.conform_progress import ConformState, Progress
from installation.library.digest import Digest
from installation.library.fixity import FixityRecords
from installation.library.maker import Maker, Tools
from installation.library.mezzanine import Size
from installation.library.mezzanine_cache import MezzanineCache, NoRoom
from installation.library.short_lived import Killed

logger = logging.getLogger(__name__)

_NS = 1_000_000_000


OnMezzanine = Callable[[str, Mezzanine], None]
"""Called with the version's name."""


class ConformQueue:
    """Any thread may say what is wanted and ask how far it is; it calls back on its own threads.

    `on_done` hears of each mezzanine that is there, made now or before; `on_damaged` of one that
    was found damaged, taken away, and is to be made anew. `on_air` says what must stay.
    """

    def __init__(
        self,
        cache: MezzanineCache,
        records: FixityRecords,
        clock: Clock,
        tools: Tools,
        *,
        jobs: int = 1,
        back_off_s: Sequence[int] = BACK_OFF_S,
        on_done: OnMezzanine = lambda name, made: None,
        on_damaged: OnMezzanine = lambda name, was: None,
        on_air: Callable[[], Collection[Path]] = tuple,
    ) -> None:
        self._cache, self._clock, self._tools = cache, clock, tools
        self._maker = Maker(cache, records, tools, on_air)
        self._back_off_s = back_off_s
        self._on_done, self._on_damaged = on_done, on_damaged
        self._condition = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._order = 0
        self._unread: list[Mezzanine] = []
        self._read: set[Path] = set()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"conform {number}")
            for number in range(jobs)
        ]
        for thread in self._threads:
            thread.daemon = True  # a disk that hangs keeps nobody from ending

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, also in the midst of a job; what is half made is thrown away."""
        with self._condition:
            self._stop.set()
            for job in self._jobs.values():
                job.stop.set()
            self._condition.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for each thread's end; False where one takes longer."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    # -- what is wanted

    def want(self, version: Version, size: Size, *, urgency: int = 0) -> None:
        """Have this version in this size, as `mezzanine_size` says; the more urgent ones first.

        Takes the place of what was wanted of it before. Asking for the same again changes nothing
        but its urgency.
        """
        with self._condition:
            known = self._jobs.get(version.name)
            if known is not None and known.size == size and known.version.is_same_film(version):
                known.urgency = urgency
                return
            if known is not None:
                known.stop.set()
            self._order += 1
            progress = Progress(version.name, size, frames=version.frame_count, rate=version.rate)
            self._jobs[version.name] = Job(version, size, urgency, self._order, progress)
            self._condition.notify_all()

    def unwant(self, name: str) -> None:
        """A version is not shown any more; what is made of it stays."""
        with self._condition:
            job = self._jobs.pop(name, None)
            if job is not None:
                job.stop.set()

    def progress(self) -> tuple[Progress, ...]:
        """How far each version is, in the order in which they were wanted. Never waits long."""
        with self._condition:
            jobs = sorted(self._jobs.values(), key=lambda job: job.order)
            return tuple(job.progress for job in jobs)

    def look_again(self) -> None:
        """Try now what waits for room or for its next try."""
        with self._condition:
            for job in self._jobs.values():
                job.due_ns = 0
            self._condition.notify_all()

    def wake(self) -> None:
        """The clock has jumped: look what is due now."""
        with self._condition:
            self._condition.notify_all()

    # -- the threads

    def _work(self, number: int) -> None:
        if number == 0:
            self._cache.sweep()
        while not self._stop.is_set():
            self._do(self._next())

    def _next(self) -> Job | Mezzanine | None:
        """What to do next: a job, or when none is due a mezzanine to verify; waits for it."""
        with self._condition:
            now_ns = self._clock.now_ns()
            waiting = [job for job in self._jobs.values() if not job.is_taken]
            due = [job for job in waiting if job.due_ns <= now_ns]
            if due:
                job = min(due, key=lambda job: (-job.urgency, job.order))
                job.is_taken, job.begun_ns = True, now_ns
                return job
            if self._unread:
                return self._unread.pop()
            soonest = min((job.due_ns for job in waiting), default=None)
            if not self._stop.is_set():
                self._condition.wait(None if soonest is None else (soonest - now_ns) / _NS)
        return None

    def _do(self, what: Job | Mezzanine | None) -> None:
        try:
            if isinstance(what, Mezzanine):
                self._verify(what)
            elif what is not None:
                self._make(what)
        except CancelledError:
            pass
        except Exception:
            if not isinstance(what, Job):
                raise
            logger.exception("%s: conforming failed", what.version.name)
            self._fail(what, "by a mistake of Installation's own; the log says more")

    def _make(self, job: Job) -> None:
        def report(state: ConformState, done: int, frames: int) -> None:
            now_ns = self._clock.now_ns()
            if state is ConformState.CONFORMING and not done:
                job.begun_ns = now_ns
            self._note(
                job, state, frames_done=done, frames=frames, elapsed_ns=now_ns - job.begun_ns
            )

        try:
            made = self._maker.make(job.version, job.size, job.stop, report)
        except NoRoom as error:
            job.refusals += 1
            self._again(job, nth(ROOM_AGAIN_S, job.refusals), ConformState.NO_ROOM, str(error))
        except Killed:
            job.kills += 1
            wait_s = nth(KILLED_AGAIN_S, job.kills)
            self._again(job, wait_s, ConformState.WAITING, "its process was killed")
        except VersionRejected as error:
            self._fail(job, str(error))
        else:
            with self._condition:
                job.succeed(made)
                if job.progress.state is ConformState.READING and made.path not in self._read:
                    self._unread.append(made)  # was there
                self._read.add(made.path)
            if self._note(job, ConformState.DONE):
                self._on_done(job.version.name, made)

    def _verify(self, entry: Mezzanine) -> None:
        def read(path: Path) -> Digest:
            return self._tools.read(path, stop=self._stop)

        try:
            if self._cache.is_sound(entry, read):
                return
        except Killed:
            with self._condition:
                self._unread.insert(0, entry)  # after the others
            return
        with self._condition:
            of_it = [job for job in self._jobs.values() if job.made == entry]
        for job in of_it:
            self._on_damaged(job.version.name, entry)
            self._again(job, 0, ConformState.WAITING)

    # -- how a job stands

    def _note(self, job: Job, state: ConformState, **known: Any) -> bool:
        """Enter how far a job is; False where it is not wanted any more."""
        with self._condition:
            before = job.progress.state
            job.progress = replace(job.progress, **{"reason": "", **known}, state=state)
            is_wanted = self._jobs.get(job.version.name) is job
        if before is not state:
            logger.info("%s", job.progress.sentence)
        return is_wanted

    def _fail(self, job: Job, reason: str) -> None:
        job.failures += 1
        if job.failures > len(self._back_off_s):
            self._note(job, ConformState.FAILED, reason=reason, is_given_up=True)
            logger.warning("%s", job.progress.sentence)
        else:
            self._again(job, self._back_off_s[job.failures - 1], ConformState.FAILED, reason)

    def _again(self, job: Job, in_s: int, state: ConformState, reason: str = "") -> None:
        self._note(job, state, reason=reason, frames_done=0)
        with self._condition:
            job.is_taken, job.made = False, None
            job.due_ns = self._clock.now_ns() + in_s * _NS
            self._condition.notify_all()
