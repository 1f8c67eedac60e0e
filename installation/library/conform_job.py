"""One job of the queue of conforms: what is wanted, how it stands, and when it is tried again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from installation.film import Version
from installation.library.cached import Mezzanine
from installation.library.conform_progress import Progress
from installation.library.mezzanine import Size

BACK_OFF_S = (60, 600)
"""How long to wait after the first failure, and the second; after one more it is given up."""
ROOM_AGAIN_S = (2, 5, 15, 60)
"""How long to wait before looking for room again, each time; and then as long as the last."""
KILLED_AGAIN_S = (1, 1, 1, 2, 5, 15, 60, 600)
"""The same where its process was killed: who did that, or a lack of memory, may have passed."""


@dataclass
class Job:
    """Written to by the queue alone, which holds its lock."""

    version: Version
    size: Size
    urgency: int
    order: int
    progress: Progress
    stop: threading.Event = field(default_factory=threading.Event)
    is_taken: bool = False
    """By a thread, or done."""
    begun_ns: int = 0
    due_ns: int = 0
    failures: int = 0
    refusals: int = 0
    """How often there was no room, one after the other."""
    kills: int = 0
    made: Mezzanine | None = None

    def succeed(self, made: Mezzanine) -> None:
        """It is there; what went wrong before does not count any more."""
        self.made, self.failures, self.refusals, self.kills = made, 0, 0, 0


def nth(waits_s: Sequence[int], times: int) -> int:
    """How long to wait after so many times, from 1 on."""
    return waits_s[min(times, len(waits_s)) - 1]
