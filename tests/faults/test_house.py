"""What goes wrong around a wall: its disks, its config, its clock. It plays on, and says so."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.gallery import KIOSK, Gallery, gallery
from tests.faults.verdict import verdict
from tests.wall_e2e.faults import fill, small_disk

FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"
REMEDY = "libfaketime is missing; install it with: sudo apt-get install -y faketime"
HOUR_S = 3600


def test_a_folder_that_is_away_and_a_config_that_is_none_disturb_nothing(
    tmp_path: Path, films: list[Path]
) -> None:
    with gallery(tmp_path, films[:4], seconds=200) as wall:
        away = wall.film.with_name("away")
        wall.film.rename(away)
        wall.config.write_bytes(random.Random(3).randbytes(3000))
        told = wall.wait_for(lambda status: bool(status.mistakes))
        wall.rest(2)
        away.rename(wall.film)
        wall.write()
        wall.wait_for(lambda status: not status.mistakes)
        wall.rest(2)
        wall.config.unlink()
        wall.rest()
        wall.write()
        wall.wait_until_all_on_air()
    assert "wall.yaml" in told.mistakes[0]
    verdict(wall).assert_well(0, 1, 2, 3)
    assert wall.ended_by_itself == []


def test_disks_that_are_unmounted_full_or_cannot_be_written_to_disturb_nothing(
    tmp_path: Path, films: list[Path]
) -> None:
    disk, share, film = tmp_path / "state", tmp_path / "share", tmp_path / "film"
    film.mkdir()
    with small_disk(disk, 16) as refusal, small_disk(share, 16), mounted(share, film, refusal):
        if refusal:
            pytest.skip(f"no disk can be mounted here: {refusal}")
        with gallery(tmp_path, films[:4], seconds=200) as wall:
            unmount(film)
            wall.rest(2)
            mount(share, film)
            wall.rest()
            filler = fill(disk)
            wall.rest(2)
            filler.unlink()
            wall.wait_until_all_on_air()
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            wall.rest(2)
            wall.kill_unheard()  # nobody can be told of it now
            wall.rest(2)
            subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
            wall.wait_until_all_on_air()
    seen = verdict(wall)
    seen.assert_lock()
    seen.assert_nothing_strange()
    seen.assert_seen_always(0, 1, 2, 3)
    assert wall.ended_by_itself == []
    log = [line for line in wall.logged() if "Traceback" in line.text]
    assert log == []


@contextmanager
def mounted(share: Path, film: Path, refusal: str) -> Iterator[None]:
    """The film's folder comes from elsewhere, if anything may be mounted here."""
    if refusal:
        yield
        return
    mount(share, film)
    try:
        yield
    finally:
        unmount(film)


def mount(share: Path, film: Path) -> None:
    subprocess.run(["mount", "--bind", share, film], check=True)


def unmount(film: Path) -> None:
    """Though it is in use."""
    subprocess.run(["umount", "-l", film], check=True)


def test_a_clock_that_is_set_an_hour_forth_and_back_moves_nothing(
    tmp_path: Path, films: list[Path], clock_library: str
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    environment = {
        "LD_PRELOAD": clock_library,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    program = ("-m", "tests.faults.under_faketime", *KIOSK[2:])
    with gallery(
        tmp_path, films[:4], seconds=200, program=program, environment=environment
    ) as wall:
        hours = [seen_hour(wall)]
        for step in (HOUR_S, -HOUR_S, 0):
            new = clock.with_suffix(".new")
            new.write_text(f"{step:+d}\n")
            new.replace(clock)
            wall.rest(2)
            hours.append(seen_hour(wall))
        wall.wait_until_all_on_air()
    steps = [round((b - a) / HOUR_S) for a, b in pairwise(hours)]
    assert steps == [1, -2, 1]
    verdict(wall).assert_well(0, 1, 2, 3)
    assert wall.ended_by_itself == []


def seen_hour(wall: Gallery) -> float:
    """The time of day that the wall has."""
    return wall.wait_for(lambda status: True).now.seen.timestamp()


@pytest.fixture
def clock_library() -> str:
    """What sets a process's clock without setting the machine's."""
    found = sorted(Path("/").glob(FAKETIME.lstrip("/")))
    if not found:
        pytest.skip(REMEDY)
    return str(found[0])
