"""The master clock: turns a moment into (loop, film frame). The only place that reads time."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import NamedTuple, Protocol

_NS = 1_000_000_000


class Clock(Protocol):
    """Something that tells monotonic nanoseconds; tests pass one that jumps."""

    def now_ns(self) -> int:
        """Nanoseconds since some fixed moment; never goes back."""
        ...


# macOS has no CLOCK_BOOTTIME; there, and on Windows, the monotonic clock counts sleep by this name
_AWAKE_OR_NOT = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


class SystemClock:
    """The machine's own clock that nobody sets, and that goes on while the machine sleeps.

    So a wall that wakes up finds itself late, as one whose process stood still does.
    """

    def now_ns(self) -> int:
        """See `Clock.now_ns`."""
        if _AWAKE_OR_NOT is None:
            return time.monotonic_ns()
        return time.clock_gettime_ns(_AWAKE_OR_NOT)


class CalendarClock:
    """The machine's wall clock: nanoseconds since 1970, as files have their times.

    It may be set; for ages of files, and for people to read.
    """

    def now_ns(self) -> int:
        """See `Clock.now_ns`."""
        return time.time_ns()


class WorkClock:
    """CPU nanoseconds that this process has used so far, on all cores."""

    def now_ns(self) -> int:
        """See `Clock.now_ns`."""
        return time.process_time_ns()


class FilmPosition(NamedTuple):
    """Where the film is: how many loops are complete, and the film frame within this one."""

    loop: int
    frame: int


class _Era(NamedTuple):
    """From this loop on, which begins at this film frame of all, loops have this length."""

    loop: int
    first: int
    length: int


class MasterClock:
    """Film position as a function of time, computed afresh at each question, never accumulated.

    Positions are exact: film frames since the start are `elapsed_ns * rate / 10**9` in integers.
    A film of `length` frames loops for ever; its length may change where a loop begins. Used from
    one thread (the GUI's).
    """

    def __init__(self, rate: Fraction, length: int) -> None:
        if length < 1:
            raise ValueError("a film has at least one frame")
        self.rate = rate
        self._eras = [_Era(0, 0, length)]
        self._anchor_ns: int | None = None  # when it last started running; None while paused
        self._anchor_frames = Fraction(0)  # film frames run before that

    def as_it_stands(self) -> MasterClock:
        """A clock of its own that goes on like this one, for another thread."""
        copy = MasterClock(self.rate, 1)
        copy._eras = list(self._eras)
        copy._anchor_ns, copy._anchor_frames = self._anchor_ns, self._anchor_frames
        return copy

    def length_in(self, loop: int) -> int:
        """How many film frames a loop has."""
        return next(era.length for era in reversed(self._eras) if era.loop <= loop)

    def lengths(self) -> tuple[tuple[int, int], ...]:
        """Every length still remembered, with the loop it holds from."""
        return tuple((era.loop, era.length) for era in self._eras)

    def change_length(self, loop: int, length: int) -> None:
        """Let loops have another length from this one on, in place of any change beyond it.

        Only a loop that has not begun may be changed; whoever asks knows.
        """
        if length < 1:
            raise ValueError("a film has at least one frame")
        kept = [era for era in self._eras if era.loop < loop] or self._eras[:1]
        last = kept[-1]
        if last.length != length:
            kept.append(_Era(loop, last.first + (loop - last.loop) * last.length, length))
        self._eras = kept

    def forget_before(self, loop: int) -> None:
        """Let go of the lengths of loops long past; nobody asks for positions in them again."""
        while len(self._eras) > 1 and self._eras[1].loop <= loop:
            del self._eras[0]

    @property
    def is_running(self) -> bool:
        """True between `start` and `pause`."""
        return self._anchor_ns is not None

    def start(self, now_ns: int) -> None:
        """Run from where the film stands; nothing happens if it runs already."""
        if self._anchor_ns is None:
            self._anchor_ns = now_ns

    def pause(self, now_ns: int, at: FilmPosition | None = None) -> None:
        """Stand still: at the film frame due now, or at the one given (the one on the wall)."""
        self._anchor_frames = Fraction(
            self.elapsed_frames(now_ns).__floor__() if at is None else self.index(at)
        )
        self._anchor_ns = None

    def step(self, frames: int) -> None:
        """While paused, move by whole film frames, back as far as the first frame of all.

        Raises RuntimeError while running.
        """
        if self._anchor_ns is not None:
            raise RuntimeError("the film steps only while paused")
        self._anchor_frames = max(Fraction(0), self._anchor_frames + frames)

    def elapsed_frames(self, at_ns: int) -> Fraction:
        """Film frames since the very start, exact, at the given moment (>= 0).

        A film that is to run from a later moment on stands still until then.
        """
        if self._anchor_ns is None:
            return self._anchor_frames
        running_ns = max(0, at_ns - self._anchor_ns)
        return self._anchor_frames + Fraction(running_ns * self.rate, _NS)

    def position(self, at_ns: int) -> FilmPosition:
        """Loop and film frame due at the given moment."""
        return self.position_of(int(self.elapsed_frames(at_ns)))

    def position_of(self, index: int) -> FilmPosition:
        """Loop and film frame of the film frame counted from the very start."""
        era = next((era for era in reversed(self._eras) if era.first <= index), self._eras[0])
        loops, frame = divmod(index - era.first, era.length)
        return FilmPosition(era.loop + loops, frame)

    def index(self, position: FilmPosition) -> int:
        """A position as film frames counted from the very start."""
        loop, frame = position
        era = next((era for era in reversed(self._eras) if era.loop <= loop), self._eras[0])
        return era.first + (loop - era.loop) * era.length + frame

    def due_ns(self, index: int) -> int:
        """The first nanosecond at which film frame `index` (from the very start) is due.

        Raises RuntimeError while paused: then nothing is due at any time.
        """
        if self._anchor_ns is None:
            raise RuntimeError("a paused film has no due times")
        ahead = (index - self._anchor_frames) / self.rate * _NS
        return self._anchor_ns + ahead.__ceil__()
