"""Voices come and go without a click, and two that take turns are as loud as one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from installation.sound.mixer import Mixer, decibels, fade, linear
from installation.sound.source import Samples
from tests.sound_clips import noise

RATE = 48_000
BLOCK = 960


def mixed(
    mixer: Mixer,
    voices: Mapping[Hashable, Samples],
    levels: Mapping[Hashable, float],
    blocks: range,
    fade_s: float,
) -> Samples:
    return np.concatenate(
        [
            mixer.mix(
                levels,
                {name: s[:, b * BLOCK : (b + 1) * BLOCK] for name, s in voices.items()},
                BLOCK,
                fade_s,
            )
            for b in blocks
        ],
        axis=1,
    )


def stereo(seed: int, rate: int = RATE, channels: int = 1) -> Samples:
    """Four seconds, as loud as every other."""
    sound = noise(4, rate, seed, channels=channels)
    return np.repeat(sound, 3 - channels, axis=0).astype(np.float32)


def level(samples: NDArray[np.floating], at: int) -> float:
    window = samples[:, at - RATE // 20 : at + RATE // 20]
    return float(np.sqrt((window**2).mean()))


def test_who_speaks_alone_is_handed_on_as_it_is() -> None:
    voice = stereo(1)
    mixer = Mixer(RATE)
    voices: dict[Hashable, Samples] = {"a": voice}
    heard = mixed(mixer, voices, {"a": 1.0}, range(100), 0.5)
    assert np.array_equal(heard[:, RATE:], voice[:, RATE : heard.shape[1]])


def test_a_crossfade_keeps_to_the_equal_power_curve() -> None:
    one, other = stereo(1), stereo(2, channels=2)
    mixer = Mixer(RATE)
    voices: dict[Hashable, Samples] = {"a": one, "b": other}
    before = mixed(mixer, voices, {"a": 1.0}, range(60), 1.0)
    during = mixed(mixer, voices, {"b": 1.0}, range(60, 120), 1.0)
    heard = np.concatenate([before, during], axis=1)
    start = 60 * BLOCK
    for at in range(start + RATE // 10, start + RATE, RATE // 10):
        off = decibels(level(heard, at) / level(one, at))
        assert off is not None
        assert abs(off) < 0.5
    parts = RATE * 3 // 10
    share = np.dot(heard[0, start + parts : start + parts + 480], one[0, start + parts :][:480])
    share /= np.dot(*[one[0, start + parts : start + parts + 480]] * 2)
    assert share == pytest.approx(np.cos(0.3 * np.pi / 2), abs=0.25)
    assert np.array_equal(
        heard[:, start + RATE + BLOCK :],
        other[:, start + RATE + BLOCK :][:, : heard.shape[1] - start - RATE - BLOCK],
    )


@pytest.mark.parametrize("change", ["who", "level", "missing"])
def test_nothing_clicks(change: str) -> None:
    """A constant, in which every jump shows."""
    flat = np.full((2, 4 * RATE), 0.5, np.float32)
    mixer = Mixer(RATE)
    voices: Mapping[Hashable, Samples] = {"a": flat, "b": flat}
    heard = [mixed(mixer, voices, {"a": 1.0}, range(50), 0.1)]
    if change == "who":
        heard.append(mixed(mixer, voices, {"b": 1.0}, range(50, 52), 0.1))  # and back, half-way
        heard.append(mixed(mixer, voices, {"a": 1.0}, range(52, 100), 0.1))
    elif change == "level":
        heard.append(mixed(mixer, voices, {"a": 0.1}, range(50, 100), 0.1))
    else:
        heard.append(mixed(mixer, voices, {}, range(50, 100), 0.1))
    steps = np.abs(np.diff(np.concatenate(heard, axis=1)[0]))
    assert steps.max() < 0.5 * 2 * (np.pi / 2) / (0.1 * RATE) + 1e-6


def test_a_voice_begins_when_it_has_something_to_say() -> None:
    mixer, flat = Mixer(RATE), np.full((2, BLOCK), 0.5, np.float32)
    assert not mixer.mix({"a": 1.0}, {"a": None}, BLOCK, 0.1).any()
    risen = mixer.mix({"a": 1.0}, {"a": flat}, BLOCK, 0.1)
    assert 0 < risen[0, 0] < 0.01
    assert mixer.heard == ("a",)


def test_a_voice_that_has_gone_is_forgotten() -> None:
    mixer, flat = Mixer(RATE), np.full((2, BLOCK), 0.5, np.float32)
    mixer.mix({"a": 1.0}, {"a": flat}, BLOCK, 0.01)
    assert mixer.sounding == ("a",)
    mixer.mix({}, {"a": flat}, BLOCK, 0.01)
    mixer.mix({}, {"a": flat}, BLOCK, 0.01)
    assert len(mixer.sounding) == 0


def test_nothing_is_louder_than_full_scale() -> None:
    mixer, loud = Mixer(RATE), np.full((2, BLOCK), 0.9, np.float32)
    for _ in range(100):
        heard = mixer.mix({"a": 4.0, "b": 1.0}, {"a": loud, "b": loud}, BLOCK, 0.1)
    assert heard.max() == 1


def test_decibels_and_back() -> None:
    assert decibels(linear(-6)) == pytest.approx(-6)
    assert decibels(0) is None


def test_a_block_fades_from_and_to_silence() -> None:
    flat = np.full((2, BLOCK), 0.5, np.float32)
    opened, closed = fade(flat, opens=True, rate=RATE), fade(flat, opens=False, rate=RATE)
    assert opened[0, 0] < 0.01
    assert opened[0, -1] == 0.5
    assert closed[0, 0] > 0.49
    assert closed[0, -1] == 0
    assert np.abs(np.diff(closed[0])).max() < 0.01
