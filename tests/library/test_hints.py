"""The watch is woken by whatever changes, in one way or another, and by nothing else."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers.inotify import InotifyObserver

from installation.library import hints
from installation.library.hints import Hints, file_system_of, is_network


@pytest.fixture
def woken() -> threading.Event:
    return threading.Event()


@pytest.fixture
def native(film_folder: Path, woken: threading.Event) -> Iterator[Hints]:
    watched = Hints(film_folder, "native", woken.set)
    watched.tend()
    yield watched
    watched.stop()


def test_reading_a_film_is_no_hint(film_folder: Path) -> None:
    film, other = film_folder / "film.mp4", film_folder / "other"
    film.write_bytes(b"film")
    wakes = 0
    changed = threading.Condition()

    def wake() -> None:
        nonlocal wakes
        with changed:
            wakes += 1
            changed.notify_all()

    watched = Hints(film_folder, "native", wake)
    watched.tend()
    for turn in range(1, 31):
        film.read_bytes()
        other.rmdir() if other.exists() else other.mkdir()
        with changed:
            assert changed.wait_for(lambda turn=turn: wakes >= turn, 30)  # type: ignore[misc]
            assert wakes == turn
    watched.stop()


@pytest.mark.parametrize("which", ["emitter", "reader", "dispatcher"])
def test_an_observer_that_died_is_replaced(native: Hints, which: str) -> None:
    dead = native._observer
    assert isinstance(dead, InotifyObserver)
    part = {"emitter": next(iter(dead.emitters)), "reader": dead._inotify_fd, "dispatcher": dead}
    part[which].stop()
    part[which].join(30)
    native.tend()
    assert native._observer is not dead
    assert native.is_native


def test_a_folder_that_was_replaced_is_watched_anew(
    native: Hints, film_folder: Path, woken: threading.Event
) -> None:
    film_folder.rename(film_folder.parent / "away")
    native.tend()
    assert native._observer is None
    film_folder.mkdir()
    native.tend()
    woken.clear()
    (film_folder / "Sora").mkdir()
    assert woken.wait(30)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "sudo sysctl fs.inotify.max_user_watches="),
        (errno.EMFILE, "sudo sysctl fs.inotify.max_user_instances="),
        (errno.EPERM, "the system cannot tell of changes"),
    ],
)
def test_where_the_system_tells_nothing_it_is_said_once(
    film_folder: Path,
    woken: threading.Event,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    remedy: str,
) -> None:
    def refuse(observer: InotifyObserver) -> None:
        raise OSError(number, "limit reached")

    monkeypatch.setattr(InotifyObserver, "on_thread_start", refuse)
    watched = Hints(film_folder, "native", woken.set)
    for _ in range(2):
        watched.tend()
        assert not watched.is_native
        watched.stop()
    assert [remedy in record.getMessage() for record in caplog.records] == [True]


def test_network_shares_are_left_to_the_rounds_and_the_system_is_asked_once(
    film_folder: Path, woken: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def network(folder: Path) -> str:
        asked.append(folder)
        return "nfs4"

    monkeypatch.setattr(hints, "file_system_of", network)
    before = set(threading.enumerate())
    watched = Hints(film_folder, "auto", woken.set)
    for _ in range(3):
        watched.tend()
    assert not watched.is_native
    assert set(threading.enumerate()) == before
    assert asked == [film_folder]
    film_folder.rename(film_folder.parent / "away")
    watched.tend()
    film_folder.mkdir()
    monkeypatch.setattr(hints, "file_system_of", lambda folder: "ext4")
    watched.tend()
    assert watched.is_native
    watched.stop()


def test_the_file_system_is_that_of_the_deepest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    place = str(tmp_path / "a share").replace(" ", "\\040")
    mounts.write_text(
        f"/dev/sda / ext4 rw 0 0\n//nas/films {place} cifs rw 0 0\n"
        "odd\n/dev/sdb /boot vfat rw 0 0\n"
    )
    assert file_system_of(tmp_path / "a share" / "The Kiss", mounts) == "cifs"
    assert file_system_of(tmp_path / "a share 2", mounts) == "ext4"
    assert file_system_of(tmp_path, tmp_path / "missing") == ""
    assert all(map(is_network, ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs")))
    assert not any(map(is_network, ("ext4", "btrfs", "fuseblk", "tmpfs", "overlay", "")))


def test_a_limit_reached_later_on_is_said_and_done_without(
    native: Hints,
    film_folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(observer: InotifyObserver) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(InotifyObserver, "on_thread_start", refuse)
    native.tend()
    assert native.is_native
    (film_folder / "Sora").mkdir()
    native.tend()
    assert not native.is_native
    assert "max_user_watches" in caplog.text


def test_observers_leave_no_thread_behind(
    film_folder: Path, woken: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(threading.enumerate())
    watched = Hints(film_folder, "native", woken.set)
    watched.tend()
    watched.stop()

    def refuse(observer: InotifyObserver) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(InotifyObserver, "on_thread_start", refuse)
    watched.tend()
    watched.stop()
    assert set(threading.enumerate()) == before
