"""Which names count in the drop place, and how messages say them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.library.names import is_film_name, is_ignored, plain, said


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden", ".incoming", ".DS_Store", "._film.mp4", "~$notes.docx"),
        *("film.mp4.part", "film.MP4.crdownload", "Thumbs.db", "@eaDir", "2024 Veo.incoming"),
    ],
)
def test_what_no_person_put_there_is_ignored(name: str) -> None:
    assert is_ignored(name)
    assert not is_film_name(name)


@pytest.mark.parametrize("name", ["film.mp4", "FILM.MOV", "a.b.mkv", "part.mp4", "фильм.webm"])
def test_films_count_whatever_the_case(name: str) -> None:
    assert not is_ignored(name)
    assert is_film_name(name)


@pytest.mark.parametrize("name", ["mp4", "film", "film.mp4.txt", "version.yaml", "poster.jpg"])
def test_other_files_are_no_films_by_name(name: str) -> None:
    assert not is_film_name(name)


@given(st.text())
def test_a_name_is_said_on_one_line_with_nothing_that_hides_or_turns_text(name: str) -> None:
    text = said(name)
    assert len(text.splitlines()) <= 1
    assert not any(unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "RLI") for c in text)
    text.encode()  # anything can be logged and printed


@pytest.mark.parametrize("name", ["2024 “Sora”", "Поцелуй", "הנשיקה", "👩\u200d🎨 kiss", "吻"])
def test_names_of_all_languages_are_said_as_they_are(name: str) -> None:
    assert said(name) == name


def test_accents_count_the_same_however_they_are_stored() -> None:
    assert plain("2024 Lumie\u0300re") == plain("2024 Lumi\u00e8re")


def test_bytes_that_are_no_text_are_said_too() -> None:
    assert said("film\udcff.mp4") == "film?.mp4"
