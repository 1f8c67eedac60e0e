"""Owns what plays: the master clock, every version's feed, the presenter and the ledger."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from installation.film import FilmPosition, MasterClock
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
        for feed in feeds:
            self.ledger.open_account(feed.name, Account(feed.time_map, feed.reader.expected_pts))

    @property
    def channels(self) -> Sequence[Channel]:
        """Every version's channel, on air or not."""
        return tuple(self.presenter.channels.values())

    def prime(self) -> None:
        """Let every feed read from the first film frame on."""
        for channel in self.channels:
            channel.feed.start(FilmPosition(0, 0))

    @property
    def is_primed(self) -> bool:
        """True when every version has the first film frame queued, or has failed."""
        start = FilmPosition(0, 0)
        return all(c.covers(start) or c.feed.fault is not None for c in self.channels)

    def begin(self, first_picture_ns: int) -> None:
        """Run the film so that its first frame is due at the given moment.

        Versions that are not primed by now start off air, and join in step.
        """
        start = FilmPosition(0, 0)
        self.clock.start(first_picture_ns)
        for channel in self.channels:
            if not channel.covers(start):
                reason = channel.feed.fault or "was not ready when the film began"
                self.presenter.take_off_air(channel.name, reason, 0, first_picture_ns)

    def present(self, due: int, now_ns: int) -> PresentationSet | None:
        """See `Presenter.present`."""
        return self.presenter.present(due, now_ns)

    def note_presented(self, shown: PresentationSet) -> None:
        """Enter in the ledger what the wall has just been handed."""
        if shown.frames:
            self.ledger.record(shown.position, shown.frames)

    def pause(self, now_ns: int) -> None:
        """Stand still at the film frame on the wall."""
        self.clock.pause(now_ns, self.presenter.shown)

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

    def stop(self) -> None:
        """Stop and join every feed's thread."""
        for channel in self.channels:
            channel.feed.stop()
        for channel in self.channels:
            if not channel.feed.join(JOIN_TIMEOUT_S):
                logger.warning("version=%s decoding thread did not end in time", channel.name)
