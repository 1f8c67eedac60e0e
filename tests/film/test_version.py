"""Dates say just what is known, and versions order by them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film import Credit, PartialDate, Picture, Version

PARTIAL_DATES = st.one_of(
    st.builds(PartialDate, st.integers(1888, 9999)),
    st.builds(PartialDate, st.integers(1888, 9999), st.integers(1, 12)),
    st.dates(date(1888, 1, 1)).map(lambda d: PartialDate(d.year, d.month, d.day)),
)


def version(name: str, when: str | None) -> Version:
    known = None if when is None else PartialDate.parse(when)
    credit = Credit(model=name, date=known)
    picture = Picture(640, 360)
    return Version(
        name,
        Path(name),
        credit,
        picture,
        Fraction(24),
        Fraction(1),
        frame_count=24,
        container="mov",
    )


@given(PARTIAL_DATES)
def test_a_date_survives_being_written_and_read(known: PartialDate) -> None:
    assert PartialDate.parse(str(known)) == known


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2024", (2024, 0, 0)),
        ("2024-03", (2024, 3, 0)),
        ("2024-3", (2024, 3, 0)),
        (" 2024-03-11 ", (2024, 3, 11)),
        ("2024-02-29", (2024, 2, 29)),
        ("2000-02-29", (2000, 2, 29)),
    ],
)
def test_a_date_may_be_a_year_a_month_or_a_day(written: str, known: tuple[int, int, int]) -> None:
    assert PartialDate.parse(written) == PartialDate(*known)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "is not a date; write 2024, 2024-03 or 2024-03-11"),
        ("March 2024", "is not a date"),
        ("11.03.2024", "is not a date"),
        ("20240311", "is not a date"),
        ("2024-03-11T00:00", "is not a date"),
        ("1887", "1887 is not a year a film could have been made in"),
        ("2024-13", "there is no month 13"),
        ("2024-00", "month or day of 0"),
        ("2024-00-00", "month or day of 0"),
        ("2024-03-00", "month or day of 0"),
        ("2024-04-31", "month 4 has no day 31"),
        ("2023-02-29", "February 2023 has no day 29"),
        ("1900-02-29", "February 1900 has no day 29"),
    ],
)
def test_what_is_no_date_is_refused_in_words(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PartialDate.parse(written)


@pytest.mark.parametrize("written", ["2024-00-05", "2024-3-111", "2024--5"])
def test_a_day_without_a_month_is_no_date(written: str) -> None:
    with pytest.raises(ValueError, match=r"month|day|date"):
        PartialDate.parse(written)


def test_a_day_needs_its_month() -> None:
    with pytest.raises(ValueError, match="a day needs its month"):
        PartialDate(2024, 0, 5)


@given(st.dates(date(1888, 1, 1)), st.dates(date(1888, 1, 1)))
def test_days_order_as_time(one: date, other: date) -> None:
    def known(day: date) -> PartialDate:
        return PartialDate(day.year, day.month, day.day)

    assert (known(one) < known(other)) == (one < other)


def test_what_is_less_known_comes_first_within_its_time() -> None:
    written = ["2023-12-31", "2024", "2024-03", "2024-03-01", "2024-03-11", "2024-04", "2025"]
    assert sorted(map(PartialDate.parse, reversed(written))) == [*map(PartialDate.parse, written)]


def test_versions_hang_by_date_then_name_and_undated_ones_last() -> None:
    hung = [
        version("b", "2023"),
        version("A", "2024-03"),
        version("b", "2024-03"),
        version("C", "2024-03"),
        version("a", None),
        version("B", None),
    ]
    assert sorted(reversed(hung), key=lambda v: v.sort_key) == hung


@pytest.mark.parametrize(
    ("picture", "aspect"),
    [
        (Picture(1920, 1080), Fraction(16, 9)),
        (Picture(720, 576, sample_aspect=Fraction(16, 15)), Fraction(4, 3)),
        (Picture(1920, 1080, rotation_deg=180), Fraction(16, 9)),
        (Picture(1920, 1080, rotation_deg=90), Fraction(9, 16)),
        (Picture(720, 576, Fraction(16, 15), rotation_deg=270), Fraction(3, 4)),
    ],
)
def test_a_picture_is_as_wide_as_it_is_seen(picture: Picture, aspect: Fraction) -> None:
    assert picture.display_aspect == aspect
