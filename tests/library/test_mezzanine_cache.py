"""The cache finds what is there, is bounded, never takes what is on air, and mends itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.config import Amount
from installation.film import CalendarClock
from installation.library.cached import Key, Name, parsed
from installation.library.digest import digest
from installation.library.mezzanine import RECIPE
from installation.library.mezzanine_cache import MezzanineCache, NoRoom
from tests.fakes import FakeClock
from tests.library.mezzanines import put, rot, sha256

MINUTE_NS = 60 * 1_000_000_000
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def calendar() -> FakeClock:
    """It is now, and stays so."""
    return FakeClock(CalendarClock().now_ns())


@pytest.fixture
def make_cache(tmp_path: Path, calendar: FakeClock) -> Callable[[str], MezzanineCache]:
    return lambda limit: MezzanineCache(tmp_path / "cache", Amount.parse(limit), calendar)


@pytest.fixture
def cache(make_cache: Callable[[str], MezzanineCache]) -> MezzanineCache:
    return make_cache("20%")


def files(cache: MezzanineCache) -> list[str]:
    return sorted(path.name for path in cache.folder.iterdir())


# -- finding


def test_what_was_put_in_comes_out_as_it_was(cache: MezzanineCache) -> None:
    entry = put(cache, data=b"a mezzanine")
    assert cache.entries() == [entry]
    assert cache.get(Key(sha256("a"), (640, 360))) == entry
    assert entry.path.read_bytes() == b"a mezzanine"
    assert entry.digest == digest(entry.path)
    assert len(files(cache)) == 2


def test_another_process_finds_it(
    cache: MezzanineCache, make_cache: Callable[[str], MezzanineCache]
) -> None:
    other = make_cache("20%")
    assert other.find(sha256("a"), (640, 360)) is None
    entry = put(cache)
    assert other.find(sha256("a"), (640, 360)) == entry


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((100, 100), 320),
        ((320, 180), 320),
        ((321, 180), 640),
        ((320, 181), 640),
        ((640, 360), 640),
        ((1000, 500), 1280),
        ((3840, 2160), 1280),
    ],
)
def test_the_smallest_that_is_large_enough_is_shown_else_the_largest(
    cache: MezzanineCache, wanted: tuple[int, int], found: int
) -> None:
    for size in ((640, 360), (1280, 720), (320, 180)):
        put(cache, size=size)
        put(cache, "another film", (wanted[0], wanted[1]))
    entry = cache.find(sha256("a"), wanted)
    assert entry is not None
    assert entry.width_px == found


def test_those_of_another_recipe_are_not_shown(cache: MezzanineCache) -> None:
    put(cache, recipe=RECIPE + 1)
    assert cache.find(sha256("a"), (640, 360)) is None


def test_the_first_of_two_processes_that_make_the_same_is_kept(cache: MezzanineCache) -> None:
    first = put(cache, data=b"first")
    assert put(cache, data=b"second") == first
    assert first.path.read_bytes() == b"first"
    assert len(files(cache)) == 2


def test_one_that_is_half_there_is_not_found(cache: MezzanineCache) -> None:
    for change in ("note", "film"):
        entry = put(cache, change)
        note = cache.folder / Name.note(entry.key)
        (note if change == "note" else entry.path).unlink()
    assert cache.entries() == []
    assert cache.find(sha256("film"), (1, 1)) is None


@pytest.mark.parametrize("change", ["size", "time"])
def test_one_that_was_written_to_is_not_found(cache: MezzanineCache, change: str) -> None:
    entry = put(cache)
    before = entry.path.stat().st_mtime_ns
    if change == "size":
        entry.path.write_bytes(b"x")
        os.utime(entry.path, ns=(before, before))
    else:
        os.utime(entry.path, ns=(before + MINUTE_NS, before + MINUTE_NS))
    assert cache.find(sha256("a"), (640, 360)) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note.pop("facts"),
        lambda note: note.update(format=0),
        lambda note: note.update(size=[640]),
        lambda note: note.update(size=["640", "360"]),
        lambda note: note.update(file="../../elsewhere.mp4"),
        lambda note: note.update(made_ns="now"),
        lambda note: note["digest"].update(sha256="x"),
        lambda note: note["facts"]["film"].update(rate="0"),
        lambda note: note["original"].update(sha256=sha256("b")),
        lambda note: note.clear(),
    ],
)
def test_a_note_that_makes_no_sense_is_swept_away(
    cache: MezzanineCache, damage: Callable[[dict[str, Any]], object]
) -> None:
    entry = put(cache)
    note = cache.folder / Name.note(entry.key)
    written = json.loads(note.read_text())
    damage(written)
    note.write_text(json.dumps(written))
    assert cache.entries() == []
    cache.sweep()
    assert not note.exists()
    assert put(cache, data=b"made anew").path.read_bytes() == b"made anew"


def test_without_a_folder_there_is_nothing_and_no_fault(cache: MezzanineCache) -> None:
    assert cache.entries() == []
    assert cache.find(sha256("a"), (1, 1)) is None
    assert cache.used_bytes() == 0
    cache.sweep()
    assert cache.clear() == (0, 0)


def test_the_cache_is_not_made_on_the_wrong_disk(tmp_path: Path, calendar: FakeClock) -> None:
    """Where a disk is not plugged in, the folder that it hangs in is missing, or empty."""
    cache = MezzanineCache(tmp_path / "ssd" / "mezzanines", Amount.parse("20%"), calendar)
    with pytest.raises(FileNotFoundError):
        cache.prepare()
    (tmp_path / "ssd").mkdir()
    cache.prepare()
    assert cache.folder.is_dir()


# -- room


def test_what_was_shown_least_recently_goes_first(
    make_cache: Callable[[str], MezzanineCache], calendar: FakeClock
) -> None:
    cache = make_cache("0.1 MB")
    entries = {name: put(cache, name, data=b"x" * 25_000) for name in "abc"}
    for name in "bca":
        calendar.jump_ns(20 * MINUTE_NS)
        cache.touch(entries[name])
    calendar.jump_ns(20 * MINUTE_NS)
    cache.make_room(40_000)
    assert {entry.key.sha256 for entry in cache.entries()} == {sha256("a"), sha256("c")}


def test_one_of_an_older_recipe_goes_before_all_others(
    make_cache: Callable[[str], MezzanineCache], calendar: FakeClock
) -> None:
    cache = make_cache("0.1 MB")
    put(cache, "a", data=b"x" * 40_000)
    calendar.jump_ns(MINUTE_NS)
    put(cache, "b", data=b"x" * 40_000, recipe=RECIPE + 1)
    calendar.jump_ns(20 * MINUTE_NS)
    cache.make_room(40_000)
    assert [entry.key.sha256 for entry in cache.entries()] == [sha256("a")]


def test_none_on_air_is_ever_taken_away(
    make_cache: Callable[[str], MezzanineCache], calendar: FakeClock
) -> None:
    cache = make_cache("0.1 MB")
    on_air = put(cache, "here", data=b"x" * 40_000)
    elsewhere = put(cache, "in another process", data=b"x" * 40_000)
    calendar.jump_ns(20 * MINUTE_NS)
    make_cache("0.1 MB").touch(elsewhere)
    with pytest.raises(NoRoom) as caught:
        cache.make_room(40_000, {on_air.path})
    assert str(caught.value) == (
        "the cache is at its limit (0.1 MB) with what is shown or was just made;"
        " raise conform.limit; originals play on"
    )
    assert {entry.path for entry in cache.entries()} == {on_air.path, elsewhere.path}
    cache.make_room(40_000)
    assert [entry.path for entry in cache.entries()] == [elsewhere.path]


def test_one_that_can_never_have_room_takes_no_other_away(
    make_cache: Callable[[str], MezzanineCache], calendar: FakeClock
) -> None:
    cache = make_cache("100 MB")
    put(cache)
    calendar.jump_ns(20 * MINUTE_NS)
    with pytest.raises(NoRoom, match=r"may hold 100 MB, and this alone may need 0\.2 GB"):
        cache.make_room(200_000_000)
    assert len(cache.entries()) == 1


def test_the_limit_may_be_a_share_of_the_disk(
    make_cache: Callable[[str], MezzanineCache], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = make_cache("10%")
    put(cache, data=b"x" * 60_000)
    disk = Usage(1_000_000, 0, 10**12)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: disk)
    assert cache.limit_bytes() == 100_000
    cache.make_room(30_000)
    with pytest.raises(NoRoom, match=r"at its limit \(10%\)"):
        cache.make_room(50_000)


def test_a_full_disk_is_made_room_on_or_told(
    cache: MezzanineCache, calendar: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cache)
    calendar.jump_ns(20 * MINUTE_NS)
    disk = Usage(10**12, 10**12 - 10**6, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: disk)
    with pytest.raises(NoRoom) as caught:
        cache.make_room(1000)
    assert cache.entries() == [], "all that could go went"
    assert str(caught.value) == (
        f'the disk of the cache is full ("{cache.folder}", 0.0 GB free); make room there, or set'
        " conform.cache to a folder on another disk; originals play on"
    )


def test_clearing_leaves_what_is_on_air_and_whatever_is_not_ours(
    cache: MezzanineCache, calendar: FakeClock
) -> None:
    put(cache, "a")
    calendar.jump_ns(20 * MINUTE_NS)
    on_air = put(cache, "b")
    (cache.folder / "my film.mp4").write_bytes(b"somebody put this here")
    (cache.folder / f"{sha256('a')}.mp4").write_bytes(b"and this")
    assert cache.clear() == (1, 1)
    assert cache.entries() == [on_air]
    assert cache.clear(even_just_shown=True) == (1, 0)
    assert files(cache) == sorted(["my film.mp4", f"{sha256('a')}.mp4"])


# -- faults


def test_a_flipped_bit_is_found_and_taken_away(cache: MezzanineCache) -> None:
    sound, damaged = put(cache, "a"), put(cache, "b")
    rot(damaged.path)
    assert cache.find(sha256("b"), (1, 1)) == damaged, "unread it looks well"
    assert cache.is_sound(sound, digest)
    assert not cache.is_sound(damaged, digest)
    assert cache.entries() == [sound]
    assert not damaged.path.exists()


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(
    cache: MezzanineCache,
) -> None:
    entry = put(cache)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = cache.folder / Name.part(entry.key, gone.pid, 1)
    ours = cache.part_for(entry.key)
    for part in (left, ours):
        part.write_bytes(b"half")
    cache.sweep()
    assert not left.exists()
    assert ours.exists()
    assert cache.entries() == [entry]


def test_a_part_from_another_machine_is_nobodys_after_a_day(
    cache: MezzanineCache, calendar: FakeClock
) -> None:
    entry = put(cache)
    ours = cache.part_for(entry.key)
    part = ours.with_name(f"{entry.key}-00000000-{os.getpid()}-1.part")
    part.write_bytes(b"half")
    cache.sweep()
    assert part.exists()
    calendar.jump_ns(25 * 60 * MINUTE_NS)
    cache.sweep()
    assert not part.exists()


def test_a_film_without_its_note_is_swept_but_not_at_once(
    cache: MezzanineCache, calendar: FakeClock
) -> None:
    """Between the two another process may be about to write the note."""
    entry = put(cache)
    (cache.folder / Name.note(entry.key)).unlink()
    cache.sweep()
    assert entry.path.exists()
    whole = put(cache, "another")
    calendar.jump_ns(20 * MINUTE_NS)
    cache.sweep()
    assert not entry.path.exists()
    assert cache.entries() == [whole]


def test_a_cache_that_may_only_be_read_is_read(
    open_folder: Path,
    calendar: FakeClock,
    without_privileges: Callable[[], AbstractContextManager[None]],
) -> None:
    cache = MezzanineCache(open_folder / "cache", Amount.parse("20%"), calendar)
    entry = put(cache)
    cache.folder.chmod(0o555)
    with without_privileges():
        assert cache.find(sha256("a"), (640, 360)) == entry
        cache.touch(entry)
        cache.discard(entry)
        cache.sweep()
        with pytest.raises(PermissionError):
            put(cache, "b")
        assert cache.entries() == [entry]


def test_a_folder_taken_away_is_made_again_for_the_next(cache: MezzanineCache) -> None:
    entry = put(cache)
    shutil.rmtree(cache.folder)
    cache.touch(entry)
    assert cache.find(sha256("a"), (640, 360)) is None
    assert put(cache).key == entry.key


# -- names

keys = st.builds(
    Key,
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.tuples(st.integers(1, 99_999), st.integers(1, 99_999)),
    st.integers(0, 999),
)


@given(keys, st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(1, 4_194_304))
def test_every_name_of_ours_tells_what_it_is(key: Key, own: str, pid: int) -> None:
    assert parsed(Name.note(key)) == Name(key, "note")
    assert parsed(Name.film(key, own)) == Name(key, "film")
    part = parsed(Name.part(key, pid, 3))
    assert part is not None
    assert (part.key, part.kind, part.pid) == (key, "part", pid)
    assert 0 <= key.short_id <= 65535


@given(st.text(max_size=80))
def test_other_names_are_not_ours(name: str) -> None:
    assert parsed(name) is None


# -- faults


def test_it_is_told_when_what_plays_is_not_there_any_more(cache: MezzanineCache) -> None:
    entry = put(cache)
    assert cache.still_holds(entry)
    cut = put(cache, "another", data=b"whole")
    cut.path.write_bytes(b"half")
    assert not cache.still_holds(cut)
    (cache.folder / Name.note(entry.key)).unlink()
    assert not cache.still_holds(entry)
    shutil.rmtree(cache.folder)
    assert not cache.still_holds(cut)


def test_where_no_note_can_be_written_no_film_is_left(
    cache: MezzanineCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("installation.library.mezzanine_cache.write_whole", refuse)
    with pytest.raises(OSError, match="No space left"):
        put(cache)
    assert files(cache) == []
