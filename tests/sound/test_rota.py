"""Who speaks: by turns, the latest, all, or one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from installation.film import TimeMap
from installation.sound.rota import Rota
from installation.sound.wanted import Heard, Speaking

MAP = TimeMap(Fraction(24), 24, Fraction(1))


def version(name: str, age: int = 0) -> Heard:
    return Heard(name, Path(name), "mov", (1,), ((0, MAP),), age=age)


A, B, C = version("a", 3), version("b", 1), version("c", 2)


def test_each_has_a_turn_in_the_order_they_hang() -> None:
    rota = Rota()
    turns = [rota.speakers(k, Speaking.ROTATE, "", [A, B, C]) for k in range(7)]
    assert turns == [("a",), ("b",), ("c",), ("a",), ("b",), ("c",), ("a",)]


def test_the_next_turn_is_known_before_it_begins_and_stays() -> None:
    rota = Rota()
    asked = [rota.speakers(k, Speaking.ROTATE, "", [A, B]) for k in (0, 1, 0, 1, 2, 1, 2)]
    assert asked == [("a",), ("b",), ("a",), ("b",), ("a",), ("b",), ("a",)]


def test_newcomers_wait_for_their_turn_and_who_leaves_is_followed_at_once() -> None:
    rota = Rota()
    assert rota.speakers(0, Speaking.ROTATE, "", [B]) == ("b",)
    assert rota.speakers(0, Speaking.ROTATE, "", [A, B, C]) == ("b",)
    assert rota.speakers(1, Speaking.ROTATE, "", [A, B, C]) == ("c",)
    assert rota.speakers(1, Speaking.ROTATE, "", [A, B]) == ("a",)
    assert rota.speakers(2, Speaking.ROTATE, "", [A, B]) == ("b",)


def test_the_latest_a_named_one_all_or_nobody() -> None:
    rota = Rota()
    assert rota.speakers(0, Speaking.LATEST, "", [B, A, C]) == ("a",)
    assert rota.speakers(0, Speaking.LATEST, "", [B, C]) == ("c",)  # while a is off air
    assert rota.speakers(0, Speaking.ONE, "b", [A, B]) == ("b",)
    assert rota.speakers(0, Speaking.ONE, "none", [A, B]) == ()
    assert rota.speakers(0, Speaking.MIX, "", [A, B]) == ("a", "b")
    assert rota.speakers(0, Speaking.LATEST, "", []) == ()
