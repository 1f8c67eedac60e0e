"""What arrives, changes and goes while the wall plays is told when it is whole, and not before."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from installation.film import SystemClock
from installation.library import Library, scan
from installation.library.catalog import Entry
from installation.library.rounds import Rounds
from installation.library.watch import Watch
from tests.fakes import FakeClock, FakeLook
from tests.fakes.look import WHOLE

SETTLE_S = 5
AN_HOUR_NS = 3600 * 10**9
Put = Callable[..., Path]


class Wall:
    """A watch over a film folder, and what it told; rounds go when a test says so."""

    def __init__(self, folder: Path, clock: FakeClock, **settings: Any) -> None:
        self.folder = folder
        self.clock = clock
        self.look = FakeLook()
        self.told: list[tuple[Library, tuple[Entry, ...]]] = []
        settings = {"settle_s": SETTLE_S, "look": self.look, **settings}
        self.watch = Watch(
            folder, clock=clock, on_change=lambda *told: self.told.append(told), **settings
        )

    def go(self, seconds: int = 0, *, waits: bool = True) -> Library:
        """So many seconds later, a round."""
        return self.watch.scan_once(self.clock.jump(seconds), waits=waits)

    def states(self) -> dict[str, str]:
        """Every version's state, and that of its update."""
        return {
            entry.folder: entry.state.value + (f" / {entry.update.value}" if entry.update else "")
            for entry in self.watch.entries
        }

    def shown(self) -> list[str]:
        """The names of the library's versions."""
        return [version.name for version in self.watch.library.versions]

    def entry(self, name: str) -> Entry:
        """The entry of one version."""
        return next(entry for entry in self.watch.entries if entry.name == name)


@pytest.fixture
def wall(film_folder: Path, clock: FakeClock) -> Iterator[Wall]:
    wall = Wall(film_folder, clock)
    yield wall
    wall.look.gate.set()
    wall.watch.stop()
    assert wall.watch.join(30)


@pytest.fixture
def put(film_folder: Path) -> Put:
    """`put(folder, file=..., content=...)` writes a file of a version."""

    def write(folder: str, file: str = "film.mp4", content: bytes = WHOLE) -> Path:
        path = film_folder / folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def on_air(wall: Wall, put: Put) -> Wall:
    """A wall with one version on air."""
    wall.go()
    put("Sora")
    wall.go()
    wall.go(SETTLE_S)
    wall.watch.note_on_air(wall.entry("Sora"))
    wall.go()
    assert wall.states() == {"Sora": "on air"}
    return wall


def test_a_folder_copied_in_pieces_is_told_when_it_has_settled(wall: Wall, put: Put) -> None:
    wall.go()
    assert wall.told == [(Library(()), ())]
    seen = []
    for size in range(1, 5):
        put("Sora", content=WHOLE[:size])
        wall.go(SETTLE_S - 1)
        seen.append(wall.states()["Sora"])
    put("Sora")
    for seconds in (0, 3, 1, 1):
        wall.go(seconds)
        seen.append(wall.states()["Sora"])
    assert seen == ["arriving"] * 5 + ["settling"] * 2 + ["ready"]
    assert wall.look.looked == ["Sora"]
    assert [len(library.versions) for library, _ in wall.told] == [0, 1]
    library, entries = wall.told[-1]
    assert library == wall.watch.library == wall.look.fresh(wall.folder)
    assert entries[0].version == library.versions[0]


def test_nothing_is_told_twice(on_air: Wall) -> None:
    told = len(on_air.told)
    for _ in range(5):
        on_air.go(10)
    assert len(on_air.told) == told
    assert on_air.look.looked == ["Sora"]


def test_what_lay_still_at_the_start_is_there_at_once_and_waits_for_nobody(
    film_folder: Path, put: Put, clock: FakeClock
) -> None:
    old, young = put("old"), put("young")
    written_ns = young.stat().st_mtime_ns
    os.utime(old, ns=(written_ns - AN_HOUR_NS, written_ns - AN_HOUR_NS))
    wall = Wall(film_folder, clock, calendar=FakeClock(written_ns + 2 * 10**9))
    wall.go()
    assert wall.shown() == ["old"]
    wall.go(2)
    assert wall.states() == {"old": "ready", "young": "settling"}
    wall.go(1)
    assert wall.shown() == ["old", "young"]
    wall.watch.join()


def test_a_young_folder_after_the_start_settles_whatever_its_files_say(
    film_folder: Path, put: Put, clock: FakeClock
) -> None:
    wall = Wall(film_folder, clock, calendar=FakeClock(AN_HOUR_NS))
    wall.go()
    os.utime(put("Sora"), (0, 0))
    wall.go()
    assert wall.states() == {"Sora": "arriving"}
    wall.watch.join()


def test_a_folder_copied_under_a_hidden_name_is_admitted_when_renamed(wall: Wall, put: Put) -> None:
    put(".Sora", content=WHOLE[:2])
    put("Kling.incoming", content=WHOLE[:2])
    put(".incoming/Veo", content=WHOLE[:2])
    wall.go()
    assert wall.states() == {}
    put(".Sora")
    put("Kling.incoming")
    put(".incoming/Veo")
    (wall.folder / ".Sora").rename(wall.folder / "Sora")
    (wall.folder / "Kling.incoming").rename(wall.folder / "Kling")
    (wall.folder / ".incoming" / "Veo").rename(wall.folder / "Veo")
    wall.go()
    assert wall.states() == {"Kling": "ready", "Sora": "ready", "Veo": "ready"}


def test_a_ready_file_admits_at_once(wall: Wall, put: Put) -> None:
    wall.go()
    put("Sora")
    wall.go()
    assert wall.states() == {"Sora": "arriving"}
    put("Sora", "READY", b"")
    wall.go()
    assert wall.states() == {"Sora": "ready"}


def test_a_renamed_version_goes_and_comes_in_one_round(on_air: Wall) -> None:
    on_air.go(SETTLE_S)
    (on_air.folder / "Sora").rename(on_air.folder / "Sora 2")
    on_air.go()
    assert on_air.states() == {"Sora 2": "ready"}


def test_a_removed_folder_is_told_at_once(on_air: Wall) -> None:
    shutil.rmtree(on_air.folder / "Sora")
    on_air.go()
    assert on_air.told[-1] == (Library(()), ())


def test_a_version_on_air_stays_as_it_was_until_its_new_film_has_settled(
    on_air: Wall, put: Put
) -> None:
    before, told = on_air.entry("Sora").version, len(on_air.told)
    put("Sora", content=b"who")
    on_air.go()
    assert on_air.states() == {"Sora": "on air / arriving"}
    put("Sora", content=WHOLE + b" and new")
    on_air.go(SETTLE_S - 1)
    on_air.go(SETTLE_S - 1)
    assert on_air.states() == {"Sora": "on air / settling"}
    assert len(on_air.told) == told
    on_air.go(1)
    assert on_air.states() == {"Sora": "ready"}
    assert len(on_air.told) == told + 1
    (version,) = on_air.told[-1][0].versions
    assert before is not None
    assert version == replace(before, edition=version.edition) != before


def test_another_caption_leaves_the_version_on_air(on_air: Wall, put: Put) -> None:
    put("Sora", "version.yaml", b"Kiss")
    on_air.go()
    on_air.go(SETTLE_S)
    assert on_air.states() == {"Sora": "on air"}
    assert on_air.told[-1][0].versions[0].credit.title == "Kiss"


def test_a_change_taken_back_is_no_change(on_air: Wall, put: Put) -> None:
    part = put("Sora", "film2.mp4.part")
    on_air.go()
    assert on_air.states() == {"Sora": "on air / arriving"}
    part.unlink()
    on_air.go()
    assert on_air.states() == {"Sora": "on air"}
    assert on_air.look.looked == ["Sora"]


def test_what_is_no_persons_doing_is_no_change(on_air: Wall, put: Put) -> None:
    for name in (".DS_Store", "._film.mp4", "receipt.txt", "Thumbs.db"):
        put("Sora", name)
    on_air.go()
    assert on_air.states() == {"Sora": "on air"}


def test_other_permissions_are_looked_at_anew(on_air: Wall) -> None:
    (on_air.folder / "Sora" / "film.mp4").chmod(0o600)
    on_air.go()
    on_air.go(SETTLE_S)
    assert on_air.look.looked == ["Sora", "Sora"]
    assert on_air.states() == {"Sora": "on air"}


def test_a_rejected_folder_that_is_mended_is_shown(wall: Wall, put: Put) -> None:
    wall.go()
    put("Sora", content=b"cut")
    wall.go()
    wall.go(SETTLE_S)
    assert wall.watch.library.rejected[0].message == "Sora: ends early"
    put("Sora")
    wall.go()
    assert not wall.watch.library.rejected
    wall.go(SETTLE_S)
    assert wall.shown() == ["Sora"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_folder_that_changes_during_the_look_is_looked_at_again_when_still(
    wall: Wall, put: Put, moment: str
) -> None:
    wall.go()
    put("Sora")
    wall.go()
    setattr(wall.look, moment, lambda folder: put("Sora", content=b"growing"))
    wall.go(SETTLE_S)
    assert wall.states() == {"Sora": "probing"}
    setattr(wall.look, moment, lambda folder: None)
    wall.go()
    assert wall.states() == {"Sora": "arriving"}
    wall.go(SETTLE_S)
    assert wall.states() == {"Sora": "rejected"}
    assert wall.look.looked == ["Sora", "Sora"]


def test_a_folder_that_changes_while_its_look_lasts_gives_that_look_up(
    wall: Wall, put: Put
) -> None:
    wall.go()
    put("Sora", content=b"cut")
    wall.go()
    wall.look.gate.clear()
    wall.go(SETTLE_S, waits=False)
    assert wall.states() == {"Sora": "probing"}
    put("Sora")
    wall.go(waits=False)
    assert wall.states() == {"Sora": "arriving"}
    wall.look.gate.set()
    wall.go(SETTLE_S)
    assert wall.states() == {"Sora": "ready"}


def test_a_look_that_lasts_holds_nobody_up(wall: Wall, put: Put) -> None:
    put("slow")
    wall.go()
    wall.look.gate.clear()
    wall.go(SETTLE_S, waits=False)
    put("Sora")
    wall.go(waits=False)
    shutil.rmtree(wall.folder / "slow")
    wall.go(waits=False)
    assert wall.states() == {"Sora": "arriving"}


def test_a_fault_of_ours_in_a_look_rejects_that_one(
    wall: Wall, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    put("odd")
    put("Sora")
    wall.go()

    def stumble(folder: Path) -> None:
        if folder.name == "odd":
            raise ZeroDivisionError

    wall.look.before = stumble
    wall.go(SETTLE_S)
    assert wall.states() == {"Sora": "ready", "odd": "rejected"}
    assert "odd: looking into it failed" in caplog.text


def test_a_share_that_is_away_leaves_all_as_it_is_and_says_so_once(
    on_air: Wall, caplog: pytest.LogCaptureFixture
) -> None:
    before, told = on_air.watch.entries, len(on_air.told)
    away = on_air.folder.rename(on_air.folder.parent / "away")
    for _ in range(3):
        on_air.go(10)
    assert on_air.watch.entries == before
    warned = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == 1
    assert "there is no such folder" in warned[0].getMessage()
    away.rename(on_air.folder)
    on_air.go(10)
    assert on_air.states() == {"Sora": "on air"}
    shutil.rmtree(on_air.folder / "Sora")
    on_air.go()
    assert on_air.states() == {}
    assert len(on_air.told) == told + 1


def test_an_empty_mount_point_is_not_an_empty_film_folder(on_air: Wall) -> None:
    away = on_air.folder.rename(on_air.folder.parent / "away")
    on_air.folder.mkdir()
    rounds: Rounds = on_air.watch._rounds
    rounds._device = -1  # the share's own, which this empty folder does not lie on
    on_air.go()
    assert on_air.states() == {"Sora": "on air"}
    on_air.folder.rmdir()
    away.rename(on_air.folder)
    on_air.go()
    assert on_air.states() == {"Sora": "on air"}


def test_a_look_during_which_the_share_went_away_is_worth_nothing(wall: Wall, put: Put) -> None:
    put("Sora")
    wall.go()
    wall.look.gate.clear()
    wall.go(SETTLE_S, waits=False)
    away = wall.folder.rename(wall.folder.parent / "away")
    wall.go(waits=False)
    wall.look.gate.set()
    wall.go()
    away.rename(wall.folder)
    wall.go()
    assert wall.states() == {"Sora": "ready"}


def test_the_order_can_change_while_the_wall_plays(wall: Wall, put: Put) -> None:
    put("a")
    put("b")
    wall.go()
    wall.go(SETTLE_S)
    wall.watch.reorder(("b", "a"))
    assert [version.name for version in wall.go().versions] == ["b", "a"]
    assert wall.told[-1][0] == wall.watch.library


def test_a_pile_of_junk_is_said_sentence_by_sentence_and_leaves_nothing_behind(
    wall: Wall, film_folder: Path, put: Put
) -> None:
    put("Sora")
    for number in range(1000):
        (film_folder / f"junk {number}.mp4").write_bytes(b"junk")
    for number in range(200):
        put(f"junk {number}", f"{number}.mp4", b"junk")
    wall.go()
    library = wall.go(SETTLE_S)
    assert len(library.notices) == 1000
    assert len({rejection.message for rejection in library.rejected}) == 200
    assert wall.shown() == ["Sora"]
    assert len(wall.look.looked) == 201
    wall.go(SETTLE_S)
    assert len(wall.look.looked) == 201
    junk = [weakref.ref(entry.looked_at) for entry in wall.watch.entries if entry.rejection]
    assert len(junk) == 200
    for path in film_folder.glob("junk *"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    del library
    wall.told.clear()
    wall.go()
    gc.collect()
    assert [entry.name for entry in wall.watch.entries] == ["Sora"]
    assert not any(sighting() for sighting in junk)


def test_it_comes_to_what_a_scan_of_real_films_finds(
    film_folder: Path, clock: FakeClock, add_version: Put
) -> None:
    wall = Wall(film_folder, clock, look=None)
    wall.go()
    add_version("2024 Sora")
    add_version("2023 cut", b"cut")
    (film_folder / "2022 empty").mkdir()
    (film_folder / "2021 link").symlink_to(film_folder / "2024 Sora")
    (film_folder / "2020 loop").symlink_to("2020 loop")
    (film_folder / "beside.mp4").touch()
    wall.go()
    wall.go(SETTLE_S)
    assert wall.watch.library == scan(film_folder, order="date")
    assert len(wall.shown()) == 2
    (film_folder / "2021 link").unlink()
    (film_folder / "2024 Sora" / "film.mp4").rename(film_folder / "2023 cut" / "film.mp4")
    wall.go()
    wall.go(SETTLE_S)
    assert wall.watch.library == scan(film_folder, order="date")
    assert wall.shown() == ["2023 cut"]
    wall.watch.join()


class Told:
    """Waits until the watch's own thread has told of something."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._library = Library(())

    def __call__(self, library: Library, entries: tuple[Entry, ...]) -> None:
        with self._condition:
            self._library = library
            self._condition.notify_all()

    def wait_for(self, names: list[str]) -> None:
        with self._condition:
            assert self._condition.wait_for(
                lambda: [version.name for version in self._library.versions] == names, 30
            )


@pytest.mark.parametrize("mode", ["native", "polling"])
def test_the_thread_is_woken_by_hints_and_tells(film_folder: Path, put: Put, mode: str) -> None:
    told = Told()
    rescan_s = 600 if mode == "native" else 0.1
    watch = Watch(
        film_folder,
        clock=SystemClock(),
        on_change=told,
        settle_s=0.3,
        rescan_s=rescan_s,
        mode=mode,  # type: ignore[arg-type]
        look=FakeLook(),
    )
    watch.start()
    try:
        put("Sora")
        told.wait_for(["Sora"])
        put("Veo")
        told.wait_for(["Sora", "Veo"])
        shutil.rmtree(film_folder / "Sora")
        told.wait_for(["Veo"])
    finally:
        watch.stop()
        assert watch.join(30)


def test_a_watch_that_never_began_ends_as_well(film_folder: Path, clock: FakeClock) -> None:
    wall = Wall(film_folder, clock)
    assert wall.states() == {}
    wall.watch.stop()
    assert wall.watch.join()


class Waits:
    """Stands in for a condition: remembers how long each wait may last, and waits for none."""

    def __init__(self) -> None:
        self.may_last: list[float] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def notify_all(self) -> None:
        pass

    def wait_for(self, claim: Callable[[], bool], timeout: float) -> bool:
        self.may_last.append(timeout)
        return claim()


def test_however_much_calls_a_round_is_followed_by_a_rest_of_its_own_length(wall: Wall) -> None:
    waits = Waits()
    condition, wall.watch._condition = wall.watch._condition, waits  # type: ignore[assignment]
    wall.watch.wake()
    wall.watch._rest(500_000_000)
    assert waits.may_last[0] == 2  # for nothing but the end
    wall.watch._rest(0)
    assert waits.may_last[3:] == [0, 0.25, 1.75]
    wall.watch._condition = condition


def test_subtitles_of_the_film_are_told_as_they_come_change_and_go(wall: Wall, put: Put) -> None:
    def said() -> list[str]:
        return [cue.text for track in wall.watch.library.subtitles for cue in track.cues]

    wall.go()
    cue = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"
    file = put("", "film.de.srt", cue.format("nie").encode())
    wall.go(1)
    assert said() == []
    wall.go(SETTLE_S)
    assert said() == ["nie"]
    told = len(wall.told)
    wall.go(SETTLE_S)
    assert len(wall.told) == told
    file.write_bytes(b"\xff\xff")
    wall.go(1)
    wall.go(SETTLE_S)
    assert said() == ["nie"]
    assert "is not in UTF-8" in wall.watch.library.subtitles[0].complaints[0]
    file.unlink()
    wall.go(1)
    assert said() == []
