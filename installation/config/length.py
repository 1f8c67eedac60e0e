"""Lengths as a curator writes them: `1%`, `12px` or 0."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

MAX_PX = 100_000
"""More than any wall has; a longer length is a slip of the hand."""
_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(%|px)")


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
        value, is_percent = float(match[1]), match[2] == "%"
        if is_percent and value > 100:
            raise ValueError(f'"{text}" is more than the whole; write at most 100%')
        if value > MAX_PX:  # infinity, too
            raise ValueError(f'"{text}" is longer than any wall; write at most {MAX_PX}px')
        return cls(value, is_percent=is_percent)

    def px(self, reference_px: float) -> float:
        """In pixels, where percentages are of `reference_px`."""
        return self.value * reference_px / 100 if self.is_percent else self.value

    def __str__(self) -> str:
        return f"{float(self.value)!r}".removesuffix(".0") + ("%" if self.is_percent else "px")

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Length) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[float, bool]:
        return self.value, self.is_percent

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": ["string", "integer"], "pattern": r"^(0|[0-9]+(\.[0-9]+)? *(%|px))$"}


def _share(text: object) -> Length:
    """A length that is part of a whole. Raises ValueError in plain words."""
    match = _LENGTH.fullmatch(str(text).strip())
    if not match or match[2] != "%":
        raise ValueError(f'"{text}" is not a share; write a percentage such as 75%')
    return Length.parse(text)


Share = Annotated[
    Length,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? *%$"}),
]
"""A part of the whole, which pixels cannot say."""
