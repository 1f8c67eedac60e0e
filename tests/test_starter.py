"""Configs to begin with: they load, `check` accepts them, and nothing is written over."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from installation.config import (
    Captions,
    ConformConfig,
    FilmConfig,
    GridLayout,
    PlaybackConfig,
    SoundConfig,
    SubtitlesConfig,
    VersionOverride,
    WallConfig,
    load_config,
)
from installation.starter import SCHEMA, common_rate, new, quoted, starter, title_of
from tests.clips import make_clip
from tests.test_cli import installation

NAMES = (
    '2021 It\'s "quoted": a #title, {really}',
    "2022 - [x] & *y !z % @ `t` | > ?",
    "2023 Поцелуй 💋",
    "2024 הנשיקה القبلة",
    "2025 back\\slash 👩‍🎨",
    "null",
    "2020-01-01",
)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    media = tmp_path / "media" / 'the "kiss": Поцелуй 💋 #1 הנשיקה'
    clip = make_clip(tmp_path / "clip.mp4", frames=10, rate=25, size=(64, 64))
    for name in NAMES:
        (media / name).mkdir(parents=True)
        (media / name / "film.mp4").hardlink_to(clip)
    return media


def test_what_is_written_loads_and_check_accepts_it(tmp_path: Path, media: Path) -> None:
    (tmp_path / "walls").mkdir()
    config = tmp_path / "walls" / "wall.yaml"
    done = installation("new", config, "--media", media)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
    loaded = load_config(config)
    assert loaded.film.versions == media
    assert loaded.film.title == media.name
    assert loaded.film.rate == 25
    assert (loaded.wall, loaded.playback) == (WallConfig(), PlaybackConfig())
    assert loaded.conform == ConformConfig()
    assert loaded.sound == SoundConfig()
    assert loaded.subtitles == SubtitlesConfig()
    checked = installation("check", config)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_no_setting_is_kept_from_the_curator(tmp_path: Path) -> None:
    text = starter(tmp_path / "wall.yaml", tmp_path, [])
    sections = (FilmConfig, WallConfig, GridLayout, Captions, PlaybackConfig, ConformConfig,
                SubtitlesConfig, VersionOverride)  # fmt: skip
    names = [field.alias or name for s in sections for name, field in s.model_fields.items()]
    assert len(names) > 30
    assert [name for name in names if not re.search(rf"(?m)[\s#{{,]{name}:", text)] == []


def test_what_is_said_of_one_version_is_said_right(tmp_path: Path) -> None:
    """What the comments offer beside the caption is taken as they have it."""
    text = starter(tmp_path / "wall.yaml", tmp_path, [])
    offered = re.findall(r"(?m)^#   (\w+: .+?) +#", text)
    assert len(offered) == len(re.findall(r"(?m)^#   \w+:", text)) > 5
    text = text.replace("cues: {}", 'cues: {kiss: "00:00:12:00"}')
    text += f"versions: {{one: {{{', '.join(offered)}}}}}\n"
    (tmp_path / "wall.yaml").write_text(text)
    one = load_config(tmp_path / "wall.yaml").versions["one"]
    assert one.model_fields_set == set(VersionOverride.model_fields) - {"caption"}


def test_the_folder_above_the_films_is_told_from_it(tmp_path: Path, media: Path) -> None:
    config = tmp_path / "wall.yaml"
    done = installation("new", config, "--media", media.parent)
    assert done.returncode == 1
    assert done.stderr == (
        f'{media.parent}: holds no version; if "{media.name}" in it is the film,'
        f' write --media "{media}"\n'
    )
    assert not config.exists()


def test_its_overrides_work_when_their_hash_is_taken_away(tmp_path: Path, media: Path) -> None:
    config = tmp_path / "wall.yaml"
    new(config, media, lambda sentence: None)
    text = config.read_text("utf-8")
    config.write_text(re.sub(r"(?m)^#(?=versions:|  \")", "", text), "utf-8")
    assert set(load_config(config).versions) == set(NAMES)
    checked = installation("check", config)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, media: Path) -> None:
    config = tmp_path / "wall.yaml"
    config.write_text("mine")
    done = installation("new", config, "--media", media)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "is there already and stays as it is; choose another name" in done.stderr
    assert config.read_text() == "mine"


@pytest.mark.parametrize(
    ("config", "folder"), [("wall.yaml", "nowhere"), ("nowhere/wall.yaml", "media")]
)
def test_a_folder_that_is_not_there_is_one_sentence(
    tmp_path: Path, config: str, folder: str
) -> None:
    (tmp_path / "media").mkdir()
    done = installation("new", tmp_path / config, "--media", tmp_path / folder)
    assert done.returncode == 1
    assert "nowhere: there is no such folder; " in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / config).exists()


def test_a_folder_no_config_can_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two\nlines").mkdir()
    done = installation("new", tmp_path / "wall.yaml", "--media", tmp_path / "two\nlines")
    assert done.returncode == 1
    assert "rename the folder" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_still_empty_is_a_config_as_well(tmp_path: Path) -> None:
    (tmp_path / "the-kiss").mkdir()
    new(tmp_path / "wall.yaml", tmp_path / "the-kiss", lambda sentence: None)
    loaded = load_config(tmp_path / "wall.yaml")
    assert loaded.film.title == "The Kiss"
    assert loaded.film.rate == 24


def test_editors_find_the_schema_or_are_not_sent_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_line() -> str:
        return starter(tmp_path / "wall.yaml", tmp_path, []).splitlines()[0]

    assert first_line() == f"# yaml-language-server: $schema={SCHEMA.as_posix()}"
    inside = starter(SCHEMA.parents[1] / "configs" / "wall.yaml", tmp_path, [])
    assert inside.startswith("# yaml-language-server: $schema=../docs/config.schema.json\n")
    monkeypatch.setattr("installation.starter.SCHEMA", tmp_path / "no" / "schema.json")
    assert first_line().startswith("# The wall of ")


@pytest.mark.parametrize(
    ("rates", "common"),
    [
        ((), Fraction(24)),
        ((25, 25, 24), Fraction(25)),
        ((30, 24), Fraction(24)),
        ((Fraction(2997, 125), Fraction(24000, 1001)), Fraction(24000, 1001)),
        ((Fraction(1, 2), 300), Fraction(24)),
        ((Fraction(40, 3),), Fraction(13333, 1000)),
    ],
)
def test_the_films_rate_is_what_most_versions_have(
    rates: tuple[Fraction, ...], common: Fraction
) -> None:
    assert common_rate([Fraction(rate) for rate in rates]) == common


@pytest.mark.parametrize(
    ("folder", "title"),
    [("the-kiss", "The Kiss"), ("the_kiss", "The Kiss"), ("Der Kuss - II", "Der Kuss - II"),
     ("поцелуй", "Поцелуй"), ("McKiss", "McKiss")],
)  # fmt: skip
def test_the_title_is_the_folders_name(folder: str, title: str) -> None:
    assert title_of(Path("/media") / folder) == title


def test_what_cannot_be_seen_is_escaped() -> None:
    assert quoted('a"b\\c\u202ed\u2028\U000e0001') == r'"a\"b\\c\u202ed\u2028\U000e0001"'
