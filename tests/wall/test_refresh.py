"""What paces a wall: the refresh that its screen states, until the real one was measured."""

from __future__ import annotations

from fractions import Fraction

import pytest

from installation.wall.refresh import SWAPS_NEEDED, USUAL_REFRESH_HZ, ScreenRefresh

NS = 1_000_000_000
STATED, REAL = (60.0, "stated by the screen"), Fraction(60_000, 1001)


def swap(refresh: ScreenRefresh, since_ns: int = 0) -> int:
    """As many swaps as are needed, one at each real refresh; when the last one was."""
    for n in range(SWAPS_NEEDED):
        at_ns = since_ns + int(n * NS / REAL)
        assert not refresh.swapped(at_ns)
    return at_ns


def test_what_was_measured_counts_until_the_screen_is_another() -> None:
    refresh = ScreenRefresh(lambda: 60.0)
    last_ns = swap(refresh)
    assert refresh.known_hz == STATED
    grid = refresh.measure()
    assert grid is not None
    assert grid.origin_ns == last_ns
    assert abs(grid.hz - REAL) < Fraction(1, 10_000)
    hz, source = refresh.known_hz
    assert (round(hz, 3), source) == (59.94, "measured")
    assert refresh.measure() is None, "it is told once"
    assert refresh.swapped(last_ns + NS), "from now on they tell where the grid is"

    refresh.forget()
    assert refresh.known_hz == STATED
    assert not refresh.swapped(last_ns + 2 * NS)
    assert refresh.swaps == SWAPS_NEEDED + 2


def test_swaps_that_do_not_wait_for_the_screen_are_passed_over() -> None:
    refresh = ScreenRefresh(lambda: 60.0)
    for n in range(SWAPS_NEEDED):
        refresh.swapped(n * 3_000_000)
    assert refresh.measure() is None
    assert refresh.known_hz == STATED
    swap(refresh, since_ns=NS)
    assert refresh.measure() is not None


@pytest.mark.parametrize("stated", [0.0, 1.0, 1e6, float("nan")])
def test_a_screen_that_states_what_cannot_be_is_taken_for_a_usual_one(stated: float) -> None:
    refresh = ScreenRefresh(lambda: stated)
    assert refresh.stated_hz == USUAL_REFRESH_HZ
    assert refresh.stated_grid(5).hz == 60
    assert refresh.stated_grid(5).origin_ns == 5
