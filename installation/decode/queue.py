"""The bounded queue between a decoding thread and the presenter.

A full queue makes the decoder wait (backpressure). Entries lie in film order without gaps, so
that asking for a film frame is asking which entry covers it.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

from installation.film import FilmPosition


@dataclass(frozen=True, slots=True)
class QueuedFrame:
    """What a version shows from one film frame to another of the same loop (both included)."""

    first: FilmPosition
    last: FilmPosition
    pts: Fraction | None
    """Seconds since the version's first picture; None where the version shows black."""
    payload: object
    """What the drawing path made of the picture; None is black."""


class FrameQueue:
    """Film-ordered frames of one version. The feed's thread puts; the GUI thread takes.

    `depth` is how many frames it holds; a decoder that is further ahead waits.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._frames: deque[QueuedFrame] = deque()
        self._changed = threading.Condition()
        self._generation = 0
        self._is_closed = False

    # -- the feed's side

    def put(self, frame: QueuedFrame, generation: int) -> bool:
        """Add a frame, waiting while the queue is full.

        False when the frame came too late to matter: the queue was cleared (it has a newer
        generation) or closed meanwhile.
        """
        with self._changed:
            while (
                len(self._frames) >= self.depth
                and generation == self._generation
                and not self._is_closed
            ):
                self._changed.wait()
            if generation != self._generation or self._is_closed:
                return False
            self._frames.append(frame)
            return True

    # -- the presenter's side

    def clear(self) -> int:
        """Forget every frame; returns the new generation, which alone may put from now on."""
        with self._changed:
            self._generation += 1
            self._frames.clear()
            self._changed.notify_all()
            return self._generation

    def close(self) -> None:
        """Wake and refuse the putting thread, for good."""
        with self._changed:
            self._is_closed = True
            self._frames.clear()
            self._changed.notify_all()

    def covers(self, position: FilmPosition) -> bool:
        """True when the frame for this film frame is here."""
        with self._changed:
            return bool(self._frames) and (
                self._frames[0].first <= position <= self._frames[-1].last
            )

    def span(self) -> tuple[FilmPosition, FilmPosition] | None:
        """The first and the last film frame covered; None when empty."""
        with self._changed:
            return (self._frames[0].first, self._frames[-1].last) if self._frames else None

    def take(self, position: FilmPosition) -> QueuedFrame | None:
        """The frame for this film frame, or None. Everything before it is let go.

        The frame itself stays as long as later film frames may need it.
        """
        with self._changed:
            before = len(self._frames)
            while self._frames and self._frames[0].last < position:
                self._frames.popleft()
            if len(self._frames) != before:
                self._changed.notify_all()
            if self._frames and self._frames[0].first <= position:
                return self._frames[0]
            return None

    def __len__(self) -> int:
        with self._changed:
            return len(self._frames)

    @property
    def is_full(self) -> bool:
        """True when the decoder has nothing to do but wait."""
        return len(self) >= self.depth
