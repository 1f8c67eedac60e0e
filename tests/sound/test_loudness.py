"""Versions are brought to one loudness, and their peaks stay below full scale."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from installation.film import SILENT, Loudness
from installation.sound.loudness import loudness_of
from installation.sound.mixer import linear
from installation.sound.source import SoundFile
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
    found = loudness_of(file)
    assert found.lufs == pytest.approx(level, abs=0.2)
    assert found.peak_db == pytest.approx(level, abs=0.3)
    assert found.gain_db == pytest.approx(-23 - level, abs=0.2)
    file.close()


def test_peaks_and_silence_set_bounds() -> None:
    assert Loudness(-30, -4).most_db == 3
    assert SILENT.gain_db == 0
    assert Loudness(-50, -30).gain_db == 20


def test_a_film_of_silence_is_measured_as_that(tmp_path: Path) -> None:
    file = SoundFile(clip(tmp_path / "a.mov", 0 * sine(0)), "mov", RATE)
    found = loudness_of(file)
    assert found.gain_db == 0
    assert found.most_db > 100
    file.close()
