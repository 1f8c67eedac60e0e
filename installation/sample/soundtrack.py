"""The sample film's sound, synthesised: a distant waltz, a heartbeat, water and crickets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from installation.sample.scenes import KISS, ROAD, ROOM, SECONDS

Sound = NDArray[np.float32]
BEAT_S = 0.36
# A waltz in A minor: the bass of each bar, and its chord (MIDI note numbers).
_BARS = (
    (45, (60, 64)),
    (45, (60, 64)),
    (50, (62, 65)),
    (45, (60, 64)),
    (52, (59, 62)),
    (45, (57, 60)),
)
_TUNE = (76, 74, 72, 71, 72, 74, 77, 76, 74, 72, 74, 76, 71, 68, 71, 69, 72, 76)


def soundtrack(rate: int) -> Sound:
    """The whole film's sound, mono, `rate` samples a second, within -1..1."""
    t = np.arange(SECONDS * rate) / rate
    waltz = _waltz(rate)
    inside = np.clip((ROOM + 1.0 - t) / 1.0, 0.12, 1) * (t < ROAD)
    door = np.clip(1 - np.abs(t - (ROOM + 1.8)) / 1.2, 0, 1) * 0.35
    sound = waltz * (0.55 * inside + door) + _heart(t) + _night(t, rate)
    ends = np.clip(np.minimum(t / 0.4, (SECONDS - t) / 1.2), 0, 1)
    return np.asarray(np.clip(sound * ends, -1, 1), np.float32)


def _note(rate: int, pitch: int, seconds: float, strength: float) -> Sound:
    t = np.arange(round(seconds * rate)) / rate
    hz = 440 * 2 ** ((pitch - 69) / 12)
    tone = sum(np.sin(2 * np.pi * hz * k * t) / k**1.7 for k in (1, 2, 3) if hz * k < rate / 2)
    shape = np.minimum(t / 0.02, 1) * np.exp(-2.6 * t / seconds)
    return np.asarray(strength * tone * shape, np.float32)


def _waltz(rate: int) -> Sound:
    sound = np.zeros(SECONDS * rate + 2 * rate, np.float32)
    for beat in range(int(SECONDS / BEAT_S)):
        bass, chord = _BARS[beat // 3 % len(_BARS)]
        notes = [(bass, 0.30)] if beat % 3 == 0 else [(pitch, 0.10) for pitch in chord]
        notes.append((_TUNE[beat % len(_TUNE)], 0.16))
        start = round(beat * BEAT_S * rate)
        for pitch, strength in notes:
            tone = _note(rate, pitch, 0.9, strength)
            sound[start : start + len(tone)] += tone
    return sound[: SECONDS * rate]


def _heart(t: NDArray[np.float64]) -> NDArray[np.float64]:
    beat = (t - KISS) % 0.8
    thump = np.exp(-((beat - 0.08) ** 2) / 0.0008) + 0.7 * np.exp(-((beat - 0.30) ** 2) / 0.0008)
    there = np.clip((t - KISS + 1) / 1, 0, 1) * np.clip((ROAD - t) / 0.6, 0, 1)
    return np.asarray(0.8 * thump * np.sin(2 * np.pi * 52 * t) * there)


def _night(t: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    there = np.clip((t - ROAD) / 1.2, 0, 1)
    noise = np.random.default_rng(7).normal(0, 1, len(t))
    width = max(1, rate // 900)
    water = np.convolve(noise, np.ones(width) / width, "same") * (0.6 + 0.4 * np.sin(1.3 * t))
    pitch = min(4200, 0.45 * rate)
    chirp = np.sin(2 * np.pi * pitch * t) * (np.sin(2 * np.pi * 31 * t) > 0.2)
    return np.asarray(there * (0.10 * water + 0.02 * chirp * (np.sin(2 * np.pi * 1.1 * t) > 0)))
