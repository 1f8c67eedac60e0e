"""Each version plays from the file that suits the wall, and never from none for long."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation.config import load_config
from installation.copies import Copies, conformed_version
from installation.errors import VersionRejected
from installation.film import Credit, Picture, SystemClock, Version
from installation.library.digest import Digest, digest, edition_of
from installation.library.maker import Tools
from installation.library.mezzanine import MezzanineFacts, Size
from tests.library.mezzanines import facts_of

PATIENCE_S = 20
TILE = (640, 360)


class Works:
    """Meets `conform_apart`, at once; or refuses."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Size]] = []
        self.refuses = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(
        self,
        source: Path,
        container: str,
        target: Path,
        size: Size,
        short_id: int,
        *,
        stop: threading.Event | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> MezzanineFacts:
        self.asked.append((source.parent.name, size))
        assert self.may_go_on.wait(PATIENCE_S)
        if self.refuses:
            raise VersionRejected("confuses the decoder", remedy="export it again")
        target.write_bytes(b"mezzanine of " + source.read_bytes() + repr(size).encode())
        return facts_of(size, target.stat().st_size)


class Desk:
    """Copies of the films of one folder, and what they are told and tell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.films = folder / "film"
        self.films.mkdir()
        self.works = Works()
        self.reads: list[str] = []
        self.told = threading.Semaphore(0)
        self._all: list[Copies] = []

    def copies(self, mode: str = "auto") -> Copies:
        """Those of a wall that starts."""
        path = self.folder / "wall.yaml"
        path.write_text(
            f"film: {{versions: film}}\nconform: {{mode: {mode}, cache: cache, limit: 1 GB}}\n"
        )
        copies = Copies(load_config(path), SystemClock(), Tools(self.works, self._read))
        self._all.append(copies)
        return copies

    def _read(self, path: Path, *, stop: threading.Event | None = None) -> Digest:
        self.reads.append(path.parent.name)
        return digest(path)

    def version(self, name: str, size: Size = (1920, 1080), data: str = "") -> Version:
        path = self.films / name / "film.mp4"
        path.parent.mkdir(exist_ok=True)
        path.write_text(data or name)
        edition = edition_of(path.stat())
        picture, rate = Picture(*size), Fraction(24)
        duration = Fraction(10, 24)
        return Version(
            name, path, Credit(name), picture, rate, duration, 10, "mov", edition=edition
        )

    def wait_told(self) -> None:
        assert self.told.acquire(timeout=PATIENCE_S)

    def close(self) -> None:
        self.works.may_go_on.set()
        for copies in self._all:
            copies.stop()
        assert all([copies.join(PATIENCE_S) for copies in self._all])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = Desk(tmp_path)
    yield made
    made.close()


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.005)


def test_a_large_original_plays_until_its_mezzanine_is_there(desk: Desk) -> None:
    copies, version = desk.copies(), desk.version("a")
    assert copies.playing([version]) == (version,)
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    desk.wait_told()
    (played,) = copies.playing([version])
    assert played.path.parent == desk.folder / "cache"
    assert played.original == version
    assert (played.picture.width_px, played.picture.height_px) == TILE
    assert (played.name, played.rate, played.duration) == ("a", version.rate, version.duration)


def test_the_next_start_plays_the_mezzanine_at_once(desk: Desk) -> None:
    version = desk.version("a")
    first = desk.copies()
    first.want([version], {"a": TILE})
    first.start(desk.told.release)
    desk.wait_told()
    again = desk.copies()
    looked_up = again.look_up(version)
    assert looked_up == first.playing([version])[0]
    assert again.playing([version]) == (looked_up,)
    assert len(desk.works.asked) == 1


def test_a_film_that_is_replaced_plays_from_its_own_file_again(desk: Desk) -> None:
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    desk.wait_told()
    other = desk.version("a", data="another film")
    assert copies.playing([other]) == (other,)
    copies.want([other], {"a": TILE})
    desk.wait_told()
    (played,) = copies.playing([other])
    assert b"another film" in played.path.read_bytes()


def test_what_fits_its_tile_about_is_left_as_it_is_but_for_always(desk: Desk) -> None:
    version = desk.version("a", size=(640, 360))
    copies = desk.copies()
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    wait_for(lambda: desk.reads == ["a"])  # its fixity is recorded all the same
    assert desk.works.asked == []
    always = desk.copies("always")
    assert always.playing([version]) == ()
    always.want([version], {"a": TILE})
    always.start(desk.told.release)
    desk.wait_told()
    assert always.playing([version])[0].original == version


def test_never_is_never(desk: Desk) -> None:
    copies, version = desk.copies("never"), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    wait_for(lambda: desk.reads == ["a"])
    assert copies.playing([version]) == (version,)
    assert desk.works.asked == []


def test_where_there_is_no_room_versions_wait_and_come_when_they_are_conformed(desk: Desk) -> None:
    desk.works.may_go_on.clear()
    copies = desk.copies()
    versions = [desk.version(name, size=(7680, 4320)) for name in "abc"]
    assert copies.playing(versions) == (versions[0],)  # somebody has to play
    copies.want(versions, dict.fromkeys("abc", TILE))
    copies.start(desk.told.release)
    assert copies.playing(versions) == (versions[0],)
    desk.works.may_go_on.set()
    for _ in versions:
        desk.wait_told()
    assert [v.original for v in copies.playing(versions)] == versions


def test_one_that_cannot_be_conformed_does_not_wait_for_ever(desk: Desk) -> None:
    desk.works.refuses = True
    copies = desk.copies("always")
    version = desk.version("a")
    assert copies.playing([version]) == ()
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    wait_for(lambda: copies.playing([version]) == (version,))


def test_a_mezzanine_that_cannot_be_played_is_made_anew(desk: Desk) -> None:
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    desk.wait_told()
    (played,) = copies.playing([version])
    copies.distrust(played)
    desk.wait_told()
    assert copies.playing([version]) == (version,)
    desk.wait_told()
    (again,) = copies.playing([version])
    assert again.original == version
    assert len(desk.works.asked) == 2
    copies.distrust(again)  # it is not the mezzanine's fault, then
    desk.wait_told()
    wait_for(lambda: not again.path.exists())
    assert copies.playing([version]) == (version,)
    assert len(desk.works.asked) == 2


def test_one_that_was_taken_away_as_it_was_opened_does_not_count_as_bad(desk: Desk) -> None:
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    for times in (1, 2, 3):
        desk.wait_told()
        (played,) = copies.playing([version])
        assert played.original == version
        assert len(desk.works.asked) == times
        shutil.rmtree(desk.folder / "cache")
        copies.distrust(played)
        desk.wait_told()
    desk.wait_told()
    assert copies.playing([version])[0].original == version


def test_another_layout_has_another_size_made_and_plays_what_there_is_meanwhile(desk: Desk) -> None:
    copies, version = desk.copies(), desk.version("a", size=(3840, 2160))
    copies.want([version], {"a": (640, 360)})
    copies.start(desk.told.release)
    desk.wait_told()
    desk.works.may_go_on.clear()
    copies.want([version], {"a": (1920, 1080)})
    wait_for(lambda: len(desk.works.asked) == 2)
    assert copies.playing([version])[0].picture == Picture(640, 360)
    desk.works.may_go_on.set()
    desk.wait_told()
    assert copies.playing([version])[0].picture == Picture(1920, 1080)
    copies.want([version], {"a": (640, 360)})  # there already, and cheaper
    desk.wait_told()
    assert copies.playing([version])[0].picture == Picture(640, 360)
    assert len(desk.works.asked) == 2


def test_a_new_caption_is_no_other_film(desk: Desk) -> None:
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    desk.wait_told()
    (before,) = copies.playing([version])
    (after,) = copies.playing([replace(version, credit=Credit("another"))])
    assert after.credit.model == "another"
    assert before.is_same_film(after)
    assert not before.is_same_film(version)
    assert conformed_version.__doc__


def test_a_cache_that_is_taken_away_is_made_anew_and_plays_on_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.copies.LOOK_S", 0.01)
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    desk.wait_told()
    (before,) = copies.playing([version])
    desk.works.may_go_on.clear()
    shutil.rmtree(desk.folder / "cache")
    wait_for(lambda: len(desk.works.asked) == 2)
    assert copies.playing([version]) == (before,)
    time.sleep(0.1)  # some looks more
    desk.works.may_go_on.set()
    desk.wait_told()
    (after,) = copies.playing([version])
    assert after.path.exists()
    assert not after.is_same_film(before)
    assert len(desk.works.asked) == 2


def test_a_mezzanine_that_somebody_wrote_to_is_not_played_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.copies.LOOK_S", 0.01)
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    desk.wait_told()
    (before,) = copies.playing([version])
    desk.works.may_go_on.clear()
    before.path.write_bytes(b"half")
    desk.wait_told()
    assert copies.playing([version]) == (version,)
    desk.works.may_go_on.set()
    desk.wait_told()
    assert copies.playing([version])[0].path.read_bytes().startswith(b"mezzanine of")


def test_what_could_not_be_played_twice_is_made_again_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.copies.LOOK_S", 0.01)
    monkeypatch.setattr("installation.copies.TOUCH_S", 0.01)
    monkeypatch.setattr("installation.copies.REFUSALS_S", 1)
    copies, version = desk.copies(), desk.version("a")
    copies.want([version], {"a": TILE})
    copies.start(desk.told.release)
    for _ in range(2):
        wait_for(lambda: copies.playing([version])[0] != version)
        copies.distrust(copies.playing([version])[0])
    wait_for(lambda: copies.playing([version])[0] != version)
    assert len(desk.works.asked) == 3
