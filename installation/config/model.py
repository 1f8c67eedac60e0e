"""What a curator can write: the whole config, its sections, defaults and meanings.

The descriptions go into the JSON Schema, and so into the curator's editor.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PrivateAttr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from installation.config.captions import NO_CAPTIONS, Captions
from installation.config.conforming import ConformConfig
from installation.config.kiosk import KioskConfig
from installation.config.layouts import GridLayout, LayoutConfig
from installation.config.play_log import PlayLogConfig
from installation.config.schedule import ScheduleConfig
from installation.config.screens import ScreenConfig, checked
from installation.config.setting import Colour, FolderName, FolderPath, Setting, told
from installation.config.sound import SoundConfig
from installation.config.subtitles import SubtitlesConfig
from installation.config.versions import VersionOverride
from installation.film import WhenShort, parse_rate, parse_timecode
from installation.film.rate import MAX_RATE

Rate = Annotated[
    Fraction,
    BeforeValidator(parse_rate),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string"], "examples": [24, 23.976, "24000/1001"]}),
]


LiveProtocol = Literal["http", "https", "rtsp", "rtp", "udp"]
Edition = tuple[int, int, int]
"""A file's time of change, size and number on its disk."""


class OffAir(StrEnum):
    """What a tile shows while its version is off air."""

    DIM = "dim"
    SLATE = "slate"


class FilmConfig(Setting):
    """The film: where its versions are and how it is timed."""

    title: str = Field("", description="The film's title, shown where there is no picture yet.")
    versions: FolderPath = Field(
        description="The folder that holds one folder per version; relative to this file."
    )
    rate: Rate = Field(Fraction(24), description="Film frames per second: 24, 24000/1001, 23.976.")
    length: str = Field(
        "auto", description="auto (the longest version) or a timecode such as 00:02:04:12."
    )
    order: Literal["date"] | tuple[FolderName, ...] = Field(
        "date", description="How the versions hang: by date, or a list of folder names."
    )
    watch: Literal["auto", "native", "polling"] = Field(
        "auto", description="How the folder is watched; auto polls network shares."
    )
    settle_s: float = Field(
        5, ge=0.5, le=600, description="Seconds without a change before a new version is looked at."
    )
    cues: dict[str, str] = Field(
        default_factory=dict,
        description="Named moments of the film, by timecode, that versions can be held to.",
    )
    receipts: bool = Field(
        False,
        description="Whether each version's folder gets a receipt.txt that says what became of it.",
    )
    when_short: WhenShort = Field(
        WhenShort.HOLD, description="After its own end a version holds, goes black or loops."
    )

    @field_validator("order")
    @classmethod
    def _names_each_folder_once(cls, order: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for item, name in enumerate(order if isinstance(order, tuple) else ()):
            if name in order[:item]:
                raise told(f'"{name}" is written twice; keep one', item=item)
        return order

    @field_validator("length")
    @classmethod
    def _length_is_a_timecode(cls, length: str, info: ValidationInfo) -> str:
        rate = info.data.get("rate", MAX_RATE)  # its own mistake is told apart
        if length != "auto" and parse_timecode(length, rate) < 1:
            raise ValueError("a film is at least one frame long; write auto or 00:02:04:12")
        return length

    @field_validator("cues", mode="before")
    @classmethod
    def _no_cues_where_nothing_is_written(cls, written: Any) -> Any:
        return {} if written is None else written

    @field_validator("cues")
    @classmethod
    def _cues_are_timecodes(cls, cues: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for timecode in cues.values():
            parse_timecode(timecode, info.data.get("rate", MAX_RATE))
        return cues

    @property
    def cue_times(self) -> dict[str, Fraction]:
        """The film's cues in seconds."""
        return {name: parse_timecode(at, self.rate) / self.rate for name, at in self.cues.items()}

    @property
    def length_frames(self) -> int | None:
        """The film's length in film frames; None for the longest version's."""
        return None if self.length == "auto" else parse_timecode(self.length, self.rate)


class WallConfig(Setting):
    """What visitors see."""

    background: Colour = Field("#000000", description="The wall's colour, in quotes: '#000000'.")
    screen: Annotated[int, Field(ge=0, le=63, strict=True)] | str | None = Field(
        None,
        description="The screen's name, its serial number, its number from 0, or where it stands "
        "on the desktop: left, right, top, bottom or 1920x1080+1920+0; `installation screens` "
        "lists them. The main screen by default.",
    )
    off_air: OffAir = Field(
        OffAir.DIM, description="A version off air: its last picture dimmed, or a plain slate."
    )
    fade_in_ms: int = Field(1200, ge=0, le=10_000, description="How long the first picture rises.")
    transition_ms: int = Field(
        900, ge=0, le=10_000, description="How long the tiles move to a new layout; 0 for at once."
    )
    layout: LayoutConfig = Field(default_factory=lambda: GridLayout())
    captions: Captions = Field(default_factory=lambda: Captions())

    @field_validator("layout", mode="before")
    @classmethod
    def _grid_by_default(cls, written: object) -> object:
        if written is None:
            return GridLayout()
        return {"kind": "grid", **written} if isinstance(written, dict) else written

    @field_validator("captions", mode="before")
    @classmethod
    def _none_for_no_captions(cls, written: object) -> object:
        is_none = isinstance(written, str) and written.strip().casefold() == NO_CAPTIONS
        return Captions(text="") if is_none else written


class PlaybackConfig(Setting):
    """How the versions are played."""

    patience_ms: int = Field(
        250, ge=0, le=10_000, description="How long the wall waits, together, for a late version."
    )
    join: Literal["seam", "now"] = Field(
        "seam",
        description="When a new version comes on air: at the next loop, or as soon as ready.",
    )
    drawing: Literal["auto", "gpu", "software"] = Field(
        "auto", description="How pictures are drawn; auto takes the GPU where there is one."
    )
    engine: Literal["auto", "av", "vlc"] = Field(
        "auto", description="What decodes: PyAV, libVLC, or for each version what suits it."
    )
    hwaccel: Literal["auto", "none", "cuda", "qsv", "d3d11va", "videotoolbox"] = Field(
        "auto", description="Decoding on graphics hardware; auto where it measured cheaper."
    )
    allow_protocols: tuple[LiveProtocol, ...] = Field(
        (), description="What live versions may be received by; nothing but files by default."
    )
    queue_mb: int = Field(
        256, ge=16, le=65_536, description="Memory for decoded pictures of the whole wall, MiB."
    )

    @field_validator("allow_protocols", mode="before")
    @classmethod
    def _one_protocol_needs_no_list(cls, written: Any) -> Any:
        if written is None or isinstance(written, str):
            return () if written is None else (written,)
        if not isinstance(written, list | tuple):
            raise told("is no list of protocols; write it such as [http, rtsp]")
        return written


class Config(Setting):
    """A wall, as the curator's YAML describes it."""

    film: FilmConfig
    wall: WallConfig = Field(default_factory=lambda: WallConfig())
    playback: PlaybackConfig = Field(default_factory=lambda: PlaybackConfig())
    conform: ConformConfig = Field(default_factory=lambda: ConformConfig())
    sound: SoundConfig = Field(default_factory=lambda: SoundConfig())
    subtitles: SubtitlesConfig = Field(default_factory=lambda: SubtitlesConfig())
    log: PlayLogConfig = Field(default_factory=lambda: PlayLogConfig())
    kiosk: KioskConfig = Field(default_factory=lambda: KioskConfig())
    schedule: ScheduleConfig = Field(default_factory=lambda: ScheduleConfig())
    screens: tuple[ScreenConfig, ...] = Field(
        (), description="A wall over several screens of one machine: each of them, and its area."
    )
    versions: dict[FolderName, VersionOverride] = Field(
        default_factory=dict, description="Overrides, by folder name."
    )
    _path: Path = PrivateAttr(default=Path())
    _text: bytes = PrivateAttr(default=b"")
    _edition: Edition | None = PrivateAttr(default=None)
    _places: Mapping[tuple[str | int, ...], tuple[int, int]] = PrivateAttr(default_factory=dict)

    @field_validator("versions", mode="before")
    @classmethod
    def _no_overrides_where_nothing_is_written(cls, written: Any) -> Any:
        return {} if written is None else written

    @field_validator("screens", mode="before")
    @classmethod
    def _no_screens_where_nothing_is_written(cls, written: Any) -> Any:
        if written is None or isinstance(written, list | tuple):
            return () if written is None else written
        raise told("is no list of screens; begin each with a dash: - {screen: HDMI-1}")

    @field_validator("screens")
    @classmethod
    def _screens_are_told_apart(
        cls, screens: tuple[ScreenConfig, ...], info: ValidationInfo
    ) -> tuple[ScreenConfig, ...]:
        wall = info.data.get("wall")
        if screens and wall is not None and wall.screen is not None:
            raise told("wall.screen names a screen as well; take that away, or keep only that")
        return checked(screens)

    @property
    def path(self) -> Path:
        """The YAML file this was read from."""
        return self._path

    @property
    def text(self) -> bytes:
        """Just as it was written."""
        return self._text

    @property
    def edition(self) -> Edition | None:
        """The file's that this was read from; None where the file is to be read yet."""
        return self._edition

    def where(self, *keys: str | int) -> str:
        """`the-kiss.yaml:12:5` for a setting, or for the nearest one above it that was written."""
        for end in range(len(keys), -1, -1):
            place = self._places.get(keys[:end])
            if place is not None:
                return f"{self._path.name}:{place[0]}:{place[1]}"
        return self._path.name

    def __eq__(self, other: object) -> bool:
        if self is other:  # asked often, while nothing changes
            return True
        return isinstance(other, Config) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]
