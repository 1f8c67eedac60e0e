"""One line of the play log: how it is written, and what is read of it again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

logger = logging.getLogger(__name__)

Value = str | int | float | bool | None | list[Any] | dict[str, Any]
Field = Value | Callable[[], Value]
"""What is called is called where the line is written, which may wait for a disk."""
LONGEST_TEXT = 1000
LONGEST_LINE = 16_384
OWN_NAMES = frozenset({"at", "mono_ms", "run", "n", "event"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """Something happened."""

    at: datetime
    """By the machine's calendar, which may have been wrong."""
    mono_ms: int
    """By a clock that nobody sets; comparable as long as the machine is on."""
    run: str
    """Which run of the program it happened to."""
    number: int
    """Within the run, from 1 on; 0 for a beat."""
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field that is text; "" where there is none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def integer(self, name: str) -> int:
        """A field that is a whole number; 0 where there is none."""
        value = self.fields.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0


def written(
    at_ns: int, mono_ns: int, run: str, number: int, event: str, fields: Mapping[str, Field]
) -> bytes:
    """A line as it is written, with its end; at most `LONGEST_LINE` bytes."""
    at = _EPOCH + timedelta(microseconds=at_ns // 1000)
    stamp = {
        "at": at.astimezone().isoformat(timespec="milliseconds"),
        "mono_ms": mono_ns // 1_000_000,
        "run": run,
        "n": number,
        "event": event,
    }
    told = {name: _told(value) for name, value in fields.items() if name not in OWN_NAMES}
    line = json.dumps({**stamp, **told}, default=str).encode("ascii") + b"\n"
    if len(line) <= LONGEST_LINE:
        return line
    return json.dumps({**stamp, "cut": True}).encode("ascii")[: LONGEST_LINE - 1] + b"\n"


def read(line: bytes) -> Line | None:
    """What a line says; None for one that was torn by a power cut, or is none of ours."""
    try:
        said = json.loads(line)
        at = datetime.fromisoformat(said["at"])
        found = Line(
            at,
            said["mono_ms"],
            said["run"],
            said["n"],
            said["event"],
            {name: value for name, value in said.items() if name not in OWN_NAMES},
        )
        numbers = type(found.mono_ms) is int and type(found.number) is int
        texts = isinstance(found.run, str) and isinstance(found.event, str)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return found if numbers and texts and at.tzinfo is not None else None


def _told(value: Field) -> Value:
    if callable(value):
        try:
            value = value()
        except Exception:  # a line that lacks something is better than none
            logger.exception("something could not be found out for the play log")
            return None
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[: LONGEST_TEXT - 1] + "…"
    return value
