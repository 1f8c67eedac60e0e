"""Which subtitles are shown, and what they look like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from installation.config.length import Length
from installation.config.setting import Colour, Setting, told
from installation.config.spelling import shortened
from installation.film import language_code

NO_SUBTITLES = "none"


def _languages(written: Any) -> Any:
    """Codes as we keep them, from one or a list. Raises ValueError in plain words."""
    if written is None:
        raise told(f"has no value; write a language such as de, or {NO_SUBTITLES}")
    if isinstance(written, str):
        return () if written.strip().casefold() == NO_SUBTITLES else (_language(written, None),)
    if not isinstance(written, list | tuple):
        raise told("is no list of languages; write it such as [de, en]")
    codes = tuple(_language(one, item) for item, one in enumerate(written))
    for item, code in enumerate(codes):
        if code in codes[:item]:
            raise told(f'"{code}" is written twice; keep one', item=item)
    return codes


def _language(written: Any, item: int | None) -> str:
    code = language_code(written) if isinstance(written, str) else None
    if code is None:
        shown = f'"{shortened(str(written))}"' if isinstance(written, str | int) else "this"
        raise told(f"{shown} is not a language's code; write one such as de or pt-BR", item=item)
    return code


Languages = Annotated[
    tuple[str, ...],
    BeforeValidator(_languages),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class SubtitlesConfig(Setting):
    """What is said in the film, in writing."""

    language: Languages = Field(
        (), description="The languages to show, one under the other; none shows no subtitles."
    )
    per: Literal["wall", "tile"] = Field(
        "wall", description="In a strip of the wall, once; or in each tile, each version's own."
    )
    size: Length = Field(
        default_factory=lambda: Length.parse("4%"),
        description="Height of the type: of the wall's shorter side, or of the tile's picture.",
    )
    position: Literal["bottom", "top"] = Field(
        "bottom", description="At the foot or at the head: of the wall, or of each picture."
    )
    lines: Annotated[int, Field(ge=1, le=6)] = Field(
        2, description="Lines that the strip of the wall has room for, in each language."
    )
    color: Colour = Field("#f4f1ea", description="Colour of the type.")
    outline: Colour = Field("#000000", description="Colour of the type's edge, over pictures.")
    font: str = Field("", description="A font of this machine; empty for the bundled one.")
