"""A wall tells of itself in a file: whole, waiting for no disk, and no longer than it runs."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control import Standing, StateFile, WallStatus
from installation.control.statefile import path_for, standing_of, walls
from installation.errors import InstallationError

MakeStatus = Callable[..., WallStatus]
CONFIG = Path("kiss.yaml")


def until(claim: Callable[[], object]) -> None:
    """Wait for another thread to make it true."""
    end = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.001)


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile(CONFIG, tmp_path / "state" / "walls")


def found(file: StateFile) -> list[WallStatus]:
    return walls(folder=file.path.parent)


def test_what_a_wall_says_is_read_by_another_and_gone_when_it_ends_well(
    file: StateFile, status: MakeStatus
) -> None:
    assert found(file) == []
    file.offer(status())
    until(lambda: found(file) == [status()])
    file.offer(status(title="The Kiss, again"))
    until(lambda: found(file)[0].title == "The Kiss, again")
    assert walls(CONFIG, file.path.parent) == found(file)
    assert walls(Path("other.yaml"), file.path.parent) == []
    file.close()
    assert list(file.path.parent.iterdir()) == []
    assert found(file) == []


def test_a_wall_that_never_said_anything_ends_as_well(file: StateFile) -> None:
    file.close()
    assert not file.path.parent.exists()


class SlowDisk(StateFile):
    """Writes when it is let."""

    def __init__(self, config: Path, folder: Path) -> None:
        super().__init__(config, folder)
        self.begun, self.may_go = threading.Event(), threading.Event()
        self.written: list[str] = []

    def _write(self, status: WallStatus) -> None:
        self.begun.set()
        assert self.may_go.wait(10)
        self.written.append(status.title)


def test_nobody_waits_for_a_slow_disk_and_only_the_last_word_counts(
    tmp_path: Path, status: MakeStatus
) -> None:
    file = SlowDisk(CONFIG, tmp_path)
    file.offer(status(title="one"))
    assert file.begun.wait(10)
    for title in ("two", "three", "four"):
        file.offer(status(title=title))
    assert file.written == []
    file.may_go.set()
    until(lambda: file.written == ["one", "four"])
    file.close()


def test_a_place_that_cannot_be_written_is_said_once_and_does_no_harm(
    tmp_path: Path, status: MakeStatus, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    file = StateFile(CONFIG, tmp_path / "state" / "walls")
    for _ in range(3):
        file._write(status())
    (tmp_path / "state").unlink()
    file._write(status())
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert '"installation status" cannot tell of this wall' in caplog.text
    assert found(file) == [status()]
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]


def test_what_was_there_before_stays_whole_when_writing_fails(
    file: StateFile, status: MakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    file._write(status())

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as begun:
            begun.write(content[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    file._write(status(title="The next"))
    assert found(file) == [status()]
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]


def test_each_config_has_its_file_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "kiss.yaml"
    config.touch()
    (tmp_path / "link.yaml").symlink_to(config)
    monkeypatch.chdir(tmp_path)
    names = {path_for(path) for path in (config, Path("kiss.yaml"), Path("link.yaml"))}
    assert len(names) == 1
    assert path_for(tmp_path / "other.yaml") not in names


def test_whether_a_wall_plays_is_seen_from_outside(status: MakeStatus, noon: datetime) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for said, after_s, standing in (
        (status(), 2, Standing.PLAYING),
        (status(), 11, Standing.STILL),
        (status(), -60, Standing.PLAYING),  # the clock was set back
        (status(pid=ended.pid), 2, Standing.GONE),
        (status(pid=ended.pid), 600, Standing.GONE),
        (status(pid=1), 2, Standing.PLAYING),  # somebody else's
    ):
        assert standing_of(said, noon + timedelta(seconds=after_s)) is standing


@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2", b'{"format": 99}'])
def test_a_file_of_another_release_is_told_with_its_remedy(file: StateFile, content: bytes) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(content)
    with pytest.raises(InstallationError, match="another release of Installation; end that wall"):
        found(file)


def test_a_later_format_is_not_read(file: StateFile, status: MakeStatus) -> None:
    file._write(status(format=2))
    with pytest.raises(InstallationError, match="another release"):
        found(file)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> StateFile:
    return StateFile(CONFIG, tmp_path_factory.mktemp("state"))


@given(st.from_type(WallStatus))
def test_whatever_a_wall_says_is_read_as_it_was_said(place: StateFile, said: WallStatus) -> None:
    started = said.started.replace(tzinfo=UTC)
    now = replace(said.now, seen=said.now.seen.replace(tzinfo=UTC))
    said = replace(said, started=started, now=now, format=1, refresh_hz=60.0)
    place._write(said)
    assert found(place) == [said]
