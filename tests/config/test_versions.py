"""What can be said of one version's playing: times exact, mistakes in words, at their own line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from installation.config import Config, load_config
from installation.errors import ConfigError
from installation.film import WhenShort, Wishes


def load(tmp_path: Path, override: str) -> Config:
    path = tmp_path / "wall.yaml"
    path.write_text(
        "film: {versions: film, cues: {kiss: 00:00:12:12}}\n"
        f'versions:\n  "2024 V": {{{override}}}\n'
    )
    return load_config(path)


def test_every_wish_is_read_exactly(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        'in: 1.5, out: "1:02.25", offset: -0.04, speed: fit, cues: {kiss: 11.05}, '
        "when_short: loop, fit: cover, focus: [0.3, 12.5%], hidden: true, engine: vlc",
    )
    assert config.versions["2024 V"].wishes == Wishes(
        start=Fraction(3, 2),
        stop=Fraction(249, 4),
        offset=Fraction(-1, 25),
        speed="fit",
        cues=(("kiss", Fraction(221, 20)),),
        when_short=WhenShort.LOOP,
        fit="cover",
        focus=(Fraction(3, 10), Fraction(1, 8)),
        hidden=True,
        engine="vlc",
    )
    assert config.film.cue_times == {"kiss": Fraction(25, 2)}


def test_the_curator_s_wishes_go_before_the_artist_s() -> None:
    artist = Wishes(start=Fraction(1), offset=Fraction(2), hidden=True)
    assert Wishes(offset=Fraction(0), hidden=False).over(artist) == Wishes(
        start=Fraction(1), offset=Fraction(0), hidden=False
    )


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("in: -1", "lies before the version's first picture"),
        ("out: soon", '"soon" is not a time; write seconds such as 12.5'),
        ("speed: 0", "is not a speed; write fit, or a number from 0.05 to 20"),
        ("speed: true", "is not a speed"),
        ("offest: 1", 'unknown setting; did you mean "offset"?'),
        ("inn: 1", 'did you mean "in"?'),
        ("cues: {kiss: x}", "is not a time"),
        ("when_short: freeze", "hold, black"),
        ("fit: fill", '"fill" is not one of the choices; write contain, cover'),
        ("fit: cove", 'did you mean "cover"?'),
        ("focus: middle", "is not a point of the picture; write [across, down] such as [50%, 30%]"),
        ("focus: 0.5", "is not a point of the picture"),
        ("focus: [0.5]", "is not a point of the picture"),
        ("focus: [0.1, 0.2, 0.3]", "is not a point of the picture"),
        ("focus: {x: 0.5, y: 0.5}", "is not a point of the picture"),
        ("focus: [1.5, 0]", '"1.5" is no part of the way across the picture; write 0 to 1'),
        ("focus: [0, 130%]", '"130%" is no part of the way down the picture'),
        ("focus: [0, -0.5]", '"-0.5" is no part of the way down the picture'),
        ("focus: [left, 0]", '"left" is no part of the way across the picture'),
        ("focus: [true, 0]", "is no part of the way across the picture"),
        ("focus: [0, [1]]", "this is no part of the way down the picture"),
        ("focus: [0, ]", "is not a point of the picture"),
        ("focus: [~, 0]", "this is no part of the way across the picture"),
        ("focuss: [0, 0]", 'did you mean "focus"?'),
        ("engine: vcl", 'did you mean "vlc"?'),
        ("engine: mpv", '"mpv" is not one of the choices; write auto, av, vlc'),
    ],
)
def test_a_mistake_is_said_at_its_own_line(tmp_path: Path, override: str, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path, override)
    assert "wall.yaml:3:" in str(told.value)
    assert says in str(told.value)
    assert len(told.value.messages) == 1


def test_a_mistake_in_a_point_is_said_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path, "focus: [0, 7]")
    column = '  "2024 V": {focus: [0, 7]}'.index("7") + 1
    assert f"wall.yaml:3:{column}: versions.2024 V.focus.1: " in str(told.value)


@pytest.mark.parametrize("written", ["[0.5, 0.25]", '["50%", 25 %]', "[.5, 0.250]", "[50.0%, 25%]"])
def test_a_point_can_be_written_in_fractions_and_in_percent(tmp_path: Path, written: str) -> None:
    wishes = load(tmp_path, f"focus: {written}").versions["2024 V"].wishes
    assert wishes.focus == (Fraction(1, 2), Fraction(1, 4))


def test_nothing_written_wishes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "fit: , focus: ").versions["2024 V"].wishes == Wishes()
