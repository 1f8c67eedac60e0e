"""The time map: which picture of a version belongs to a film frame."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from installation.film.timeline import (
    Moment,
    TimeMap,
    WhenShort,
    film_length,
    picture_at,
    tolerance_for,
)

FILM = Fraction(24)
NTSC_FILM = Fraction(24000, 1001)
FILM_RATES = st.sampled_from([FILM, NTSC_FILM, Fraction(25), Fraction(30000, 1001), Fraction(60)])
# Matroska, MPEG-TS, what MP4 muxers choose for 24 and 23.976, and whole frames (AVI)
TIME_BASES = [Fraction(1, 1000), Fraction(1, 90_000), Fraction(1, 12_288), Fraction(1, 24_000)]


def rounded(time: Fraction, time_base: Fraction) -> Fraction:
    return round(time / time_base) * time_base


def pts_of(
    count: int, rate: Fraction, time_base: Fraction, start: Fraction = Fraction(0)
) -> list[Fraction]:
    """What a container makes of a steady rate, counted from the first picture.

    A clip that was cut from a longer one without coding it anew begins at any time.
    """
    pts = [rounded(start + i / rate, time_base) for i in range(count)]
    return [time - pts[0] for time in pts]


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[Fraction], Fraction]:
    """Any pictures at any ascending times, and the time the last one ends."""
    ticks = draw(st.lists(st.integers(1, 300), min_size=1, max_size=40))
    *pts, end = accumulate(ticks, initial=0)
    unit = draw(st.sampled_from([Fraction(1, 1000), Fraction(1, 240), Fraction(1001, 24000)]))
    return [tick * unit for tick in pts], end * unit


@st.composite
def time_maps(draw: st.DrawFn, duration: Fraction) -> TimeMap:
    when_short = draw(st.sampled_from(WhenShort))
    return TimeMap(draw(FILM_RATES), draw(st.integers(1, 300)), duration, when_short)


# -- the rule


@given(FILM_RATES, st.sampled_from(TIME_BASES), st.integers(1, 2000), st.fractions(0, 100))
def test_at_equal_rates_no_picture_is_skipped_and_none_repeated(
    rate: Fraction, time_base: Fraction, count: int, start: Fraction
) -> None:
    pts = pts_of(count, rate, time_base, start)
    shown = [picture_at(pts, k / rate, tolerance_for(time_base)) for k in range(count)]
    assert shown == list(range(count))


def test_pts_that_count_whole_frames_are_exact() -> None:
    time_base = 1 / NTSC_FILM
    pts = pts_of(100, NTSC_FILM, time_base)
    tolerance = tolerance_for(time_base)
    assert [picture_at(pts, k / NTSC_FILM, tolerance) for k in range(100)] == list(range(100))


def test_thirty_pictures_a_second_lose_every_fifth_on_a_film_of_24() -> None:
    pts = pts_of(60, Fraction(30), Fraction(1, 15360))
    shown = [picture_at(pts, k / FILM, Fraction(0)) for k in range(24)]
    assert shown == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21, 22, 23,
                     25, 26, 27, 28]  # fmt: skip


def test_twelve_pictures_a_second_stand_two_film_frames_each() -> None:
    pts = pts_of(12, Fraction(12), Fraction(1, 1000))
    shown = [picture_at(pts, k / FILM, tolerance_for(Fraction(1, 1000))) for k in range(24)]
    assert shown == [k // 2 for k in range(24)]


def test_a_picture_stands_until_the_next_one_s_time_has_come() -> None:
    pts = [Fraction(0), Fraction(1, 24), Fraction(10, 24), Fraction(21, 48)]  # variable rate
    shown = [picture_at(pts, k / FILM, Fraction(0)) for k in range(12)]
    assert shown == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]


@given(versions(), st.fractions(0, 20), st.fractions(0, 20))
def test_pictures_follow_in_order(
    version: tuple[list[Fraction], Fraction], one: Fraction, other: Fraction
) -> None:
    pts, _ = version
    earlier, later = sorted((one, other))
    assert picture_at(pts, earlier, Fraction(0)) <= picture_at(pts, later, Fraction(0))


@given(versions(), st.fractions(0, 20))
def test_the_picture_shown_is_the_last_one_due(
    version: tuple[list[Fraction], Fraction], time: Fraction
) -> None:
    pts, _ = version
    shown = picture_at(pts, time, Fraction(0))
    assert pts[shown] <= time
    assert all(later > time for later in pts[shown + 1 :])


@pytest.mark.parametrize("time_base", [*TIME_BASES, Fraction(1, 12), Fraction(1)])
def test_nothing_is_shown_more_than_a_millisecond_before_its_time(time_base: Fraction) -> None:
    assert 0 < tolerance_for(time_base) <= Fraction(1, 1000)
    assert tolerance_for(time_base) <= time_base


# -- the film's length


@given(st.integers(1, 10**6), FILM_RATES, st.sampled_from(TIME_BASES))
def test_a_film_s_length_survives_the_container_s_rounding(
    frames: int, rate: Fraction, time_base: Fraction
) -> None:
    assert film_length(rounded(frames / rate, time_base), rate) == frames


def test_a_film_is_at_least_one_frame_long() -> None:
    assert film_length(Fraction(1, 1000), FILM) == 1


# -- a version shorter or longer than the film


def moments(when_short: WhenShort, duration: Fraction, length: int) -> list[Moment | None]:
    time_map = TimeMap(FILM, length, duration, when_short)
    return [time_map.moment(k) for k in range(length)]


def test_a_short_version_holds_its_last_picture() -> None:
    pts = pts_of(3, FILM, Fraction(1, 24))
    shown = moments(WhenShort.HOLD, Fraction(3, 24), 6)
    assert [m and picture_at(pts, m.time, Fraction(0)) for m in shown] == [0, 1, 2, 2, 2, 2]


def test_a_short_version_goes_black() -> None:
    shown = moments(WhenShort.BLACK, Fraction(5, 48), 5)
    assert shown == [Moment(0, k / FILM) for k in range(3)] + [None, None]


def test_a_short_version_loops() -> None:
    shown = moments(WhenShort.LOOP, Fraction(2, 24), 5)
    assert shown == [Moment(turn, k / FILM) for turn, k in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]]


def test_a_version_that_loops_off_the_film_s_beat_keeps_its_own_time() -> None:
    shown = moments(WhenShort.LOOP, Fraction(5, 48), 5)
    late = [Fraction(1, 48), Fraction(3, 48)]
    assert shown[2:] == [Moment(0, Fraction(4, 48)), *(Moment(1, time) for time in late)]


@pytest.mark.parametrize("when_short", WhenShort)
def test_a_version_as_long_as_the_film_or_longer_is_only_cut(when_short: WhenShort) -> None:
    plain = [Moment(0, k / FILM) for k in range(24)]
    assert moments(when_short, Fraction(1), 24) == plain
    assert moments(when_short, Fraction(99), 24) == plain
    assert TimeMap(FILM, 24, Fraction(99), when_short).turns == 1


@given(st.data(), versions())
def test_moments_follow_in_order_and_turns_are_counted(
    data: st.DataObject, version: tuple[list[Fraction], Fraction]
) -> None:
    time_map = data.draw(time_maps(version[1]))
    shown = [time_map.moment(k) for k in range(time_map.length)]
    visible = [moment for moment in shown if moment is not None]
    assert all(a <= b for a, b in pairwise(visible))
    assert shown[: len(visible)] == visible  # black comes last, and stays
    assert visible[-1].turn < time_map.turns
    if time_map.when_short is WhenShort.LOOP:
        assert visible[-1].turn == time_map.turns - 1


@given(st.data(), versions())
def test_each_turn_has_the_film_frames_whose_moments_lie_in_it(
    data: st.DataObject, version: tuple[list[Fraction], Fraction]
) -> None:
    time_map = data.draw(time_maps(version[1]))
    for turn in range(time_map.turns):
        expected = [
            k
            for k in range(time_map.length)
            if (moment := time_map.moment(k)) is not None and moment.turn == turn
        ]
        assert list(time_map.turn_frames(turn)) == expected


@given(st.data(), versions(), st.sampled_from([Fraction(0), Fraction(1, 2000), Fraction(1, 1000)]))
def test_a_picture_knows_the_film_frames_that_show_it(
    data: st.DataObject, version: tuple[list[Fraction], Fraction], tolerance: Fraction
) -> None:
    """Queued frames are stamped by `frames_showing`; the rule is `picture_at`: they must agree."""
    pts, duration = version
    time_map = data.draw(time_maps(duration))
    by_rule: dict[tuple[int, int], list[int]] = {}
    for k in range(time_map.length):
        moment = time_map.moment(k)
        if moment is not None:
            shown = picture_at(pts, moment.time, tolerance)
            by_rule.setdefault((moment.turn, shown), []).append(k)
    for turn in range(time_map.turns):
        for i, (at, until) in enumerate(zip(pts, [*pts[1:], None], strict=True)):
            frames = time_map.frames_showing(turn, at, until, tolerance)
            assert list(frames) == by_rule.get((turn, i), [])


def test_a_version_lasts() -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        TimeMap(FILM, 24, Fraction(0))


@given(versions(), st.integers(0, 299))
def test_the_same_film_frame_shows_the_same_picture_in_any_film(
    version: tuple[list[Fraction], Fraction], film_frame: int
) -> None:
    """A longer film changes nothing before its end, whatever a short version does after its own."""
    pts, duration = version
    assume(film_frame / FILM < duration)
    shown = set()
    for when_short in WhenShort:
        for length in (film_frame + 1, 300, 30_000):
            moment = TimeMap(FILM, length, duration, when_short).moment(film_frame)
            assert moment is not None
            shown.add(picture_at(pts, moment.time, Fraction(0)))
    assert len(shown) == 1
