"""Dates as a curator writes them: one, from one to another, or the same ones every year."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from installation.config.setting import told
from installation.config.spelling import shortened

# compiled when there is a date to read, as few walls have
_ISO = r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})"
_OTHERS = (
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    r"(?P<year>\d{4})[./]?(?P<month>\d{2})[./]?(?P<day>\d{2})",
)
_TO = r"\s+(?:to|-|\u2013)\s+|\s*(?:\.\.|\u2013|/)\s*"
_LEAP_YEAR = 2000
_EXAMPLE = "write 2026-12-24, 2026-12-24 to 2027-01-05, or 12-24 for every year"


class DateSpan(NamedTuple):
    """From one date to another, both included; year 0 means every year."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]

    def __contains__(self, day: object) -> bool:
        assert isinstance(day, date)
        if self.first[0]:
            return self.first <= (day.year, day.month, day.day) <= self.last
        here = (0, day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last  # over New Year

    def __str__(self) -> str:
        said = [_said(end) for end in self]
        return said[0] if self.first == self.last else " to ".join(said)


def date_span(written: Any, item: int | None = None) -> DateSpan:
    """From what the curator wrote. Raises a told mistake, about that item of a list."""
    ends = [_end(part, written, item) for part in re.split(_TO, str(written).strip())]
    if len(ends) > 2 or (ends[0][0] == 0) != (ends[-1][0] == 0):
        raise told(f'"{shortened(str(written))}" is no span of dates; {_EXAMPLE}', item=item)
    first, last = ends[0], ends[-1]
    if first[0] and last < first:
        turned = f"{_said(last)} to {_said(first)}"
        raise told(f'"{written}" ends before it begins; did you mean "{turned}"?', item=item)
    return DateSpan(first, last)


def _end(part: str, written: Any, item: int | None) -> tuple[int, int, int]:
    match = re.fullmatch(_ISO, part)
    if match is None or isinstance(written, bool | dict | list):
        shown = "this" if isinstance(written, dict | list) else f'"{shortened(str(written))}"'
        meant = _meant(part)
        hint = f'did you mean "{meant}"?' if meant else _EXAMPLE
        raise told(f"{shown} is no date; {hint}", item=item)
    year, month, day = int(match[1] or 0), int(match[2]), int(match[3])
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError:
        raise told(f'"{part}" is on no calendar; write year-month-day', item=item) from None
    return year, month, day


def _meant(part: str) -> str:
    """Another country's way of writing a date, in ours."""
    for pattern in _OTHERS:
        match = re.fullmatch(pattern, part)
        if match is not None:
            with suppress(ValueError):
                return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    return ""


def _said(end: tuple[int, int, int]) -> str:
    year, month, day = end
    return f"{year:04}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"
