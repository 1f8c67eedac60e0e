"""Opening hours as a curator writes them, and what is said of those that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from installation.config import Config, Hours, diff
from installation.config.dates import DateSpan, date_span
from installation.config.weekdays import days_of

FILM = "film: {versions: x}\n"
Load = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]
TEN_TO_SIX = (Hours(600, 1080),)


def test_a_wall_is_always_open_unless_somebody_says_otherwise(load: Load) -> None:
    for written in ("", "schedule:\n", "schedule: {hours: , closed: , special: }\n"):
        assert load(FILM + written).schedule.is_always_open
    assert not load(FILM + "schedule: {closed: 2026-12-24}").schedule.is_always_open


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10:00-18:00", [(600, 1080)]),
        ("10-18", [(600, 1080)]),
        ("10.30 – 18", [(630, 1080)]),
        ("'10:00-13:00, 14:00-18:00'", [(600, 780), (840, 1080)]),
        ("[10:00-13:00, 13:00-18:00]", [(600, 780), (780, 1080)]),
        ("20:00-02:00", [(1200, 1560)]),
        ("0:00-24:00", [(0, 1440)]),
        ("00:00-00:30", [(0, 30)]),
        ("20:00-0:00", [(1200, 1440)]),
        ("closed", []),
    ],
)
def test_hours_need_no_quotes_and_may_go_over_midnight(
    load: Load, written: str, meant: list[tuple[int, int]]
) -> None:
    schedule = load(FILM + f"schedule:\n  hours:\n    tue: {written}\n").schedule
    assert schedule.week == ((), (*(Hours(*span) for span in meant),), *[()] * 5)


def test_a_day_by_itself_counts_before_a_span_of_days(load: Load) -> None:
    schedule = load(
        FILM + "schedule:\n  hours:\n    mon-fri: 10:00-18:00\n    Thursday: 10:00-22:00\n"
        "    sat, sun: 11:00-20:00\n"
    ).schedule
    weekend = (Hours(660, 1200),)
    assert schedule.week == (
        *[TEN_TO_SIX] * 3, (Hours(600, 1320),), TEN_TO_SIX, weekend, weekend,
    )  # fmt: skip
    assert load(FILM + "schedule: {hours: 10:00-18:00}").schedule.week == (TEN_TO_SIX,) * 7


def test_days_are_named_in_several_ways() -> None:
    assert days_of("mon-fri") == {0, 1, 2, 3, 4}
    assert days_of("sat-mon") == {5, 6, 0}
    assert days_of("sat, sun") == days_of("Wednes.-sunday") - {2, 3, 4} == {5, 6}


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("2026-12-24", ["2026-12-24"], ["2026-12-25", "2027-12-24"]),
        ("2026-12-31 to 2027-01-05", ["2026-12-31", "2027-01-05"], ["2026-12-30", "2027-01-06"]),
        ("2026-05-01/2026-05-02", ["2026-05-02"], ["2026-05-03"]),
        ("05-01", ["2026-05-01", "2031-05-01"], ["2026-05-02"]),
        ("12-24 to 01-02", ["2026-12-24", "2030-01-02"], ["2026-12-23", "2030-01-03"]),
        ("02-29", ["2028-02-29"], ["2027-03-01"]),
    ],
)
def test_dates_are_one_or_from_one_to_another_or_yearly(
    load: Load, written: str, inside: list[str], outside: list[str]
) -> None:
    (span,) = load(FILM + f"schedule: {{closed: [{written}]}}").schedule.closed
    assert all(date.fromisoformat(day) in span for day in inside)
    assert not any(date.fromisoformat(day) in span for day in outside)
    assert date_span(str(span)) == span


def test_every_setting_is_read(load: Load) -> None:
    config = load(
        FILM + "schedule: {special: {2026-12-26: 12-17}, timezone: Europe/Berlin, fade: 500 ms,"
        " wake: 5 min}"
    )
    schedule = config.schedule
    assert schedule.special == {"2026-12-26": (Hours(720, 1020),)}
    assert (schedule.timezone, schedule.fade_ms, schedule.wake_ms) == (
        "Europe/Berlin",
        500,
        300_000,
    )
    assert load(FILM + "schedule: {fade: 1.5, wake: 0}").schedule.fade_ms == 1500
    assert date_span("2026-12-26") == DateSpan((2026, 12, 26), (2026, 12, 26))


def test_two_schedules_differ_by_name(load: Load) -> None:
    one = load(FILM + "schedule: {hours: 10-18, fade: 1}")
    other = load(FILM + "schedule: {hours: 10-19, fade: 1, special: {12-26: closed}}")
    assert diff(one, other) == {"schedule.hours", "schedule.special.12-26"}


@pytest.mark.parametrize(
    ("written", "place", "said"),
    [
        ("hours: {mon-fir: 10-18}", "2:20", '"fir" is no weekday; did you mean "fri"?'),
        ("hours: {x: 10-18}", "2:20", '"x" is no weekday; write mon, tue'),
        ("hours: {mon: 10:00}", "2:25", '"10:00" is not from one time to another; write "10:00-'),
        ("hours: {mon: 10}", "2:25", '"10" is not from one time'),
        ("hours: {mon: 9am-5pm}", "2:25", '"9am-5pm" is not from one time'),
        ("hours: {mon: 10:00-25:00}", "2:25", "has a time that no clock shows"),
        ("hours: {mon: 10:00-12:60}", "2:25", "has a time that no clock shows"),
        ("hours: {mon: 10:00-10:00}", "2:25", 'write "0:00-24:00" for a whole day, or closed'),
        ("hours: {sat, sun: 10-18}", "2:23", '"sat, sun", in quotes within { }'),
        ("hours: {mon: [10-14, 13-18]}", "2:33", '"13-18" begins before "10:00-14:00" ends'),
        ("hours: {mon-thu: 10-18, wed-sat: 9-10}", "2:45", "wed is also in mon-thu; keep one"),
        ("hours: 7", "2:19", '"7"'),
        ("closed: [24.12.2026]", "2:21", 'is no date; did you mean "2026-12-24"?'),
        ("closed: 20261224", "2:20", 'did you mean "2026-12-24"?'),
        ("closed: 2026-02-29", "2:20", '"2026-02-29" is on no calendar'),
        ("closed: 2026-12-26 to 2026-12-24", "2:20", 'mean "2026-12-24 to 2026-12-26"?'),
        ("closed: 2026-12-26 to 12-27", "2:20", "is no span of dates"),
        ("closed: {a: b}", "2:20", "is no list of dates"),
        ("special: {2026-13-01: closed}", "2:22", "is on no calendar"),
        ("special: {2026-12-26: }", "2:33", "has no hours; write"),
        ("timezone: Berlin", "2:22", '"Berlin" is no time zone; did you mean "Europe/Berlin"?'),
        ("timezone: europe/berln", "2:22", 'did you mean "Europe/Berlin"?'),
        ("timezone: Europe", "2:22", "is no time zone"),
        ("timezone: ../UTC", "2:22", "is no time zone"),
        ("fade: 2 h", "2:18", '"2 h" is no length of time; write one such as 2 s'),
        ("fade: 2 min", "2:18", "is too long; write at most 1 min"),
        ("wake: -1", "2:18", '"-1" is no length of time'),
        ("wakes: 1", "2:12", 'unknown setting; did you mean "wake"?'),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(
    mistakes: Mistakes, written: str, place: str, said: str
) -> None:
    (sentence,) = mistakes(FILM + f"schedule: {{{written}}}\n")
    assert sentence.startswith(f"wall.yaml:{place}: schedule."), sentence
    assert said in sentence


def test_every_mistake_is_told_at_once(mistakes: Mistakes) -> None:
    told = mistakes(
        FILM + "schedule:\n  hours: {mon: 1, tue: 2}\n  closed: x\n  timezone: y\n  fade: z\n"
    )
    assert [sentence.split(":")[1] for sentence in told] == ["3", "3", "4", "5", "6"]
