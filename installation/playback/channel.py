"""One version as the presenter sees it: on air or off, since when and why."""

from __future__ import annotations

from dataclasses import dataclass

from installation.film import FilmPosition
from installation.playback.feed import Feed

FIRST_RETRY_NS = 1_000_000_000
LONGEST_RETRY_NS = 60_000_000_000
GOOD_CONDUCT_NS = 60_000_000_000
"""After this long on air without a fault, a version's earlier faults are forgotten."""
SPANS_KEPT = 200


@dataclass
class OffAirSpan:
    """From when to when a version was off air, in film frames from the very start, and why."""

    reason: str
    from_index: int
    until_index: int | None = None


class Channel:
    """A version's feed with its state on the wall. GUI thread only."""

    def __init__(self, feed: Feed, *, is_on_air: bool = True) -> None:
        self.feed = feed
        self.is_on_air = is_on_air
        self.joins_at: FilmPosition | None = None
        """Where it may come on air, at the earliest; None for anywhere."""
        self.sent_to: FilmPosition | None = None
        """The film frame from which on it was last let read, to come on air there."""
        self.waits_for_seam = False
        """True for one that comes on air where a loop begins, and nowhere else."""
        self.reason = ""
        self.late = 0
        """Film frames at which this version was not ready in time and the wall had to wait."""
        self.spans: list[OffAirSpan] = []
        self.times_off_air = 0
        self.retry_ns = 0
        self._faults = 0
        self._since_ns = 0

    @property
    def name(self) -> str:
        """The version's name."""
        return self.feed.name

    def covers(self, position: FilmPosition) -> bool:
        """True when the frame for this film frame is queued."""
        return self.feed.queue.covers(position)

    def is_ready_for(self, position: FilmPosition) -> bool:
        """True when it may come on air at this film frame, and would not hold the wall up."""
        return (
            self.feed.fault is None
            and (self.joins_at is None or position >= self.joins_at)
            and self.covers(position)
            and self.is_comfortable
        )

    @property
    def is_comfortable(self) -> bool:
        """True when the queue is at least half full: the wall is not waiting for this version."""
        return 2 * len(self.feed.queue) >= self.feed.queue.depth

    @property
    def has_failed(self) -> bool:
        """True where it was late lately, or did not come on air where it was sent to."""
        return self._faults > 0

    def succeed(self, other: Channel) -> None:
        """Take another's place on the wall, and its history with it."""
        self.late += other.late
        self.times_off_air += other.times_off_air
        self.spans = other.spans + self.spans

    def go_off_air(self, reason: str, index: int, now_ns: int) -> None:
        """Leave the wall, and wait longer before coming back the more often this happens."""
        if now_ns - self._since_ns > GOOD_CONDUCT_NS:
            self._faults = 0
        self.is_on_air = False
        self.reason = reason
        self.times_off_air += 1
        self.spans.append(OffAirSpan(reason, index))
        del self.spans[:-SPANS_KEPT]
        self.back_off(now_ns)

    def back_off(self, now_ns: int) -> None:
        """Put the next try off, twice as long each time."""
        self.retry_ns = now_ns + min(FIRST_RETRY_NS << self._faults, LONGEST_RETRY_NS)
        self._faults = min(self._faults + 1, 10)

    def come_on_air(self, index: int, now_ns: int) -> None:
        """Take part in the next set."""
        self.is_on_air = True
        self.reason = ""
        if self.spans and self.spans[-1].until_index is None:
            self.spans[-1].until_index = index
        self.joins_at, self.waits_for_seam = None, False
        self._since_ns = now_ns
