"""Decoding is exact to the sample, whatever the file's own rate, and wherever it begins."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from installation.sound.source import NoSound, Samples, SoundFile, stretched
from tests.clips import make_clip
from tests.sound_clips import beeps, make_sounding_clip, noise

RATE = 48_000
SECONDS = 3
SMALL = {"frames": 72, "size": (64, 64)}
# container, FFmpeg's name of it, codec, rate, channels
KINDS = (
    ("a.mov", "mov", "pcm_s16le", 44_100, 1),
    ("b.mkv", "matroska", "flac", 48_000, 2),
    ("c.mov", "mov", "pcm_s16le", 22_050, 2),
    ("d.mp4", "mov", "aac", 44_100, 2),
)
kinds = pytest.mark.parametrize(("name", "container", "codec", "rate", "channels"), KINDS)


def whole(file: SoundFile, start: int = 0) -> Samples:
    return np.concatenate(list(file.samples(start)), axis=1)


@kinds
def test_every_sample_is_where_it_belongs(
    tmp_path: Path, name: str, container: str, codec: str, rate: int, channels: int
) -> None:
    sound = noise(SECONDS, rate, 1, channels=channels)
    path = make_sounding_clip(tmp_path / name, sound, rate, codec=codec, **SMALL)
    file = SoundFile(path, container, RATE)
    heard = whole(file)[:, : SECONDS * RATE]
    meant = noise(SECONDS, RATE, 1, channels=channels)
    meant = np.repeat(meant, 2, axis=0) if channels == 1 else meant
    inner = slice(RATE // 10, heard.shape[1] - RATE // 10)
    limit = 0.05 if codec == "aac" else 0.002
    assert np.abs(heard[:, inner] - meant[:, inner]).std() < limit
    file.close()


@kinds
def test_the_same_samples_come_from_wherever_it_is_asked(
    tmp_path: Path, name: str, container: str, codec: str, rate: int, channels: int
) -> None:
    sound = noise(SECONDS, rate, 2, channels=channels)
    path = make_sounding_clip(tmp_path / name, sound, rate, codec=codec, **SMALL)
    file = SoundFile(path, container, RATE)
    all_of_it = whole(file)
    for start in (777, 12_345, RATE, 2 * RATE + 1):
        later = whole(file, start)
        assert later.shape[1] == all_of_it.shape[1] - start
        assert_same(later, all_of_it[:, start:], codec)
    before = whole(file, -100)
    assert not before[:, :100].any()
    assert_same(before[:, 100:], all_of_it, codec)
    file.close()


def assert_same(one: Samples, other: Samples, codec: str) -> None:
    """AAC puts noise of its own in the place of noise, each time other noise."""
    off = np.abs(one - other)
    assert (off.std() if codec == "aac" else off.max()) < (0.05 if codec == "aac" else 1e-4)


def test_time_counts_from_the_first_picture(tmp_path: Path) -> None:
    sound = noise(SECONDS, RATE, 3)
    path = make_sounding_clip(
        tmp_path / "a.mkv", sound, RATE, codec="flac", start_frame=24, **SMALL
    )
    file = SoundFile(path, "matroska", RATE)  # its pictures begin a second after its sound
    heard, meant = whole(file)[0], sound[0, RATE:]
    lag = int(np.argmax(np.correlate(heard[2000:4000], meant[2096:3904])))
    assert abs(lag - 96) <= RATE // 1000  # Matroska counts milliseconds
    file.close()


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=10, size=(64, 64))
    with pytest.raises(NoSound):
        SoundFile(path, "mov", RATE)


@pytest.mark.parametrize("speed", [Fraction(24, 25), Fraction(25, 24), Fraction(3), Fraction(1, 4)])
def test_another_speed_keeps_the_pitch_and_the_time(speed: Fraction) -> None:
    at = [0.5, 1.5, 2.5]
    sound = np.repeat(beeps(at, SECONDS, RATE, 1000), 2, axis=0).astype(np.float32)
    sound += np.sin(2 * np.pi * 440 * np.arange(sound.shape[1]) / RATE).astype(np.float32) * 0.1
    heard = np.concatenate(list(stretched(iter([sound]), sound.shape[1], speed, RATE)), axis=1)[0]
    assert abs(len(heard) - sound.shape[1] / speed) < 0.05 * RATE
    assert loudest_hertz(heard) == pytest.approx(440, abs=5)
    for moment in at:
        meant = moment / float(speed) * RATE
        near = np.abs(heard[int(meant - 0.1 * RATE) : int(meant + 0.1 * RATE)])
        begins = meant - 0.1 * RATE + np.flatnonzero(near > 0.3)[0]
        assert abs(begins - meant) < (0.03 if 0.9 < speed < 1.1 else 0.08) * RATE


def loudest_hertz(sound: NDArray[np.float32]) -> float:
    spectrum = np.abs(np.fft.rfft(sound))
    return float(np.fft.rfftfreq(len(sound), 1 / RATE)[np.argmax(spectrum)])
