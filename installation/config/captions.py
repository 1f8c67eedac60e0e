"""What stands beside each picture, and what a caption can say."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from installation.config.length import Length
from installation.config.setting import Colour, Setting, told
from installation.config.spelling import nearest, shortened

CAPTION_FIELDS = ("model", "date", "title", "tools", "note", "name", "film")
NO_CAPTIONS = "none"
_DATE_PATTERN = re.compile(r"(?:[GyYuMLQqdEec]+|[^A-Za-z{}]|'[^']*')+")
_BRACES = re.compile(r"\{([^{}]*)\}")


def _caption(written: Any) -> Any:
    """The template meant: `none` is empty. Raises ValueError in plain words."""
    if written is None:
        raise told(f"has no value; write a caption, or {NO_CAPTIONS} for no captions")
    if not isinstance(written, str):
        return written
    if written.strip().casefold() == NO_CAPTIONS:
        return ""
    for field in _BRACES.findall(written):  # a brace alone is shown as it is
        if field not in CAPTION_FIELDS:
            raise ValueError(_cannot_say(field))
    return written


def _cannot_say(field: str) -> str:
    said = f"a caption cannot say {{{shortened(field)}}}"
    word = re.match(r"\s*(\w*)", shortened(field))
    name = word[1].casefold() if word else ""
    if name in CAPTION_FIELDS:
        return f"{said}; write {{{name}}}, with nothing else between the braces"
    close = nearest(name, CAPTION_FIELDS)
    if close:
        return f"{said}; did you mean {{{close}}}?"
    return f"{said}; it can say {', '.join(f'{{{known}}}' for known in CAPTION_FIELDS)}"


Caption = Annotated[str, BeforeValidator(_caption)]
"""A template; fields in braces are filled in."""


class Captions(Setting):
    """What stands beside each picture."""

    text: Caption = Field(
        "{model}\n{date}",
        description="The caption; {model} {date} {title} {tools} {note} {name} {film} are filled "
        "in. none for no captions.",
    )
    position: Literal["below", "top-left", "top-right", "bottom-left", "bottom-right"] = Field(
        "below", description="Below the picture, or inside one of its corners."
    )
    size: Length = Field(
        default_factory=lambda: Length.parse("3%"),
        description="Height of the type, of the tile's.",
    )
    font: str = Field("", description="A font of this machine; empty for the bundled one.")
    color: Colour = Field("#e6e2da", description="Colour of the type.")
    language: Literal["en", "de", "fr", "zh", "ru"] = Field("en", description="For the dates.")
    speaker: bool = Field(
        False, description="Whether a small mark stands at the caption of who is heard."
    )
    date_format: str = Field("auto", description="auto, or a pattern such as MMMM yyyy.")

    @field_validator("date_format")
    @classmethod
    def _is_a_date_pattern(cls, text: str) -> str:
        if text != "auto" and not _DATE_PATTERN.fullmatch(text):
            raise ValueError(f'"{text}" is not a pattern for dates; write auto or d MMMM yyyy')
        return text
