"""One version's decoding thread: applies the time map and keeps the queue ahead of the film."""

from __future__ import annotations

import contextlib
import logging
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from installation.decode import (
    Frame,
    FrameQueue,
    Image,
    ImageTarget,
    QueuedFrame,
    Reader,
    ReaderFacts,
    ReaderFault,
)
from installation.film import FilmPosition, TimeMap

logger = logging.getLogger(__name__)

DEFAULT_DEPTH = 4
"""Pictures queued until it is known how large they are."""
UNKNOWN_RUN_UP_S = Fraction(2)
"""How far back a keyframe is taken to lie where the file does not tell."""


class Order(NamedTuple):
    """Where the feed is to read from; frames before are not wanted."""

    generation: int
    position: FilmPosition


class Entry(NamedTuple):
    """What a version shows from one film frame to another; no frame means black."""

    first: FilmPosition
    last: FilmPosition
    frame: Frame | None


class Feed:
    """Reads a version round and round, ahead of the film, into `queue`.

    Loops follow each other without a break: the next loop's first frames are queued before this
    one ends. It opens its file as soon as it is prepared, and learns later what its pictures are
    for. All methods are called from one thread, the presenter's once it plays.
    """

    def __init__(self, name: str, reader: Reader, *, depth: int = DEFAULT_DEPTH) -> None:
        self.name = name
        self.queue = FrameQueue(depth)
        self._reader = reader
        self._facts: ReaderFacts | None = None
        self._entry_points: Sequence[Fraction] = ()
        self._time_maps: tuple[tuple[int, TimeMap], ...] = ()  # each from a loop on
        self._begun = -1  # the furthest loop that was ever read of
        self._is_held = False  # from beginning another
        self._fault: str | None = None
        self._order: Order | None = None
        self._ordered = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._work, name=f"feed {name}", daemon=True)

    def assign(
        self,
        *,
        image_target: Callable[[], ImageTarget],
        make_payload: Callable[[Image], object],
    ) -> None:
        """Say what the pictures are for; before `start`. Their times are told by `plan_loops`.

        `image_target` says what the drawing path takes just now, `make_payload` turns an image
        into what it draws; both are called on the feed's thread.
        """
        self._image_target = image_target
        self._make_payload = make_payload

    def time_map(self, loop: int) -> TimeMap:
        """What the version shows in a loop of the film."""
        return next(plan for since, plan in reversed(self._time_maps) if since <= loop)

    @property
    def latest_time_map(self) -> TimeMap | None:
        """What it shows in the loops to come; None before anything was planned."""
        return self._time_maps[-1][1] if self._time_maps else None

    def hold_loops(self) -> int:
        """Begin no further loop until `plan_loops`; returns the furthest one begun (-1: none)."""
        with self._ordered:
            self._is_held = True
            return self._begun

    def plan_loops(self, since: int, time_map: TimeMap | None = None) -> None:
        """Go on after `hold_loops`; where a time map is given, by that one from a loop on.

        The loop must lie beyond those begun.
        """
        with self._ordered:
            if time_map is not None:
                kept = [plan for plan in self._time_maps if plan[0] < since]
                self._time_maps = (*kept[-2:], (since, time_map))
            self._is_held = False
            self._ordered.notify()

    @property
    def fault(self) -> str | None:
        """Why the feed stands still until the next `skip_to`; None while it reads."""
        return self._fault

    @property
    def facts(self) -> ReaderFacts | None:
        """What opening the file told; None before."""
        return self._facts

    @property
    def reader(self) -> Reader:
        """The reader, for the questions any thread may ask it."""
        return self._reader

    def prepare(self) -> None:
        """Start the thread and let it open the file; `start` tells it where to read."""
        self._thread.start()

    def start(self, position: FilmPosition) -> None:
        """Begin to read, from a film frame on."""
        self.skip_to(position)
        if self._thread.ident is None:
            self.prepare()

    def skip_to(self, position: FilmPosition) -> None:
        """Forget what is queued and read from this film frame on; mends a fault by reopening."""
        with self._ordered:
            self._fault = None
            self._order = Order(self.queue.clear(), position)
            self._ordered.notify()

    def run_up(self, position: FilmPosition) -> Fraction:
        """Seconds of the version to be decoded before its picture for a film frame can come.

        From the keyframe before it, or from where the feed reads now if that is nearer. An
        estimate, by what is known of the file so far.
        """
        time_map = self.time_map(position.loop)
        there = time_map.moment(position.frame)
        if there is None:
            return Fraction(0)
        known = self._entry_points
        index = bisect_right(known, there.time) - 1
        costs = there.time - (known[index] if index >= 0 else 0)
        if not known:
            costs = min(costs, UNKNOWN_RUN_UP_S)
        span = self.queue.span()
        if span is not None and span[1].loop == position.loop and span[1].frame <= position.frame:
            here = time_map.moment(span[1].frame)
            if here is not None and here.turn == there.turn:
                costs = min(costs, there.time - here.time)
        return costs

    def stop(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        with self._ordered:
            self._is_stopping = True
            self._ordered.notify()
        self.queue.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread to end; False if it did not in time."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- the feed's thread

    def _work(self) -> None:
        done: Order | None = None
        try:
            self._open_early()
            while (order := self._next_order(after=done)) is not None:
                done = order
                try:
                    if self._facts is None:
                        self._open()
                    assert self._facts is not None
                    done = self._fill(order, self._facts)
                except ReaderFault as fault:
                    self._give_up(order, str(fault))
                except Exception:
                    logger.exception("version=%s decoding failed unexpectedly", self.name)
                    self._give_up(order, "decoding failed unexpectedly; the log says more")
        finally:
            self._reader.close()

    def _open_early(self) -> None:
        """Open the file while the wall is still being built; a fault is met at the first order."""
        with contextlib.suppress(Exception):  # whatever it is, the first order meets it again
            self._open()

    def _open(self) -> None:
        facts = self._reader.open()
        self._entry_points = self._reader.entry_points()
        self._facts = facts

    def _next_order(self, after: Order | None) -> Order | None:
        with self._ordered:
            self._ordered.wait_for(lambda: self._is_stopping or self._order != after)
            return None if self._is_stopping else self._order

    def _give_up(self, order: Order, reason: str) -> None:
        self._facts = None  # the next order opens the file anew
        with self._ordered:
            if self._order is not None and self._order.generation != order.generation:
                return  # a newer order has it opened anew; that is what counts
            self._fault = reason

    def _fill(self, order: Order, facts: ReaderFacts) -> Order:
        """Read on and on; returns the order it was at when a newer one asked for elsewhere."""
        for entry in self._entries(order.position, facts):
            newest = self._order
            if self._is_stopping or newest is None:
                break
            if newest.generation != order.generation:
                if self._is_elsewhere(entry.first, newest.position):
                    break
                order = newest
            if entry.last < order.position:
                continue
            self.queue.put(self._queued(entry), order.generation)
        return order

    def _entries(self, start: FilmPosition, facts: ReaderFacts) -> Iterator[Entry]:
        """Every picture that a film frame needs, from a film frame on, for ever."""
        for loop in count(start.loop):
            at = start.frame if loop == start.loop else 0
            time_map = self._begin(loop)
            for turn in range(time_map.turns):
                frames = time_map.turn_frames(turn)
                if frames.stop <= max(at, frames.start):
                    continue  # a turn shorter than a film frame may have none
                yield from _black(loop, range(at, frames.start))
                at = max(at, frames.start)
                yield from self._turn(time_map, loop, turn, at, facts)
                at = frames.stop
            yield from _black(loop, range(at, time_map.length))

    def _begin(self, loop: int) -> TimeMap:
        with self._ordered:
            self._ordered.wait_for(lambda: not self._is_held or self._is_stopping)
            self._begun = max(self._begun, loop)
            return self.time_map(loop)

    def _turn(
        self, time_map: TimeMap, loop: int, turn: int, from_frame: int, facts: ReaderFacts
    ) -> Iterator[Entry]:
        begin = time_map.moment(from_frame)
        end = time_map.moment(time_map.turn_frames(turn)[-1])
        assert begin is not None
        assert end is not None
        self._entry_points = self._reader.entry_points()
        for frame in self._reader.frames(begin.time, end.time):
            shown = time_map.frames_showing(turn, frame.pts, frame.until, facts.tolerance)
            if shown:
                yield Entry(FilmPosition(loop, shown[0]), FilmPosition(loop, shown[-1]), frame)

    def _queued(self, entry: Entry) -> QueuedFrame:
        if entry.frame is None:
            return QueuedFrame(entry.first, entry.last, None, None)
        image = entry.frame.image(self._image_target())
        return QueuedFrame(entry.first, entry.last, entry.frame.pts, self._make_payload(image))

    def _is_elsewhere(self, here: FilmPosition, there: FilmPosition) -> bool:
        """Whether an order is met sooner by a seek than by reading on from here."""
        if there.loop != here.loop or there.frame < here.frame:
            return True
        time_map = self.time_map(here.loop)
        now, then = time_map.moment(here.frame), time_map.moment(there.frame)
        if now is None or then is None or now.turn != then.turn:
            return True
        return self._reader.is_ahead_worth_a_seek(now.time, then.time)


def _black(loop: int, frames: range) -> Iterator[Entry]:
    if frames:
        yield Entry(FilmPosition(loop, frames[0]), FilmPosition(loop, frames[-1]), None)
