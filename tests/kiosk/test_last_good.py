"""What played is kept, and comes back as it was, whatever became of the curator's file."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from installation.config import load_config
from installation.config.loader import edition_of
from installation.kiosk.last_good import Good, LastGood
from installation.kiosk.state import kept_folder

TEXT = "# the gallery's own\nfilm: {title: The Kiss, versions: ../film}\nwall: {screen: 1}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The curator's."""
    folder = tmp_path / "configs"
    folder.mkdir()
    file = folder / "wall.yaml"
    file.write_text(TEXT)
    return file


@pytest.fixture
def kept(file: Path, tmp_path: Path) -> LastGood:
    return LastGood(file, tmp_path / "state")


def test_it_comes_back_as_it_was_though_the_file_is_garbage(
    file: Path, kept: LastGood, tmp_path: Path
) -> None:
    played = load_config(file)
    kept.keep(played, Good.PLAYED)
    file.write_bytes(os.urandom(300))
    found = kept.load(Good.PLAYED)
    assert found is not None
    assert found == played
    assert found.film.versions == tmp_path / "film", "relative to the curator's file, as before"
    assert found.path == file
    assert found.edition is None, "the curator's file is to be read yet"


def test_it_comes_back_though_there_is_no_file_any_more(file: Path, kept: LastGood) -> None:
    kept.keep(load_config(file), Good.PLAYED)
    file.unlink()
    found = kept.load(Good.PLAYED)
    assert found is not None
    assert found.film.title == "The Kiss"


def test_the_curators_file_is_never_written(file: Path, kept: LastGood) -> None:
    before = file.stat()
    kept.keep(load_config(file), Good.PLAYED)
    kept.load(Good.PLAYED)
    assert file.read_text() == TEXT
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert sorted(path.name for path in file.parent.iterdir()) == ["wall.yaml"]


def test_what_played_well_is_kept_apart_from_what_played_last(file: Path, kept: LastGood) -> None:
    kept.keep(load_config(file), Good.PLAYED_WELL)
    file.write_text(TEXT.replace("Kiss", "Crash"))
    kept.keep(load_config(file), Good.PLAYED)
    titles = []
    for good in (Good.PLAYED_WELL, Good.PLAYED):
        found = kept.load(good, edition_of(file))
        assert found is not None
        assert found.edition == edition_of(file), "not loaded until somebody saves another"
        titles.append(found.film.title)
    assert titles == ["The Kiss", "The Crash"]


@pytest.mark.parametrize("good", list(Good))
def test_either_does_where_there_is_only_one(file: Path, kept: LastGood, good: Good) -> None:
    kept.keep(load_config(file), good)
    for asked in Good:
        assert kept.load(asked) == load_config(file)


def test_nothing_is_written_twice(file: Path, kept: LastGood, tmp_path: Path) -> None:
    kept.keep(load_config(file), Good.PLAYED)
    written = kept_folder(file, tmp_path / "state") / Good.PLAYED.value
    before = written.stat().st_ino
    kept.keep(load_config(file), Good.PLAYED)
    assert written.stat().st_ino == before


def test_where_nothing_is_kept_there_is_none(kept: LastGood) -> None:
    assert kept.load(Good.PLAYED) is None


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_damaged_one_is_set_aside_and_kept_anew(
    file: Path, kept: LastGood, tmp_path: Path, data: st.DataObject
) -> None:
    kept.keep(load_config(file), Good.PLAYED)
    written = kept_folder(file, tmp_path / "state") / Good.PLAYED.value
    whole = written.read_bytes()
    damages: list[Callable[[], bytes]] = [
        lambda: whole[: data.draw(st.integers(0, len(whole) - 1))],
        lambda: data.draw(st.binary(max_size=200)),
        lambda: bytes(len(whole)),
        lambda: whole.replace(b"Kiss", b"Kids"),
        lambda: whole + b"sound: {from: latest}\n",
    ]
    damaged = data.draw(st.sampled_from(damages))()
    written.write_bytes(damaged)
    assert kept.load(Good.PLAYED) is None
    assert not written.exists()
    assert written.with_name("played.yaml.damaged").read_bytes() == damaged
    kept.keep(load_config(file), Good.PLAYED)
    assert kept.load(Good.PLAYED) == load_config(file)


def test_a_disk_that_takes_nothing_is_said_once_and_changes_nothing(
    file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "state"
    state.write_text("a file where a folder is needed")
    kept = LastGood(file, state)
    with caplog.at_level(logging.WARNING):
        kept.keep(load_config(file), Good.PLAYED)
        kept.keep(load_config(file), Good.PLAYED)
        assert kept.load(Good.PLAYED) is None
    assert len([r for r in caplog.records if "cannot be kept" in r.message]) == 1
