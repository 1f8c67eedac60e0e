"""The artist reads in the version's own folder what became of it; the wall never reads it back."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from installation.film import Credit, Picture, Subtitles, SystemClock, Version
from installation.library.catalog import Entry, State
from installation.library.receipts import TEMPORARY_NAME, Receipts, receipt_text
from installation.library.sighting import sight
from installation.library.watch import Watch
from tests.fakes import FakeClock, FakeLook
from tests.fakes.look import WHOLE

SETTLE_S = 5
NOON_NS = 1_795_262_400 * 10**9
Put = Callable[..., Path]


class Writes:
    """Counts how often a receipt is put in its place."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        real = Path.replace

        def replace(path: Path, target: Path) -> Path:
            self.count += 1
            return real(path, target)

        monkeypatch.setattr(Path, "replace", replace)


class Wall:
    """A watch that keeps receipts; rounds go when a test says so."""

    def __init__(self, folder: Path, clock: FakeClock, *, is_wanted: bool = True) -> None:
        self.folder, self.clock, self.calendar = folder, clock, FakeClock(NOON_NS)
        self.look = FakeLook()
        receipts = Receipts(folder, self.calendar, is_wanted=is_wanted)
        self.watch = Watch(
            folder, clock=clock, on_change=lambda *told: None, settle_s=SETTLE_S,
            look=self.look, receipts=receipts,
        )  # fmt: skip

    def go(self, seconds: int = 0, *, waits: bool = True) -> None:
        self.calendar.jump(seconds)
        self.watch.scan_once(self.clock.jump(seconds), waits=waits)

    def receipt(self, name: str = "Sora") -> str:
        """What a receipt says; its first line tells state and time."""
        path = self.folder / name / "receipt.txt"
        return path.read_text("utf-8-sig") if path.exists() else ""

    def states(self) -> list[str]:
        return [entry.state.value for entry in self.watch.entries]


@pytest.fixture
def wall(film_folder: Path, clock: FakeClock) -> Iterator[Wall]:
    wall = Wall(film_folder, clock)
    wall.go()
    yield wall
    wall.look.gate.set()
    wall.watch.stop()
    assert wall.watch.join(30)


@pytest.fixture
def put(film_folder: Path) -> Put:
    def write(folder: str, file: str = "film.mp4", content: bytes = WHOLE) -> Path:
        path = film_folder / folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


def at(calendar: FakeClock) -> str:
    return f"{datetime.fromtimestamp(calendar.now_ns() // 10**9):%Y-%m-%d %H:%M}"


def on_air(wall: Wall, put: Put) -> None:
    put("Sora")
    wall.go()
    wall.go(SETTLE_S)
    wall.watch.note_on_air(wall.watch.entries[0])
    wall.go()


def test_a_receipt_follows_every_step_from_the_first_file_to_the_wall(wall: Wall, put: Put) -> None:
    said = []
    put("Sora")
    wall.go()
    said.append(wall.receipt())
    arrived = at(wall.calendar)
    wall.go(3)
    said.append(wall.receipt())
    wall.look.gate.clear()
    wall.go(2, waits=False)
    said.append(wall.receipt())
    wall.look.gate.set()
    wall.go(60)
    said.append(wall.receipt())
    wall.watch.note_on_air(wall.watch.entries[0])
    wall.go(60)
    said.append(wall.receipt())
    assert said[0].startswith(f"arriving since {arrived}\nSora: its files are still coming in\n")
    assert [text.split(" since ")[0] for text in said] == [
        "arriving", "settling", "probing", "ready", "on air",
    ]  # fmt: skip
    assert said[-1] == (
        f"on air since {at(wall.calendar)}\n"
        "Sora: is on the wall\n\n"
        "film: film.mp4, 64x64, 24 fps\n"
        "credit: Sora, no date (from folder name)\n\n"
        "The wall writes this text. It is no part of the version and may be deleted.\n"
    )


def test_the_receipt_of_a_live_version_names_its_source_without_its_password() -> None:
    live = Version(
        "now", Path("now/version.yaml"), Credit("Now"), Picture(1, 1), Fraction(0), Fraction(0),
        0, "", source="rtsp://u:secret@cam/a",
    )  # fmt: skip
    told = receipt_text(Entry("now", State.ON_AIR, live), NOON_NS)
    assert "\nlive: rtsp://u@cam/a, shown as it comes\n" in told


def test_a_receipt_tells_what_is_wrong_with_subtitles_asked_for_or_not() -> None:
    bad = Subtitles("de", "now/de.srt", complaints=("now/de.srt:3: ends before it begins; x",))
    version = Version(
        "now", Path("now/film.mp4"), Credit("Now"), Picture(1, 1), Fraction(24), Fraction(1),
        24, "mov", subtitles=(bad,),
    )  # fmt: skip
    told = receipt_text(Entry("now", State.ON_AIR, version), NOON_NS)
    assert "\n\nnow/de.srt:3: ends before it begins; x\n" in told


def test_a_rejected_version_says_why_and_that_mending_it_is_enough(wall: Wall, put: Put) -> None:
    put("Sora", content=b"cut")
    wall.go()
    wall.go(SETTLE_S)
    first, second, third, *_ = wall.receipt().splitlines()
    assert first.startswith("rejected since ")
    assert second == "Sora: ends early"
    assert third == "It is looked at again by itself when something in this folder changes."
    put("Sora")
    wall.go()
    assert wall.receipt().startswith("arriving")
    wall.go(SETTLE_S)
    assert wall.receipt().startswith("ready")


def test_a_receipt_is_no_change_and_is_written_once_for_each_thing_it_says(
    wall: Wall, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = Writes(monkeypatch)
    on_air(wall, put)
    before = sight(wall.folder / "Sora")
    written = writes.count
    assert written == 3  # arriving, ready, on air
    for _ in range(10):
        wall.go(10)
    assert writes.count == written
    assert wall.look.looked == ["Sora"]
    assert wall.states() == ["on air"]
    (wall.folder / "Sora" / "receipt.txt").unlink()
    (wall.folder / "Sora" / TEMPORARY_NAME).touch()
    assert sight(wall.folder / "Sora") == before


def test_the_real_watch_takes_no_receipt_for_a_change(film_folder: Path, put: Put) -> None:
    """On the disk as it is, with the system's own events."""
    calendar, look = FakeClock(NOON_NS), FakeLook()
    told: list[list[str]] = []
    watch = Watch(
        film_folder,
        clock=SystemClock(),
        on_change=lambda library, entries: told.append([e.state.value for e in entries]),
        settle_s=0.5,
        rescan_s=0.2,
        look=look,
        receipts=(receipts := _Counting(film_folder, calendar, is_wanted=True)),
    )
    put("Sora")
    watch.start()
    try:
        receipts.wait_for(film_folder / "Sora" / "receipt.txt", "ready")
        watch.note_on_air(watch.entries[0])
        receipts.wait_for(film_folder / "Sora" / "receipt.txt", "on air")
        rounds, writes = receipts.rounds, receipts.writes
        receipts.wait_for_rounds(rounds + 5)
        assert receipts.writes == writes
        assert look.looked == ["Sora"]
        assert told[-1] == ["ready"]
        assert [entry.state for entry in watch.entries] == [State.ON_AIR]
    finally:
        watch.stop()
        assert watch.join(30)


class _Counting(Receipts):
    """Counts rounds and writes; may be waited for."""

    rounds = writes = 0

    def __init__(self, film_folder: Path, calendar: FakeClock, *, is_wanted: bool) -> None:
        super().__init__(film_folder, calendar, is_wanted=is_wanted)
        self._went = threading.Condition()

    def follow(self, entries: tuple[Entry, ...]) -> None:  # type: ignore[override]
        before = {folder: note.written for folder, note in self._notes.items()}
        super().follow(entries)
        with self._went:
            self.rounds += 1
            self.writes += sum(n.written != before.get(f, "") for f, n in self._notes.items())
            self._went.notify_all()

    def wait_for(self, path: Path, beginning: str) -> None:
        def says() -> bool:
            return path.exists() and path.read_text("utf-8-sig").startswith(beginning)

        with self._went:
            assert self._went.wait_for(says, 30)

    def wait_for_rounds(self, rounds: int) -> None:
        with self._went:
            assert self._went.wait_for(lambda: self.rounds >= rounds, 30)


def test_every_notepad_reads_it(wall: Wall, put: Put) -> None:
    put("2024 Die Küsse 接吻", "film.mp4")
    wall.go()
    content = (wall.folder / "2024 Die Küsse 接吻" / "receipt.txt").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") > 3
    assert "2024 Die Küsse 接吻: its files" in content.decode("utf-8-sig")


def test_none_is_written_unless_wanted_and_what_was_written_stays(
    film_folder: Path, clock: FakeClock, put: Put
) -> None:
    wall = Wall(film_folder, clock, is_wanted=False)
    wall.go()
    on_air(wall, put)
    since = at(wall.calendar)
    assert wall.receipt() == ""
    wall.watch.write_receipts(True)
    wall.go(120)
    assert wall.receipt().startswith(f"on air since {since}\n")
    wall.watch.write_receipts(False)
    wall.watch.note_off_air(wall.watch.entries[0])
    wall.go()
    assert wall.states() == ["off air"]
    assert wall.receipt().startswith("on air")
    wall.watch.write_receipts(True)
    wall.go()
    assert wall.receipt().startswith("off air")
    wall.watch.join()


def test_a_new_start_leaves_a_receipt_alone_until_it_knows_more(
    film_folder: Path, clock: FakeClock, put: Put
) -> None:
    put("Sora")
    put("Sora", "receipt.txt", b"of the last run")
    wall = Wall(film_folder, clock)
    wall.look.gate.clear()
    wall.go(waits=False)
    wall.go(SETTLE_S, waits=False)
    assert wall.states() == ["probing"]
    assert wall.receipt() == "of the last run"
    wall.look.gate.set()
    wall.go()
    assert wall.receipt().startswith("ready")
    put("Sora", content=WHOLE + b" and new")
    wall.go()
    assert wall.receipt().startswith("arriving")
    wall.watch.join()


def test_a_folder_under_deletion_is_not_held_up_by_a_new_receipt(wall: Wall, put: Put) -> None:
    on_air(wall, put)
    for name in ("receipt.txt", "film.mp4"):
        (wall.folder / "Sora" / name).unlink()
    wall.go()
    assert wall.receipt() == ""
    (wall.folder / "Sora").rmdir()
    wall.go()
    assert list(wall.folder.iterdir()) == []


def test_a_folder_that_went_is_not_made_anew(wall: Wall, put: Put) -> None:
    put("Sora")
    wall.go()
    wall.look.after = lambda folder: shutil.rmtree(folder)
    wall.go(SETTLE_S)
    wall.go()
    assert list(wall.folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions are not like this there")
def test_a_folder_that_cannot_be_written_is_said_once(
    open_folder: Path,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    without_privileges: Callable[[], AbstractContextManager[None]],
) -> None:
    for name in ("Sora", "Veo"):
        (open_folder / name).mkdir()
        (open_folder / name / "film.mp4").write_bytes(WHOLE)
        (open_folder / name).chmod(0o555)
    wall = Wall(open_folder, clock)
    with without_privileges():
        for _ in range(5):
            wall.go(SETTLE_S)
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert warned == ["Sora: no receipt can be written (Permission denied)"]
    assert wall.states() == ["ready", "ready"]
    assert [path.name for path in (open_folder / "Sora").iterdir()] == ["film.mp4"]
    wall.watch.join()


def test_no_link_leads_a_receipt_astray(wall: Wall, put: Put, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "film.mp4").write_bytes(WHOLE)
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (wall.folder / "Link").symlink_to(outside)
    put("Sora")
    for name in ("receipt.txt", TEMPORARY_NAME):
        (wall.folder / "Sora" / name).symlink_to(precious)
    wall.go()
    assert wall.receipt().startswith("arriving")
    wall.go(SETTLE_S)
    assert [path.name for path in outside.iterdir()] == ["film.mp4"]
    assert precious.read_text() == "precious"
    assert wall.receipt().startswith("ready")
    assert not (wall.folder / "Sora" / "receipt.txt").is_symlink()


def test_a_receipt_that_is_a_folder_does_no_harm(
    wall: Wall, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    put("Sora")
    (wall.folder / "Sora" / "receipt.txt").mkdir()
    wall.go()
    wall.go(SETTLE_S)
    assert wall.states() == ["ready"]
    assert caplog.text.count("no receipt can be written") == 1


def test_the_receipt_can_be_read_by_others(wall: Wall, put: Put) -> None:
    before = os.umask(0o022)
    try:
        put("Sora")
        wall.go()
    finally:
        os.umask(before)
    receipt = wall.folder / "Sora" / "receipt.txt"
    assert receipt.stat().st_mode & 0o777 == 0o644
    assert subprocess.run(["cat", str(receipt)], capture_output=True).stdout == receipt.read_bytes()
