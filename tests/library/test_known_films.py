"""What one run measured is not measured again by the next, unless the file has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from installation.film import Picture
from installation.library import KnownFilms
from installation.library.probe import Facts
from installation.library.scan import scan

FACTS = Facts(
    picture=Picture(1920, 1080, Fraction(4, 3), 90),
    rate=Fraction(24000, 1001),
    duration=Fraction(7007, 1000),
    frame_count=168,
    codec="h264",
    pixel_format="yuv420p10le",
)


@pytest.fixture
def film(film_folder: Path) -> Path:
    path = film_folder / "film.mp4"
    path.write_bytes(b"a film")
    return path


def never() -> Facts:
    raise AssertionError("measured again")


def test_facts_come_back_exactly_as_they_were_measured(film: Path, tmp_path: Path) -> None:
    first = KnownFilms(film.parent, tmp_path / "cache")
    assert first.measured(film, lambda: FACTS) == FACTS
    first.keep()
    assert KnownFilms(film.parent, tmp_path / "cache").measured(film, never) == FACTS


@pytest.mark.parametrize("change", ["size", "time", "file"])
def test_a_changed_file_is_measured_again(film: Path, tmp_path: Path, change: str) -> None:
    first = KnownFilms(film.parent, tmp_path / "cache")
    first.measured(film, lambda: FACTS)
    first.keep()
    before = film.stat()
    if change == "file":
        other = film.with_name("other.mp4")
        other.write_bytes(b"b film")
        other.replace(film)
    elif change == "size":
        film.write_bytes(b"a longer film")
    moved = before.st_mtime_ns + (change == "time")
    os.utime(film, ns=(moved, moved))
    again = KnownFilms(film.parent, tmp_path / "cache")
    with pytest.raises(AssertionError, match="measured again"):
        again.measured(film, never)


def _without(*names: str) -> Callable[[dict[str, dict[str, object]]], object]:
    return lambda note: [note["facts"].pop(name) for name in names]


@pytest.mark.parametrize(
    "damage",
    [
        _without("rate"),
        _without("picture", "codec"),
        lambda note: note["facts"].update(rate="0"),
        lambda note: note["facts"].update(duration="-1/2"),
        lambda note: note["facts"].update(rate="1/0"),
        lambda note: note.update(facts=None),
        lambda note: note.pop("facts"),
        lambda note: note["facts"].update(picture={"width_px": 0}),
    ],
)
def test_damaged_notes_are_measured_anew(
    film: Path, tmp_path: Path, damage: Callable[[dict[str, dict[str, object]]], object]
) -> None:
    cache = tmp_path / "cache"
    first = KnownFilms(film.parent, cache)
    first.measured(film, lambda: FACTS)
    first.keep()
    (notes,) = cache.iterdir()
    written = json.loads(notes.read_text())
    damage(written["films"][str(film)])
    notes.write_text(json.dumps(written))
    again = KnownFilms(film.parent, cache)
    assert again.measured(film, lambda: FACTS) == FACTS
    again.keep()
    assert KnownFilms(film.parent, cache).measured(film, never) == FACTS


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 10**5, '{"format": 1, "films": [1]}', "\0"])
def test_damaged_files_are_set_aside_and_made_anew(film: Path, tmp_path: Path, text: str) -> None:
    cache = tmp_path / "cache"
    first = KnownFilms(film.parent, cache)
    first.measured(film, lambda: FACTS)
    first.keep()
    (notes,) = cache.iterdir()
    notes.write_text(text)
    again = KnownFilms(film.parent, cache)
    assert again.measured(film, lambda: FACTS) == FACTS
    assert notes.with_name(f"{notes.name}.damaged").read_text() == text
    again.keep()
    assert KnownFilms(film.parent, cache).measured(film, never) == FACTS


def test_notes_of_another_release_are_no_damage(film: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = KnownFilms(film.parent, cache)
    first.measured(film, lambda: FACTS)
    first.keep()
    (notes,) = cache.iterdir()
    notes.write_text('{"format": 0}')
    assert KnownFilms(film.parent, cache).measured(film, lambda: FACTS) == FACTS
    assert [*cache.iterdir()] == [notes]


def test_where_nothing_can_be_kept_all_is_measured_each_time(film: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    known = KnownFilms(film.parent, tmp_path / "cache")
    assert known.measured(film, lambda: FACTS) == FACTS
    known.keep()
    assert (tmp_path / "cache").read_text() == "in the way"


def test_what_is_gone_is_forgotten(film: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for _ in range(2):  # the second run asks for nothing
        known = KnownFilms(film.parent, cache)
        if not cache.exists():
            known.measured(film, lambda: FACTS)
        known.keep()
    (notes,) = cache.iterdir()
    assert json.loads(notes.read_text())["films"] == {}


class Knowing(KnownFilms):
    """Must know all that it is asked for."""

    def measured(self, film: Path, measure: Callable[[], Facts]) -> Facts:
        return super().measured(film, never)


def test_a_second_scan_tells_the_same_without_measuring(
    film_folder: Path, tmp_path: Path, add_version: Callable[..., Path]
) -> None:
    add_version("2023 One")
    add_version("2024-03 Two")
    add_version("2025 Broken", film=b"no film")
    known = KnownFilms(film_folder, tmp_path / "cache")
    first = scan(film_folder, order="date", known=known)
    known.keep()
    again = scan(film_folder, order="date", known=Knowing(film_folder, tmp_path / "cache"))
    assert again == first
    assert [version.name for version in again.versions] == ["2023 One", "2024-03 Two"]
