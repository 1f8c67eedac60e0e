"""The lock: one frame from every version on air for exactly one film frame, or nothing new.

At each refresh the presenter is asked for the film frame due. It answers with a complete
presentation set, or with none: then every tile goes on showing what it shows (a hold). The rules
when something is late are the whole of this module:

- A set that is complete only later is shown late, all tiles together.
- A wall behind its clock by more than its patience is relieved; see `relief`.
- A version whose reader fails goes off air when it has shown what was decoded before: time for
  another file of it to take over.
- A version off air comes back in step, at a set that its queue covers again; see `joining`.
- One that is coming takes the place of its forerunner in one set.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from installation.decode import QueuedFrame
from installation.film import FilmPosition, MasterClock
from installation.playback.channel import Channel
from installation.playback.joining import Joining
from installation.playback.relief import Relief

logger = logging.getLogger(__name__)


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
        self.is_failing = False
        """True where one on air cannot be read on, and shows what was decoded before."""
        self.channels = {channel.name: channel for channel in channels}
        self.coming: dict[str, Channel] = {}
        """Versions that are to come on air, some in place of one of the same name."""
        self.retired: list[Channel] = []
        """Those that left for good since somebody looked."""
        self._clock = clock
        self._shown = -1  # film frames from the very start, as all indices here
        self._seen_due = -1
        self._held_from: int | None = None
        self._relief = Relief(clock, patience_ns)
        self._joining = Joining(clock)

    @property
    def shown(self) -> FilmPosition | None:
        """The film frame on the wall; None before the first."""
        return self._clock.position_of(self._shown) if self._shown >= 0 else None

    @property
    def due(self) -> FilmPosition | None:
        """The film frame asked for last; None before the first."""
        return self._clock.position_of(self._seen_due) if self._seen_due >= 0 else None

    @property
    def is_waiting(self) -> bool:
        """True while a film frame that is due could not be shown yet."""
        return self._seen_due > self._shown

    def begin_with(self, index: int) -> None:
        """Show film frame `index` first, once it is due."""
        self._shown = self._seen_due = index - 1

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
        found = None if self._is_waking(due, now_ns) else self._gather(due)
        if found is None or self._clock.index(found.position) < due:
            self._note_hold(due, is_new)
        if found is not None:
            self._note_shown(found, now_ns)
        if self._clock.is_running:
            for channel in self._relief.relieve(self.channels.values(), due, self._shown, now_ns):
                self.take_off_air(channel.name, "its pictures come too slowly", due, now_ns)
        return found

    def _is_waking(self, due: int, now_ns: int) -> bool:
        channels = self.channels.values()
        return self._clock.is_running and self._relief.is_waking(channels, due, self._shown, now_ns)

    def seek(self, index: int) -> None:
        """Show film frame `index` next, wherever the wall stands (for stepping while paused)."""
        self._shown = self._seen_due = index - 1
        self._held_from = None
        self._relief.forget()
        for channel in self.channels.values():
            channel.feed.skip_to(self._clock.position_of(index))
        self.recall(index, 0)

    def rest(self, index: int) -> None:
        """While nobody sees the wall: the film goes on to film frame `index`, and none is missed.

        `seek` takes it up again.
        """
        self._shown = self._seen_due = max(self._shown, index - 1)
        self._held_from = None
        self._relief.forget()

    def recall(self, due: int, now_ns: int) -> None:
        """While paused, let those to come that need not wait for a seam come where the film is."""
        for channel in self.coming.values():
            if not channel.waits_for_seam:
                self._joining.send(channel, due, now_ns)

    def take_off_air(self, name: str, reason: str, due: int, now_ns: int) -> None:
        """Take one version off the wall; it comes back by itself when its feed is well."""
        channel = self.channels[name]
        if not channel.is_on_air:
            return
        logger.warning("version=%s off_air reason=%r", name, reason)
        channel.go_off_air(reason, self._shown + 1, now_ns)
        if channel.feed.fault is None:
            self._joining.send(channel, due, now_ns)

    def add(self, channel: Channel, due: int, now_ns: int) -> None:
        """Let a version come on air in step, at the next seam if it waits for one.

        Nothing that is queued for the others is touched.
        """
        self._retire(self.coming.pop(channel.name, None))
        channel.is_on_air, channel.retry_ns = False, now_ns
        channel.waits_for_seam &= bool(self._on_air())
        self.coming[channel.name] = channel
        self._joining.send(channel, due, now_ns)

    def set_patience(self, patience_ns: int) -> None:
        """Wait so long, together, for a version that is late."""
        self._relief.patience_ns = patience_ns

    def remove(self, name: str) -> None:
        """Take a version off the wall for good."""
        self._retire(self.coming.pop(name, None))
        self._retire(self.channels.pop(name, None))

    def _retire(self, channel: Channel | None) -> None:
        if channel is not None:
            self.retired.append(channel)

    # -- one set

    def _on_air(self) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.is_on_air]

    def _gather(self, due: int) -> PresentationSet | None:
        """The newest complete set after the one on the wall, up to the film frame due.

        The next one, where the wall is slow: it drops nothing that it has managed.
        """
        on_air = self._on_air()
        position = self._clock.position_of(due)
        if self._relief.is_slow or not all(c.feed.queue.covers(position) for c in on_air):
            earlier = self._earlier(on_air, due)
            if earlier is None:
                return None
            position = earlier
        frames = {channel.name: channel.feed.queue.take(position) for channel in on_air}
        complete = {name: frame for name, frame in frames.items() if frame is not None}
        return PresentationSet(position, complete) if len(complete) == len(frames) else None

    def _earlier(self, on_air: Iterable[Channel], due: int) -> FilmPosition | None:
        """The newest film frame that everybody has, or, where the wall is slow, the oldest."""
        newest, oldest = due, self._shown + 1
        for channel in on_air:
            span = channel.feed.queue.span()
            if span is None:
                return None
            oldest = max(oldest, self._clock.index(span[0]))
            newest = min(newest, self._clock.index(span[1]))
        if newest < oldest:
            return None
        return self._clock.position_of(oldest if self._relief.is_slow else newest)

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

    def _note_shown(self, found: PresentationSet, now_ns: int) -> None:
        index = self._clock.index(found.position)

        self.tally.dropped += index - self._shown - bool(found.frames)
        self.tally.shown += bool(found.frames)  # not where nobody is on air
        self._shown = index
        if index < self._seen_due or (self._held_from is not None and index >= self._held_from):
            self.tally.late += 1
        if index >= self._seen_due:
            self._held_from = None
        self._relief.note_shown(index, now_ns)

    # -- off air and back

    def _take_off_faulty(self, due: int, now_ns: int) -> None:
        position = self._clock.position_of(due)
        self.is_failing = False
        for channel in self.channels.values():
            fault = channel.feed.fault
            if fault is None or not channel.is_on_air:
                continue
            self.is_failing = True
            if not channel.covers(position):
                self.take_off_air(channel.name, fault, due, now_ns)

    def _bring_back(self, due: int, now_ns: int) -> None:
        position = self._clock.position_of(due)
        off_air = [channel for channel in self.channels.values() if not channel.is_on_air]
        for channel in (*off_air, *self.coming.values()):
            channel.feed.queue.take(position)  # lets go of what is past
            if now_ns < channel.retry_ns or self._relief.is_slow:
                continue
            if channel.is_ready_for(position):
                self._let_in(channel, due, now_ns)
            elif self._joining.has_missed(channel, due):
                channel.back_off(now_ns)
                self._joining.send(channel, due, now_ns)

    def _let_in(self, channel: Channel, due: int, now_ns: int) -> None:
        logger.info("version=%s on_air film_frame=%d", channel.name, due)
        if self.coming.get(channel.name) is channel:
            del self.coming[channel.name]
            forerunner = self.channels.get(channel.name)
            if forerunner is not None:
                channel.succeed(forerunner)
            self._retire(forerunner)
            self.channels[channel.name] = channel
        channel.come_on_air(due, now_ns)
        if not self._clock.is_running and due <= self._shown:
            self._show_again(due)

    def _show_again(self, index: int) -> None:
        """While paused: gather the film frame on the wall anew."""
        position = self._clock.position_of(index)
        if all(channel.covers(position) for channel in self._on_air()):
            self._shown = self._seen_due = index - 1
        else:
            self.seek(index)
