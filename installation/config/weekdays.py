"""Weekdays as a curator writes them: `thu`, `mon-fri`, `sat, sun`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator

from installation.config.spelling import nearest, shortened

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _weekdays(written: str) -> str:
    """The days that a name means, as `mon-fri` or `sat, sun`. Raises ValueError in plain words."""
    return ", ".join("-".join(_ends(part)) for part in written.split(","))


def _ends(written: str) -> list[str]:
    ends = re.split(r"\s*[-\u2013]\s*", written.strip().casefold())
    found = [_weekday(end, written) for end in ends]
    if len(found) > 2:
        raise ValueError(f'"{written}" is no span of weekdays; write one such as mon-fri')
    return found


def _weekday(name: str, written: str) -> str:
    if name[:3] in WEEKDAYS and _FULL[WEEKDAYS.index(name[:3])].startswith(name.rstrip(".")):
        return name[:3]
    close = nearest(name, [*WEEKDAYS, *_FULL])
    hint = f'did you mean "{close}"?' if close else f"write {', '.join(WEEKDAYS)}, or mon-fri"
    raise ValueError(f'"{shortened(name or written)}" is no weekday; {hint}')


def days_of(name: str) -> frozenset[int]:
    """The weekdays, from 0 for Monday on, that `mon-fri` or `sat, sun` names."""
    found: set[int] = set()
    for part in name.split(","):
        ends = [WEEKDAYS.index(end) for end in _ends(part)]
        count = (ends[-1] - ends[0]) % 7 + 1
        found |= {(ends[0] + step) % 7 for step in range(count)}
    return frozenset(found)


def by_width(names: Iterable[str]) -> Iterator[tuple[str, frozenset[int]]]:
    """Of the names that are right, their days; the fewest first."""
    known = []
    for name in names:
        try:
            known.append((name, days_of(name)))
        except ValueError:
            continue  # which is told where the name is looked at
    yield from sorted(known, key=lambda one: len(one[1]))


Weekdays = Annotated[str, AfterValidator(_weekdays)]
