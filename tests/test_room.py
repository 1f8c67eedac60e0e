"""Whether one more film may be decoded beside those that are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from installation.film import Credit, Picture, Version
from installation.room import MEASURED_NS, SHARE, Room, cost_of

CORES = 2
S = 1_000_000_000


def version(name: str, height: int = 1080, rate: int = 24) -> Version:
    return Version(
        name,
        Path(name),
        Credit(name),
        Picture(height * 16 // 9, height),
        Fraction(rate),
        Fraction(120),
        120 * rate,
        "mov",
    )


def test_before_anything_is_measured_as_many_are_let_in_as_are_estimated_to_fit() -> None:
    room = Room(CORES)
    let_in = [room.admits(version(str(i)), must=False) for i in range(9)]
    fit = int(SHARE * CORES / cost_of(version("one")))
    assert 0 < fit < 9
    assert let_in == [True] * fit + [False] * (9 - fit)


def test_who_was_let_in_stays_and_who_leaves_makes_room() -> None:
    room = Room(CORES)
    several = [version(str(i)) for i in range(9)]
    let_in = [v for v in several if room.admits(v, must=False)]
    assert all(room.admits(v, must=False) for v in let_in)
    room.forget_all_but(let_in[1:])
    assert room.admits(several[-1], must=False)
    assert not room.admits(let_in[0], must=False)


def test_one_that_must_is_let_in_and_counted() -> None:
    room = Room(CORES)
    for i in range(9):
        assert room.admits(version(str(i)), must=True)
    assert not room.admits(version("small", 200), must=False)


def test_another_film_in_the_same_place_is_asked_for_anew() -> None:
    room = Room(CORES)
    for i in range(9):
        room.admits(version(str(i)), must=True)
    assert not room.admits(replace(version("0"), edition=(7,)), must=False)


@given(share=st.fractions(0, 2), height=st.sampled_from([360, 720, 1080, 2160]))
def test_a_wall_that_plays_is_measured(share: Fraction, height: int) -> None:
    room = Room(CORES)
    for i in range(9):
        room.admits(version(str(i)), must=True)
    for second in range(0, MEASURED_NS // S + 1):
        room.note_load(second * S, int(second * S * share))
    newcomer = version("new", height)
    fits = share + cost_of(newcomer) <= SHARE * CORES
    assert abs(room.used - share) < Fraction(1, 1000)
    if abs(share + cost_of(newcomer) - SHARE * CORES) > Fraction(1, 100):
        assert room.admits(newcomer, must=False) == fits


def test_several_that_come_at_once_are_counted_before_they_can_be_measured() -> None:
    room = Room(CORES)
    for second in range(0, MEASURED_NS // S + 1):
        room.note_load(second * S, 0)
    let_in = [room.admits(version(str(i)), must=False) for i in range(9)]
    assert let_in.count(True) == int(SHARE * CORES / cost_of(version("one")))
