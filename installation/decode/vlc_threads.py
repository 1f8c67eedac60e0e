"""Threads that tell libVLC what others must not: it waits for threads that call us, and stopping it
takes its time.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

_IDLE_S = 1.0


class _Doer:
    """Does what it is handed, one after the other, on a thread that ends where it has nothing."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._unfinished = 0
        self._has_thread = False

    def do(self, task: Callable[[], None]) -> None:
        """Have it done; returns at once."""
        with self._changed:
            self._unfinished += 1
            if not self._has_thread:
                self._has_thread = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        self._tasks.put(task)

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything is done; False if it was not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unfinished == 0, timeout_s)

    def _work(self) -> None:
        while True:
            try:
                self._tasks.get(timeout=_IDLE_S)()
            except queue.Empty:
                with self._changed:
                    if self._unfinished == 0:
                        self._has_thread = False
                        return
                continue
            except Exception:
                logger.exception("libVLC could not be told something")
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()


_teller, _ender = _Doer("libVLC tell"), _Doer("libVLC end")
tell = _teller.do
"""Has something short said to libVLC for a thread that libVLC waits for."""
end = _ender.do
"""Has a player ended: see `Media.close`."""
wait_until_all_have_ended = _ender.wait
