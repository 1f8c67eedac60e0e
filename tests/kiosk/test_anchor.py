"""A wall that comes back is where its film would be, whatever became of it meanwhile."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from installation.film import FilmPosition, MasterClock
from installation.kiosk.anchor import NAME, Anchor, FilmAnchor, read_anchor
from tests.fakes import FakeClock

S = 1_000_000_000
RATE, LENGTH = Fraction(24), 240
NTSC = Fraction(24000, 1001)
YEAR_NS = 365 * 24 * 3600 * S


class Calendar:
    """The time of day, which a test sets."""

    def __init__(self, now_ns: int = 1_700_000_000 * S) -> None:
        self.now = now_ns

    def now_ns(self) -> int:
        return self.now


class Machine:
    """A machine that runs, is switched off, and is switched on again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock, self.calendar = FakeClock(), Calendar()

    def start(self) -> FilmAnchor:
        return FilmAnchor(self.folder, self.clock, self.calendar)

    def pass_by(self, nanoseconds: int) -> None:
        self.clock.jump_ns(nanoseconds)
        self.calendar.now += nanoseconds

    def reboot(self, off_ns: int) -> None:
        """The clock begins anew; the calendar has gone on."""
        self.clock = FakeClock(7 * S)
        self.calendar.now += off_ns


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "kept")


def film_from(anchor: FilmAnchor, machine: Machine, rate: Fraction = RATE) -> MasterClock:
    film = MasterClock(rate, LENGTH)
    began_ns = anchor.began_ns(rate, LENGTH)
    film.start(machine.clock.now_ns() if began_ns is None else began_ns)
    return film


@pytest.mark.parametrize("rate", [RATE, NTSC])
@pytest.mark.parametrize("off_ns", [300_000_000, 3600 * S + 1, YEAR_NS + 17 * S])
def test_after_a_power_cut_the_film_is_where_the_calendar_says(
    machine: Machine, rate: Fraction, off_ns: int
) -> None:
    anchor = machine.start()
    film = film_from(anchor, machine, rate)
    assert film.position(machine.clock.now_ns()) == FilmPosition(0, 0)
    machine.pass_by(12 * S)
    anchor.keep(film)
    anchor.join(5)
    machine.reboot(off_ns)
    back = film_from(machine.start(), machine, rate)
    run = Fraction((12 * S + off_ns) * rate, S)
    _, frame = back.position(machine.clock.now_ns())
    assert abs(frame - run % LENGTH) <= 1


def test_nothing_is_written_while_nothing_changes(machine: Machine) -> None:
    anchor = machine.start()
    film = film_from(anchor, machine)
    anchor.keep(film)
    anchor.join(5)
    (machine.folder / NAME).unlink()
    for _ in range(100):
        machine.pass_by(3 * S + 12_345)
        anchor.keep(film)
        anchor.join(5)
    assert not (machine.folder / NAME).exists()


def test_a_calendar_that_is_set_moves_the_anchor_and_never_the_film(machine: Machine) -> None:
    anchor = machine.start()
    film = film_from(anchor, machine)
    anchor.keep(film)
    anchor.join(5)
    before = (machine.folder / NAME).read_bytes()
    machine.calendar.now += 3600 * S + S // 2  # by NTP, say
    machine.pass_by(5 * S)
    where = film.position(machine.clock.now_ns())
    anchor.keep(film)
    anchor.join(5)
    assert film.position(machine.clock.now_ns()) == where
    assert (machine.folder / NAME).read_bytes() != before
    machine.reboot(0)
    again = film_from(machine.start(), machine)
    assert again.position(machine.clock.now_ns()).frame == where.frame


def test_a_machine_that_slept_is_still_where_its_anchor_says(machine: Machine) -> None:
    anchor = machine.start()
    film = film_from(anchor, machine)
    anchor.keep(film)
    anchor.join(5)
    before = (machine.folder / NAME).read_bytes()
    machine.pass_by(9 * 3600 * S)  # the clock counts sleep, as the calendar does
    anchor.keep(film)
    anchor.join(5)
    assert (machine.folder / NAME).read_bytes() == before


@pytest.mark.parametrize(("rate", "length"), [(RATE, LENGTH + 1), (NTSC, LENGTH)])
def test_of_another_film_nothing_is_known(machine: Machine, rate: Fraction, length: int) -> None:
    anchor = machine.start()
    anchor.keep(film_from(anchor, machine))
    anchor.join(5)
    assert machine.start().began_ns(RATE, LENGTH) is not None
    assert machine.start().began_ns(rate, length) is None


def test_another_length_is_kept_from_the_loop_on_that_has_it(machine: Machine) -> None:
    anchor = machine.start()
    film = film_from(anchor, machine)
    film.change_length(1, 48)
    machine.pass_by(11 * S)
    anchor.keep(film)
    anchor.join(5)
    kept = read_anchor(machine.folder / NAME)
    assert kept is not None
    assert kept.length == 48
    assert kept.into_loop_ns(machine.calendar.now) == S


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", b"null", b'{"zero_ns": 1}', b"\xff" * 9000, b"9" * 4096,
     b'{"zero_ns": 1.5, "length": 240, "rate": "24"}',
     b'{"zero_ns": 1, "length": 0, "rate": "24"}',
     b'{"zero_ns": 1, "length": true, "rate": "24"}',
     b'{"zero_ns": 1, "length": 240, "rate": "1/0"}'],
)  # fmt: skip
def test_a_damaged_anchor_is_set_aside_and_made_anew(machine: Machine, damaged: bytes) -> None:
    machine.folder.mkdir(parents=True)
    (machine.folder / NAME).write_bytes(damaged)
    anchor = machine.start()
    assert anchor.began_ns(RATE, LENGTH) is None
    assert (machine.folder / f"{NAME}.damaged").read_bytes() == damaged
    anchor.keep(film_from(anchor, machine))
    anchor.join(5)
    assert json.loads((machine.folder / NAME).read_bytes())["length"] == LENGTH


def test_a_calendar_before_the_anchor_still_finds_a_film_frame() -> None:
    anchor = Anchor(zero_ns=2_000_000_000 * S, length=LENGTH, rate=RATE)
    assert 0 <= anchor.into_loop_ns(0) < 10 * S


def test_a_folder_that_cannot_be_written_is_told_once(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.folder.parent.mkdir(parents=True, exist_ok=True)
    machine.folder.write_text("a file is in the way")
    anchor = machine.start()
    film = film_from(anchor, machine)
    for _ in range(3):
        anchor.keep(film)
        anchor.join(5)
        machine.calendar.now += 60 * S + 7
    told = [record for record in caplog.records if "begin at its start" in record.message]
    assert len(told) == 1
