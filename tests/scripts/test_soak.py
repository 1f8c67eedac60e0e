"""The soak's judgement: a leak is told from noise, and a wall that was harmed in vain passes."""

from __future__ import annotations

import importlib
import random
from itertools import pairwise
from typing import Any

import pytest

from tests.scripts.conftest import SCRIPTS

ROUND_S = 12.0
HOURS = 3.0


@pytest.fixture
def soak(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("soak")


def samples(soak: Any, leak_kb_an_hour: float, rounds: int = 30, noise_kb: float = 300) -> Any:
    """Ten a second; memory swings within each round, and warms up before."""
    chance = random.Random(7)
    found = []
    for place in range(int(rounds * ROUND_S * 10)):
        at_s = place / 10
        hours = at_s / soak.LOOP_S / 60
        warming = 20_000 * min(1, at_s / (0.2 * rounds * ROUND_S))
        swing = 3000 * ((at_s % ROUND_S) / ROUND_S)
        rss = 150_000 + warming + swing + leak_kb_an_hour * hours + chance.gauss(0, noise_kb)
        files = 40 + (at_s % ROUND_S > 3) * 5
        found.append(soak.Sample(at_s, rss, files, 30))
    return found


def memory_slope(soak: Any, found: Any, hours: float) -> Any:
    return soak.slope_of(found, lambda one: one.rss_kb, hours, ROUND_S)


def test_a_wall_that_does_not_leak_passes(soak: Any) -> None:
    slope = memory_slope(soak, samples(soak, 0), HOURS)
    assert slope.may_be_zero


@pytest.mark.parametrize("leak_kb", [100, 1000])
def test_a_leak_is_found_in_the_noise(soak: Any, leak_kb: float) -> None:
    slope = memory_slope(soak, samples(soak, leak_kb, rounds=80), 8)
    assert slope.low <= leak_kb <= slope.high
    assert not slope.may_be_zero
    assert slope.slope > soak.WORTH_A_WORD_KB


def wandering(soak: Any, leak_kb_an_hour: float, seed: int) -> Any:
    """Eight hours of memory that climbs until it is given back, by a level that wanders."""
    chance, found, level = random.Random(seed), [], 0.0
    for place in range(960 * 10):
        at_s = place / 10
        if place % 240 == 0:
            level = 0.6 * level + chance.gauss(0, 4000)
        climbed = 30_000 * min(1.0, (at_s % 21) / 10)
        rss = 155_000 + level + climbed + leak_kb_an_hour * at_s / soak.LOOP_S / 60
        found.append(soak.Sample(at_s, rss, 40, 30))
    return found


def test_memory_that_wanders_is_no_leak_and_one_that_leaks_is_found(soak: Any) -> None:
    def told(leak_kb_an_hour: float) -> int:
        slopes = [
            memory_slope(soak, wandering(soak, leak_kb_an_hour, seed), 8) for seed in range(12)
        ]
        return sum(soak.grows(slope, 8) for slope in slopes)

    assert told(0) <= 2
    assert told(6000) >= 10


@pytest.mark.parametrize(("leak_kb_a_loop", "leaks"), [(0, False), (1500, True)])
def test_a_short_soak_finds_a_few_pictures_leaked_each_loop_and_nothing_else(
    soak: Any, leak_kb_a_loop: float, leaks: bool
) -> None:
    """The swings are those of a wall that was recorded."""
    for seed in range(12):
        chance, found, left = random.Random(seed), [], 0.0
        for place in range(76 * 10):
            at_s = place / 10
            if place % 210 == 180:  # given back
                left = chance.uniform(0, 12_000)
            climbed = 15_000 if place < 180 else 36_000 * min(1.0, (place - 180) % 210 / 70)
            leaked = leak_kb_a_loop * at_s / soak.LOOP_S
            found.append(soak.Sample(at_s, 146_000 + left + climbed + leaked, 40, 30))
        hours = 76 / soak.LOOP_S / 60
        assert soak.grows(memory_slope(soak, found, hours), hours) is leaks


def test_a_round_holds_a_moment_at_which_memory_is_given_back(
    soak: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from installation.changes import TIDY_AFTER_MS

    points: list[tuple[float, float]] = []
    monkeypatch.setattr(soak, "fitted", points.extend)
    memory_slope(soak, samples(soak, 0), HOURS)
    apart_s = [
        (later - earlier) * 60 * soak.LOOP_S for (earlier, _), (later, _) in pairwise(points)
    ]
    assert min(apart_s) == pytest.approx(max(apart_s))
    assert min(apart_s) * 1000 > TIDY_AFTER_MS
    assert min(apart_s) / ROUND_S == pytest.approx(round(min(apart_s) / ROUND_S))


def test_files_that_are_opened_and_closed_again_are_no_leak(soak: Any) -> None:
    slope = soak.slope_of(samples(soak, 0), lambda one: one.files, HOURS, ROUND_S)
    assert (slope.slope, slope.low, slope.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.706), (4, 2.776), (5, 2.571), (8, 2.306), (20, 2.086), (60, 2.000), (1000, 1.962)],
)
def test_the_confidence_interval_is_students(soak: Any, freedom: int, quantile: float) -> None:
    assert soak.student(freedom) == pytest.approx(quantile, abs=0.004)


def test_what_is_wrong_is_said(soak: Any) -> None:
    soaked = soak.Soaked(
        loops=180, real_s=360, pictures=8640, glances=5000, samples=samples(soak, 0)
    )
    figures, verdicts = soak.judged(soaked, ROUND_S)
    assert all(verdicts.values())
    assert figures["simulated"] == "3.00 h (180 loops) in 360 s, 0.50 h a minute"
    for changes in (
        {"mismatches": 1},
        {"broken": ["a picture"]},
        {"glances": 0},
        {"orphans": 9},
        {"log": "Traceback (most recent call last)"},
        {"samples": samples(soak, 1000)},
    ):
        worse = soak.Soaked(**{**vars(soaked), **changes})
        assert not all(soak.judged(worse, ROUND_S)[1].values()), changes
