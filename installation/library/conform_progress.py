"""How far each version is on its way to its mezzanine, for any thread to read and people to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from installation.library.mezzanine import Size
from installation.library.names import said

_NS = 1_000_000_000


class ConformState(Enum):
    """Where a version is on its way to its mezzanine."""

    WAITING = "waiting"
    READING = "reading"
    CONFORMING = "conforming"
    CHECKING = "checking"
    DONE = "conformed"
    NO_ROOM = "no room"
    FAILED = "failed"
    """For now, to be tried again, or for good."""


AT_REST = frozenset((ConformState.DONE, ConformState.NO_ROOM, ConformState.FAILED))
"""Nothing happens by itself soon."""


@dataclass(frozen=True)
class Progress:
    """One version's mezzanine."""

    name: str
    size: Size
    state: ConformState = ConformState.WAITING
    frames_done: int = 0
    frames: int = 0
    elapsed_ns: int = 0
    """Since its process was started."""
    rate: Fraction = Fraction(24)
    """The version's own, in frames per second."""
    reason: str = ""
    """Why there is no room, what failed, with its remedy; or why it waits again."""
    is_given_up: bool = False
    """Failed, and not tried again before something changes."""

    @property
    def percent(self) -> int:
        """Of the frames; 100 only when all is done."""
        if self.state is ConformState.DONE:
            return 100
        return min(99, self.frames_done * 100 // self.frames) if self.frames else 0

    @property
    def speed(self) -> Fraction | None:
        """How many seconds of the version a second takes in; None before that can be told."""
        if not self.frames_done or self.elapsed_ns <= 0:
            return None
        return Fraction(self.frames_done * _NS, self.elapsed_ns) / self.rate

    @property
    def left_s(self) -> int | None:
        """Seconds until all frames are done, at this pace; None before that can be told."""
        if not self.frames_done or self.elapsed_ns <= 0:
            return None
        to_do = max(0, self.frames - self.frames_done)
        return -(-to_do * self.elapsed_ns // (self.frames_done * _NS))

    @property
    def is_hopeless(self) -> bool:
        """True where it is better not to wait for it."""
        is_put_off = self.state is ConformState.WAITING and bool(self.reason)
        return is_put_off or self.state in (ConformState.NO_ROOM, ConformState.FAILED)

    @property
    def sentence(self) -> str:
        """All of it, for a person."""
        return f"{said(self.name)}: {self._told()}"

    def _told(self) -> str:
        size = f"{self.size[0]}x{self.size[1]}"
        if self.state is ConformState.CONFORMING:
            return f"is being conformed to {size}: {self.percent} %{self._pace()}"
        if self.state is ConformState.NO_ROOM:
            return f"cannot be conformed to {size} now: {self.reason}"
        if self.state is ConformState.FAILED:
            again = "" if self.is_given_up else "; it is tried again"
            return f"cannot be conformed: {self.reason}{again}; its original plays on"
        return {
            ConformState.WAITING: f"waits to be conformed to {size}"
            + (f" again: {self.reason}" if self.reason else ""),
            ConformState.READING: "its original is read for its SHA-256, before it is conformed",
            ConformState.CHECKING: f"is conformed to {size}, and read once more",
            ConformState.DONE: f"is conformed to {size}",
        }[self.state]

    def _pace(self) -> str:
        if self.speed is None or self.left_s is None:
            return ""
        minutes, seconds = divmod(self.left_s, 60)
        hours, minutes = divmod(minutes, 60)
        left = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
        return f", {float(self.speed):.1f} times as fast as it plays, {left} left"
