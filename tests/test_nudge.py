"""Moving a version by film frames: what is seen, what is printed and what is read back are one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from installation.config import Config, load_config
from installation.film import Credit, Picture, TimeMap, Timing, Version, Wishes
from installation.film.timeline import picture_at
from installation.library.names import plain
from installation.nudge import BACKTAB, EARLIER, ESCAPE, LATER, PRINT, TAB, Nudges, moved
from installation.parts import time_map_of

S = Fraction(1)
RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(48), S * 60])


def version(name: str, wishes: Wishes | None = None) -> Version:
    return Version(
        name=name,
        path=Path("film.mp4"),
        credit=Credit("V"),
        picture=Picture(16, 9),
        rate=S * 24,
        duration=S * 10,
        frame_count=240,
        container="mov",
        wishes=wishes or Wishes(),
    )


def config(folder: Path, versions: str = "", rate: str = "24") -> Config:
    path = folder / "wall.yaml"
    path.write_text(f"film: {{versions: film, rate: {rate}}}\n{versions}", "utf-8")
    return load_config(path)


def nudged(name: str, frames: int) -> Nudges:
    return Nudges(selected=name).moving(frames)


def test_the_keys_are_qts() -> None:
    keys = Qt.Key
    assert (keys.Key_Escape, keys.Key_Tab, keys.Key_Backtab) == (ESCAPE, TAB, BACKTAB)
    assert (keys.Key_BracketLeft, keys.Key_BracketRight, keys.Key_S) == (EARLIER, LATER, PRINT)


@given(
    RATES, st.integers(-500, 500), st.integers(-500, 500), st.fractions(-9, 9, max_denominator=1000)
)
def test_a_nudge_is_whole_film_frames_and_never_a_picture_too_late(
    rate: Fraction, first: int, second: int, written: Fraction
) -> None:
    grain = Fraction(1, 1_000_000)
    off = moved(S * 0, first, rate) - first / rate
    assert -grain < off <= 0
    assert (moved(S * 0, first, rate) / grain).denominator == 1  # it can be written
    # printed, kept, loaded and moved again, as often as may be: nothing adds up
    kept = moved(S * 0, first, rate)
    assert moved(kept, second, rate) == moved(S * 0, first + second, rate)
    free = moved(written, first, rate) - written - first / rate
    assert -3 * grain < free < 3 * grain


@given(RATES, st.integers(-40, 40), st.integers(0, 239))
def test_pictures_on_film_frames_shift_by_exactly_as_many(
    rate: Fraction, frames: int, film_frame: int
) -> None:
    """Also where a container's times are so fine that there is no tolerance to speak of."""
    seen = version("v", Wishes(offset=moved(S * 0, frames, rate)))
    assert seen.wishes.offset is not None
    time_map = TimeMap(rate, 240, S * 240 / rate, timing=Timing(offset=seen.wishes.offset))
    moment = time_map.moment(film_frame)
    assert moment is not None
    pts = [k / rate for k in range(240)]
    assert picture_at(pts, moment.time, S * 0) == min(239, max(0, film_frame - frames))


ODD_NAMES = ["yes", "null", "~", "2024", "2024-03-11", "a: b", "#x", "- x", "'q'", '"', "<<", "=",
             "é", "日本", "🎞", "\u2028x", "a\x07b", "\x85", "{a}", "*a", "&a", "!a", "%", "@", "\\",
             " x", "x" * 200, "0x1f", "1e3", ".5", "true", "\ufeffx"]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_printed_so_that_it_is_read_back(tmp_path: Path, name: str) -> None:
    file = config(tmp_path)
    printed = nudged(name, 1).yaml(file, [version(name)])
    again = config(tmp_path, printed)
    assert {n: v.wishes for n, v in again.versions.items()} == {
        name: Wishes(offset=Fraction(41666, 1_000_000))
    }


@given(st.text(min_size=1).map(plain).filter(lambda name: "\0" not in name and "/" not in name))
def test_what_is_shown_is_what_is_kept(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder, shown = tmp_path_factory.getbasetemp(), version(name)
    file = config(folder)
    nudges = nudged(name, -3)
    live = time_map_of(nudges.over(file, [shown]), shown, 240)
    kept = config(folder, nudges.yaml(file, [shown]))
    assert time_map_of(kept, shown, 240) == live


def test_the_lines_are_as_a_curator_writes_them(tmp_path: Path) -> None:
    file, shown = config(tmp_path, rate="25"), [version("gen1"), version("gen2")]
    assert nudged("gen2", 1).yaml(file, shown) == "versions:\n  gen2:\n    offset: 0.04\n"
    assert nudged("gen2", 25).yaml(file, shown) == "versions:\n  gen2:\n    offset: 1\n"
    assert Nudges(selected="gen2").yaml(file, shown) == ""
    both = replace(nudged("gen2", 1).moving(1), selected="gen1").moving(-1)
    assert both.yaml(file, shown) == (
        "versions:\n  gen1:\n    offset: -0.04\n  gen2:\n    offset: 0.08\n"
    )


def test_it_moves_on_from_where_the_curator_or_the_artist_has_it(tmp_path: Path) -> None:
    artist = version("v", Wishes(offset=S / 2))
    file = config(tmp_path)
    assert nudged("v", 12).offset(file, artist) == 1
    curator = config(tmp_path, "versions: {v: {offset: 0.041667, caption: x}}\n")
    nudges = nudged("v", -1)
    override = nudges.over(curator, [artist]).versions["v"]
    assert override.wishes == Wishes(offset=S * 0)
    assert override.caption == "x"
    assert curator.versions["v"].offset == Fraction(41667, 1_000_000)  # the file's is untouched


def test_back_where_it_was_nothing_is_nudged(tmp_path: Path) -> None:
    file, shown = config(tmp_path), version("v")
    nudges = nudged("v", 2).moving(-2)
    assert nudges.over(file, [shown]) is file
    assert nudges.yaml(file, [shown]) == ""
    assert nudges.sentence(file, shown) == "v: offset 0 s (as in the file)"


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        (1, "gen2: offset 0.0417 s (1 film frame later)"),
        (-2, "gen2: offset -0.0833 s (2 film frames earlier)"),
    ],
)
def test_the_strip_says_seconds_and_film_frames(tmp_path: Path, frames: int, says: str) -> None:
    assert nudged("gen2", frames).sentence(config(tmp_path), version("gen2")) == says


def test_a_file_that_says_something_else_of_a_version_takes_over_and_only_there(
    tmp_path: Path,
) -> None:
    a, b = version("a"), version("b")
    before = config(tmp_path), [a, b]
    nudges = replace(nudged("a", 1), selected="b").moving(2)
    now = config(tmp_path, "versions: {a: {in: 1}, b: {caption: x}}\n"), [a, b]
    assert nudges.kept(before, now).frames == {"b": 2}
    assert nudges.kept(before, before) == nudges
    by_the_artist = config(tmp_path), [a, version("b", Wishes(speed=S * 2))]
    assert nudges.kept(before, by_the_artist).frames == {"a": 1}
    gone = nudges.kept(before, (before[0], [a]))
    assert (gone.frames, gone.selected) == ({"a": 1}, None)


def test_tab_goes_round_all_tiles_and_back() -> None:
    names, nudges = ["a", "b", "c"], Nudges()
    seen = []
    for step in (1, 1, 1, 1, -1, -1):
        nudges = nudges.selecting_next(names, step)
        seen.append(nudges.selected)
    assert seen == ["a", "b", "c", "a", "c", "b"]
    assert Nudges().selecting_next(names, -1).selected == "c"
    assert Nudges(selected="gone").selecting_next(names, 1).selected == "a"
    assert nudges.selecting_next([], 1).selected is None
