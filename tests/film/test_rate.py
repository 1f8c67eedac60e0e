"""Rates are exact and timecode counts every film frame once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film.rate import (
    format_rate,
    format_timecode,
    parse_rate,
    parse_timecode,
    timecode_base,
)

NTSC = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
    "119.88": Fraction(120000, 1001),
}
RATES = [Fraction(1), Fraction(12), Fraction(25, 2), Fraction(24), *NTSC.values(), Fraction(240)]
DAY = 24 * 60 * 60


@pytest.mark.parametrize(("written", "meant"), NTSC.items())
def test_ntsc_rates_mean_a_thousandth_less_than_they_round_to(
    written: str, meant: Fraction
) -> None:
    assert parse_rate(written) == meant
    assert parse_rate(float(written)) == meant
    assert parse_rate(f"{meant.numerator}/{meant.denominator}") == meant


@pytest.mark.parametrize("written", [24, "24", " 24 ", "24/1", "24 / 1", 24.0, Fraction(24)])
def test_a_rate_may_be_written_in_several_ways(written: str | int | float | Fraction) -> None:
    assert parse_rate(written) == 24


def test_a_rate_between_the_usual_ones_is_taken_as_written() -> None:
    assert parse_rate(12.5) == Fraction(25, 2)
    assert parse_rate("18.18") == Fraction(1818, 100)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "fast",
        "24 fps",
        "24/0",
        "1/0",
        "nan",
        "inf",
        "-inf",
        "24/1001/2",
        "0x18",
        "1e9",
        "1e999999999",
    ],
)
def test_what_is_no_rate_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match="is not a frame rate; write 24, 24000/1001 or"):
        parse_rate(written)


@pytest.mark.parametrize("written", ["0", "-24", "0.5", "241", "999999999"])
def test_rates_out_of_range_are_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match="a film rate lies between 1 and 240"):
        parse_rate(written)


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_survives_being_written_and_read(rate: Fraction) -> None:
    assert parse_rate(format_rate(rate)) == rate


@pytest.mark.parametrize(
    ("rate", "base"),
    [(Fraction(24), 24), (NTSC["23.976"], 24), (NTSC["29.97"], 30), (Fraction(25, 2), 13)],
)
def test_timecode_counts_the_rate_rounded_up(rate: Fraction, base: int) -> None:
    assert timecode_base(rate) == base


@pytest.mark.parametrize("rate", [Fraction(24), NTSC["23.976"], NTSC["29.97"], Fraction(30)])
def test_no_timecode_is_dropped(rate: Fraction) -> None:
    base = timecode_base(rate)
    at_the_minutes = [
        format_timecode(frame, rate)
        for minute in range(1, 12)
        for frame in range(60 * minute * base - 1, 60 * minute * base + 3)
    ]
    assert at_the_minutes[:4] == [
        f"00:00:59:{base - 1}",
        "00:01:00:00",
        "00:01:00:01",
        "00:01:00:02",
    ]
    assert len(set(at_the_minutes)) == len(at_the_minutes)


def test_a_timecode_reads_as_the_config_writes_it() -> None:
    assert parse_timecode("00:02:04:12", Fraction(24)) == (2 * 60 + 4) * 24 + 12
    assert parse_timecode(" 1:2:3:4 ", NTSC["23.976"]) == (3600 + 2 * 60 + 3) * 24 + 4


@given(st.sampled_from(RATES), st.integers(0, 30 * DAY * 24))
def test_every_film_frame_has_one_timecode(rate: Fraction, frame: int) -> None:
    assert parse_timecode(format_timecode(frame, rate), rate) == frame


@given(st.sampled_from(RATES), st.integers(0, 4 * DAY * 24))
def test_timecodes_order_as_film_frames_do(rate: Fraction, frame: int) -> None:
    assert format_timecode(frame, rate) < format_timecode(frame + 1, rate)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "is not a timecode; write hours:minutes:seconds:frames"),
        ("auto", "is not a timecode; write hours"),
        ("02:04:12", "is not a timecode; write hours"),
        ("00:02:04:-1", "is not a timecode; write hours"),
        ("00:02:04;12", "is not a timecode; write hours"),  # drop-frame notation
        ("00:60:00:00", "minutes and seconds end at 59"),
        ("00:00:60:00", "minutes and seconds end at 59"),
        ("00:00:00:24", "at this rate frames end at 23"),
    ],
)
def test_what_is_no_timecode_is_refused_in_words(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_timecode(written, Fraction(24))
