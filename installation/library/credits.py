"""Who made a version, with what and when: from its version.yaml, else from its folder's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from installation.config import load_model
from installation.errors import ConfigError
from installation.film import Credit, PartialDate

FILE_NAME = "version.yaml"
_DATED = re.compile(r"(\d{4}(?:[-_.]\d{1,2}(?:[-_.]\d{1,2})?)?)(?:[\s_-]+(.*))?")

Date = Annotated[
    PartialDate,
    BeforeValidator(lambda value: PartialDate.parse(str(value))),
]


class VersionFile(BaseModel):
    """What an artist can write into version.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    model: str | None = Field(None, description="The model that made this version.")
    date: Date | None = Field(None, description="2024, 2024-03 or 2024-03-11.")
    title: str = Field("", description="A title of this version's own.")
    tools: str = Field("", description="What else was used.")
    note: str = Field("", description="Anything worth saying.")


def credit_for(folder: Path) -> tuple[Credit, str]:
    """The folder's credit, and a message where its version.yaml has a mistake (else "").

    With a mistake the version still plays, credited by its folder's name.
    """
    named = credit_from_name(folder.name)
    path = folder / FILE_NAME
    if not path.is_file():
        return named, ""
    try:
        written = load_model(path, VersionFile)
    except ConfigError as error:
        return named, " / ".join(error.messages)
    credit = Credit(
        model=written.model or named.model,
        date=written.date or named.date,
        title=written.title,
        tools=written.tools,
        note=written.note,
        source=FILE_NAME,
    )
    return credit, ""


def credit_from_name(name: str) -> Credit:
    """From `2024-03-11 Runway Gen-2`, `2024-03 Sora`, `2023 ...`; else the name as it is."""
    match = _DATED.fullmatch(name.strip())
    if match:
        try:
            date = PartialDate.parse(re.sub("[_.]", "-", match[1]))
        except ValueError:
            return Credit(model=name)
        return Credit(model=(match[2] or "").strip() or match[1], date=date)
    return Credit(model=name)
