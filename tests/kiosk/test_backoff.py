"""What is tried after a wall has ended by itself, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.kiosk.backoff import LONGEST_NS, Manner, delay_ns, manner_after, shows_slate

ENDS = st.integers(0, 10**6)


def test_the_first_time_it_is_started_again_at_once() -> None:
    assert delay_ns(1) == 0


@given(ENDS)
def test_it_waits_longer_each_time_and_never_longer_than_a_minute(ends: int) -> None:
    assert 0 <= delay_ns(ends) <= delay_ns(ends + 1) <= LONGEST_NS
    assert delay_ns(ends) < delay_ns(ends + 1) or delay_ns(ends + 1) in (0, LONGEST_NS)


@given(st.integers(6, 10**6))
def test_whatever_happens_it_tries_both_configs_again_and_again(ends: int) -> None:
    assert {manner_after(ends), manner_after(ends + 1)} == {*Manner}


def test_first_the_curators_config_then_the_last_good_one_then_a_slate() -> None:
    tried = [manner_after(ends) for ends in range(6)]
    assert tried == 3 * [Manner.OWN] + 3 * [Manner.LAST_GOOD]
    assert [shows_slate(ends) for ends in range(8)] == 6 * [False] + 2 * [True]
