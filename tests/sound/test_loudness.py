"""Versions are brought to one loudness, and their peaks stay below full scale."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from installation.film import TimeMap
from installation.sound.loudness import Loudness, LoudnessMeter
from installation.sound.mixer import linear
from installation.sound.reading import Track
from installation.sound.source import SoundFile
from installation.sound.wanted import Heard
from tests.sound_clips import Sound, make_sounding_clip

RATE = 48_000


def sine(level_db: float, channels: int = 2, rate: int = RATE) -> Sound:
    """Four seconds of 997 Hz, whose loudness in stereo is its level (EBU Tech 3341)."""
    one = linear(level_db) * np.sin(2 * np.pi * 997 * np.arange(4 * rate) / rate)
    return np.stack([one] * channels)


def clip(path: Path, sound: Sound, rate: int = RATE) -> Path:
    return make_sounding_clip(path, sound, rate, frames=96, size=(64, 64))


@pytest.mark.parametrize(("level", "rate"), [(-23.0, RATE), (-12.0, 44_100), (-36.0, RATE)])
def test_it_is_measured_as_the_standard_says(tmp_path: Path, level: float, rate: int) -> None:
    file = SoundFile(clip(tmp_path / "a.mov", sine(level, rate=rate), rate), "mov", RATE)
    meter, found = LoudnessMeter(file, RATE), None
    while found is None:
        found = meter.step()
    assert found.lufs == pytest.approx(level, abs=0.2)
    assert found.peak_db == pytest.approx(level, abs=0.3)
    assert found.gain_db == pytest.approx(-23 - level, abs=0.2)
    file.close()


def test_peaks_and_silence_set_bounds() -> None:
    assert Loudness(-30, -4).most_db == 3
    assert Loudness(-70, -120).gain_db == 0
    assert Loudness(-50, -30).gain_db == 20


def test_a_track_is_measured_little_by_little(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mov", sine(-20))
    time_map = TimeMap(Fraction(24), 96, Fraction(4))
    track = Track(Heard("a", path, "mov", (1,), ((0, time_map),)), RATE)
    assert not track.measure_on()  # not open yet
    track.read_on()
    steps = 0
    while track.measure_on():
        steps += 1
    assert steps > 10
    assert track.loudness is not None
    assert track.loudness.lufs == pytest.approx(-20, abs=0.2)
    track.close()
