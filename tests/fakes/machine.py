"""A machine that decodes as many pictures as a test gives it time for."""

from __future__ import annotations

import threading
from collections import deque


class FakeMachine:
    """Hands out its time fairly: whoever has waited longest decodes the next picture."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._is_ended = False

    def decode(self, turn: object) -> None:
        """Wait for the time that decoding one picture takes; `turn` is known by `has`."""
        with self._changed:
            self._waiting.append(turn)
            self._changed.notify_all()
            self._changed.wait_for(lambda: turn not in self._waiting or self._is_ended)

    def has(self, turn: object) -> bool:
        """True while whoever took this turn waits for it."""
        with self._changed:
            return turn in self._waiting

    def give(self) -> bool:
        """Let one picture be decoded; False when nobody wants to."""
        with self._changed:
            if not self._waiting:
                return False
            self._waiting.popleft()
            self._changed.notify_all()
            return True

    def end(self) -> None:
        """Let everyone go."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()
