"""Owns what plays: the master clock, every version's feed, the presenter and the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from installation.film import FilmPosition, MasterClock, TimeMap
from installation.playback.channel import Channel
from installation.playback.feed import Feed
from installation.playback.ledger import Account, Ledger
from installation.playback.presenter import PresentationSet, Presenter

logger = logging.getLogger(__name__)

JOIN_TIMEOUT_S = 5.0


class Player:
    """Plays a film's versions in step. GUI thread only; moments are monotonic nanoseconds."""

    def __init__(self, clock: MasterClock, feeds: Sequence[Feed], *, patience_ns: int) -> None:
        self.clock = clock
        self.ledger = Ledger()
        self.presenter = Presenter(clock, [Channel(feed) for feed in feeds], patience_ns)
        self._start = FilmPosition(0, 0)
        self._has_begun = False
        self._retired: list[Feed] = []
        for feed in feeds:
            self._open_account(feed)

    @property
    def channels(self) -> Sequence[Channel]:
        """Every version's channel, on air or not."""
        return tuple(self.presenter.channels.values())

    @property
    def feeds(self) -> Sequence[Feed]:
        """Every feed that plays or is to: a version may have two."""
        return tuple(c.feed for c in (*self.channels, *self.presenter.coming.values()))

    def take_up(self, since_ns: int, at_ns: int) -> None:
        """Before it begins: the film has run since a moment, and begins with what is due at
        another.
        """
        self.clock.start(since_ns)
        self._start = self.clock.position(at_ns)

    def prime(self) -> None:
        """Let every feed read from the film frame on that is to be the first."""
        for channel in self.channels:
            channel.feed.start(self._start)

    @property
    def has_begun(self) -> bool:
        """True once the film runs, or has run."""
        return self._has_begun

    @property
    def is_primed(self) -> bool:
        """True when every version has the first film frame queued, or has failed."""
        start = self._start
        return all(c.covers(start) or c.feed.fault is not None for c in self.channels)

    @property
    def has_a_start(self) -> bool:
        """True when at least one version has the first film frame queued."""
        return any(channel.covers(self._start) for channel in self.channels)

    @property
    def is_waiting(self) -> bool:
        """True while a film frame that is due is not shown yet, or is to be shown otherwise."""
        if self.presenter.is_waiting or self.clock.is_running:
            return self.presenter.is_waiting
        return any(not c.waits_for_seam for c in self.presenter.coming.values())

    def begin(self, first_picture_ns: int) -> None:
        """Run the film so that its first frame is due at the given moment; one that was taken up
        shows what it begins with when its clock has come there.

        Versions that are not primed by now start off air, and join in step.
        """
        start = self._start
        self._has_begun = True
        self.clock.start(first_picture_ns)
        self.presenter.begin_with(self.clock.index(start))
        due = int(self.clock.elapsed_frames(first_picture_ns))
        for channel in self.channels:
            if not channel.covers(start):
                reason = channel.feed.fault or "was not ready when the film began"
                self.presenter.take_off_air(channel.name, reason, due, first_picture_ns)

    def present(self, due: int, now_ns: int) -> PresentationSet | None:
        """See `Presenter.present`. Whoever shows what is found calls `refill` then."""
        self.refill()  # where nobody has since
        coming = list(self.presenter.coming.values())
        found = self.presenter.present(due, now_ns)
        if found is None:
            self.refill()
        for channel in coming:
            if channel.is_on_air:
                self._open_account(channel.feed)
        self._let_go()
        return found

    def refill(self) -> None:
        """Have decoded what the queues have room for since the last picture."""
        for feed in self.feeds:
            feed.queue.tell_of_room()

    def add(self, feed: Feed, now_ns: int, *, at_seam: bool) -> None:
        """Let a prepared and assigned feed come on air in step, at the next seam or at once.

        One of the same name plays on until then. Before the film has begun, it just takes part.
        """
        if not self._has_begun:
            self.presenter.remove(feed.name)
            self.presenter.channels[feed.name] = Channel(feed)
            self._open_account(feed)
            self._let_go()
            return
        channel = Channel(feed, is_on_air=False)
        channel.waits_for_seam = at_seam
        self.presenter.add(channel, int(self.clock.elapsed_frames(now_ns)), now_ns)
        self._let_go()

    def abandoned(self, name: str) -> int:
        """How many feeds of a version left the wall and have not let go of their file yet."""
        self._let_go()
        return sum(feed.name == name for feed in self._retired)

    def set_patience(self, patience_ns: int) -> None:
        """Wait so long, together, for a version that is late."""
        self.presenter.set_patience(patience_ns)

    def remove(self, name: str) -> None:
        """Take a version off the wall for good, from the next film frame on."""
        self.presenter.remove(name)
        self._let_go()

    def change_film(self, length: int, time_map_of: Callable[[Feed], TimeMap]) -> None:
        """Give the film another length or its versions other times, from a loop on that nobody
        has begun to read.
        """
        feeds = self.feeds
        due = self.presenter.due
        begun = [feed.hold_loops() for feed in feeds]
        since = max([*begun, -1 if due is None else due.loop]) + 1
        self.clock.change_length(since, length)
        for feed in feeds:
            feed.plan_loops(since, time_map_of(feed))

    def _open_account(self, feed: Feed) -> None:
        self.ledger.open_account(feed.name, Account(feed.time_map, feed.reader.expected_pts))

    def _let_go(self) -> None:
        for channel in self.presenter.retired:
            channel.feed.stop()
            self._retired.append(channel.feed)
        self.presenter.retired.clear()
        self._retired = [feed for feed in self._retired if not feed.join(0)]

    def note_presented(self, shown: PresentationSet) -> None:
        """Enter in the ledger what the wall has just been handed."""
        if shown.frames:
            self.ledger.record(shown.position, shown.frames)

    def pause(self, now_ns: int) -> None:
        """Stand still at the film frame on the wall."""
        shown = self.presenter.shown
        self.clock.pause(now_ns, shown)
        if shown is None:
            return
        if self.presenter.is_waiting:  # maybe for versions sent elsewhere
            self.presenter.seek(self.clock.index(shown) + 1)
        self.presenter.recall(self.clock.index(shown), now_ns)

    def resume(self, now_ns: int) -> None:
        """Run on from the film frame on the wall."""
        self.clock.start(now_ns)

    def step(self, frames: int) -> None:
        """While paused, show the film frame so many ahead (or back, when negative)."""
        before = int(self.clock.elapsed_frames(0))
        self.clock.step(frames)
        after = int(self.clock.elapsed_frames(0))
        if after <= before:
            self.presenter.seek(after)

    def stop(self, timeout_s: float = JOIN_TIMEOUT_S) -> None:
        """Stop every feed, and wait so long for them to let go of their files."""
        every = [*self.feeds, *self._retired]
        for feed in every:
            feed.stop()
        for feed in every:
            if not feed.join(timeout_s):
                if timeout_s:
                    logger.warning("version=%s decoding thread did not end in time", feed.name)
                timeout_s = 0  # so long the others have had, too
