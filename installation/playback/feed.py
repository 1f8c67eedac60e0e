"""One version's decoding: applies the time map and keeps the queue ahead of the film."""

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
from installation.playback.pool import NOW, DecodePool, Urgency

logger = logging.getLogger(__name__)

DEFAULT_DEPTH = 4
"""Pictures queued until it is known how large they are."""
TIME_MAPS_KEPT = 16
"""More than there are loops between the one on the wall and the furthest one read of."""
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
    for. All methods but `urgency` and `work` are called from one thread, the presenter's once it
    plays. A feed without a pool has threads of its own.
    """

    def __init__(
        self,
        name: str,
        reader: Reader,
        *,
        depth: int = DEFAULT_DEPTH,
        pool: DecodePool | None = None,
    ) -> None:
        self.name = name
        self._owns_pool = pool is None or reader.needs_own_thread
        self._pool = DecodePool(1) if pool is None or self._owns_pool else pool
        self.queue = FrameQueue(depth, self.wake)
        self._reader = reader
        self._facts: ReaderFacts | None = None
        self._entry_points: Sequence[Fraction] = ()
        self._time_maps: tuple[tuple[int, TimeMap], ...] = ()  # each from a loop on
        self._begun = -1  # the furthest loop that was ever read of
        self._is_held = False  # from beginning another
        self._waits_for_plan = False  # because it is held
        self._fault: str | None = None
        self._order: Order | None = None
        self._lock = threading.Lock()
        self._is_prepared = False
        self._is_stopping = False
        self._is_closed = threading.Event()
        # by whoever works for it just now
        self._has_tried_to_open = False
        self._served: Order | None = None
        self._line: Iterator[Entry | None] | None = None
        self._in_hand: Entry | None = None
        self._after: FilmPosition | None = None  # the film frame that reading on leads to

    def assign(
        self,
        *,
        image_target: Callable[[], ImageTarget],
        make_payload: Callable[[Image], object],
    ) -> None:
        """Say what the pictures are for; before `start`. Their times are told by `plan_loops`.

        `image_target` says what the drawing path takes just now, `make_payload` turns an image
        into what it draws; both are called on a decoding thread.
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
        with self._lock:
            self._is_held = True
            return self._begun

    def plan_loops(self, since: int, time_map: TimeMap | None = None) -> None:
        """Go on after `hold_loops`; where a time map is given, by that one from a loop on.

        The loop must lie beyond those begun.
        """
        with self._lock:
            if time_map is not None:
                kept = [plan for plan in self._time_maps if plan[0] < since]
                self._time_maps = (*kept[1 - TIME_MAPS_KEPT :], (since, time_map))
            self._is_held = self._waits_for_plan = False
        self.wake()

    def learn_from(self, other: Feed) -> None:
        """Plan by what another feed of the same file knows of it, until this one knows more."""
        self._entry_points = self._entry_points or other._entry_points

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
        """Open the file, on a decoding thread; `start` tells where to read."""
        self._is_prepared = True
        self.wake()

    def start(self, position: FilmPosition) -> None:
        """Begin to read, from a film frame on."""
        self.skip_to(position)
        self.prepare()

    def skip_to(self, position: FilmPosition) -> None:
        """Forget what is queued and read from this film frame on; mends a fault by reopening."""
        with self._lock:
            self._fault = None
            self._order = Order(self.queue.clear(), position)
        self.wake()

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
        """Let the file be closed; `join` waits for it."""
        self._is_stopping = True
        self.queue.close()
        if self._is_prepared:
            self.wake()
        else:
            self._close()  # nobody works for it

    def join(self, timeout_s: float) -> bool:
        """Wait for the file to be closed; False if it was not in time."""
        return self._is_closed.wait(timeout_s)

    # -- for the pool

    def urgency(self) -> Urgency | None:
        """See `Work.urgency`."""
        with self._lock:
            if self._is_closed.is_set() or not self._is_prepared:
                return None
            if self._is_stopping or not self._has_tried_to_open:
                return NOW
            order = self._order
            if order is None or self._fault is not None:
                return None
            if order is self._served and (self._waits_for_plan or not self.queue.wants_more):
                return None
            span = self.queue.span()
            return Urgency(*(order.position if span is None else span[1]))

    def work(self) -> None:
        """See `Work.work`."""
        if self._is_stopping:
            self._close()
        elif not self._has_tried_to_open:
            self._has_tried_to_open = True
            with contextlib.suppress(Exception):  # whatever it is, the first order meets it again
                self._open()
        elif (order := self._order) is not None and self._fault is None:
            try:
                self._read(order)
            except ReaderFault as fault:
                self._give_up(order, str(fault))
            except Exception:
                logger.exception("version=%s decoding failed unexpectedly", self.name)
                self._give_up(order, "decoding failed unexpectedly; the log says more")

    def wake(self) -> None:
        """Have it looked whether there is something to do; any thread may call it."""
        self._pool.wake(self)

    # -- on a decoding thread

    def _close(self) -> None:
        try:
            self._line = self._in_hand = None
            self._reader.close()
        except Exception:
            logger.exception("version=%s could not be closed", self.name)
        self._is_closed.set()
        if self._owns_pool:
            self._pool.stop()

    def _open(self) -> ReaderFacts:
        facts = self._reader.open()
        self._entry_points = self._reader.entry_points() or self._entry_points
        self._facts = facts
        return facts

    def _give_up(self, order: Order, reason: str) -> None:
        self._facts = self._line = self._in_hand = None  # the next order opens the file anew
        with self._lock:
            if self._order is not None and self._order.generation != order.generation:
                return  # a newer order has it opened anew; that is what counts
            self._fault = reason

    def _read(self, order: Order) -> None:
        """Queue one picture more, or find that it is not wanted."""
        facts = self._facts or self._open()
        if order is not self._served and not self._leads_to(order.position):
            self._line = self._in_hand = self._after = None
        self._line = self._line or self._entries(order.position, facts)
        self._served = order
        entry = self._in_hand or next(self._line)
        if entry is None:
            return  # it is held, or waits for its picture
        self._after = FilmPosition(entry.last.loop, entry.last.frame + 1)
        is_wanted = entry.last >= order.position
        is_in = is_wanted and self.queue.put(self._queued(entry), order.generation)
        self._in_hand = None if is_in or not is_wanted else entry  # maybe for a newer order

    def _leads_to(self, position: FilmPosition) -> bool:
        """Whether reading on is the quickest way to a film frame."""
        if self._line is None:
            return False
        here = self._after if self._in_hand is None else self._in_hand.first
        return here is not None and not self._is_elsewhere(here, position)

    def _entries(self, start: FilmPosition, facts: ReaderFacts) -> Iterator[Entry | None]:
        """Every picture that a film frame needs, from a film frame on, for ever; None while no
        further loop may begin, and where the next picture is not there yet.
        """
        for loop in count(start.loop):
            at = start.frame if loop == start.loop else 0
            while (time_map := self._begin(loop)) is None:
                yield None
            for turn in range(time_map.turns):
                frames = time_map.turn_frames(turn)
                if frames.stop <= max(at, frames.start):
                    continue  # a turn shorter than a film frame may have none
                yield from _black(loop, range(at, frames.start))
                at = max(at, frames.start)
                yield from self._turn(time_map, loop, turn, at, facts)
                at = frames.stop
            yield from _black(loop, range(at, time_map.length))

    def _begin(self, loop: int) -> TimeMap | None:
        with self._lock:
            self._waits_for_plan = self._is_held
            if self._is_held:
                return None
            self._begun = max(self._begun, loop)
            return self.time_map(loop)

    def _turn(
        self, time_map: TimeMap, loop: int, turn: int, from_frame: int, facts: ReaderFacts
    ) -> Iterator[Entry | None]:
        begin = time_map.moment(from_frame)
        end = time_map.moment(time_map.turn_frames(turn)[-1])
        assert begin is not None
        assert end is not None
        self._entry_points = self._reader.entry_points() or self._entry_points
        first: int | None = None
        for frame in self._reader.frames(begin.time, end.time):
            if frame is None:
                yield None
                continue
            if first is None:
                first = time_map.first_frame(turn, frame.pts, facts.tolerance)
            stop = time_map.first_frame(turn, frame.until, facts.tolerance)
            if first < stop:
                yield Entry(FilmPosition(loop, first), FilmPosition(loop, stop - 1), frame)
            first = max(first, stop)

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
