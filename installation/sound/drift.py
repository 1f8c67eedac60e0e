"""The device's clock against the machine's: measured, and followed by resampling. Pure.

A sound card's second is not the machine's. What the device says it has played comes late, early
and in steps, so a line is laid through it; what that line says is off is made good by playing a
trifle faster or slower, never so fast that it can be heard.
"""

from __future__ import annotations

from dataclasses import dataclass

_NS = 1_000_000_000
SETTLED_AFTER_S = 0.4
"""How long the device is watched before its line is trusted."""
MEMORY_S = 8.0
"""How long an observation counts."""
STEP_S = 0.02
"""Observations that stay so far off the line mean that the device stood still for a moment. Servers
tell what they have played up to 40 ms late, later while a machine is busy: that is no step.
"""
STEP_AFTER_S = 0.3
"""How long they have to."""
LOST_S = 0.1
"""As far as this, it begins anew."""
MOST_RATIO = 0.002
"""The fastest that samples are played differently: ± 0.2 %."""
MOST_CHANGE = 0.0005
"""By how much that may change in a second: less than a cent of pitch is beyond hearing."""
HORIZON_S = 4.0
"""Within about so long an offset is made good."""


class DeviceLine:
    """When the device plays which of its samples, judged by what it says. One thread."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.restart()

    def restart(self) -> None:
        """Forget everything: the device begins anew."""
        self._since_ns: int | None = None
        self._last_ns = 0
        self._origin_s = 0.0  # when its first sample was played, by the line, at the last time
        self._drift = 0.0  # seconds that this moves in a second
        self._seen = 0
        self._off_s = 0.0  # by how much observations are off the line, of late
        self._off_since_ns: int | None = None

    @property
    def is_settled(self) -> bool:
        """True once it is known well enough to play by."""
        return self._since_ns is not None and (
            self._last_ns - self._since_ns >= SETTLED_AFTER_S * _NS
        )

    @property
    def ppm(self) -> float:
        """How much faster than the machine's clock the device plays, in millionths."""
        return -self._drift * 1e6

    @property
    def drift(self) -> float:
        """By how much of a second the device is slower in each."""
        return self._drift

    def observe(self, now_ns: int, played: int) -> None:
        """The device says that so many samples are played."""
        if self._since_ns is None:
            self._since_ns = self._base_ns = self._last_ns = now_ns
            self._origin_s = -played / self._rate
            return
        elapsed = (now_ns - self._last_ns) / _NS
        if elapsed <= 0:
            return
        self._last_ns = now_ns
        seen = (now_ns - self._base_ns) / _NS - played / self._rate
        expected = self._origin_s + self._drift * elapsed
        if self._has_stepped(now_ns, seen - expected, elapsed):
            if abs(self._off_s) > LOST_S:
                self.restart()
                return
            expected += self._off_s
            self._off_s = 0.0
        self._seen += 1
        # like an average at first, then one that forgets
        age = (now_ns - self._since_ns) / _NS
        weight = max(1 / (self._seen + 1), min(1.0, elapsed / MEMORY_S))
        self._origin_s = expected + weight * (seen - expected)
        if age > MEMORY_S and abs(self._off_s) < STEP_S / 2:
            self._drift += weight * weight / 4 * (seen - expected) / elapsed
            self._drift = min(MOST_RATIO, max(-MOST_RATIO, self._drift))

    def _has_stepped(self, now_ns: int, off_s: float, elapsed_s: float) -> bool:
        """True where the device has stood still, as it does when a server has to wait."""
        self._off_s += min(1.0, elapsed_s / (STEP_AFTER_S / 3)) * (off_s - self._off_s)
        if abs(self._off_s) < STEP_S:
            self._off_since_ns = None
            return False
        if self._off_since_ns is None:
            self._off_since_ns = now_ns
        if now_ns - self._off_since_ns < STEP_AFTER_S * _NS:
            return False
        self._off_since_ns = None
        return True

    def time_ns(self, sample: int) -> int:
        """When a sample is played."""
        at = self._base_ns + (self._origin_s + sample / self._rate) * _NS
        ahead_s = (at - self._last_ns) / _NS
        return int(at + self._drift * ahead_s * _NS)


@dataclass
class Follower:
    """Says how much faster or slower to play, so that the sound stays with the film."""

    ratio: float = 0.0
    """Output samples in excess, of each: positive is slower."""

    def follow(self, ahead_s: float, drift: float, elapsed_s: float) -> float:
        """The ratio from now on, where the sound is ahead of the film by so much.

        The device's own drift is made good at once, the offset little by little.
        """
        aim = ahead_s / HORIZON_S - drift
        aim = min(MOST_RATIO, max(-MOST_RATIO, aim))
        most = MOST_CHANGE * elapsed_s
        self.ratio += min(most, max(-most, aim - self.ratio))
        return self.ratio
