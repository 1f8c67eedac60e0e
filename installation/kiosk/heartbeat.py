"""The wall's heartbeat: it beats only for pictures that were really put on the screen.

A timer lies: a process may live while its picture has stood for weeks. So a beat is told only when,
since the last one, film frames were handed to the scene, where the film runs, and the scene was
drawn, where anybody can see it. Where nothing is to move (a slate, a pause, closing time) the
scene is drawn once more for the beat.
"""

from __future__ import annotations

from dataclasses import dataclass

from installation.kiosk.notify import ALIVE, READY, STOPPING, Notifier, more_time, status

BEAT_NS = 1_000_000_000
HANG_NS = 15_000_000_000
"""A wall without a beat for so long hangs. A slow one may rightly need some seconds to catch up."""
STEP_NS = 30_000_000_000
"""How long one step of a start may take, such as measuring a film."""


@dataclass(frozen=True)
class Pulse:
    """What a wall has done so far."""

    presented: int
    """Another number each time that a film frame is handed to the scene."""
    swaps: int
    """How often the scene was drawn."""
    has_picture: bool
    """True from the first picture on, or the slate."""
    is_moving: bool
    """True where the film runs: pictures are to follow each other."""
    is_seen: bool
    """False where nothing is drawn, and rightly: the screen sleeps, or is unplugged."""


class Heartbeat:
    """Tells of a wall's life. GUI thread only, but for `progress`."""

    def __init__(self, notifier: Notifier, patience_ns: int | None = None) -> None:
        self._notifier = notifier
        self._interval_ns = min(BEAT_NS, (patience_ns or HANG_NS) // 4)
        self._last: Pulse | None = None
        self._beat_ns = 0
        self._said = ""

    def tick(self, pulse: Pulse, now_ns: int, said: str = "") -> bool:
        """Beat if it is time and there is life; True where the scene is to be drawn for that."""
        last = self._last
        if not pulse.has_picture:
            return False
        if last is None:
            self._beat(pulse, now_ns, said, READY)
            return False
        has_moved = not pulse.is_moving or pulse.presented != last.presented
        is_drawn = not pulse.is_seen or pulse.swaps != last.swaps
        if now_ns - self._beat_ns >= self._interval_ns and has_moved and is_drawn:
            self._beat(pulse, now_ns, said)
            return False
        return not is_drawn

    def progress(self) -> None:
        """A start that takes long is getting somewhere."""
        self._notifier.tell(more_time(STEP_NS))

    def say(self, sentence: str) -> None:
        """How it stands, while there is no picture."""
        self._notifier.tell(status(sentence))

    def give_way(self) -> None:
        """Another process takes the place of this one: it is given as long as a beat is."""
        self._notifier.tell(ALIVE)

    def end(self) -> None:
        """The wall ends, because it is asked to."""
        self._notifier.tell(STOPPING)

    def _beat(self, pulse: Pulse, now_ns: int, said: str, *words: str) -> None:
        self._last, self._beat_ns = pulse, now_ns
        news = [] if said == self._said else [status(said)]
        self._said = said
        self._notifier.tell(*words, ALIVE, *news)
