"""How a running wall stands, as plain values: what it shows, who is on air, what is to mend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

FORMAT = 1
"""To be raised when a name below is taken out or means something else."""
ON_AIR, OFF_AIR, REJECTED = "on air", "off air", "rejected"
"""The states that this room knows by name; there are more, each with its sentence."""


class Standing(Enum):
    """Whether a wall plays, as seen from outside."""

    PLAYING = "playing"
    STILL = "stands still"
    """Its process is there, but gives no sign of life."""
    GONE = "ended by itself"
    """Its process is not there any more, and did not say goodbye."""


@dataclass(frozen=True)
class VersionStatus:
    """One version: where it is on its way to the wall, and what is known of it."""

    name: str
    state: str
    sentence: str
    """The state for a person, with the reason and the remedy where something is wrong."""
    model: str = ""
    date: str = ""
    credit_from: str = ""
    """Where model and date came from: "folder name" or "version.yaml"; empty while unknown."""
    width_px: int = 0
    height_px: int = 0
    rate: str = ""
    length: str = ""
    """Timecode at the film's rate."""
    codec: str = ""
    decoding: str = ""
    """By what it is decoded: "software", "hardware (cuda)" ...; empty for one not on the wall."""
    live: str = ""
    """Where a live version is received from; it is shown as it comes, out of the lock."""
    late: int = 0
    """Film frames at which the wall had to wait for this version."""
    times_off_air: int = 0
    off_air_reason: str = ""


@dataclass(frozen=True)
class Now:
    """What moves all the time."""

    seen: datetime
    """When the wall said so; a wall that plays says so every other second."""
    is_running: bool
    """False while paused."""
    loop: int
    """From 1 on, as people count; 0 before the first picture."""
    film_frame: int
    timecode: str
    pictures: int
    """In the lock's ledger, as the next."""
    mismatches: int
    shown: int
    held: int
    dropped: int
    late: int
    sound: str = ""
    """Who is heard where, and how far from the film, as measured; empty without sound."""


@dataclass(frozen=True)
class WallStatus:
    """A whole wall."""

    title: str
    config: str
    pid: int
    started: datetime
    rate: str
    length: str
    """Timecode of the film's length."""
    layout: str
    drawing: str
    refresh_hz: float
    refresh_source: str
    now: Now
    versions: tuple[VersionStatus, ...] = ()
    """As they hang, then the others."""
    mistakes: tuple[str, ...] = ()
    """Why what was saved last is not what plays: the last good config plays on."""
    at_next_start: tuple[str, ...] = ()
    """Settings that were saved and cannot change while the wall plays."""
    notices: tuple[str, ...] = ()
    """What is to be mended in the film's folder or the config, though nothing is kept off air."""
    hours: str = ""
    """Until when it is open or closed, and how its screens are; empty without a schedule."""
    is_closed: bool = False
    """True outside its opening hours: it is black, and that is right."""
    format: int = FORMAT

    @property
    def is_well(self) -> bool:
        """True where there is nothing to mend."""
        states = {version.state for version in self.versions}
        return not (
            self.mistakes or self.notices or self.now.mismatches or states & {REJECTED, OFF_AIR}
        )

    def differs_from(self, other: WallStatus) -> bool:
        """True where more has changed than what moves all the time."""
        return replace(self, now=other.now) != other


def moment(calendar_ns: int) -> datetime:
    """A moment of the calendar from nanoseconds since 1970, to the second."""
    return datetime.fromtimestamp(calendar_ns // 1_000_000_000, UTC)
