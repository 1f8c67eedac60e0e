"""Pictures that come in lumps are spread again, and what is waiting is caught up with."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from installation.decode.live_pace import HASTE, LONGEST_STEP_S, LivePace

MS = 1_000_000
RATE = 25


def shown_ms(sent_ms: list[int], pts: list[Fraction | None] | None = None) -> list[int]:
    """When each picture is shown that is sent at these moments; the next is read only then."""
    pace, now_ns, shown = LivePace(), 0, []
    for number, moment in enumerate(sent_ms):
        now_ns = max(now_ns, moment * MS)
        now_ns += pace.wait_ns(pts[number] if pts else Fraction(number, RATE), now_ns)
        shown.append(now_ns // MS)
    return shown


def test_what_comes_evenly_is_shown_as_it_comes() -> None:
    sent = [40 * n for n in range(50)]
    assert shown_ms(sent) == sent


def test_lumps_are_spread() -> None:
    sent = [400 * (n // 10) for n in range(100)]  # ten at a time
    steps = [b - a for a, b in pairwise(shown_ms(sent))]
    assert set(steps) <= {38, 58}  # the haste, and what it leaves at a lump's end
    assert steps.count(58) == 9


def test_what_lies_waiting_is_caught_up_with() -> None:
    sent = [max(0, 40 * n - 1000) for n in range(1000)]  # a second of it at once
    late = [shown - moment for shown, moment in zip(shown_ms(sent), sent, strict=True)]
    assert max(late) <= 1000
    assert late[-1] == 0
    assert late[round(RATE / (1 - HASTE)) + RATE] == 0


@pytest.mark.parametrize("jump", [Fraction(-100), Fraction(LONGEST_STEP_S + 1), Fraction(0)])
def test_a_sender_that_begins_anew_is_not_waited_for(jump: Fraction) -> None:
    pace = LivePace()
    assert pace.wait_ns(Fraction(10), 0) == 0
    assert pace.wait_ns(10 + jump, 1) == 0
    assert pace.wait_ns(10 + jump + Fraction(1, RATE), 1) == 38 * MS


def test_a_picture_without_a_time_is_shown_at_once() -> None:
    pts = [Fraction(0), None, None, Fraction(1, RATE)]
    assert shown_ms([0, 0, 0, 0], pts) == [0, 0, 0, 38]
