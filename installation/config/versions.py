"""What can be said of how a version is played and shown: in its `version.yaml`, by the curator."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, field_validator

from installation.config.captions import Caption
from installation.config.setting import Setting, told
from installation.config.sound import Gain
from installation.film import Fit, Point, WhenShort, Wishes

_CLOCK = re.compile(r"(-?)(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,6})?)")
_PLAIN = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")
_PART = re.compile(r"(\d{1,3}(?:\.\d{1,6})?|\.\d{1,6})\s*(%?)")


def _seconds(written: Any) -> Any:
    """Exact seconds from 12.5, "12.5" or "1:02:03.5". Raises ValueError in plain words."""
    if written is None or isinstance(written, Fraction):
        return written
    text = str(written).strip()
    if not isinstance(written, bool) and _PLAIN.fullmatch(text):
        return Fraction(text)
    if match := _CLOCK.fullmatch(text):
        sign, hours, minutes, seconds = match.groups()
        whole = (int(hours or 0) * 60 + int(minutes)) * 60 + Fraction(seconds)
        return -whole if sign else whole
    raise ValueError(f'"{text}" is not a time; write seconds such as 12.5, or 0:12.5')


def _not_before_the_start(written: Any) -> Any:
    seconds = _seconds(written)
    if isinstance(seconds, Fraction) and seconds < 0:
        raise ValueError(f'"{written}" lies before the version\'s first picture; write 0 or more')
    return seconds


def _speed(written: Any) -> Any:
    if written is None or written == "fit" or isinstance(written, Fraction):
        return written
    text = str(written).strip()
    if not isinstance(written, bool) and _PLAIN.fullmatch(text):
        speed = Fraction(text)
        if Fraction(1, 20) <= speed <= 20:
            return speed
    raise ValueError(f'"{text}" is not a speed; write fit, or a number from 0.05 to 20')


def _point(written: Any) -> Any:
    """Exact parts of the picture from [0.5, 0.3] or [50%, 30%]."""
    if written is None:
        return None
    if not isinstance(written, list | tuple) or len(written) != 2:
        raise told("is not a point of the picture; write [across, down] such as [50%, 30%]")
    return tuple(_part(part, item) for item, part in enumerate(written))


def _part(written: Any, item: int) -> Fraction:
    if isinstance(written, Fraction):
        return written
    match = None if isinstance(written, bool) else _PART.fullmatch(str(written).strip())
    part = Fraction(match[1]) / (100 if match[2] else 1) if match else Fraction(2)
    if part > 1:
        where = "down" if item else "across"
        shown = f'"{written}"' if isinstance(written, str | int | float) else "this"
        raise told(
            f"{shown} is no part of the way {where} the picture; write 0 to 1, or 0% to 100%",
            item=item,
        )
    return part


_TIME_SCHEMA = WithJsonSchema({"type": ["number", "string", "null"]})
Seconds = Annotated[Fraction | None, BeforeValidator(_seconds), PlainSerializer(str), _TIME_SCHEMA]
OwnSeconds = Annotated[
    Fraction, BeforeValidator(_not_before_the_start), PlainSerializer(str), _TIME_SCHEMA
]
Speed = Annotated[
    Literal["fit"] | Fraction | None,
    BeforeValidator(_speed),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string", "null"], "examples": [1.0, "fit"]}),
]
Focus = Annotated[
    Point | None,
    BeforeValidator(_point),
    WithJsonSchema(
        {
            "type": ["array", "null"],
            "items": {"type": ["number", "string"]},
            "minItems": 2,
            "maxItems": 2,
            "examples": [[0.5, 0.3], ["50%", "30%"]],
        }
    ),
]


class VersionSettings(Setting):
    """How a version is played and shown; what is left out is as usual."""

    start: OwnSeconds | None = Field(
        None, alias="in", description="The version's first moment that is shown, in seconds."
    )
    stop: OwnSeconds | None = Field(
        None, alias="out", description="The version's first moment that is not shown any more."
    )
    offset: Seconds = Field(
        None, description="Seconds the version starts after the film does; before it if negative."
    )
    speed: Speed = Field(
        None, description="Its seconds in a second of the film; fit stretches it to the film."
    )
    cues: dict[str, OwnSeconds] = Field(
        default_factory=dict, description="The version's own time at the film's cues, by name."
    )
    when_short: WhenShort | None = Field(
        None, description="After its own end this version holds, goes black or loops."
    )
    fit: Fit | None = Field(
        None, description="This version's own: contain shows it whole, cover fills its tile."
    )
    focus: Focus = Field(
        None, description="The point that a crop keeps: [across, down], such as [50%, 30%]."
    )
    gain: Gain = Field(None, description="How much louder its sound is, in decibels.")
    hidden: bool | None = Field(None, description="Keeps this version off the wall.")
    engine: Literal["auto", "av", "vlc"] | None = Field(
        None, description="What decodes this version: av (PyAV), vlc (libVLC) or auto."
    )

    @field_validator("cues", mode="before")
    @classmethod
    def _no_cues_where_nothing_is_written(cls, written: Any) -> Any:
        return {} if written is None else written

    @property
    def wishes(self) -> Wishes:
        """The same as plain values."""
        return Wishes(
            start=self.start,
            stop=self.stop,
            offset=self.offset,
            speed=self.speed,
            cues=tuple(self.cues.items()),
            when_short=self.when_short,
            fit=self.fit,
            focus=self.focus,
            hidden=self.hidden,
            gain_db=self.gain,
            engine=self.engine,
        )


class VersionOverride(VersionSettings):
    """What this wall says differently of one version."""

    caption: Caption | None = Field(
        None, description="This version's caption instead of the usual; none for no caption."
    )
