"""What is to be heard, and what is: plain values that the threads hand each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from installation.film import Loudness, MasterClock, TimeMap


class Speaking(Enum):
    """Who speaks, of the versions that can be heard."""

    LATEST = "latest"
    ROTATE = "rotate"
    """The next one at each seam."""
    MIX = "mix"
    ONE = "one"
    """The one that is named, or nobody."""


@dataclass(frozen=True)
class Heard:
    """A version on air, as far as its sound is concerned."""

    name: str
    path: Path
    container: str
    edition: tuple[int, ...]
    """What tells this film from another in its place, whichever file of it is played."""
    maps: tuple[tuple[int, TimeMap], ...]
    """Its time maps, each with the loop it holds from; they ascend."""
    gain_db: float = 0.0
    age: int = 0
    """Its place by date; the latest has the highest."""
    loudness: Loudness | None = None
    """None while it is not known: where all are levelled, it is not heard yet."""

    def time_map(self, loop: int) -> TimeMap:
        """The one of a loop."""
        return next((m for since, m in reversed(self.maps) if since <= loop), self.maps[0][1])

    def is_same_film(self, other: Heard) -> bool:
        """True where the same sound belongs to both, at whatever times."""
        return (self.name, self.edition) == (other.name, other.edition)


@dataclass(frozen=True)
class Wanted:
    """What is to be heard from now on."""

    clock: MasterClock
    """As it stood; nobody else changes it."""
    versions: tuple[Heard, ...]
    """Those on air, as they hang."""
    speaking: Speaking
    named: str = ""
    volume_db: float = 0.0
    crossfade_s: float = 0.5
    device: str = "default"
    """Its name, or the beginning of it."""
    delay_ms: int = 0
    """How late the loudspeaker is: so much earlier the sound is played."""
    normalize: bool = False
    """Whether all are brought to the same loudness; nobody is heard before that of it is known."""


@dataclass(frozen=True)
class SoundReport:
    """How the sound stands."""

    speakers: tuple[str, ...] = ()
    """Who is heard right now."""
    level_db: float | None = None
    """The loudest sample of the last moment, below full scale; None for silence."""
    offset_ms: float | None = None
    """How far the sound is ahead of the film's clock, as measured; None while it is not known."""
    device: str = ""
    trouble: str = ""
    """Why nothing is heard, in a sentence."""


NO_SOUND = SoundReport()
