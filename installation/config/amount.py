"""Amounts of storage as a curator writes them: `50 GB` or `20%` of the disk."""

from __future__ import annotations

import re
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
_BY_NAME = {name.casefold(): name for name in _UNITS}
_AMOUNT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(%|[A-Za-z]{2,3})")
_EXAMPLE = "write 50 GB or 20%"


class Amount:
    """So much storage, or a share of the disk."""

    __slots__ = ("unit", "value")

    def __init__(self, value: float, unit: str) -> None:
        self.value = value
        self.unit = unit

    @classmethod
    def parse(cls, text: object) -> Amount:
        """From what the curator wrote. Raises ValueError in plain words."""
        if isinstance(text, Amount):
            return text
        match = _AMOUNT.fullmatch(str(text).strip())
        unit = _BY_NAME.get(match[2].casefold(), match[2]) if match else ""
        if not match or (unit != "%" and unit not in _UNITS):
            raise ValueError(f'"{text}" is not an amount of storage; {_EXAMPLE}')
        value = float(match[1])
        if value == 0:
            raise ValueError(f'"{text}" is no room at all; {_EXAMPLE}')
        if unit == "%" and value > 100:
            raise ValueError(f'"{text}" is more than the whole; write at most 100%')
        return cls(value, unit)

    def bytes_of(self, disk_bytes: int) -> int:
        """In bytes, on a disk of this size."""
        if self.unit == "%":
            return int(disk_bytes * self.value / 100)
        return int(self.value * _UNITS[self.unit])

    def __str__(self) -> str:
        number = f"{self.value!r}".removesuffix(".0")
        return f"{number}%" if self.unit == "%" else f"{number} {self.unit}"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[float, str]:
        return self.value, self.unit

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? *(%|[MGTmgt]i?[Bb])$"}
