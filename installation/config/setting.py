"""What every section of settings is: closed to unknown names, frozen, its defaults where empty."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


class Setting(BaseModel):
    """Base of all sections: unknown keys are mistakes, values never change."""

    # one validator for the whole config, built when the first file is read
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _has_defaults_where_nothing_is_written(cls, written: Any) -> Any:
        return {} if written is None else written


FolderName = Annotated[str, AfterValidator(lambda name: unicodedata.normalize("NFC", name))]
"""Composed as people type it; some systems list folders with their accents apart."""


def _can_be_a_folder(path: Path) -> Path:
    if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in str(path)):
        raise ValueError("holds a character that no folder's name has; write the name anew")
    return path


FolderPath = Annotated[Path, AfterValidator(_can_be_a_folder)]
"""A folder, relative to the file it is written in (`loader.py`)."""
Colour = Annotated[str, Field(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]


def told(sentence: str, *, item: int | str | None = None) -> PydanticCustomError:
    """A mistake in just these words, also where nothing is written or one item of a list, or of
    a mapping, is meant.

    For validators to raise.
    """
    return PydanticCustomError("told", "{sentence}", {"sentence": sentence, "item": item})
