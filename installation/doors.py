"""Whether the wall is open: always, until its config has a schedule. `opening.py`, which follows
one, is not loaded before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from installation.config import Config, ScheduleConfig
from installation.film import Clock
from installation.playback import Player

if TYPE_CHECKING:
    from installation.opening import Cover, Opening, Pace


class Doors:
    """GUI thread only."""

    def __init__(
        self, cover: Cover, player: Player, pacer: Pace, time: Clock, windowing: str | None
    ) -> None:
        """See `new_opening`."""
        self._cover = cover
        self._player = player
        self._pacer = pacer
        self._time = time
        self._windowing = windowing
        self._opening: Opening | None = None  # once there is a schedule

    def tick(self, schedule: ScheduleConfig) -> None:
        """Follow the schedule; to be called a few times a second."""
        if self._opening is None:
            if schedule.is_always_open:
                return
            from installation.opening import new_opening

            self._opening = new_opening(
                self._cover, self._player, self._pacer, self._time, self._windowing
            )
        self._opening.tick(schedule)

    @property
    def is_closed(self) -> bool:
        """True while a black wall is right."""
        return self._opening is not None and self._opening.is_closed

    @property
    def is_resting(self) -> bool:
        """True outside opening hours, when nothing is to move."""
        return self._opening is not None and self._opening.is_resting

    @property
    def is_asleep(self) -> bool:
        """True while the screens sleep."""
        return self._opening is not None and self._opening.is_asleep

    @property
    def in_words(self) -> str:
        """Whether it is open, and until when; "" without a schedule."""
        return "" if self._opening is None else self._opening.in_words

    def heard(self, config: Config) -> Config:
        """The config as it is to be heard."""
        return config if self._opening is None else self._opening.heard(config)

    def stop(self) -> None:
        """Leave no screen asleep."""
        if self._opening is not None:
            self._opening.stop()
