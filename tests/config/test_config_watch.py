"""A saved config is noticed once, whole, in whatever way the editor saves it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.config import Config
from installation.config.loader import edition_of
from installation.config.watch import ConfigWatch
from installation.errors import InstallationError


def text(title: str) -> str:
    return f"film: {{title: {title}, versions: film}}\n"


class Ears:
    """What a watch told."""

    def __init__(self, path: Path) -> None:
        self.titles: list[str] = []
        self.mistakes: list[str] = []
        self.watch = ConfigWatch(path, self._config, self._mistake, edition_of(path))

    def _config(self, config: Config) -> None:
        self.titles.append(config.film.title)

    def _mistake(self, error: InstallationError) -> None:
        self.mistakes.append(str(error))

    def look(self, times: int = 3) -> None:
        for _ in range(times):
            self.watch.look()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "wall.yaml"
    path.write_text(text("First"))
    return path


def in_place(path: Path, content: str) -> None:
    path.write_text(content)


def by_rename(path: Path, content: str) -> None:
    other = path.with_name("wall.yaml.new")
    other.write_text(content)
    other.replace(path)


def by_backup(path: Path, content: str) -> None:
    """As vim does: the old one is moved away first."""
    path.replace(path.with_name("wall.yaml~"))
    path.write_text(content)


@pytest.mark.parametrize("save", [in_place, by_rename, by_backup])
def test_each_way_to_save_is_noticed_once(path: Path, save: Callable[[Path, str], None]) -> None:
    ears = Ears(path)
    ears.look()
    assert ears.titles == []
    save(path, text("Second"))
    ears.look()
    save(path, text("Third one"))
    ears.look()
    assert ears.titles == ["Second", "Third one"]
    assert ears.mistakes == []


def test_a_file_that_is_still_being_written_is_left_alone(path: Path) -> None:
    ears = Ears(path)
    for title in ("a", "bb", "ccc"):
        path.write_text(text(title))
        ears.look(1)
    assert ears.titles == []
    ears.look(1)
    assert ears.titles == ["ccc"]


def test_a_mistake_is_told_with_its_line_and_the_mended_file_is_taken(path: Path) -> None:
    ears = Ears(path)
    path.write_text("film:\n  versions: film\n  titel: Oops\n")
    ears.look()
    assert len(ears.mistakes) == 1
    assert "wall.yaml:3:3" in ears.mistakes[0]
    path.write_text(text("Mended"))
    ears.look()
    assert ears.titles == ["Mended"]


def test_a_file_that_is_away_for_a_while_is_waited_for(path: Path) -> None:
    ears = Ears(path)
    content = path.read_text()
    path.unlink()
    ears.look()
    assert (ears.titles, ears.mistakes) == ([], [])
    path.write_text(content)
    os.utime(path, ns=(1, 1))
    ears.look()
    assert ears.titles == ["First"]


def test_the_thread_looks_by_itself_until_it_is_stopped(path: Path) -> None:
    import threading

    told = threading.Event()
    watch = ConfigWatch(path, lambda _: told.set(), lambda _: None, edition_of(path))
    watch.start()
    path.write_text(text("Second"))
    assert told.wait(10)
    watch.stop()
