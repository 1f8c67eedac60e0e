"""What a curator can write: every setting, its default and its meaning.

The descriptions go into the JSON Schema, and so into the curator's editor.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    PrivateAttr,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import CoreSchema, core_schema

from installation.film import WhenShort, parse_rate, parse_timecode
from installation.film.rate import MAX_RATE

CAPTION_FIELDS = ("model", "date", "title", "tools", "note", "name", "film")
_DATE_PATTERN = re.compile(r"(?:[GyYuMLQqdEec]+|[^A-Za-z{}]|'[^']*')+")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(%|px)")


class Setting(BaseModel):
    """Base of all settings: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Length:
    """A length written `1%` (of a reference that the setting names) or `12px`."""

    __slots__ = ("is_percent", "value")

    def __init__(self, value: float, *, is_percent: bool) -> None:
        self.value = value
        self.is_percent = is_percent

    @classmethod
    def parse(cls, text: object) -> Length:
        """From what the curator wrote. Raises ValueError in plain words."""
        if isinstance(text, Length):
            return text
        if text is not False and (text == 0 or text == "0"):
            return cls(0, is_percent=False)
        match = _LENGTH.fullmatch(str(text).strip())
        if not match:
            raise ValueError(f'"{text}" is not a length; write 1% or 12px')
        value = float(match[1])
        if match[2] == "%" and value > 100:
            raise ValueError(f'"{text}" is more than the whole; write at most 100%')
        return cls(value, is_percent=match[2] == "%")

    def px(self, reference_px: float) -> float:
        """In pixels, where percentages are of `reference_px`."""
        return self.value * reference_px / 100 if self.is_percent else self.value

    def __str__(self) -> str:
        return f"{self.value:g}{'%' if self.is_percent else 'px'}"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Length) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": ["string", "integer"], "pattern": r"^(0|[0-9.]+ ?(%|px))$"}


def _length(text: str) -> Length:
    return Length.parse(text)


FolderName = Annotated[str, AfterValidator(lambda name: unicodedata.normalize("NFC", name))]
"""Composed as people type it; some systems list folders with their accents apart."""
Rate = Annotated[
    Fraction,
    BeforeValidator(parse_rate),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string"], "examples": [24, 23.976, "24000/1001"]}),
]
Colour = Annotated[
    str,
    StringConstraints(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
]
Part = Annotated[float, Field(ge=0, le=1)]
Rectangle = tuple[Part, Part, Part, Part]


class OffAir(StrEnum):
    """What a tile shows while its version is off air."""

    DIM = "dim"
    SLATE = "slate"


class FilmConfig(Setting):
    """The film: where its versions are and how it is timed."""

    title: str = Field("", description="The film's title, shown where there is no picture yet.")
    versions: Path = Field(
        description="The folder that holds one folder per version; relative to this file."
    )
    rate: Rate = Field(Fraction(24), description="Film frames per second: 24, 24000/1001, 23.976.")
    length: str = Field(
        "auto", description="auto (the longest version) or a timecode such as 00:02:04:12."
    )
    order: Literal["date"] | tuple[FolderName, ...] = Field(
        "date", description="How the versions hang: by date, or a list of folder names."
    )
    when_short: WhenShort = Field(
        WhenShort.HOLD, description="After its own end a version holds, goes black or loops."
    )

    @field_validator("versions")
    @classmethod
    def _is_a_name_a_folder_can_have(cls, path: Path) -> Path:
        if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in str(path)):
            raise ValueError("holds a character that no folder's name has; write the name anew")
        return path

    @field_validator("length")
    @classmethod
    def _length_is_a_timecode(cls, length: str, info: ValidationInfo) -> str:
        rate = info.data.get("rate", MAX_RATE)  # its own mistake is told apart
        if length != "auto" and parse_timecode(length, rate) < 1:
            raise ValueError("a film is at least one frame long; write auto or 00:02:04:12")
        return length

    @property
    def length_frames(self) -> int | None:
        """The film's length in film frames; None for the longest version's."""
        return None if self.length == "auto" else parse_timecode(self.length, self.rate)


class _Tiling(Setting):
    gap: Length = Field(
        default_factory=lambda: _length("1%"),
        description="Room between tiles, of the wall's shorter side.",
    )
    margin: Length = Field(
        default_factory=lambda: _length("2%"),
        description="Room around all tiles, of the wall's shorter side.",
    )
    fit: Literal["contain", "cover"] = Field(
        "contain", description="contain shows the whole picture; cover fills the tile and crops."
    )


class GridLayout(_Tiling):
    """Rows and columns."""

    kind: Literal["grid"] = "grid"
    columns: Literal["auto"] | Annotated[int, Field(ge=1, le=64)] = Field(
        "auto", description="auto shows the pictures as large as can be."
    )


class RowLayout(_Tiling):
    """All side by side."""

    kind: Literal["row"]


class ColumnLayout(_Tiling):
    """All one above the other."""

    kind: Literal["column"]


class SpotlightLayout(_Tiling):
    """One large, the others in a strip."""

    kind: Literal["spotlight"]
    focus: FolderName = Field("latest", description="The large one: a folder's name, or latest.")
    strip: Literal["right", "bottom"] = Field("right", description="Where the others hang.")
    share: Length = Field(
        default_factory=lambda: _length("75%"),
        description="How much of the wall the large one has.",
    )


class CustomLayout(_Tiling):
    """Rectangles [x, y, width, height], in fractions of the wall."""

    kind: Literal["custom"]
    tiles: tuple[Rectangle, ...] | dict[FolderName, Rectangle] = Field(
        description="A list in the order of the versions, or a rectangle for each folder's name."
    )


LayoutConfig = Annotated[
    GridLayout | RowLayout | ColumnLayout | SpotlightLayout | CustomLayout,
    Field(discriminator="kind"),
]
TILINGS: Mapping[str, type[_Tiling]] = MappingProxyType(
    {
        "grid": GridLayout,
        "row": RowLayout,
        "column": ColumnLayout,
        "spotlight": SpotlightLayout,
        "custom": CustomLayout,
    }
)


class Captions(Setting):
    """What stands beside each picture."""

    text: str = Field(
        "{model}\n{date}",
        description="The caption; {model} {date} {title} {tools} {note} {name} {film} are filled "
        "in. Empty for none.",
    )
    position: Literal["below", "top-left", "top-right", "bottom-left", "bottom-right"] = Field(
        "below", description="Below the picture, or inside one of its corners."
    )
    size: Length = Field(
        default_factory=lambda: _length("3%"), description="Height of the type, of the tile's."
    )
    font: str = Field("", description="A font of this machine; empty for the bundled one.")
    color: Colour = Field("#e6e2da", description="Colour of the type.")
    language: Literal["en", "de", "fr", "zh", "ru"] = Field("en", description="For the dates.")
    date_format: str = Field("auto", description="auto, or a pattern such as MMMM yyyy.")

    @field_validator("text")
    @classmethod
    def _names_known_fields(cls, text: str) -> str:
        check_caption(text)
        return text

    @field_validator("date_format")
    @classmethod
    def _is_a_date_pattern(cls, text: str) -> str:
        if text != "auto" and not _DATE_PATTERN.fullmatch(text):
            raise ValueError(f'"{text}" is not a pattern for dates; write auto or d MMMM yyyy')
        return text


def check_caption(text: str) -> None:
    """Raises ValueError, in plain words, for a caption that names an unknown field."""
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        return  # stray braces are shown as they are
    for name in fields:
        if re.fullmatch(r"\w+", name) and name not in CAPTION_FIELDS:
            known = ", ".join("{" + field + "}" for field in CAPTION_FIELDS)
            raise ValueError(f"a caption cannot say {{{name}}}; it can say {known}")


class WallConfig(Setting):
    """What visitors see."""

    background: Colour = Field("#000000", description="The wall's colour, in quotes: '#000000'.")
    screen: Annotated[int, Field(ge=0, le=63, strict=True)] | str | None = Field(
        None, description="The screen's number from 0, or its name; the main screen by default."
    )
    off_air: OffAir = Field(
        OffAir.DIM, description="A version off air: its last picture dimmed, or a plain slate."
    )
    fade_in_ms: int = Field(1200, ge=0, le=10_000, description="How long the first picture rises.")
    layout: LayoutConfig = Field(default_factory=lambda: GridLayout())
    captions: Captions = Field(default_factory=lambda: Captions())

    @field_validator("layout", mode="before")
    @classmethod
    def _grid_by_default(cls, value: object) -> object:
        return {"kind": "grid", **value} if isinstance(value, dict) else value


class PlaybackConfig(Setting):
    """How the versions are played."""

    patience_ms: int = Field(
        250, ge=0, le=10_000, description="How long the wall waits, together, for a late version."
    )
    drawing: Literal["auto", "gpu", "software"] = Field(
        "auto", description="How pictures are drawn; auto takes the GPU where there is one."
    )
    queue_mb: int = Field(
        256, ge=16, le=65_536, description="Memory for decoded pictures of the whole wall, MiB."
    )


class VersionOverride(Setting):
    """What this wall says differently of one version."""

    caption: str | None = Field(None, description="This version's caption instead of the usual.")

    @field_validator("caption")
    @classmethod
    def _names_known_fields(cls, text: str | None) -> str | None:
        if text is not None:
            check_caption(text)
        return text


class Config(Setting):
    """A wall, as the curator's YAML describes it."""

    film: FilmConfig
    wall: WallConfig = Field(default_factory=lambda: WallConfig())
    playback: PlaybackConfig = Field(default_factory=lambda: PlaybackConfig())
    versions: dict[FolderName, VersionOverride] = Field(
        default_factory=dict, description="Overrides, by folder name."
    )
    _path: Path = PrivateAttr(default=Path())
    _places: Mapping[tuple[str | int, ...], tuple[int, int]] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The YAML file this was read from."""
        return self._path

    def where(self, *keys: str | int) -> str:
        """`the-kiss.yaml:12:5` for a setting, or for the nearest one above it that was written."""
        for end in range(len(keys), -1, -1):
            place = self._places.get(keys[:end])
            if place is not None:
                return f"{self._path.name}:{place[0]}:{place[1]}"
        return self._path.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]
