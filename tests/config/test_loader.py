"""The curator's YAML: what is read, and what is said about mistakes."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from installation.config import Config, CustomLayout, Length, diff, json_schema, load_config
from installation.errors import ConfigError
from installation.film import WhenShort

ROOT = Path(__file__).resolve().parents[2]


def load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "wall.yaml"
    path.write_text(text, "utf-8")
    return load_config(path)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return caught.value.messages


def test_everything_but_the_versions_folder_has_a_default(tmp_path: Path) -> None:
    config = load(tmp_path, "film: {versions: media}\n")
    assert config.film.versions == tmp_path / "media"
    assert config.film.title == "wall"
    assert config.film.rate == 24
    assert config.film.length_frames is None
    assert config.film.when_short is WhenShort.HOLD
    assert config.wall.layout.kind == "grid"
    assert config.wall.layout.gap == Length.parse("1%")
    assert config.wall.captions.text == "{model}\n{date}"
    assert config.playback.patience_ms == 250
    assert config.versions == {}


def test_what_people_write_stays_what_they_meant(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        "film:\n"
        "  title: 2024-03-11\n"
        "  versions: no\n"
        "  rate: 23.976\n"
        "  length: 00:02:04:12\n"
        "  order: [2024-03 Sora, '2023']\n"
        "wall:\n"
        "  screen: HDMI-1\n"
        "  layout: {columns: 3, gap: 12px, margin: 0}\n"
        "  captions: {text: 'a {stray brace'}\n"
        "versions:\n"
        '  "2022 Café": {caption: "{model}!"}\n',
    )
    assert config.film.title == "2024-03-11"
    assert config.film.versions.name == "no"
    assert config.film.rate == Fraction(24000, 1001)
    assert config.film.length_frames == (2 * 60 + 4) * 24 + 12
    assert config.film.order == ("2024-03 Sora", "2023")
    assert config.wall.layout.gap.px(1080) == 12
    assert config.versions["2022 Café"].caption == "{model}!"


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_example_is_valid_and_names_its_schema(path: Path) -> None:
    assert load_config(path).film.versions == ROOT / "media" / "the-kiss"
    first = path.read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../docs/config.schema.json"


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((ROOT / "docs" / "config.schema.json").read_text())
    assert committed == json_schema()


FILM = "film: {versions: x}\n"
SINGLE_MISTAKES = [
    ("film: {versions: x, titel: y}", '1:21: film.titel: unknown setting; did you mean "title"?'),
    ("film: {title: x}", "1:7: film.versions: is missing; it has no default"),
    ("wall: {}", "1:1: film: is missing; it has no default"),
    (
        "film: {versions: x, rate: fast}",
        '1:27: film.rate: "fast" is not a frame rate; write 24, 24000/1001 or 23.976',
    ),
    (
        "film: {versions: x, when_short: holt}",
        '1:33: film.when_short: "holt" is not one of the choices; did you mean "hold"?',
    ),
    (
        "film: {versions: x, length: 5 min}",
        '1:29: film.length: "5 min" is not a timecode; write hours:minutes:seconds:frames',
    ),
    (
        "film: {versions: x, length: 00:00:01:24}",
        '1:29: film.length: "00:00:01:24" is not a timecode: at this rate frames end at 23',
    ),
    (
        FILM + "wall:\n  background: #101010\n",
        "3:14: wall.background: has no value; write one, and put a value that starts with # "
        'in quotes: "#000000"',
    ),
    (
        FILM + "wall: {background: black}",
        '2:20: wall.background: "black" is not a colour; write one such as "#1a1a1a", in quotes',
    ),
    (
        FILM + "wall: {layout: {kind: girdd}}",
        '2:16: wall.layout: "girdd" is not one of the choices; did you mean "grid"?',
    ),
    (
        FILM + "wall: {layout: {colums: 2}}",
        '2:17: wall.layout.colums: unknown setting; did you mean "columns"?',
    ),
    (
        FILM + "wall: {layout: {kind: row, columns: 2}}",
        "2:28: wall.layout.columns: unknown setting; known here: gap, margin, fit, kind",
    ),
    (
        FILM + "wall: {layout: {gap: wide}}",
        '2:22: wall.layout.gap: "wide" is not a length; write 1% or 12px',
    ),
    (
        FILM + "wall: {layout: {kind: custom, tiles: [[0, 0, 1]]}}",
        "2:39: wall.layout.tiles.0.3: is not a list of the right length; "
        "write [x, y, width, height]",
    ),
    (
        FILM + "wall: {layout: {kind: custom, tiles: [[0, 0, 1, 2]]}}",
        '2:49: wall.layout.tiles.0.3: "2" is out of range; write at most 1.0',
    ),
    (
        FILM + "playback: {patience_ms: soon}",
        '2:25: playback.patience_ms: "soon" is not a number; write a whole number',
    ),
    (
        FILM + "playback: {patience_ms: -1}",
        '2:25: playback.patience_ms: "-1" is out of range; write at least 0',
    ),
    (
        FILM + "wall: {captions: {text: '{modle}'}}",
        "2:25: wall.captions.text: a caption cannot say {modle}; it can say {model}, {date}, "
        "{title}, {tools}, {note}, {name}, {film}",
    ),
    (
        FILM + "wall: {captions: {date_format: HH:mm}}",
        '2:32: wall.captions.date_format: "HH:mm" is not a pattern for dates; '
        "write auto or d MMMM yyyy",
    ),
    (
        FILM + "versions: {a: {capton: x}}",
        '2:16: versions.a.capton: unknown setting; did you mean "caption"?',
    ),
    (
        FILM + "versions: [a]",
        "2:11: versions: this stands where settings belong; "
        'write "name: value" lines below it',
    ),
    (FILM + FILM, '2:1: "film" is written twice; keep one'),
    ("film:\n\tversions: x", "2:1: a tab stands here; indent with spaces"),
    ("- film", '1:1: is not a list of settings; write "name: value" lines'),
    (
        "film: &f {versions: x}",
        "1:7: anchors (&) and aliases (*) are not used here; repeat the value, or put it in quotes",
    ),
    (
        "film: !!python/object/apply:os.system [id]",
        "1:7: the tag tag:yaml.org,2002:python/object/apply:os.system is not used here",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), SINGLE_MISTAKES, ids=range(len(SINGLE_MISTAKES)))
def test_a_mistake_is_told_with_line_column_and_remedy(
    tmp_path: Path, text: str, message: str
) -> None:
    assert f"wall.yaml:{message}" in mistakes(tmp_path, text)


def test_all_mistakes_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path,
        "film:\n  titel: x\n  rate: 999\nwall:\n  layout: {gap: wide}\nextra: 1\n",
    )
    assert [message.split(": ")[0] for message in told] == [
        "wall.yaml:2:3",
        "wall.yaml:2:3",
        "wall.yaml:3:9",
        "wall.yaml:5:17",
        "wall.yaml:6:1",
    ]


def test_files_that_are_no_config_are_one_sentence(tmp_path: Path) -> None:
    cases = {
        tmp_path / "nowhere.yaml": "there is no such file",
        tmp_path: "is a folder",
    }
    for name, content, said in (
        ("empty.yaml", b"", "is empty"),
        ("binary.yaml", b"\x00\x01\x02", "is not text"),
        ("latin.yaml", "film: é".encode("latin-1"), "is not UTF-8"),
        ("huge.yaml", b"a" * 300_000, "is larger than 256 KiB"),
    ):
        (tmp_path / name).write_bytes(content)
        cases[tmp_path / name] = said
    for path, said in cases.items():
        with pytest.raises(ConfigError, match=said) as caught:
            load_config(path)
        assert len(caught.value.messages) == 1


def test_depth_and_odd_names_are_refused_at_once(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "a: " + "[" * 100_000) == ["wall.yaml:1:23: is nested too deeply"]
    for name in ('"a\\0b"', '"\\ud800"'):
        told = mistakes(tmp_path, f"film: {{versions: {name}}}")
        assert len(told) == 1
        assert "film.versions" in told[0] or "wall.yaml:1" in told[0]
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ConfigError, match="is no ordinary file"):
        load_config(tmp_path / "pipe.yaml")


def test_rates_that_look_alike_still_differ(tmp_path: Path) -> None:
    one = load(tmp_path, "film: {versions: x, rate: 24000/1001}")
    other = load(tmp_path, "film: {versions: x, rate: 2997/125}")
    assert diff(one, other) == {"film.rate"}


def test_a_billion_laughs_stay_one(tmp_path: Path) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for last, this in zip("abcdefgh", "bcdefghi", strict=True):
        text += f"{this}: &{this} [{', '.join([f'*{last}'] * 9)}]\n"
    assert "aliases" in mistakes(tmp_path, text)[0]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.text("film:{}[]-#&*!|>'\"\n\t 0%, wall", max_size=80)))
def test_no_text_raises_anything_but_sentences(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wall.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    told: list[str] = []
    try:
        load_config(path)
    except ConfigError as error:
        told = error.messages
    assert all("wall.yaml" in message for message in told)


def test_where_a_setting_stands_is_remembered(tmp_path: Path) -> None:
    config = load(tmp_path, FILM + "wall:\n  layout:\n    kind: custom\n    tiles: []\n")
    assert isinstance(config.wall.layout, CustomLayout)
    assert config.where("wall", "layout", "tiles") == "wall.yaml:5:5"
    assert config.where("wall", "captions", "size") == "wall.yaml:2:1"


def test_diff_names_just_what_changed(tmp_path: Path) -> None:
    one = load(tmp_path, FILM)
    assert diff(one, load(tmp_path, "# the same\n" + FILM)) == frozenset()
    other = load(tmp_path, FILM + "wall: {layout: {gap: 3%}}\nversions: {a: {caption: x}}\n")
    assert "wall.layout.gap" in diff(one, other)
    assert "versions.a.caption" in diff(one, other)
    assert not any(name.startswith(("film", "playback")) for name in diff(one, other))
