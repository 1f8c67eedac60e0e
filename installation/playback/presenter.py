"""The lock: one frame from every version on air for exactly one film frame, or nothing new.

At each refresh the presenter is asked for the film frame due. It answers with a complete
presentation set, or with none: then every tile goes on showing what it shows (a hold). The rules
when something is late are the whole of this module:

- A set that is complete only later is shown late, all tiles together.
- A wall further behind its clock than `patience` looks for who is to blame. If some versions lack
  the film frame due while all the others are comfortably ahead, those go off air and come back in
  step, at a set that their queue covers again. Otherwise the whole wall is slow: all versions skip
  together to one film frame ahead of the clock and meet there (a drop).
- A version whose reader fails goes off air at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from installation.decode import QueuedFrame
from installation.film import FilmPosition, MasterClock
from installation.playback.channel import Channel

logger = logging.getLogger(__name__)

SHORTEST_LEAD_NS = 500_000_000
"""How far ahead of the clock versions that skip are told to meet, at first."""
LONGEST_LEAD_NS = 8_000_000_000
TRIES_BEFORE_BLAME = 4
"""Meetings a version may miss, having queued nothing at all, before it goes off air."""


@dataclass(frozen=True)
class PresentationSet:
    """One film frame: what each version on air shows at it."""

    position: FilmPosition
    frames: dict[str, QueuedFrame]


@dataclass
class Tally:
    """Film frames, counted while the film runs. due = shown + dropped + (the one being held)."""

    due: int = 0
    shown: int = 0
    held: int = 0
    """Film frames not ready at the refresh they were due at: the wall repeated its picture."""
    dropped: int = 0
    """Film frames skipped, on all tiles together."""
    late: int = 0
    """Film frames shown after the refresh they were due at."""


class Presenter:
    """Gathers presentation sets. GUI thread only; moments are monotonic nanoseconds."""

    def __init__(self, clock: MasterClock, channels: Iterable[Channel], patience_ns: int) -> None:
        self.tally = Tally()
        self.channels = {channel.name: channel for channel in channels}
        self._clock = clock
        self._patience_ns = patience_ns
        self._shown = -1  # film frames from the very start, as all indices here
        self._seen_due = -1
        self._held_from: int | None = None
        self._meet_at: int | None = None
        self._lead_ns = SHORTEST_LEAD_NS

    @property
    def shown(self) -> FilmPosition | None:
        """The film frame on the wall; None before the first."""
        return self._clock.position_of(self._shown) if self._shown >= 0 else None

    @property
    def is_waiting(self) -> bool:
        """True while a film frame that is due could not be shown yet."""
        return self._seen_due > self._shown

    def present(self, due: int, now_ns: int) -> PresentationSet | None:
        """The set to show from the next refresh on, for film frame `due` or, late, one before it.

        None when the wall stays as it is.
        """
        self._take_off_faulty(due, now_ns)
        self._bring_back(due, now_ns)
        if due <= self._shown:
            return None
        is_new = due > self._seen_due
        if is_new:
            self.tally.due += due - self._seen_due
            self._seen_due = due
        found = self._gather(due)
        if found is None or self._clock.index(found.position) < due:
            self._note_hold(due, is_new)
        if found is not None:
            self._note_shown(self._clock.index(found.position))
        if self._clock.is_running:
            self._relieve(due, now_ns)
        return found

    def seek(self, index: int) -> None:
        """Show film frame `index` next, wherever the wall stands (for stepping while paused)."""
        self._shown = self._seen_due = index - 1
        self._held_from = self._meet_at = None
        for channel in self.channels.values():
            channel.feed.skip_to(self._clock.position_of(index))

    def take_off_air(self, name: str, reason: str, due: int, now_ns: int) -> None:
        """Take one version off the wall; it comes back by itself when its feed is well."""
        channel = self.channels[name]
        if not channel.is_on_air:
            return
        logger.warning("version=%s off_air reason=%r", name, reason)
        channel.go_off_air(reason, self._shown + 1, now_ns)
        if channel.feed.fault is None:
            self._send_ahead(channel, due, now_ns)

    # -- one set

    def _on_air(self) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.is_on_air]

    def _gather(self, due: int) -> PresentationSet | None:
        """The newest complete set after the one on the wall, up to the film frame due."""
        on_air = self._on_air()
        newest, oldest = due, self._shown + 1
        for channel in on_air:
            span = channel.feed.queue.span()
            if span is None:
                return None
            oldest = max(oldest, self._clock.index(span[0]))
            newest = min(newest, self._clock.index(span[1]))
        if newest < oldest:
            return None
        position = self._clock.position_of(newest)
        frames = {channel.name: channel.feed.queue.take(position) for channel in on_air}
        complete = {name: frame for name, frame in frames.items() if frame is not None}
        return PresentationSet(position, complete) if len(complete) == len(frames) else None

    def _note_hold(self, due: int, is_new: bool) -> None:
        if not is_new:
            return
        self.tally.held += 1
        if self._held_from is None:
            self._held_from = due
        position = self._clock.position_of(due)
        for channel in self._on_air():
            if not channel.covers(position):
                channel.late += 1

    def _note_shown(self, index: int) -> None:
        self.tally.dropped += index - self._shown - 1
        self.tally.shown += 1
        self._shown = index
        if index < self._seen_due or (self._held_from is not None and index >= self._held_from):
            self.tally.late += 1
        if index >= self._seen_due:
            self._held_from = None
        if self._meet_at is not None and index >= self._meet_at:
            self._meet_at = None

    # -- when the wall is behind

    def _relieve(self, due: int, now_ns: int) -> None:
        if due <= self._shown:
            self._lead_ns = max(SHORTEST_LEAD_NS, self._lead_ns - self._lead_ns // 64)
            return
        wanted = max(self._shown + 1, self._meet_at or 0)
        if now_ns - self._clock.due_ns(wanted) <= self._patience_ns:
            return
        position = self._clock.position_of(due)
        on_air = self._on_air()
        behind = [channel for channel in on_air if not channel.covers(position)]
        others = [channel for channel in on_air if channel not in behind]
        if behind and others and all(channel.is_comfortable for channel in others):
            for channel in behind:
                self.take_off_air(channel.name, "its pictures come too slowly", due, now_ns)
        else:
            self._skip_together(on_air, due, now_ns)

    def _skip_together(self, on_air: list[Channel], due: int, now_ns: int) -> None:
        """Drop film frames on all tiles: meet at one ahead of the clock."""
        for channel in on_air:
            empty_handed = len(channel.feed.queue) == 0
            channel.misses = channel.misses + 1 if empty_handed else 0
            if channel.misses >= TRIES_BEFORE_BLAME:
                self.take_off_air(channel.name, "no picture comes from its file", due, now_ns)
        self._meet_at = self._ahead(due, self._lead_ns)
        logger.info("wall behind; all versions skip to film frame %d", self._meet_at)
        for channel in self._on_air():
            channel.feed.skip_to(self._clock.position_of(self._meet_at))
        self._lead_ns = min(2 * self._lead_ns, LONGEST_LEAD_NS)

    def _ahead(self, due: int, lead_ns: int) -> int:
        return due + max(1, (lead_ns * self._clock.rate / 1_000_000_000).__ceil__())

    # -- off air and back

    def _take_off_faulty(self, due: int, now_ns: int) -> None:
        for channel in self.channels.values():
            fault = channel.feed.fault
            if fault is not None and channel.is_on_air:
                self.take_off_air(channel.name, fault, due, now_ns)

    def _bring_back(self, due: int, now_ns: int) -> None:
        position = self._clock.position_of(due)
        for channel in self.channels.values():
            if channel.is_on_air:
                continue
            channel.feed.queue.take(position)  # lets go of what is past
            if now_ns < channel.retry_ns:
                continue
            if channel.feed.fault is None and channel.covers(position) and channel.is_comfortable:
                logger.info("version=%s on_air film_frame=%d", channel.name, due)
                channel.come_on_air(due, now_ns)
            elif self._has_missed(channel, position):
                channel.back_off(now_ns)
                self._send_ahead(channel, due, now_ns)

    def _send_ahead(self, channel: Channel, due: int, now_ns: int) -> None:
        """Let an off-air version read from where the film will be when it may come back."""
        lead_ns = min(LONGEST_LEAD_NS, channel.retry_ns - now_ns)
        channel.feed.skip_to(self._clock.position_of(self._ahead(due, lead_ns)))

    @staticmethod
    def _has_missed(channel: Channel, position: FilmPosition) -> bool:
        """True unless the version has a film frame queued that is yet to come."""
        span = channel.feed.queue.span()
        return span is None or span[1] < position
