"""Whether the wall is open at a moment of the calendar, and when that changes next. Pure.

Hours are what a clock in the house shows. Where clocks are put forward, hours that begin or end in
the time that is left out do so at that very moment; where they are put back, a time that comes
twice opens the house when it comes first and closes it when it comes last. The machine's own time
zone counts only where the schedule names none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from installation.config import Hours, ScheduleConfig
from installation.config.dates import date_span
from installation.config.schedule import DAY_MIN

_NS = 1_000_000_000
DAYS_BACK = 2
"""A night may reach so far into what follows."""
DAYS_AHEAD = 370
"""Nothing that is written repeats later than within a year."""
LOOK_AGAIN_NS = 86_400 * _NS
"""What stays as it is for longer is looked at again: a date may have come within reach."""
_WHOLE_DAY = (Hours(0, DAY_MIN),)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Not by `strftime`, for Qt has it speak the machine's language."""
_SOON = timedelta(days=6)


@dataclass(frozen=True)
class Standing:
    """Whether the wall is open, from one moment to another, in nanoseconds since 1970."""

    is_open: bool
    since_ns: int
    """When that was found out; it says nothing of what was before."""
    until_ns: int | None
    """None: it stays so, as far as one looks ahead."""

    def holds_at(self, at_ns: int) -> bool:
        """True where a moment is known to be like this."""
        until_ns = self.since_ns + LOOK_AGAIN_NS if self.until_ns is None else self.until_ns
        return self.since_ns <= at_ns < until_ns


class OpeningHours:
    """The hours of one schedule."""

    def __init__(self, schedule: ScheduleConfig) -> None:
        self._schedule = schedule
        self._week = schedule.week
        self._special = [(date_span(written), day) for written, day in schedule.special.items()]
        self._zone = _zone(schedule.timezone)

    def standing(self, at_ns: int) -> Standing:
        """How it is at a moment."""
        if self._schedule.is_always_open:
            return Standing(True, at_ns, None)
        second = at_ns // _NS
        today = self._local(second).date()
        for start, end in _joined(self._spans(today)):
            if second < start:
                return Standing(False, at_ns, start * _NS)
            if second < end:
                is_known = self._local(end).date() < today + timedelta(DAYS_AHEAD)
                return Standing(True, at_ns, end * _NS if is_known else None)
        return Standing(False, at_ns, None)

    def in_words(self, standing: Standing) -> str:
        """`closed until Tue 10:00`; a date where the weekday alone could mean another day."""
        said = "open" if standing.is_open else "closed"
        if standing.until_ns is None:
            return said
        now, then = self._local(standing.since_ns // _NS), self._local(standing.until_ns // _NS)
        days = then.date() - now.date()
        when = f"{then:%H:%M}"
        if days:
            date_too = "" if days <= _SOON else f"{then:%Y-%m-%d} "
            when = f"{_DAYS[then.weekday()]} {date_too}{when}"
        zone = self._schedule.timezone
        return f"{said} until {when}{f' ({zone})' if zone else ''}"

    # -- seconds since 1970, and what a clock in the house shows

    def _spans(self, today: date) -> Iterator[tuple[int, int]]:
        """When the house opens and closes, by the day, in order; none that has no length."""
        whole_since: datetime | None = None  # days that follow each other cost next to nothing
        for ahead in range(-DAYS_BACK, DAYS_AHEAD + 1):
            day = today + timedelta(ahead)
            midnight = datetime(day.year, day.month, day.day)
            spans = () if ahead == DAYS_AHEAD else self._hours_on(day)
            if spans == _WHOLE_DAY:
                whole_since = whole_since or midnight
                continue
            if whole_since is not None:
                yield self._second(whole_since, last=False), self._second(midnight, last=True)
                whole_since = None
            for hours in spans:
                start = self._second(midnight + timedelta(minutes=hours.start), last=False)
                end = self._second(midnight + timedelta(minutes=hours.end), last=True)
                if start < end:
                    yield start, end

    def _hours_on(self, day: date) -> tuple[Hours, ...]:
        """The hours that begin on a date. A special one counts before a closed one."""
        special = [hours for span, hours in self._special if day in span]
        if special:
            return special[0]
        is_closed = any(day in span for span in self._schedule.closed)
        return () if is_closed else self._week[day.weekday()]

    def _local(self, second: int) -> datetime:
        return datetime.fromtimestamp(second, self._zone).replace(tzinfo=None)

    def _second(self, shown: datetime, *, last: bool) -> int:
        """When clocks show a time; in a gap, when they are put forward."""
        first, second = (
            int(shown.replace(tzinfo=self._zone, fold=fold).timestamp()) for fold in (0, 1)
        )
        if first <= second:  # once, or twice where they are put back
            return second if last else first
        low, high = second, first  # clocks show less before, and more after
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._local(middle) < shown else (low, middle)
        return high


def _joined(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that touch or overlap as one."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current is None:
            current = start, end
        elif start <= current[1]:
            current = current[0], max(current[1], end)
        else:
            yield current
            current = start, end
    if current is not None:
        yield current


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
