"""Opening hours on the running wall: black and silent outside them, its screens asleep.

Nothing of the film's time changes: its clock runs on through the night. While the wall is black
nothing is drawn or decoded; a while before opening the screens are woken and the film is taken up
at the film frame that its clock says, and the black lifts from pictures that run already.
"""

from __future__ import annotations

import logging
import os
from fractions import Fraction
from functools import partial
from typing import Protocol

from installation.config import Config, ScheduleConfig
from installation.film import CalendarClock, Clock
from installation.kiosk.hours import OpeningHours, Standing
from installation.kiosk.screen_sleep import ScreenSleep, find_switch
from installation.playback import Player
from installation.playback.meeting import soonest_return

logger = logging.getLogger(__name__)

_MS = 1_000_000
MARGIN_NS = 500 * _MS
"""So long after a fade's time it has surely been drawn."""
WARM_UP_NS = 3_000 * _MS
"""So long before opening the film is taken up at the latest, whatever `wake` says."""
PICTURE_PATIENCE_NS = 3_000 * _MS
"""So long black that is to lift waits for pictures; then it lifts from whatever there is."""
LEAD_S = Fraction(1, 2)
"""How far ahead of its clock a film is taken up at least."""
PACE = 2
"""How many times as fast as it is shown all versions together are taken to decode."""


class Cover(Protocol):
    """What lies black over every window."""

    def set_closed(self, is_closed: bool, fade_ms: int) -> None:
        """Let it come, or lift, in so many milliseconds."""


class Pace(Protocol):
    """What asks for pictures."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Ask no more."""


def new_opening(
    cover: Cover, player: Player, pacer: Pace, time: Clock, windowing: str | None
) -> Opening:
    """For a wall that Qt's platform of this name shows; None for one in a window."""
    screens = None
    if windowing is not None:
        screens = ScreenSleep(partial(find_switch, windowing, os.environ))
    return Opening(cover, player, pacer, screens, time, CalendarClock())


class Opening:
    """Follows a schedule. GUI thread only; none of its calls takes time, but for `stop`."""

    def __init__(
        self,
        cover: Cover,
        player: Player,
        pacer: Pace,
        screens: ScreenSleep | None,
        time: Clock,
        calendar: Clock,
    ) -> None:
        """In a window, where there is no say over `screens`, the hours are only told."""
        self._cover = cover
        self._player = player
        self._pacer = pacer
        self._screens = screens
        self._time = time
        self._calendar = calendar
        self._schedule: ScheduleConfig | None = None
        self._hours = OpeningHours(ScheduleConfig())
        self._standing = Standing(True, 0, None)
        self._is_covered = self._is_resting = False
        self._turned_ns = 0  # when the black last began to come or to lift
        self._is_turning = False
        self._awaited: int | None = None  # the film frame that is to be there before it lifts
        self._awaited_since_ns = 0

    # -- how it stands

    @property
    def is_closed(self) -> bool:
        """True outside opening hours, and until the black lifts: a black wall is right."""
        return self._is_covered or not (self._standing.is_open or self._screens is None)

    @property
    def is_resting(self) -> bool:
        """True while no pictures are asked for: nothing is to move on the wall."""
        return self._is_resting

    @property
    def is_asleep(self) -> bool:
        """True where the screens sleep: nobody can see what is drawn."""
        return self._screens is not None and self._screens.is_asleep

    @property
    def in_words(self) -> str:
        """`closed until Tue 10:00`, and how the screens are."""
        said = self._hours.in_words(self._standing)
        if self._screens is None:
            return f"{said}; in a window it plays at any hour"
        if self._screens.trouble and not self._standing.is_open:
            return f"{said}; the screens stay on, black: {self._screens.trouble}"
        return f"{said}; the screens sleep" if self.is_asleep else said

    def heard(self, config: Config) -> Config:
        """The config as it is to be heard: silence outside the hours, fading with the picture."""
        if not self._is_covered and not self._is_turning:
            return config
        hushed: dict[str, object] = {"crossfade": config.schedule.fade_ms / 1000}
        if self._is_covered:
            hushed |= {"speaker": "none", "follow": None}
        return config.model_copy(update={"sound": config.sound.model_copy(update=hushed)})

    # -- following the hours

    def tick(self, schedule: ScheduleConfig) -> None:
        """Do what is due; to be called a few times a second, and once before the first picture: a
        wall that starts outside its hours is black at once.
        """
        begins = self._schedule is None and self._player.presenter.shown is None
        left_ns = self._look(schedule)
        if self._screens is None:
            return
        now = self._time.now_ns()
        is_settled = now - self._turned_ns >= schedule.fade_ms * _MS + MARGIN_NS
        self._is_turning = self._is_turning and not is_settled
        if self._standing.is_open:
            self._wake_film(now)
            if self._is_covered and self._has_pictures(now):
                self._turn(False, schedule.fade_ms)
        elif not self._is_covered:
            self._turn(True, 0 if begins else schedule.fade_ms)
            is_settled = False
        elif is_settled and (left_ns is None or left_ns > max(schedule.wake_ns, WARM_UP_NS)):
            self._rest(now)
        else:
            self._wake_film(now)
        is_early = left_ns is None or left_ns > schedule.wake_ns
        is_closed = self._is_covered and not self._standing.is_open
        self._screens.want(asleep=is_closed and is_settled and is_early)

    def stop(self) -> None:
        """Leave no screen asleep."""
        if self._screens is not None:
            self._screens.stop()

    def _look(self, schedule: ScheduleConfig) -> int | None:
        """Find out how it stands; for how long still, in nanoseconds (None for ever)."""
        if schedule is not self._schedule:
            self._schedule, self._hours = schedule, OpeningHours(schedule)
            self._standing = Standing(True, 0, 0)
        now = self._calendar.now_ns()
        if not self._standing.holds_at(now):
            self._standing = self._hours.standing(now)
        until = self._standing.until_ns
        return None if until is None else until - now

    def _turn(self, is_closed: bool, fade_ms: int) -> None:
        self._is_covered, self._is_turning = is_closed, True
        self._turned_ns = self._time.now_ns()
        logger.info("hours %s", self._hours.in_words(self._standing))
        self._cover.set_closed(is_closed, fade_ms)

    # -- the film

    def _rest(self, now_ns: int) -> None:
        """Ask for no pictures; at each tick, for a film that begins meanwhile is to rest, too."""
        clock, presenter = self._player.clock, self._player.presenter
        if self._player.channels and presenter.shown is None:
            return  # a start is over with its first picture
        self._is_resting = True
        if self._player.has_begun and clock.is_running:
            self._pacer.stop()
            presenter.rest(int(clock.elapsed_frames(now_ns)))

    def _wake_film(self, now_ns: int) -> None:
        """Take the film up where its clock will be when all versions can be there."""
        if not self._is_resting:
            return
        self._is_resting = False
        clock, player = self._player.clock, self._player
        if not player.has_begun or not clock.is_running:
            return
        feeds = [channel.feed for channel in player.channels if channel.is_on_air]

        def run_up(index: int) -> Fraction:
            position = clock.position_of(index)
            return max((feed.run_up(position) for feed in feeds), default=Fraction(0))

        due = int(clock.elapsed_frames(now_ns))
        lead = (LEAD_S * clock.rate).__ceil__()
        index = soonest_return(due, lead, clock=clock, run_up=run_up, pace=PACE)
        player.presenter.seek(index)
        self._awaited, self._awaited_since_ns = index, now_ns
        self._pacer.start()

    def _has_pictures(self, now_ns: int) -> bool:
        """True where what lies beneath the black is what its clock says."""
        shown = self._player.presenter.shown
        if self._awaited is None or not any(c.is_on_air for c in self._player.channels):
            return True
        if shown is not None and self._player.clock.index(shown) >= self._awaited:
            self._awaited = None
            return True
        return now_ns - self._awaited_since_ns > PICTURE_PATIENCE_NS
