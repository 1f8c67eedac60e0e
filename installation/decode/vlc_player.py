"""One libVLC player that stands paused and goes from picture to picture when it is told.

So it never runs ahead, and no picture is lost or comes twice: each step is answered in libVLC's log
with the time from the one picture to the other. Only which picture is the first is not said: before
libVLC's output is paused it shows some, and leaves some out.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

import av

from installation.decode.libvlc import Media, give_memory_back, vlc
from installation.decode.vlc_memory import PictureMemory
from installation.decode.vlc_threads import end, tell
from installation.film import Clock

RATE = 4
"""Of libVLC's clock: steps may run ahead of real time so many times."""
_OPTIONS = (f":rate={RATE}", ":file-caching=0", ":clock-jitter=0")
_SHORTEST_WAIT_NS, _LONGEST_WAIT_NS = 4_000_000, 100_000_000
_PICTURES_AT_ONCE = 6
"""Where nothing was ready, so many are waited for: each step in vain has libVLC read on."""
_UNANSWERED_NS = 1_000_000_000
_IN_VAIN_AT_END = 20
"""Once the file was read through, so many steps without a picture are the end."""


class Shown(NamedTuple):
    """A picture, and how long after the one before it is, in ms of its film; None: the first."""

    picture: av.VideoFrame
    apart_ms: int | None


class _Phase(Enum):
    OPENING = auto()  # until something is shown
    PAUSING = auto()  # until it has made a step
    STEPPING = auto()


class VlcPlayer:
    """Plays a medium, which it closes. One thread may use it; `end` never waits."""

    def __init__(
        self,
        media: Media,
        size_px: tuple[int, int],
        *,
        clock: Clock,
        on_hardware: bool = False,
        options: Sequence[str] = (),
    ) -> None:
        for option in (*_OPTIONS, *options):
            media.add_option(option)
        self._media = media
        self._clock = clock
        self._changed = threading.Condition()
        self._asking = threading.Lock()  # held while libVLC is asked for something short
        self._has_been_ended = False
        self._phase = _Phase.OPENING
        self._asked = self._answered = 0  # steps
        self._in_vain = 0  # steps without a picture
        self._is_read_through = False
        self._shown: deque[Shown] = deque()
        self._wait_ns = _SHORTEST_WAIT_NS
        self._asked_ns = self._next_ns = self._last_ns = clock.now_ns()
        self._memory = PictureMemory(size_px, self._picture, on_hardware=on_hardware)
        self._memory.attach(media.player)
        self._has_started = media.start(self)

    def next(self, timeout_s: float) -> Shown | None:
        """The picture that follows, or None where it did not come within so much time."""
        self._go_on()
        with self._changed:
            if not self._shown:
                self._changed.wait(timeout_s)
            shown = self._shown.popleft() if self._shown else None
        if shown is not None:
            now_ns = self._clock.now_ns()
            took_ns = (now_ns - self._last_ns) * _PICTURES_AT_ONCE
            self._wait_ns = min(max(took_ns, _SHORTEST_WAIT_NS), _LONGEST_WAIT_NS)
            self._last_ns, self._next_ns = now_ns, 0
        self._go_on()
        return shown

    @property
    def has_ended(self) -> bool:
        """True where no picture comes any more."""
        if self._shown:
            return False
        state = vlc().State
        is_over = self._media.player.get_state() in (state.Ended, state.Error, state.Stopped)
        return not self._has_started or is_over or self._in_vain > _IN_VAIN_AT_END

    @property
    def is_on_hardware(self) -> bool:
        """True where hardware decodes, as far as is known."""
        return self._memory.is_on_device

    def end(self) -> None:
        """Stop it, on another thread; may be called twice."""
        with self._asking:
            if self._has_been_ended:
                return
            self._has_been_ended = True
        self._media.steps.forget(self)
        end(self._close)

    def _close(self) -> None:
        self._media.close()
        self._memory.release()  # it was kept until now, because libVLC writes there
        give_memory_back(self._clock.now_ns())

    def _ask(self) -> None:
        """For a step, or for the pause of one that plays."""
        with self._asking:
            if not self._has_been_ended:
                self._media.player.next_frame()

    def _go_on(self) -> None:
        """Ask for a step where it is time."""
        now_ns = self._clock.now_ns()
        with self._changed:
            is_waiting = self._asked > self._answered
            due_ns = self._asked_ns + _UNANSWERED_NS if is_waiting else self._next_ns
            if self._phase is _Phase.PAUSING:
                due_ns = self._asked_ns + _UNANSWERED_NS  # it goes by itself
            if self._phase is _Phase.OPENING or self._shown or now_ns < due_ns:
                return
            self._asked, self._asked_ns = self._answered + 1, now_ns
        self._ask()

    # -- on libVLC's threads

    def _picture(self) -> None:
        with self._changed:
            if self._phase is _Phase.OPENING:
                self._phase = _Phase.PAUSING
                self._asked_ns = self._clock.now_ns()
                tell(self._ask)

    def paused(self) -> None:
        """See `Listener.paused`."""
        tell(self._ask)

    def read_through(self) -> None:
        """See `Listener.read_through`."""
        self._is_read_through = True

    def refused(self) -> None:
        """See `Listener.refused`."""
        self._note(None)

    def stepped(self, apart_ms: int) -> None:
        """See `Listener.stepped`."""
        self._note(apart_ms if apart_ms > 0 else None)

    def _note(self, apart_ms: int | None) -> None:
        """A step was answered; None: it brought no picture."""
        with self._changed:
            self._answered = self._asked
            self._next_ns = self._clock.now_ns() + self._wait_ns
            picture = self._memory.take() if apart_ms is not None else None
            if picture is not None and apart_ms is not None:
                is_first = self._phase is _Phase.PAUSING
                self._shown.append(Shown(picture, None if is_first else apart_ms * RATE))
                self._in_vain = 0
            else:
                self._in_vain += self._is_read_through
            self._phase = _Phase.STEPPING
            self._changed.notify_all()
