"""What captions say."""

from __future__ import annotations

import pytest

from installation.film import Credit, PartialDate
from installation.wall.caption import caption_text, date_text

CREDIT = Credit("Gen-2", PartialDate(2024, 3, 11), tools="a tripod")


@pytest.mark.parametrize(
    ("language", "year", "month", "day"),
    [
        ("en", "2024", "March 2024", "March 11, 2024"),
        ("de", "2024", "März 2024", "11. März 2024"),
        ("fr", "2024", "mars 2024", "11 mars 2024"),
        ("zh", "2024", "2024年3月", "2024年3月11日"),
        ("ru", "2024", "март 2024", "11 марта 2024"),
    ],
)
def test_dates_say_what_is_known_in_the_walls_language(
    language: str, year: str, month: str, day: str
) -> None:
    assert date_text(PartialDate(2024), language) == year
    assert date_text(PartialDate(2024, 3), language) == month
    assert date_text(PartialDate(2024, 3, 11), language) == day


def test_a_pattern_never_invents_what_is_not_known() -> None:
    assert date_text(PartialDate(2024, 3, 11), "de", "d.M.yy") == "11.3.24"
    assert date_text(PartialDate(2024, 3), "de", "d.M.yy") == "März 2024"
    assert date_text(PartialDate(2024), "de", "MMMM yyyy") == "2024"
    assert date_text(PartialDate(2024), "en", "'made in' yyyy") == "made in 2024"


@pytest.mark.parametrize("pattern", ["long", "short", "HH:mm", "g", "bogus{", ""])
def test_what_is_no_pattern_for_dates_gives_way(pattern: str) -> None:
    assert date_text(PartialDate(2024), "en", pattern) == "2024"
    assert date_text(PartialDate(2024, 3), "en", pattern) == "March 2024"


def test_punctuation_goes_with_the_field_it_belonged_to() -> None:
    for template in ("{model}, {title}", "{title} · {model}", "{model} ({title})"):
        assert caption_text(template, CREDIT, name="n", film="f") == "Gen-2"


def test_fields_are_filled_in_and_empty_lines_left_out() -> None:
    text = caption_text(
        "{model}\n{title}\n{tools} · {date}", CREDIT, name="n", film="f", language="en"
    )
    assert text == "Gen-2\na tripod · March 11, 2024"
    assert caption_text("{film}/{name}", CREDIT, name="n", film="f") == "f/n"


def test_plain_text_and_stray_braces_stay_as_they_are() -> None:
    assert caption_text("a { brace", CREDIT, name="n", film="f") == "a { brace"
    assert caption_text("", CREDIT, name="n", film="f") == ""
    assert caption_text("{date}", Credit("x"), name="n", film="f") == ""
