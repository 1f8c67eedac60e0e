"""The rows of a report's calendar: days, or months where there are many days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from installation.kiosk.history import History
from installation.kiosk.incidents import Incident
from installation.kiosk.spans import Span, length
from installation.kiosk.totals import Totals

MOST_DAYS = 62
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Row:
    """A day or a month."""

    label: str
    meant_ms: int
    played_ms: int
    share: float | None
    totals: Totals
    troubles: int
    bars: tuple[tuple[float, float, str], ...]
    """Of a day: from, width, in parts of it, and "meant" or "played"."""


def rows_of(history: History, troubles: Sequence[Incident], zone: tzinfo | None) -> list[Row]:
    """Every day of a history, or every month."""
    first, last = _date(history.start_ms, zone), _date(history.end_ms, zone)
    are_days = (last - first).days < MOST_DAYS
    rows: list[Row] = []
    day = first if are_days else first.replace(day=1)
    while day <= last:
        after = day + timedelta(1) if are_days else (day + timedelta(32)).replace(day=1)
        span = _midnight(day, zone), _midnight(after, zone)
        part = history.within(*span)
        rows.append(
            Row(
                f"{day:%Y-%m-%d}" if are_days else f"{day:%Y-%m}",
                length(part.meant),
                length(part.played),
                part.share,
                part.totals,
                sum(span[0] <= one.at_ms < span[1] for one in troubles),
                (*_bars(part.meant, span, "meant"), *_bars(part.played, span, "played"))
                if are_days
                else (),
            )
        )
        day = after
    return rows


def _bars(spans: Sequence[Span], day: Span, kind: str) -> list[tuple[float, float, str]]:
    whole = day[1] - day[0]
    return [
        (round((start - day[0]) / whole * 1000, 2), round((end - start) / whole * 1000, 2), kind)
        for start, end in spans
    ]


def _date(at_ms: int, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date()


def _midnight(day: date, zone: tzinfo | None) -> int:
    midnight = datetime(day.year, day.month, day.day)
    there = midnight.replace(tzinfo=zone) if zone else midnight.astimezone()
    return int(there.timestamp() * 1000)
