"""Where a version that is to come on air is let read from, and when it has missed that place."""

from __future__ import annotations

from fractions import Fraction

from installation.film import MasterClock
from installation.playback.channel import Channel
from installation.playback.meeting import next_seam, soonest_return

LONGEST_LEAD_S = Fraction(8)
"""How far ahead of the clock a version off air is sent at most."""
SHORTEST_LEAD_S = Fraction(1, 8)
"""How long it takes at least to open a film and to have the first pictures of it."""
SEAM_LEAD_S = Fraction(1, 2)
"""A seam nearer than this is too near for a version that has to get ready for it."""
FIRST_PACE = 4
"""How many times as fast as it is shown a version is taken to decode, until it turns out not to."""
CATCH_UP_S = Fraction(1)
"""How late a version may be where it was sent, and still be waited for: it may be gaining."""


class Joining:
    """Sends versions ahead of the film. GUI thread only."""

    def __init__(self, clock: MasterClock) -> None:
        self._clock = clock

    def send(self, channel: Channel, due: int, now_ns: int) -> None:
        """Let a version read from where the film will be when it may come on air."""
        index = self._place(channel, due, now_ns)
        channel.sent_to = self._clock.position_of(index)
        if channel.waits_for_seam:
            channel.joins_at = channel.sent_to
        channel.feed.skip_to(channel.sent_to)

    def has_missed(self, channel: Channel, due: int) -> bool:
        """True where the film has gone by the place that a version was sent to, without it."""
        span = channel.feed.queue.span()
        if span is not None and span[1] >= self._clock.position_of(due):
            return False
        if channel.sent_to is None:
            return True
        patience = 0 if channel.waits_for_seam else int(CATCH_UP_S * self._clock.rate)
        return due > self._clock.index(channel.sent_to) + patience

    def _place(self, channel: Channel, due: int, now_ns: int) -> int:
        def run_up(index: int) -> Fraction:
            return channel.feed.run_up(self._clock.position_of(index))

        retry_s = Fraction(channel.retry_ns - now_ns, 1_000_000_000)
        lead_s = min(LONGEST_LEAD_S, max(SHORTEST_LEAD_S, retry_s))
        if channel.waits_for_seam:
            lead = (max(SEAM_LEAD_S, lead_s) * self._clock.rate).__ceil__()
            return next_seam(due + lead, self._clock)
        if not self._clock.is_running:
            return due
        lead = (lead_s * self._clock.rate).__ceil__()
        pace = 1 if channel.has_failed else FIRST_PACE
        return soonest_return(due, lead, clock=self._clock, run_up=run_up, pace=pace)
