"""What is heard: which version speaks, how loud, and on which device."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from installation.config.setting import FolderName, Setting

QUIETEST_DB, LOUDEST_DB = -60, 12
_DECIBELS = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,3})?)\s*(?:dB)?", re.IGNORECASE)


def _decibels(written: Any) -> Any:
    """From -6, "-6" or "-6 dB". Raises ValueError in plain words."""
    if written is None:
        return written
    match = None if isinstance(written, bool) else _DECIBELS.fullmatch(str(written).strip())
    if not match:
        raise ValueError(f'"{written}" is not a level; write decibels such as -6, or 0')
    level = float(match[1])
    if not QUIETEST_DB <= level <= LOUDEST_DB:
        raise ValueError(
            f'"{written}" is no level to play at; write {QUIETEST_DB} to {LOUDEST_DB} dB'
        )
    return level


_LEVEL_SCHEMA = {"type": ["number", "string"], "examples": [0, -6, "-6 dB"]}
Decibels = Annotated[float, BeforeValidator(_decibels), WithJsonSchema(_LEVEL_SCHEMA)]
Gain = Annotated[
    float | None,
    BeforeValidator(_decibels),
    WithJsonSchema({**_LEVEL_SCHEMA, "type": ["number", "string", "null"]}),
]


class SoundConfig(Setting):
    """What is heard. Nothing by default: a wall that hangs silent must not begin to speak because
    the program is newer, and of several versions nobody but the curator knows which voice is meant.
    """

    speaker: FolderName = Field(
        "none",
        alias="from",
        description="Who is heard: none, latest, rotate (the next version at each loop), mix (all "
        "together), or a version's folder name.",
    )
    follow: Literal["focus"] | None = Field(
        None, description="focus lets the large tile of a spotlight layout speak instead."
    )
    volume: Decibels = Field(0.0, description="How much louder, in decibels; -6 is half.")
    crossfade: float = Field(
        0.5, ge=0, le=10, description="Seconds in which one voice gives way to another."
    )
    device: str = Field(
        "default", min_length=1, description="The sound device's name, or default for the system's."
    )
    normalize: bool = Field(
        True, description="Whether all versions are played equally loud (EBU R128)."
    )
    delay_ms: int = Field(
        0,
        ge=-1000,
        le=1000,
        description="How late the loudspeaker is; it is played sooner by this.",
    )

    @property
    def is_on(self) -> bool:
        """False where nothing is ever heard."""
        return self.speaker != "none" or self.follow is not None
