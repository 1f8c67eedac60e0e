"""A version's own timing: in, out, offset, speed and cues, exact, and one rule for all of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from installation.film import TimeMap, WhenShort
from installation.film.course import Course, Knot, Timing
from installation.film.timeline import picture_at

FILM = Fraction(24)
LENGTH = 96
S = Fraction(1)
SECONDS = st.fractions(0, 6, max_denominator=48)


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    start = draw(SECONDS)
    stop = draw(st.none() | SECONDS.filter(lambda s: s > start))
    versions = sorted(draw(st.sets(SECONDS, max_size=3)))
    films = sorted(draw(st.sets(SECONDS, min_size=len(versions), max_size=len(versions))))
    return Timing(
        start=start,
        stop=stop,
        offset=draw(st.fractions(-3, 5, max_denominator=48)),
        speed=draw(st.none() | st.fractions(Fraction(1, 4), 4, max_denominator=10)),
        cues=tuple(map(Knot, films, versions)),
    )


@st.composite
def pictures(draw: st.DrawFn) -> tuple[list[Fraction], Fraction]:
    """Ascending pts from 0 and the version's duration."""
    rate = draw(st.sampled_from([Fraction(24), Fraction(30), Fraction(12), Fraction(24000, 1001)]))
    count = draw(st.integers(1, 150))
    pts = [Fraction(i) / rate for i in range(count)]
    if draw(st.booleans()) and count > 2:  # variable
        dropped = draw(st.sets(st.integers(1, count - 2)))
        pts = [p for i, p in enumerate(pts) if i not in dropped]
    return pts, count / rate


@given(timings(), pictures(), st.sampled_from(WhenShort), st.sampled_from([0, 1]), st.data())
def test_whatever_the_timing_each_film_frame_has_just_the_picture_its_moment_asks_for(
    timing: Timing,
    version: tuple[list[Fraction], Fraction],
    when_short: WhenShort,
    ms: int,
    data: st.DataObject,
) -> None:
    pts, duration = version
    try:
        time_map = TimeMap(FILM, LENGTH, duration, when_short, timing)
    except ValueError:
        assume(False)
    tolerance = Fraction(ms, 1000)
    shown: dict[int, int] = {}
    for turn in range(time_map.turns):
        frames = time_map.turn_frames(turn)
        for index, (at, until) in enumerate(pairwise([*pts, None])):
            for k in time_map.frames_showing(turn, at or S * 0, until, tolerance):
                assert k in frames
                assert k not in shown
                shown[k] = index
    for k in range(LENGTH):
        moment = time_map.moment(k)
        if moment is None:
            assert k not in shown
        else:
            assert shown[k] == picture_at(pts, moment.time, tolerance), (k, moment)
            assert k in time_map.turn_frames(moment.turn)


@given(timings(), pictures(), st.sampled_from(WhenShort))
def test_time_never_runs_back_within_a_turn(
    timing: Timing, version: tuple[list[Fraction], Fraction], when_short: WhenShort
) -> None:
    try:
        time_map = TimeMap(FILM, LENGTH, version[1], when_short, timing)
    except ValueError:
        assume(False)
    visible = [m for m in map(time_map.moment, range(LENGTH)) if m is not None]
    assert all(a <= b for a, b in pairwise(visible))


@given(timings(), st.fractions(Fraction(1, 10), 6), SECONDS)
def test_the_line_and_its_way_back_agree(timing: Timing, duration: Fraction, at: Fraction) -> None:
    try:
        course = Course(timing, duration, S * 4)
    except ValueError:
        assume(False)
    assert course.film_time(course.version_time(at)) == at


def time_map(timing: Timing, when_short: WhenShort = WhenShort.HOLD, s: int = 4) -> TimeMap:
    return TimeMap(FILM, LENGTH, Fraction(s), when_short, timing)


def times(timing: Timing, *frames: int, when_short: WhenShort = WhenShort.HOLD) -> list[object]:
    moments = [time_map(timing, when_short).moment(k) for k in frames]
    return [None if m is None else m.time for m in moments]


def test_an_offset_lets_a_version_wait_and_a_negative_one_lets_it_run_ahead() -> None:
    assert times(Timing(offset=S), 0, 23, 24, 48) == [0, 0, 0, 1]
    assert times(Timing(offset=-S), 0, 24) == [1, 2]
    assert times(Timing(offset=S), 23, 24, when_short=WhenShort.BLACK) == [None, 0]


def test_in_and_out_cut_a_version() -> None:
    timing = Timing(start=S, stop=S * 2)
    assert times(timing, 0, 12) == [1, Fraction(3, 2)]
    assert times(timing, 0, 24, when_short=WhenShort.BLACK) == [1, None]
    assert times(timing, 24, 36, when_short=WhenShort.LOOP) == [1, Fraction(3, 2)]
    held = time_map(timing).moment(95)
    assert held is not None
    assert Fraction(199, 100) < held.time < 2


def test_speed_and_fit() -> None:
    assert times(Timing(speed=S / 2), 0, 48) == [0, 1]
    assert times(Timing(start=S, stop=S * 3, speed=None), 0, 48) == [1, 2]


def test_cues_bring_moments_together_and_bend_the_time_between() -> None:
    cues = (Knot(S, S), Knot(S * 3, S * 2))
    assert times(Timing(cues=cues), 0, 24, 48, 72, 84) == [0, 1, S * 3 / 2, 2, S * 5 / 2]


@pytest.mark.parametrize(
    ("timing", "says"),
    [
        (lambda: Timing(start=S * 2, stop=S), "stops after it starts"),
        (lambda: Timing(speed=S * 0), "more than nothing"),
        (lambda: Timing(cues=(Knot(S, S), Knot(S * 2, S))), "follow each other"),
        (lambda: time_map(Timing(start=S * 5)), "nothing is left"),
    ],
)
def test_what_makes_no_sense_is_said(timing: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        timing()  # type: ignore[operator]
