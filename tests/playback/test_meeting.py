"""Where versions meet that have fallen behind: always reachable, always ahead, soon enough."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from installation.film import MasterClock
from installation.playback.meeting import (
    HORIZON_S,
    RunUp,
    SlowestRunUp,
    plan_meeting,
    soonest_return,
)

RATE = Fraction(24)
gops = st.lists(st.integers(1, 500), min_size=1, max_size=5)


def slowest_of(gops: list[int], length: int) -> RunUp:
    """Versions with a keyframe every so many film frames, and at the loop's start."""
    return lambda index: max(Fraction(index % length % gop) / RATE for gop in gops)


def limited(run_up: RunUp) -> SlowestRunUp:
    """Of one that is too long it is only told that it is."""
    return lambda index, limit: min(run_up(index), max(Fraction(0), limit + Fraction(1, 1000)))


@given(
    due=st.integers(1, 10_000),
    behind=st.integers(1, 500),
    lead=st.integers(1, 200),
    pace=st.fractions(0, 2),
    length=st.integers(1, 3000),
    gops=gops,
)
def test_a_meeting_is_ahead_and_there_is_time_to_get_there(
    due: int, behind: int, lead: int, pace: Fraction, length: int, gops: list[int]
) -> None:
    run_up = slowest_of(gops, length)
    shown = max(0, due - behind)
    plan = plan_meeting(
        due, shown, lead, pace, clock=MasterClock(RATE, length), run_up=limited(run_up)
    )
    assert due <= plan.leave_at <= plan.index - lead
    stop = plan.index - plan.leave_at
    assert stop >= lead + run_up(plan.index) * RATE / max(pace, Fraction(1, 20))
    assert plan.index % length == 0 or stop <= max(lead + lead // 2, due - shown)


def test_keyframes_that_all_versions_share_are_where_they_meet() -> None:
    run_up = slowest_of([48], 4800)
    plan = plan_meeting(
        100, 90, 12, Fraction(1, 2), clock=MasterClock(RATE, 4800), run_up=limited(run_up)
    )
    assert 144 <= plan.index < 144 + 3
    assert plan.leave_at >= plan.index - 12 - 6


def test_without_a_keyframe_near_they_meet_at_the_seam() -> None:
    run_up = slowest_of([10_000], 2880)
    plan = plan_meeting(
        1000, 990, 12, Fraction(1, 2), clock=MasterClock(RATE, 2880), run_up=limited(run_up)
    )
    assert (plan.index, plan.leave_at) == (2880, 2880 - 12)


@given(due=st.integers(0, 10_000), lead=st.integers(1, 200), length=st.integers(1, 3000), gops=gops)
def test_a_version_returns_as_soon_as_it_can_be_there(
    due: int, lead: int, length: int, gops: list[int]
) -> None:
    run_up = slowest_of(gops, length)
    index = soonest_return(due, lead, clock=MasterClock(RATE, length), run_up=run_up)
    assert due + lead <= index
    assert index - run_up(index) * RATE >= due or index % length == 0
    assert index <= due + lead + max(int(HORIZON_S * RATE), length)
