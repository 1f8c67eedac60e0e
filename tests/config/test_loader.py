"""The curator's YAML: what is read, and what is no config at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from installation.config import Captions, Config, CustomLayout, Length, json_schema, load_config
from installation.errors import ConfigError
from installation.film import WhenShort

ROOT = Path(__file__).resolve().parents[2]
FILM = "film: {versions: x}\n"
Load = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]


def test_everything_but_the_versions_folder_has_a_default(load: Load, tmp_path: Path) -> None:
    config = load("film: {versions: media}\n")
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


def test_what_people_write_stays_what_they_meant(load: Load) -> None:
    config = load(
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


def test_none_means_no_captions(load: Load) -> None:
    for none in ("none", "None", '"none"', " NONE "):
        assert load(FILM + f"wall: {{captions: {{text: {none}}}}}").wall.captions.text == ""
        assert load(FILM + f"wall: {{captions: {none}}}").wall.captions == Captions(text="")
        assert load(FILM + f"versions: {{a: {{caption: {none}}}}}").versions["a"].caption == ""
    config = load(FILM + "versions:\n  a:\n    caption:\n")
    assert config.versions["a"].caption is None  # nothing else than the usual


@pytest.mark.parametrize(
    "section", ["wall:", "wall:\n  layout:", "wall:\n  captions:", "playback:", "versions:"]
)
def test_a_section_with_nothing_below_it_has_its_defaults(load: Load, section: str) -> None:
    assert load(FILM + section + "\n") == load(FILM)
    assert load(FILM + section + "\n    # columns: 3\n") == load(FILM)


def test_a_version_with_nothing_below_it_is_as_usual(load: Load) -> None:
    assert load(FILM + "versions:\n  a:\n").versions["a"].caption is None


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_example_is_valid_and_names_its_schema(path: Path) -> None:
    assert load_config(path).film.versions == ROOT / "media" / "the-kiss"
    first = path.read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../docs/config.schema.json"


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((ROOT / "docs" / "config.schema.json").read_text())
    assert committed == json_schema()


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


def test_depth_and_odd_names_are_refused_at_once(mistakes: Mistakes, tmp_path: Path) -> None:
    assert mistakes("a: " + "[" * 100_000) == [
        "wall.yaml:1:23: is nested too deeply; settings are five deep at most"
    ]
    for name in ('"a\\0b"', '"\\ud800"', '"\\e[2J"'):
        told = mistakes(f"film: {{versions: {name}}}")
        assert len(told) == 1
        assert told[0].startswith("wall.yaml:1:18: ")
        assert told[0].isprintable()
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ConfigError, match="is no ordinary file"):
        load_config(tmp_path / "pipe.yaml")


def test_a_billion_laughs_stay_one(mistakes: Mistakes) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for last, this in zip("abcdefgh", "bcdefghi", strict=True):
        text += f"{this}: &{this} [{', '.join([f'*{last}'] * 9)}]\n"
    assert "aliases" in mistakes(text)[0]


def test_where_a_setting_stands_is_remembered(load: Load) -> None:
    config = load(FILM + "wall:\n  layout:\n    kind: custom\n    tiles: []\n")
    assert isinstance(config.wall.layout, CustomLayout)
    assert config.where("wall", "layout", "tiles") == "wall.yaml:5:5"
    assert config.where("wall", "captions", "size") == "wall.yaml:2:1"


def test_a_name_is_found_again_however_its_accents_were_coded(load: Load) -> None:
    config = load(FILM + "versions:\n  Cafe\u0301: {caption: x}\n")
    assert config.versions["Café"].caption == "x"
    assert config.where("versions", "Café", "caption") == "wall.yaml:3:11"


def test_characters_in_two_halves_as_json_writes_them_are_whole(load: Load) -> None:
    assert load('{"film": {"versions": "x", "title": "\\ud83c\\udfac"}}').film.title == "🎬"
