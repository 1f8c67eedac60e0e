"""Which subtitles are on the wall at a film frame, and what is told of those that are not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation.config import Config, load_config
from installation.decode import QueuedFrame
from installation.film import (
    NO_WISHES,
    Cue,
    FilmPosition,
    Spoken,
    Subtitles,
    Version,
    Wishes,
)
from installation.library import Library
from installation.parts import time_map_of
from installation.playback import PresentationSet
from installation.subtitling import Subtitling, asked_for, counted, sample_of, subtitle_mistakes
from tests.fakes.version import a_version

LENGTH = 96


def track(language: str, *cues: tuple[float, float, str], file: str = "") -> Subtitles:
    """Subtitles from seconds to seconds."""
    made = tuple(Cue(round(a * 1000), round(b * 1000), text) for a, b, text in cues)
    return Subtitles(language, file or f"film.{language}.srt", made)


def version(name: str, *subtitles: Subtitles, wishes: Wishes = NO_WISHES) -> Version:
    return a_version(name, subtitles=subtitles, wishes=wishes)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings(tmp_path, "{language: [de, en]}")


def settings(folder: Path, subtitles: str) -> Config:
    path = folder / "wall.yaml"
    path.write_text(f"film: {{versions: x}}\nsubtitles: {subtitles}\n")
    return load_config(path)


def said(
    config: Config, frame: int, versions: list[Version], loose: tuple[Subtitles, ...] = ()
) -> Spoken:
    subtitling = Subtitling()
    subtitling.update(config, versions, loose)
    at = FilmPosition(0, frame)
    found = PresentationSet(at, {v.name: QueuedFrame(at, at, None, None) for v in versions})
    maps = {v.name: time_map_of(config, v, LENGTH) for v in versions}
    return subtitling.at(found, maps.__getitem__)


def lines(spoken: Spoken) -> list[str]:
    return [block.text for block in spoken.wall]


def test_the_films_own_go_by_film_time_each_language_in_its_place(config: Config) -> None:
    loose = track("en", (1, 2, "never")), track("de", (1.5, 3, "nie"))
    shifted = [version("a", wishes=Wishes(offset=Fraction(1)))]
    assert lines(said(config, 23, shifted, loose)) == ["", ""]
    assert lines(said(config, 24, shifted, loose)) == ["", "never"]
    assert lines(said(config, 36, shifted, loose)) == ["nie", "never"]
    assert lines(said(config, 48, shifted, loose)) == ["nie", ""]


def test_without_the_films_own_the_first_version_that_has_some_speaks(config: Config) -> None:
    mute, shifted = version("a"), version("b", track("de", (1, 2, "nie")))
    shifted = replace(shifted, wishes=Wishes(offset=Fraction(1, 2)))
    last = version("c", track("de", (0, 4, "immer")), track("en", (0, 4, "always")))
    at_35, at_36 = (said(config, frame, [mute, shifted, last]) for frame in (35, 36))
    assert lines(at_35) == ["", "always"]
    assert lines(at_36) == ["nie", "always"]


def test_in_tiles_each_version_has_its_own_and_else_the_films(tmp_path: Path) -> None:
    config = settings(tmp_path, "{language: [de, en], per: tile}")
    loose = (track("de", (0, 1, "nie")),)
    own = version("a", track("de", (0, 1, "niemals")), wishes=Wishes(offset=Fraction(1, 4)))
    versions = [own, version("b"), version("c", track("en", (0, 2, "never")))]

    def tiles(frame: int) -> dict[str, list[str]]:
        spoken = said(config, frame, versions, loose)
        assert spoken.wall == ()
        return {name: [block.text for block in blocks] for name, blocks in spoken.tiles.items()}

    assert tiles(0) == {"b": ["nie"], "c": ["nie", "never"]}
    assert tiles(6)["a"] == ["niemals"]
    assert tiles(24)["a"] == ["niemals"]
    assert set(tiles(24)) == {"a", "c"}
    assert tiles(30) == {"c": ["never"]}


def test_nothing_is_said_unless_it_is_asked_for(tmp_path: Path) -> None:
    silent = settings(tmp_path, "{per: tile}")
    assert said(silent, 0, [version("a", track("de", (0, 4, "x")))]) == Spoken()
    library = Library((version("a", track("", (0, 1, "x"))),))
    assert subtitle_mistakes(silent, library) == []
    assert asked_for(silent, library) == ()


def test_a_sample_has_a_line_for_each_language(config: Config, tmp_path: Path) -> None:
    versions = [version("a", track("de", (1, 2, "nie")))]
    assert lines(sample_of(config, versions, ())) == ["nie", "en: a line of subtitles"]
    in_tiles = settings(tmp_path, "{language: [de, en], per: tile}")
    spoken = sample_of(in_tiles, [*versions, version("b")], (track("en", (1, 2, "never")),))
    assert [b.text for b in spoken.tiles["a"]] == ["nie", "never"]
    assert [b.text for b in spoken.tiles["b"]] == ["de: a line of subtitles", "never"]


def test_what_keeps_them_from_being_shown_is_told_once_they_are_asked_for(config: Config) -> None:
    bad = replace(track("de", (0, 1, "x"), file="a/de.srt"), complaints=("a/de.srt:3: is bad; x",))
    library = Library(
        (
            version("a", bad, track("de-AT", (0, 1, "x"), file="a/de-AT.srt")),
            version("b", track("", (0, 1, "x"), file="b/film.vtt")),
            version("c", replace(bad, language="fr")),
            version("d", track("", file="d/film.srt"), wishes=Wishes(hidden=True)),
        )
    )
    assert subtitle_mistakes(config, library) == [
        "a/de.srt:3: is bad; x",
        'a/de-AT.srt: is not shown; "a/de.srt" is in de as well, so keep one',
        "b/film.vtt: does not say its language; write it into the name, such as film.de.vtt",
        'wall.yaml:2:13: there are no subtitles in "en"; put them, as film.en.srt, beside a film',
    ]
    assert [one.file for one in asked_for(config, library)] == ["a/de.srt"]


def test_one_that_cannot_be_read_is_told_and_leaves_its_place_to_another(config: Config) -> None:
    broken = Subtitles("de", "a.de.srt", complaints=("a.de.srt: is damaged; x",))
    good = track("de", (0, 1, "nie"), file="b.de.srt")
    own = version("a", track("en", (0, 1, "never")))
    assert lines(said(config, 0, [own], (broken, good))) == ["nie", "never"]
    library = Library((own,), subtitles=(broken, good))
    assert subtitle_mistakes(config, library) == ["a.de.srt: is damaged; x"]
    assert [one.file for one in asked_for(config, library)] == ["b.de.srt", "film.en.srt"]


def test_they_are_counted_by_language() -> None:
    tracks = (track("de", (0, 1, "x"), (1, 2, "y")), track("", (0, 1, "x")))
    assert counted(tracks) == "de (2), no language (1)"
