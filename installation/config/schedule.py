"""When the wall is open: by weekday, by date, in a time zone. Times are minutes of a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    field_validator,
)

from installation.config.dates import DateSpan, date_span
from installation.config.setting import Setting, told
from installation.config.spelling import nearest, shortened
from installation.config.weekdays import WEEKDAYS, Weekdays, by_width

CLOSED = "closed"
DAY_MIN = 24 * 60
_EVERY_DAY = "mon-sun"
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_HOURS = rf"{_TIME}\s*[-\u2013]\s*{_TIME}"
_HOURS_EXAMPLE = f'write "10:00-18:00", or {CLOSED}'
_DURATION = r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|min)?"
_UNIT_MS = {"ms": 1, "s": 1000, "min": 60_000}
LONGEST_FADE_MS, LONGEST_WAKE_MS = 60_000, 3_600_000


class Hours(NamedTuple):
    """From one minute of a day to another, which may be of the day after (up to 2880)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock_time(self.start)}-{_clock_time(self.end)}"


def _clock_time(minute: int) -> str:
    if minute > DAY_MIN:
        minute -= DAY_MIN
    return f"{minute // 60:02}:{minute % 60:02}"


# -- the hours of a day


def _day(written: Any) -> tuple[Hours, ...]:
    """From "10:00-13:00, 14:00-18:00", a list of such, or closed. Raises a told mistake."""
    if written is None:
        raise told(f"has no hours; {_HOURS_EXAMPLE}")
    if isinstance(written, tuple):
        return written  # a default
    parts = written if isinstance(written, list) else _parts(written)
    if [str(part).strip().casefold() for part in parts] == [CLOSED]:
        return ()
    spans: list[Hours] = []
    for item, part in enumerate(parts):
        where = item if isinstance(written, list) else None
        span = _hours(part, where)
        if spans and span.start < spans[-1].end:
            raise told(
                f'"{part}" begins before "{spans[-1]}" ends; write them in order', item=where
            )
        spans.append(span)
    if not spans:
        raise told(f"has no hours; {_HOURS_EXAMPLE}")
    return tuple(spans)


def _parts(written: Any) -> list[Any]:
    return [part.strip() for part in written.split(",")] if isinstance(written, str) else [written]


def _hours(written: Any, item: int | None) -> Hours:
    match = re.fullmatch(_HOURS, written.strip()) if isinstance(written, str) else None
    if match is None:
        shown = f'"{shortened(str(written))}"' if isinstance(written, str | int | float) else "this"
        raise told(f"{shown} is not from one time to another; {_HOURS_EXAMPLE}", item=item)
    ends = [
        int(hour) * 60 + int(minute or 0) for hour, minute in (match.group(1, 2), match.group(3, 4))
    ]
    minutes = [int(minute or 0) for minute in match.group(2, 4)]
    start, end = ends
    if start >= DAY_MIN or end > DAY_MIN or max(minutes) > 59:
        raise told(f'"{written}" has a time that no clock shows; write 0:00 to 24:00', item=item)
    if start == end:
        whole = 'write "0:00-24:00" for a whole day'
        raise told(f'"{written}" begins and ends at one time; {whole}, or {CLOSED}', item=item)
    return Hours(start, end if end > start else end + DAY_MIN)


Day = Annotated[
    tuple[Hours, ...],
    PlainValidator(_day),
    PlainSerializer(lambda day: ", ".join(map(str, day)) or CLOSED),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "examples": ["10:00-18:00", "10:00-13:00, 14:00-18:00", "20:00-02:00", CLOSED],
        }
    ),
]

# -- dates, zones, durations


def _closed_dates(written: Any) -> Any:
    if written is None:
        return ()
    if isinstance(written, str | int | float):
        return (date_span(written),)
    if not isinstance(written, list | tuple):
        raise told("is no list of dates; write it such as [2026-12-24, 2026-12-31]")
    return tuple(date_span(one, item) for item, one in enumerate(written))


ClosedDates = Annotated[
    tuple[DateSpan, ...],
    PlainValidator(_closed_dates),
    PlainSerializer(lambda dates: [str(one) for one in dates]),
    WithJsonSchema(
        {
            "type": ["array", "string"],
            "items": {"type": "string"},
            "examples": [["2026-12-24", "2026-12-31 to 2027-01-05", "05-01"]],
        }
    ),
]
DateName = Annotated[str, AfterValidator(lambda written: str(date_span(written)))]


def _zone(written: str) -> str:
    """A time zone that this machine knows. Raises ValueError in plain words."""
    import zoneinfo  # most walls go by their machine's own

    try:
        zoneinfo.ZoneInfo(written)
    except (KeyError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        close = _near_zone(written, known)
        hint = f'did you mean "{close}"?' if close else 'write one such as "Europe/Berlin"'
        raise ValueError(f'"{shortened(written)}" is no time zone; {hint}') from None
    return written


def _near_zone(written: str, known: Iterable[str]) -> str:
    """The zone of that city, or the one spelt most like it."""
    wanted = written.strip().replace(" ", "_").casefold()
    by_name = {zone.casefold(): zone for zone in sorted(known)}
    cities = {name.rpartition("/")[2]: zone for name, zone in by_name.items() if "/" in name}
    found = by_name.get(wanted) or cities.get(wanted.rpartition("/")[2])
    if found:
        return found
    return by_name.get(nearest(wanted, by_name), "") or cities.get(nearest(wanted, cities), "")


def _duration(written: Any) -> Any:
    """Milliseconds from 2, "2 s", "500 ms" or "1 min". Raises ValueError in plain words."""
    if written is None:
        return written
    match = None if isinstance(written, bool) else re.fullmatch(_DURATION, str(written).strip())
    if match is None:
        raise ValueError(f'"{written}" is no length of time; write one such as 2 s or 5 min')
    return round(float(match[1]) * _UNIT_MS[match[2] or "s"])


def _at_most(longest_ms: int) -> AfterValidator:
    longest = f"{longest_ms // 60_000} min"

    def check(ms: int) -> int:
        if ms > longest_ms:
            raise ValueError(f"is too long; write at most {longest}")
        return ms

    return AfterValidator(check)


_DURATION_SCHEMA = WithJsonSchema({"type": ["number", "string"], "examples": ["2 s", "5 min", 0]})
_SAID = PlainSerializer(lambda ms: f"{ms} ms")


class ScheduleConfig(Setting):
    """When the wall is open. Outside these hours it is black and silent, and its screens sleep."""

    hours: dict[Weekdays, Day] | None = Field(
        None,
        description='Hours by weekday: mon-fri: "10:00-18:00". A day that is not named is closed; '
        "without this the wall is always open. A day named by itself counts before a span of days.",
    )
    closed: ClosedDates = Field(
        (), description="Dates that are closed: 2026-12-24, 2026-12-31 to 2027-01-05, yearly 05-01."
    )
    special: dict[DateName, Day] = Field(
        default_factory=dict, description='Dates with other hours: 2026-12-26: "12:00-17:00".'
    )
    timezone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None, description='Such as "Europe/Berlin"; by default the machine\'s own.'
    )
    fade_ms: Annotated[
        int, BeforeValidator(_duration), _at_most(LONGEST_FADE_MS), _SAID, _DURATION_SCHEMA
    ] = Field(
        2000, alias="fade", description="How long picture and sound fade at both ends: 2 s; 0."
    )
    wake_ms: Annotated[
        int, BeforeValidator(_duration), _at_most(LONGEST_WAKE_MS), _SAID, _DURATION_SCHEMA
    ] = Field(
        60_000, alias="wake", description="How long before opening the screens are woken: 60 s."
    )

    @field_validator("hours", mode="before")
    @classmethod
    def _each_day_once(cls, written: Any) -> Any:
        """Of two names that mean a day the one with fewer days counts; so they must differ."""
        if isinstance(written, str):
            return {_EVERY_DAY: written}
        if not isinstance(written, dict):
            return written
        for name, day in written.items():
            if day is None:  # sat, sun: 10-18
                braces = 'days with the same hours are one name: "sat, sun", in quotes within { }'
                raise told(f"has no hours; {_HOURS_EXAMPLE}; {braces}", item=name)
        narrowest: dict[int, tuple[str, int]] = {}
        for name, days in by_width(map(str, written)):
            for day in days:
                other, count = narrowest.setdefault(day, (name, len(days)))
                if other != name and count == len(days):
                    said = f"{WEEKDAYS[day]} is also in {other}; keep one"
                    raise told(said, item=name)
        return written

    @field_validator("special", mode="before")
    @classmethod
    def _none_where_nothing_is_written(cls, written: Any) -> Any:
        return {} if written is None else written

    @property
    def wake_ns(self) -> int:
        """How long before opening the screens are woken."""
        return self.wake_ms * 1_000_000

    @property
    def is_always_open(self) -> bool:
        """True where nothing is written that could close the wall."""
        return self.hours is None and not self.closed and not self.special

    @property
    def week(self) -> tuple[tuple[Hours, ...], ...]:
        """The hours of each weekday, Monday first."""
        if self.hours is None:
            return ((Hours(0, DAY_MIN),),) * 7
        found: dict[int, tuple[Hours, ...]] = {}
        for name, days in by_width(self.hours):
            for day in days:
                found.setdefault(day, self.hours[name])
        return tuple(found.get(day, ()) for day in range(7))
