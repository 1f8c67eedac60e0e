"""What is done about a wall that is behind its clock.

- When it waits longer than its patience for some versions while all the others are comfortably
  ahead, those leave the air. So does one that moves, if all the waiting of a while was for it.
- When the process stood still, or the machine slept, all take up the film in one step: they go
  where they can be by the time that the clock is there.
- Otherwise the whole wall is slow. It runs late, film frame by film frame, until all versions
  skip together to one place ahead of the clock and meet there (a drop); see `meeting`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from installation.film import MasterClock
from installation.playback.channel import Channel
from installation.playback.meeting import Meeting, plan_meeting, soonest_return

logger = logging.getLogger(__name__)

SHORTEST_LEAD_S = Fraction(1, 2)
"""How long before they meet versions that skip are sent there, at first."""
LONGEST_LEAD_S = Fraction(8)
ENOUGH_LOOKS = 60
"""Refreshes spent waiting, about a second, after which a version that moves may be too slow."""
TAKE_UP_PACE = 2
"""How many times as fast as it is shown all versions together are taken to decode, at least."""
ITS_SHARE = Fraction(4, 5)
"""What "all the waiting" means; the others may have a share of the rest."""


@dataclass(frozen=True)
class Stretch:
    """Where a stretch of film began over which the wall's pace is taken, in film frames."""

    due: int
    shown: int


class Relief:
    """Watches how far the wall is behind, and why. GUI thread only."""

    def __init__(self, clock: MasterClock, patience_ns: int) -> None:
        self._clock = clock
        self.patience_ns = patience_ns
        self._lead_s = SHORTEST_LEAD_S
        self._advanced_ns = 0
        self._looked_ns = 0
        self.forget()

    @property
    def is_slow(self) -> bool:
        """True while the wall runs late and does not catch up by itself."""
        return self._is_slow

    def forget(self) -> None:
        """The wall is on its clock."""
        self._stretch: Stretch | None = None
        self._is_slow = False
        self._meeting: Meeting | None = None
        self._has_left = False  # for the meeting
        self._has_missed = False  # it
        self._looks = 0  # refreshes at which the wall waited
        self._waits: dict[str, int] = {}  # and for whom

    def note_shown(self, index: int, now_ns: int) -> None:
        """A set has been shown."""
        self._advanced_ns = now_ns
        if self._meeting is not None and self._has_left and index >= self._meeting.index:
            self.forget()

    def is_waking(self, channels: Iterable[Channel], due: int, shown: int, now_ns: int) -> bool:
        """True where the wall stood still so long that nothing it has is worth showing: it goes to
        where its clock is in one step. To be asked before `relieve`.
        """
        return self._has_stood_still(now_ns) and self._is_far_behind(channels, due, shown)

    def _has_stood_still(self, now_ns: int) -> bool:
        return self._looked_ns > 0 and now_ns - self._looked_ns > self.patience_ns

    def relieve(
        self, channels: Collection[Channel], due: int, shown: int, now_ns: int
    ) -> Iterable[Channel]:
        """Do what the rules say, with the film frames due and shown; returns who is to leave."""
        stood_still = now_ns - self._looked_ns > self.patience_ns
        if stood_still:
            self._advanced_ns = now_ns  # which is nobody's fault
        self._looked_ns = now_ns
        if due <= shown:
            self.forget()
            self._lead_s = max(SHORTEST_LEAD_S, self._lead_s - self._lead_s / 64)
            return ()
        if stood_still and self._is_far_behind(channels, due, shown):
            self._take_up(channels, due, now_ns)
            return ()
        meeting = self._meeting if self._has_left else None
        wanted = shown + 1 if meeting is None else meeting.index
        waited_ns = now_ns - self._clock.due_ns(wanted)
        if waited_ns < 0:
            return ()
        to_blame = self._to_blame([c for c in channels if c.is_on_air], wanted, now_ns)
        if to_blame or waited_ns <= self.patience_ns:
            return to_blame
        if meeting is None:
            self._get_back(channels, due, shown, now_ns)
        elif not self._has_missed:
            self._has_missed = True
            self._lead_s = min(2 * self._lead_s, LONGEST_LEAD_S)
        return ()

    def _is_far_behind(self, channels: Iterable[Channel], due: int, shown: int) -> bool:
        """False where the wall gets on by what is queued, or by a little haste."""
        soon = due - int(self.patience_ns * self._clock.rate / 1_000_000_000)
        if soon <= shown:
            return False
        position = self._clock.position_of(soon)
        return any(c.is_on_air and not c.covers(position) for c in channels)

    def _take_up(self, channels: Collection[Channel], due: int, now_ns: int) -> None:
        """Go on in one step, all together, at the first film frame that all can be at in time."""
        feeds = [channel.feed for channel in channels if channel.is_on_air]

        def run_up(index: int) -> Fraction:
            position = self._clock.position_of(index)
            return max((feed.run_up(position) for feed in feeds), default=Fraction(0))

        lead = (self._lead_s * self._clock.rate).__ceil__()
        index = soonest_return(due, lead, clock=self._clock, run_up=run_up, pace=TAKE_UP_PACE)
        self.forget()
        self._is_slow = True
        self._meeting = Meeting(index, due)
        self._leave_for(self._meeting, channels, now_ns)

    def _to_blame(self, on_air: list[Channel], wanted: int, now_ns: int) -> list[Channel]:
        """Whom the wall waits for, if it could go on well without them."""
        position = self._clock.position_of(wanted)
        lacking = [channel for channel in on_air if not channel.covers(position)]
        others = [channel for channel in on_air if channel not in lacking]
        self._looks += bool(lacking)
        for channel in lacking:
            self._waits[channel.name] = self._waits.get(channel.name, 0) + 1
        if not lacking or not others or not all(channel.is_comfortable for channel in others):
            return []
        stands_ns = now_ns - max(self._clock.due_ns(wanted), self._advanced_ns)
        if stands_ns > self.patience_ns or self._all_waiting_was_for(lacking, others):
            return lacking
        return []

    def _all_waiting_was_for(self, some: Iterable[Channel], others: Iterable[Channel]) -> bool:
        share = ITS_SHARE * self._looks
        return (
            self._looks >= ENOUGH_LOOKS
            and all(self._waits.get(c.name, 0) >= share for c in some)
            and all(self._waits.get(c.name, 0) <= self._looks - share for c in others)
        )

    def _get_back(self, channels: Collection[Channel], due: int, shown: int, now_ns: int) -> None:
        """Find out how slow the wall is; plan a meeting if it must, and leave for it in time."""
        stretch = self._stretch or Stretch(due, shown)
        watched = due - stretch.due
        self._stretch = stretch
        if watched >= SHORTEST_LEAD_S * self._clock.rate:
            self._stretch = Stretch(due, shown)
            pace = Fraction(shown - stretch.shown, watched)
            lead = (self._lead_s * self._clock.rate).__ceil__()
            self._is_slow = due - shown > (pace - 1) * lead
            self._meeting = self._plan(channels, due, shown, pace) if self._is_slow else None
        if self._meeting is not None and due >= self._meeting.leave_at:
            self._leave_for(self._meeting, channels, now_ns)

    def _plan(self, channels: Collection[Channel], due: int, shown: int, pace: Fraction) -> Meeting:
        feeds = [channel.feed for channel in channels if channel.is_on_air]

        def run_up(index: int, limit: Fraction) -> Fraction:
            position = self._clock.position_of(index)
            longest = Fraction(0)
            for feed in feeds:  # of many, one is often enough to say that it is too long
                longest = max(longest, feed.run_up(position))
                if longest > limit:
                    break
            return longest

        lead = (self._lead_s * self._clock.rate).__ceil__()
        return plan_meeting(due, shown, lead, pace, clock=self._clock, run_up=run_up)

    def _leave_for(self, meeting: Meeting, channels: Collection[Channel], now_ns: int) -> None:
        """Drop film frames on all tiles: all go to the meeting, also who may come back there."""
        logger.info("wall behind; all versions skip to film frame %d", meeting.index)
        self._has_left = True
        for channel in channels:
            if channel.is_on_air or now_ns >= channel.retry_ns:
                channel.feed.skip_to(self._clock.position_of(meeting.index))
