"""Open or closed, and until when: over midnight, over the year, and where clocks are changed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.config import ScheduleConfig
from installation.kiosk.hours import OpeningHours, Standing

NS = 1_000_000_000
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"


def hours(timezone: str = "UTC", **written: Any) -> OpeningHours:
    return OpeningHours(ScheduleConfig.model_validate({"timezone": timezone, **written}))


def ns(moment: str) -> int:
    """A moment in UTC."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) * NS


def turns(of: OpeningHours, since: str, count: int) -> list[str]:
    """The next times, in UTC, at which it opens or closes."""
    standing, found = of.standing(ns(since)), []
    for _ in range(count):
        assert standing.until_ns is not None
        until = datetime.fromtimestamp(standing.until_ns // NS, UTC)
        found.append(f"{'closes' if standing.is_open else 'opens'} {until:%m-%d %H:%M}")
        standing = of.standing(standing.until_ns)
    return found


def test_a_week_has_its_hours() -> None:
    week = hours(hours={"mon-fri": "10:00-18:00", "thu": "10:00-22:00", "sat": "11-13, 14-16"})
    assert turns(week, "2026-11-25 12:00:00", 9) == [  # a Wednesday
        "closes 11-25 18:00", "opens 11-26 10:00", "closes 11-26 22:00", "opens 11-27 10:00",
        "closes 11-27 18:00", "opens 11-28 11:00", "closes 11-28 13:00", "opens 11-28 14:00",
        "closes 11-28 16:00",
    ]  # fmt: skip


def test_a_night_belongs_to_the_day_it_began() -> None:
    nights = hours(hours={"fri, sat": "20:00-02:00"}, closed=["2026-11-28"])
    assert turns(nights, "2026-11-27 12:00:00", 3) == [
        "opens 11-27 20:00", "closes 11-28 02:00", "opens 12-04 20:00",
    ]  # fmt: skip


def test_days_and_nights_that_touch_are_one() -> None:
    always = hours(hours="00:00-24:00", closed=["2027-05-01"])
    assert turns(always, "2027-04-01 00:00:00", 2) == ["closes 05-01 00:00", "opens 05-02 00:00"]
    long = hours(hours={"fri": "10:00-09:59", "sat": "09:00-18:00"})
    assert turns(long, "2026-11-27 12:00:00", 1) == ["closes 11-28 18:00"]


def test_a_special_date_counts_before_a_closed_one() -> None:
    holidays = hours(
        hours="10:00-18:00", closed=["12-24 to 01-01"], special={"2026-12-31": "20:00-03:00"}
    )
    assert turns(holidays, "2026-12-23 12:00:00", 4) == [
        "closes 12-23 18:00", "opens 12-31 20:00", "closes 01-01 03:00", "opens 01-02 10:00",
    ]  # fmt: skip


def test_a_wall_may_never_open_or_never_close() -> None:
    assert hours(hours={"mon": "closed"}).standing(ns("2026-11-25 12:00:00")).until_ns is None
    assert hours(hours="0:00-24:00").standing(ns("2026-11-25 12:00:00")) == Standing(
        True, ns("2026-11-25 12:00:00"), None
    )
    assert hours().standing(5) == Standing(True, 5, None)


def test_a_date_that_is_far_off_comes_within_reach() -> None:
    of = hours(closed=["2029-05-01"])
    at, days = ns("2026-11-25 12:00:00"), 0
    standing = of.standing(at)
    assert standing.until_ns is None
    while standing.holds_at(at):  # as the wall asks, which looks again when it does not
        at += 3600 * NS
    assert at - standing.since_ns <= 86_400 * NS
    while standing.until_ns is None:
        at, days = at + 86_400 * NS, days + 1
        standing = of.standing(at)
    assert standing.until_ns == ns("2029-05-01 00:00:00")
    assert days > 500


@pytest.mark.parametrize(
    ("zone", "written", "since", "expected"),
    [
        # Berlin: 2027-03-28 02:00 is 03:00, 2026-10-25 03:00 is 02:00 again
        (BERLIN, "10:00-18:00", "2027-03-27 12:00", ["closes 03-27 17:00", "opens 03-28 08:00"]),
        (BERLIN, "10:00-18:00", "2026-10-24 12:00", ["closes 10-24 16:00", "opens 10-25 09:00"]),
        (BERLIN, "22:00-04:00", "2027-03-27 20:00", ["opens 03-27 21:00", "closes 03-28 02:00"]),
        (BERLIN, "22:00-04:00", "2026-10-24 19:00", ["opens 10-24 20:00", "closes 10-25 03:00"]),
        # what is written does not exist: at the very moment that it is left out
        (BERLIN, "02:30-05:00", "2027-03-28 00:00", ["opens 03-28 01:00", "closes 03-28 03:00"]),
        (BERLIN, "01:00-02:15", "2027-03-27 23:59", ["opens 03-28 00:00", "closes 03-28 01:00"]),
        (BERLIN, "02:10-02:50", "2027-03-28 00:30", ["opens 03-29 00:10", "closes 03-29 00:50"]),
        # it comes twice: from the first time, to the last
        (BERLIN, "02:30-05:00", "2026-10-24 23:00", ["opens 10-25 00:30", "closes 10-25 04:00"]),
        (BERLIN, "01:00-02:30", "2026-10-24 22:59", ["opens 10-24 23:00", "closes 10-25 01:30"]),
        # New York: 2027-03-14 02:00 is 03:00, 2026-11-01 02:00 is 01:00 again
        (NEW_YORK, "10:00-18:00", "2027-03-14 00:00", ["opens 03-14 14:00", "closes 03-14 22:00"]),
        (NEW_YORK, "02:30-05:00", "2027-03-14 06:00", ["opens 03-14 07:00", "closes 03-14 09:00"]),
        (NEW_YORK, "01:30-05:00", "2026-11-01 05:00", ["opens 11-01 05:30", "closes 11-01 10:00"]),
        # Lord Howe: half an hour; 2026-10-04 02:00 is 02:30, 2027-04-04 02:00 is 01:30 again
        (LORD_HOWE, "02:15-04:00", "2026-10-03 15:00", ["opens 10-03 15:30", "closes 10-03 17:00"]),
        (LORD_HOWE, "01:45-04:00", "2027-04-03 14:00", ["opens 04-03 14:45", "closes 04-03 17:30"]),
    ],
)  # fmt: skip
def test_known_days_on_which_clocks_are_changed(
    zone: str, written: str, since: str, expected: list[str]
) -> None:
    assert turns(hours(zone, hours=written), f"{since}:00", 2) == expected


ZONES = st.sampled_from(
    [BERLIN, NEW_YORK, LORD_HOWE, "UTC", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia",
     "America/St_Johns", "Antarctica/Troll"]
)  # fmt: skip
MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.integers(ns("2009-01-01 00:00:00") // NS, ns("2036-01-01 00:00:00") // NS)


def written(start: int, end: int) -> str:
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


@settings(max_examples=300, deadline=None)
@given(ZONES, MOMENTS, MINUTES, MINUTES)
def test_far_from_a_change_of_clocks_it_is_what_the_clock_in_the_house_shows(
    name: str, second: int, start: int, end: int
) -> None:
    if start == end:
        return
    zone = ZoneInfo(name)
    here = datetime.fromtimestamp(second, zone)
    around = {
        datetime.fromtimestamp(second + hour * 3600, zone).utcoffset() for hour in range(-50, 50)
    }
    minute = here.hour * 60 + here.minute
    shown = start <= minute < end if start < end else not end <= minute < start
    standing = hours(name, hours=written(start, end)).standing(second * NS)
    if len(around) == 1:
        assert standing.is_open is shown


@settings(max_examples=300, deadline=None)
@given(
    ZONES,
    MOMENTS,
    st.dictionaries(
        st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
        st.tuples(MINUTES, MINUTES),
    ),
)
def test_it_stays_as_it_is_until_the_very_moment_that_was_told(
    name: str, second: int, week: dict[str, tuple[int, int]]
) -> None:
    of = hours(
        name, hours={day: written(*ends) for day, ends in week.items() if ends[0] != ends[1]}
    )
    at = second * NS
    standing = of.standing(at)
    assert standing.holds_at(at)
    if standing.until_ns is None:
        assert not any(start != end for start, end in week.values())
        return
    assert standing.until_ns > at
    for share in (3, 2):
        between = of.standing(at + (standing.until_ns - at) // share)
        assert (between.is_open, between.until_ns) == (standing.is_open, standing.until_ns)
    last, then = of.standing(standing.until_ns - 1), of.standing(standing.until_ns)
    assert last.is_open is standing.is_open
    assert then.is_open is not standing.is_open


def test_it_is_said_as_people_say_it() -> None:
    week = hours(BERLIN, hours={"mon-fri": "10:00-18:00"}, closed=["12-20 to 01-05"])

    def said(moment: str) -> str:
        return week.in_words(week.standing(ns(moment)))

    assert said("2026-11-24 12:00:00") == "open until 18:00 (Europe/Berlin)"
    assert said("2026-11-24 05:00:00") == "closed until 10:00 (Europe/Berlin)"
    assert said("2026-11-24 20:00:00") == "closed until Wed 10:00 (Europe/Berlin)"
    assert said("2026-12-21 20:00:00") == "closed until Wed 2027-01-06 10:00 (Europe/Berlin)"
    never = hours(hours={"mon": "closed"})
    assert never.in_words(never.standing(0)) == "closed"


PROGRAM = """
from installation.config import ScheduleConfig
from installation.kiosk.hours import OpeningHours
for zone in ("Europe/Berlin", None):
    settings = {"hours": "02:30-05:00", "timezone": zone}
    hours = OpeningHours(ScheduleConfig.model_validate(settings))
    print(hours.standing(1_806_192_000_000_000_000).until_ns)  # 2027-03-28 00:00 in UTC
"""


def told_by(zone: str) -> list[str]:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "TZ": zone},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return told.stdout.split()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no TZ")
def test_the_machines_own_zone_counts_only_where_none_is_written() -> None:
    gap = str(ns("2027-03-28 01:00:00"))
    assert told_by("Europe/Berlin") == [gap, gap]
    assert told_by("Asia/Tokyo") == [gap, str(ns("2027-03-28 17:30:00"))]
