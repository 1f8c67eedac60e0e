"""One version's decoding thread: applies the time map and keeps the queue ahead of the film."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
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
    one ends. `prepare`, `start`, `skip_to` and `stop` are called from the presenter's thread.

    `image_target` says what the drawing path takes just now, `make_payload` turns an image into
    what it draws; both are called on the feed's thread.
    """

    def __init__(
        self,
        name: str,
        reader: Reader,
        time_map: TimeMap,
        *,
        image_target: Callable[[], ImageTarget],
        make_payload: Callable[[Image], object],
        depth: int,
    ) -> None:
        self.name = name
        self.queue = FrameQueue(depth)
        self.time_map = time_map
        self._reader = reader
        self._image_target = image_target
        self._make_payload = make_payload
        self._facts: ReaderFacts | None = None
        self._fault: str | None = None
        self._order: Order | None = None
        self._ordered = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._work, name=f"feed {name}", daemon=True)

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
                        self._facts = self._reader.open()
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
            self._facts = self._reader.open()

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
            from_frame = start.frame if loop == start.loop else 0
            shown_until = 0
            for turn in range(self.time_map.turns):
                frames = self.time_map.turn_frames(turn)
                shown_until = frames.stop
                if frames.stop > from_frame:
                    yield from self._turn(loop, turn, max(frames.start, from_frame), facts)
            black = range(max(shown_until, from_frame), self.time_map.length)
            if black:
                yield Entry(FilmPosition(loop, black[0]), FilmPosition(loop, black[-1]), None)

    def _turn(self, loop: int, turn: int, from_frame: int, facts: ReaderFacts) -> Iterator[Entry]:
        begin = self.time_map.moment(from_frame)
        end = self.time_map.moment(self.time_map.turn_frames(turn)[-1])
        assert begin is not None
        assert end is not None
        for frame in self._reader.frames(begin.time, end.time):
            shown = self.time_map.frames_showing(turn, frame.pts, frame.until, facts.tolerance)
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
        now, then = self.time_map.moment(here.frame), self.time_map.moment(there.frame)
        if now is None or then is None or now.turn != then.turn:
            return True
        return self._reader.is_ahead_worth_a_seek(now.time, then.time)
