"""A folder is whole when it lay still for long enough, or when whoever put it there says so."""

from __future__ import annotations

import pytest

from installation.library.settle import (
    UNFINISHED_PATIENCE,
    Course,
    FileSeen,
    Sighting,
    Stillness,
    follow,
    is_coming,
    settles_at_ns,
    stillness,
)

SETTLE_NS = 5_000
FILM = FileSeen("film.mp4", size=100, mtime_ns=10, changed_ns=10, inode=7)


def _sighting(*files: FileSeen) -> Sighting:
    return Sighting(inode=1, files=files)


def _at(course: Course, now_ns: int) -> Stillness:
    return stillness(course, now_ns, SETTLE_NS)


def test_a_new_folder_arrives_then_settles_then_is_settled() -> None:
    course = follow(None, _sighting(FILM), 1_000)
    assert _at(course, 1_000) is Stillness.ARRIVING
    assert _at(course, 3_499) is Stillness.ARRIVING
    assert _at(course, 3_500) is Stillness.SETTLING
    assert _at(course, 5_999) is Stillness.SETTLING
    assert _at(course, 6_000) is Stillness.SETTLED
    assert settles_at_ns(course, SETTLE_NS) == 6_000


@pytest.mark.parametrize(
    "changed",
    [
        FILM._replace(name="other.mp4"),
        FILM._replace(size=101),
        FILM._replace(mtime_ns=11),
        FILM._replace(changed_ns=11),
        FILM._replace(inode=8),
    ],
)
def test_any_change_of_a_file_starts_the_time_anew(changed: FileSeen) -> None:
    course = follow(None, _sighting(FILM), 0)
    course = follow(course, _sighting(changed), 4_999)
    assert settles_at_ns(course, SETTLE_NS) == 9_999


def test_a_file_more_or_less_starts_the_time_anew() -> None:
    other = FileSeen("version.yaml")
    course = follow(None, _sighting(FILM), 0)
    course = follow(course, _sighting(FILM, other), 4_000)
    course = follow(course, _sighting(FILM), 5_000)
    assert settles_at_ns(course, SETTLE_NS) == 10_000


def test_stillness_counts_on_while_nothing_changes_whatever_the_name() -> None:
    course = follow(None, _sighting(FILM), 0)
    assert follow(course, _sighting(FILM), 4_000, is_declared=True, age_ns=99) is course


def test_what_lay_still_before_the_start_is_settled() -> None:
    assert _at(follow(None, _sighting(FILM), 0, age_ns=SETTLE_NS), 0) is Stillness.SETTLED
    assert _at(follow(None, _sighting(FILM), 0, age_ns=SETTLE_NS - 1), 0) is Stillness.SETTLING


def test_a_file_from_the_future_settles_from_now_on() -> None:
    assert settles_at_ns(follow(None, _sighting(FILM), 0, age_ns=-(10**18)), SETTLE_NS) == SETTLE_NS


def test_a_folder_that_came_whole_is_admitted_at_once_and_only_as_it_came() -> None:
    course = follow(None, _sighting(FILM), 0, is_declared=True)
    assert _at(course, 0) is Stillness.ADMITTED
    assert _at(follow(course, _sighting(FILM._replace(size=101)), 1), 1) is Stillness.ARRIVING


def test_a_ready_file_admits_at_once_only_what_it_came_after() -> None:
    after, before = (FileSeen("READY", changed_ns=ns) for ns in (11, 9))
    assert _at(follow(None, _sighting(FILM, after), 0), 0) is Stillness.ADMITTED
    assert _at(follow(None, _sighting(FILM, before), 0), 0) is Stillness.ARRIVING


@pytest.mark.parametrize("name", ["film.mp4.part", "a.crdownload", "x.TMP", ".film.mp4.Ab3dEf"])
def test_an_unfinished_file_keeps_its_folder_arriving_until_it_was_left_behind(name: str) -> None:
    sighting = _sighting(FILM, FileSeen("READY", changed_ns=99), FileSeen(name))
    course = follow(None, sighting, 0, is_declared=True)
    assert _at(course, UNFINISHED_PATIENCE * SETTLE_NS - 1) is Stillness.ARRIVING
    assert _at(course, UNFINISHED_PATIENCE * SETTLE_NS) is not Stillness.ARRIVING


@pytest.mark.parametrize("name", [".DS_Store", "._film.mp4", "film.mp4", "~$film.mp4", ".hidden"])
def test_clutter_is_nothing_that_comes(name: str) -> None:
    assert not is_coming(name)


def test_no_settle_time_means_at_once() -> None:
    assert stillness(follow(None, _sighting(FILM), 7), 7, 0) is Stillness.SETTLED
