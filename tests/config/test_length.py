"""Lengths: what is read, what it comes to in pixels, and which are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.config import Length

lengths = st.builds(
    lambda number, unit: Length.parse(f"{number}{unit}"),
    st.decimals(0, 100, places=6).map(lambda number: f"{number:f}") | st.integers(0, 100),
    st.sampled_from(["%", "px", " %", " px"]),
)


@given(lengths, lengths)
def test_lengths_are_the_same_where_number_and_unit_are(one: Length, other: Length) -> None:
    are_same = (one.value, one.is_percent) == (other.value, other.is_percent)
    assert (one == other) == are_same
    assert (str(one) == str(other)) == are_same


@pytest.mark.parametrize(
    ("written", "px"), [("1%", 10.8), ("12px", 12), ("12.5 px", 12.5), (0, 0), ("0", 0), ("0%", 0)]
)
def test_a_length_is_pixels_or_a_part_of_its_reference(written: str | int, px: float) -> None:
    assert Length.parse(written).px(1080) == pytest.approx(px)


@pytest.mark.parametrize(
    "written",
    ["", "1", 1, -1, "-1%", "1e3px", "1.2.3px", "12 pt", "100.1%", "100001px", "9" * 400 + "px",
     True, False, None, [], "１２px", "inf px", "nan%"],
    ids=str,
)  # fmt: skip
def test_other_things_are_no_lengths(written: object) -> None:
    with pytest.raises(ValueError, match="; write "):
        Length.parse(written)
