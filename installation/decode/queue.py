"""The bounded queue between the threads that decode and the presenter.

Nothing is decoded for a full queue (backpressure). Entries lie in film order without gaps, so
that asking for a film frame is asking which entry covers it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from installation.film import FilmPosition


class QueuedFrame(NamedTuple):
    """What a version shows from one film frame to another of the same loop (both included)."""

    first: FilmPosition
    last: FilmPosition
    pts: Fraction | None
    """Seconds since the version's first picture; None where the version shows black."""
    payload: object
    """What the drawing path made of the picture; None is black."""


class FrameQueue:
    """Film-ordered frames of one version. A decoding thread puts; the GUI thread takes.

    `depth` is how many frames it is to hold. Once full, it wants no more until a quarter of it is
    free again: decoding a few pictures on end costs less than one at a time. Then `tell_of_room`
    calls `on_room`: not `take` itself, since threads that woke up amid the gathering and painting
    of a picture would be in its way.
    """

    def __init__(self, depth: int, on_room: Callable[[], None] = lambda: None) -> None:
        self._depth = depth
        self._on_room = on_room
        self._frames: deque[QueuedFrame] = deque()
        self._lock = threading.Lock()
        self._generation = 0
        self._is_closed = False
        self._wants_more = True
        self._has_room_to_tell = False

    @property
    def depth(self) -> int:
        """How many frames it is to hold."""
        return self._depth

    @depth.setter
    def depth(self, depth: int) -> None:
        with self._lock:
            self._depth = depth
            self._wants_more = len(self._frames) < depth
        self._on_room()

    # -- the feed's side

    def put(self, frame: QueuedFrame, generation: int) -> bool:
        """Add a frame; who puts has seen that the queue is not full.

        False when the frame came too late to matter: the queue was cleared (it has a newer
        generation) or closed meanwhile.
        """
        with self._lock:
            if generation != self._generation or self._is_closed:
                return False
            self._frames.append(frame)
            self._wants_more = self._wants_more and len(self._frames) < self._depth
            return True

    # -- the presenter's side

    def clear(self) -> int:
        """Forget every frame; returns the new generation, which alone may put from now on.

        Does not tell of the room: whoever clears it says what is to come instead.
        """
        with self._lock:
            self._generation += 1
            self._frames.clear()
            self._wants_more = True
            return self._generation

    def close(self) -> None:
        """Forget every frame and refuse all others, for good."""
        with self._lock:
            self._is_closed = True
            self._frames.clear()

    def covers(self, position: FilmPosition) -> bool:
        """True when the frame for this film frame is here."""
        with self._lock:
            return bool(self._frames) and (
                self._frames[0].first <= position <= self._frames[-1].last
            )

    def span(self) -> tuple[FilmPosition, FilmPosition] | None:
        """The first and the last film frame covered; None when empty."""
        with self._lock:
            return (self._frames[0].first, self._frames[-1].last) if self._frames else None

    def take(self, position: FilmPosition) -> QueuedFrame | None:
        """The frame for this film frame, or None. Everything before it is let go.

        The frame itself stays as long as later film frames may need it.
        """
        with self._lock:
            while self._frames and self._frames[0].last < position:
                self._frames.popleft()
            if not self._wants_more:
                is_low = len(self._frames) <= self._depth - max(1, self._depth // 4)
                self._wants_more = self._has_room_to_tell = is_low
            is_here = self._frames and self._frames[0].first <= position
            return self._frames[0] if is_here else None

    def tell_of_room(self) -> None:
        """Tell of the room that was made since, if any, on this thread."""
        if self._has_room_to_tell:
            self._has_room_to_tell = False
            self._on_room()

    def __len__(self) -> int:
        with self._lock:
            return len(self._frames)

    @property
    def wants_more(self) -> bool:
        """False while the decoder has nothing to do but wait."""
        return self._wants_more
