"""What is said at a moment: every cue that covers it, and no other."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film import (
    Cue,
    Subtitles,
    TextBlock,
    TimeMap,
    Timing,
    WhenShort,
    in_blocks,
    in_language,
    language_code,
    language_in,
)
from installation.film.subtitles import MOST_AT_ONCE, Timetable

TIMES_MS = st.integers(-50, 300)
CUES = st.lists(
    st.builds(lambda a, b, n: Cue(a, b, f"{n}"), TIMES_MS, TIMES_MS, st.integers(0, 9)), max_size=12
)


def said_by_hand(cues: list[Cue], time_ms: int) -> tuple[Cue, ...]:
    on = [cue for cue in cues if cue.start_ms <= time_ms < cue.end_ms]
    return tuple(sorted(on, key=lambda cue: cue.start_ms)[:MOST_AT_ONCE])


@given(CUES, TIMES_MS)
def test_a_moment_has_the_cues_that_cover_it_in_the_order_they_began(
    cues: list[Cue], time_ms: int
) -> None:
    assert Timetable(cues).at(time_ms) == said_by_hand(cues, time_ms)


@given(CUES)
def test_what_is_said_changes_only_where_a_cue_begins_or_ends(cues: list[Cue]) -> None:
    table = Timetable(cues)
    ends = {time for cue in cues for time in (cue.start_ms, cue.end_ms)}
    for time_ms in range(-60, 310):
        if time_ms not in ends:
            assert table.at(time_ms) == table.at(time_ms - 1)


@given(
    st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]),
    st.integers(0, 100_000),
    st.integers(1, 100),
    st.sampled_from([(1, 1), (10, 5)]),
)
def test_times_rounded_from_film_frames_are_said_at_just_these(
    rate: Fraction, first: int, frames: int, rounding: tuple[int, int]
) -> None:
    tick_ms, tolerance_ms = rounding
    ends_ms = [round(n / rate * 1000 / tick_ms) * tick_ms for n in (first, first + frames)]
    track = Subtitles("de", "de.srt", (Cue(ends_ms[0], ends_ms[1], "x"),), tolerance_ms)
    shown = [n for n in range(first - 3, first + frames + 3) if track.at(n / rate)]
    assert shown == list(range(first, first + frames))


@given(
    st.integers(-48, 48),
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2), Fraction(26, 25)]),
    st.integers(0, 20),
)
def test_a_version_says_what_its_picture_is_from(offset: int, speed: Fraction, cut: int) -> None:
    """Through the same map: its cue is on the wall exactly while its moments are."""
    track = Subtitles("de", "de.srt", (Cue(1000, 2000, "x"),), 0)
    timing = Timing(start=Fraction(cut, 24), offset=Fraction(offset, 24), speed=speed)
    time_map = TimeMap(Fraction(24), 200, Fraction(4), WhenShort.BLACK, timing)
    for frame in range(200):
        moment, own = time_map.moment(frame), time_map.own_time(frame)
        assert own == (None if moment is None else moment.time)
        assert (own is not None and bool(track.at(own))) == (
            moment is not None and 1 <= moment.time < 2
        )


def test_a_version_that_waits_or_is_held_says_nothing() -> None:
    time_map = TimeMap(Fraction(24), 96, Fraction(2), timing=Timing(offset=Fraction(1)))
    running = [frame for frame in range(96) if time_map.own_time(frame) is not None]
    assert running == list(range(24, 72))
    turning = TimeMap(Fraction(24), 96, Fraction(1), WhenShort.LOOP)
    assert [turning.own_time(frame) for frame in (0, 24, 60)] == [0, 0, Fraction(1, 2)]


def test_cues_in_one_place_stand_together() -> None:
    one, two = Cue(0, 1, "one"), Cue(0, 1, "two")
    top = Cue(0, 1, "top", is_top=True)
    assert in_blocks([one, two, top]) == (TextBlock("one<br>two"), TextBlock("top", is_top=True))
    assert in_blocks([]) == ()


@pytest.mark.parametrize(
    ("stem", "language"),
    [
        ("de", "de"), ("film.de", "de"), ("Film.DE", "de"), ("film.pt-BR", "pt-BR"),
        ("film_final_en", "en"), ("film.zh-Hans", "zh-Hans"), ("film.deu", "de"),
        ("film.en.sdh", "en"), ("film.de.forced", "de"), ("film", ""), ("film.v2", ""),
        ("the kiss", ""), ("film.xx", ""), ("", ""), ("a.b.c.ja", "ja"),
    ],
)  # fmt: skip
def test_a_files_name_says_its_language(stem: str, language: str) -> None:
    assert language_in(stem) == language


def test_a_language_has_one_code() -> None:
    codes = ["DE", "ger", "pt-br", "pt_BR", "zh-hans", "german", "xx", ""]
    meant = ["de", "de", "pt-BR", "pt-BR", "zh-Hans", None, None, None]
    assert [language_code(code) for code in codes] == meant


def test_a_language_takes_its_kinds_but_no_kind_another() -> None:
    tracks = [Subtitles(code, code) for code in ("pt-BR", "pt", "de")]
    assert [track.language for track in in_language(tracks, "pt")] == ["pt", "pt-BR"]
    assert [track.language for track in in_language(tracks, "pt-BR")] == ["pt-BR"]
    assert in_language(tracks, "p") == []
