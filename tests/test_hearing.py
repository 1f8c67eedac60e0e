"""Who is to be heard, by the config; and how that is said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from installation.config import Config, load_config
from installation.film import (
    Credit,
    FilmPosition,
    Loudness,
    MasterClock,
    PartialDate,
    Picture,
    TimeMap,
    Version,
)
from installation.hearing import Hearing, _by_urgency, in_words, meter, wanted_of
from installation.parts import sound_mistakes
from installation.sound import SoundReport, Speaking

EARLY, LATE = (TimeMap(Fraction(24), 48, Fraction(seconds)) for seconds in (2, 1))


def version(name: str, date: str) -> Version:
    return Version(
        name=name,
        path=Path(name),
        credit=Credit(name, PartialDate.parse(date)),
        picture=Picture(64, 64),
        rate=Fraction(24),
        duration=Fraction(2),
        frame_count=48,
        container="mov",
        edition=(1, 2),
    )


def cast() -> Any:
    """Two versions on air; the times of one change with the third loop."""
    feed = SimpleNamespace(time_map=lambda loop: EARLY if loop < 2 else LATE)
    presenter = SimpleNamespace(due=FilmPosition(1, 5))
    player = SimpleNamespace(clock=MasterClock(Fraction(24), 48), presenter=presenter)
    on_air = ((version("new", "2024-05"), feed), (version("old", "2021"), feed))
    return SimpleNamespace(player=player, on_air=lambda: iter(on_air))


def config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "wall.yaml"
    path.write_text(f"film: {{versions: x}}\n{text}", "utf-8")
    return load_config(path)


@pytest.mark.parametrize(
    ("text", "speaking", "named"),
    [
        ("sound: {from: latest}", Speaking.LATEST, ""),
        ("sound: {from: rotate}", Speaking.ROTATE, ""),
        ("sound: {from: mix}", Speaking.MIX, ""),
        ("sound: {from: old}", Speaking.ONE, "old"),
        ("sound: {from: none}", Speaking.ONE, "none"),
        ("sound: {from: latest, follow: focus}", Speaking.LATEST, ""),
        (
            "sound: {from: latest, follow: focus}\nwall: {layout: {kind: spotlight, focus: old}}",
            Speaking.ONE,
            "old",
        ),
        (
            "sound: {follow: focus}\nwall: {layout: {kind: spotlight, focus: latest}}",
            Speaking.LATEST,
            "",
        ),
    ],
)
def test_the_config_says_who_speaks(
    tmp_path: Path, text: str, speaking: Speaking, named: str
) -> None:
    wanted = wanted_of(config(tmp_path, text), cast())
    assert (wanted.speaking, wanted.named) == (speaking, named)


def test_levels_times_and_ages_are_handed_over(tmp_path: Path) -> None:
    text = (
        "sound: {from: mix, volume: -3, crossfade: 1, device: HDMI, delay_ms: 40}\n"
        "versions: {old: {gain: -6}}\n"
    )
    wanted = wanted_of(config(tmp_path, text), cast())
    assert (wanted.volume_db, wanted.crossfade_s) == (-3, 1)
    assert (wanted.device, wanted.delay_ms) == ("HDMI", 40)
    new, old = wanted.versions
    assert (new.name, new.gain_db, old.name, old.gain_db) == ("new", 0, "old", -6)
    assert new.age > old.age
    assert new.maps == ((1, EARLY), (2, LATE))
    assert [new.time_map(loop) for loop in (0, 1, 2, 9)] == [EARLY, EARLY, LATE, LATE]


def test_a_clock_handed_over_goes_on_by_itself(tmp_path: Path) -> None:
    players = cast()
    players.player.clock.start(0)
    wanted = wanted_of(config(tmp_path, "sound: {from: mix}"), players)
    players.player.clock.pause(1_000_000_000)
    assert wanted.clock.is_running
    assert wanted.clock.elapsed_frames(2_000_000_000) == 48


def test_a_wall_without_sound_starts_nothing(tmp_path: Path) -> None:
    hearing = Hearing()
    hearing.tend(config(tmp_path, ""), cast())
    assert hearing.report == SoundReport()
    hearing.stop()


def test_an_unknown_version_is_one_sentence(tmp_path: Path) -> None:
    wrong = config(tmp_path, "sound: {from: 2024 Sroa}\n")
    assert sound_mistakes(wrong, {"2024 Sora", "2021 x"}) == [
        'wall.yaml:2:9: sound.from: there is no version "2024 Sroa"; did you mean "2024 Sora"?'
    ]
    assert sound_mistakes(config(tmp_path, "sound: {from: zzz}"), {"a"}) == [
        'wall.yaml:2:9: sound.from: there is no version "zzz"; '
        "write none, latest, rotate, mix or a folder's name"
    ]
    assert sound_mistakes(config(tmp_path, "sound: {from: rotate}"), {"a"}) == []


def test_how_it_stands_is_said() -> None:
    plays = SoundReport(("a", "b"), -12.0, -1.26, "HDMI")
    assert in_words(plays) == "a, b on HDMI, 1.3 ms behind the film"
    assert meter(plays) == (
        "sound ############....   -12.0 dB  a, b on HDMI, 1.3 ms behind the film"
    )
    assert in_words(SoundReport(device="HDMI")) == "HDMI, silent"
    assert (
        in_words(SoundReport((), None, 0.4, "HDMI")) == "nobody on HDMI, 0.4 ms ahead of the film"
    )
    broken = SoundReport(trouble="there is no sound device")
    assert (in_words(broken), meter(broken)) == ("", "sound: there is no sound device")
    assert meter(SoundReport()) == ""


def test_what_is_known_of_loudness_goes_with_each_version(tmp_path: Path) -> None:
    known = {"new": Loudness(-20, -3)}
    wanted = wanted_of(config(tmp_path, "sound: {from: new}"), cast(), lambda v: known.get(v.name))
    assert {heard.name: heard.loudness for heard in wanted.versions} == {
        "new": Loudness(-20, -3),
        "old": None,
    }


def test_who_is_named_is_measured_first_then_who_is_on_air_the_latest_first(
    tmp_path: Path,
) -> None:
    there = [version(name, date) for name, date in (("newest", "2026"), ("named", "2019"))]
    wall = config(tmp_path, "sound: {from: named}")
    names = [v.name for v in _by_urgency(wall, cast(), there)]
    assert names == ["named", "new", "old", "newest"]
