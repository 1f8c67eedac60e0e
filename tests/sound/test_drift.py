"""A device whose second is not ours is followed, for days, and nobody hears it."""

from __future__ import annotations

import numpy as np
import pytest

from installation.sound.drift import MOST_CHANGE, MOST_RATIO, DeviceLine, Follower

RATE = 48_000
LEAD = RATE // 5
PERIOD = 256
"""Samples that the device takes at a time."""
DAY_S = 86_400


class Simulation:
    """A device whose clock runs fast by so many millionths, and tells late what it has played."""

    def __init__(self, ppm: float, seed: int = 1) -> None:
        self.speed = RATE * (1 + ppm * 1e-6)
        self.generator = np.random.default_rng(seed)
        self.line, self.follower = DeviceLine(RATE), Follower()
        self.now_s = self.lost_s = 0.0
        self.latest_s, self.later_s = 0.004, 0.0
        """How late it tells, from nothing up to this, and by how much later while it is busy."""
        self.film_s: float | None = None
        self.written = 0
        self.offsets: list[float] = []
        self.ratios: list[float] = []

    def run(self, seconds: float, step_s: float) -> None:
        """Play on for so long, looking every so often."""
        for _ in range(int(seconds / step_s)):
            self.now_s += step_s
            device = (self.now_s - self.lost_s) * self.speed
            late = (self.later_s + self.generator.uniform(0, self.latest_s)) * RATE
            played = max(0, int((device - late) // PERIOD * PERIOD))
            self.line.observe(int(self.now_s * 1e9), played)
            if not self.line.is_settled:
                self.film_s = None
                continue
            target = int(device) + LEAD
            ahead_s = 0.0 if self.film_s is None else self.film_s - self.heard_s(self.written)
            if self.film_s is None or abs(ahead_s) > 0.012:
                self.film_s, self.written = self.heard_s(target), target
                self.follower = Follower(-self.line.drift)
                self.ratios.append(float("nan"))  # silent for a moment
                continue
            ratio = self.follower.follow(ahead_s, self.line.drift, step_s)
            self.film_s += (target - self.written) / (1 + ratio) / RATE
            self.written = target
            self.ratios.append(ratio)
            truly_s = target / self.speed + self.lost_s
            self.offsets.append(self.film_s - truly_s)

    def heard_s(self, sample: int) -> float:
        return self.line.time_ns(sample) / 1e9


@pytest.mark.parametrize("ppm", [200, -200, 0])
def test_two_days_stay_in_step_and_no_change_is_heard(ppm: float) -> None:
    wall = Simulation(ppm)
    wall.run(60, 0.02)
    changes = np.abs(np.diff(wall.ratios))
    assert np.nanmax(changes) <= MOST_CHANGE * 0.02 + 1e-12
    assert np.isnan(wall.ratios).sum() == 1  # the beginning
    wall.ratios.clear()
    wall.run(2 * DAY_S, 1.0)
    offsets_ms = np.array(wall.offsets) * 1000
    assert np.abs(offsets_ms).max() < 20  # what it says is 2 ms late on average, and in steps
    assert abs(np.median(offsets_ms)) < 8
    assert np.abs(wall.ratios).max() <= MOST_RATIO
    assert np.abs(np.diff(wall.ratios)).max() <= MOST_CHANGE + 1e-12
    assert wall.line.ppm == pytest.approx(ppm, abs=60)


def test_a_device_that_stood_still_for_a_moment_is_caught_up_with_at_once() -> None:
    wall = Simulation(0)
    wall.run(20, 0.02)
    before = np.median(wall.offsets)
    wall.lost_s += 0.04
    wall.run(1.0, 0.02)
    wall.offsets.clear()
    wall.run(5, 0.02)
    assert np.abs(np.array(wall.offsets) - before).max() < 0.005


@pytest.mark.parametrize("seed", range(5))
def test_one_that_tells_late_and_later_while_a_machine_is_busy_makes_nobody_fall_silent(
    seed: int,
) -> None:
    """PulseAudio was seen to tell what it has played 0 to 41 ms late, from one look to the next."""
    wall = Simulation(0, seed)
    wall.latest_s = 0.04
    wall.run(20, 0.01)
    for later_s in (0.012, 0.0, 0.015, 0.0, -0.01, 0.0):
        wall.later_s = later_s
        wall.run(4, 0.01)
    assert np.isnan(wall.ratios).sum() == 1  # the beginning


def test_a_device_that_was_away_begins_anew() -> None:
    wall = Simulation(0)
    wall.run(10, 0.02)
    wall.lost_s += 3
    wall.run(0.5, 0.02)
    assert not wall.line.is_settled
    wall.run(1, 0.02)
    assert wall.line.is_settled
    wall.offsets.clear()
    wall.run(5, 0.02)
    assert np.abs(wall.offsets).max() < 0.012


def test_nothing_is_known_before_it_was_watched_a_while() -> None:
    line = DeviceLine(RATE)
    assert not line.is_settled
    line.observe(0, 0)
    line.observe(200_000_000, 9600)
    assert not line.is_settled
    line.observe(500_000_000, 24_000)
    assert line.is_settled
    assert line.time_ns(48_000) == pytest.approx(1_000_000_000, abs=1000)
