"""Mixes those who speak: equal-power crossfades, levels that move without a click. Pure.

A voice that comes or goes moves along a quarter of a sine, so that two that take turns sum to one
in power all the way. Whoever speaks alone at 0 dB is handed on bit by bit as it is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from installation.sound.source import Samples

LEVEL_MOVES_S = 0.05
"""How long a level takes from silence to full scale, at least."""
LEAST_FADE_S = 0.005
"""Shorter, a fade is a click."""


def linear(db: float) -> float:
    """A level in decibels as a factor."""
    return float(10 ** (db / 20))


def decibels(factor: float) -> float | None:
    """A factor as decibels; None for silence."""
    return float(20 * np.log10(factor)) if factor > 1e-6 else None


@dataclass
class _Voice:
    presence: float = 0.0
    """How far it has come, from 0 to 1; its power is the sine's square."""
    level: float | None = None


class Mixer:
    """Adds voices up, sample by sample. One thread."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._voices: dict[Hashable, _Voice] = {}

    @property
    def sounding(self) -> tuple[Hashable, ...]:
        """Voices that are heard, or were asked for: they want samples."""
        return tuple(self._voices)

    @property
    def heard(self) -> tuple[Hashable, ...]:
        """Voices that are heard."""
        return tuple(key for key, voice in self._voices.items() if voice.presence > 0)

    def mix(
        self,
        levels: Mapping[Hashable, float],
        samples: Mapping[Hashable, Samples | None],
        count: int,
        crossfade_s: float,
    ) -> Samples:
        """The next samples, where just these voices are to be heard at these levels.

        A voice without samples begins to be heard when it has some.
        """
        step = 1 / (max(LEAST_FADE_S, crossfade_s) * self._rate)
        mixed = np.zeros((2, count), np.float32)
        for key in levels:
            self._voices.setdefault(key, _Voice())
        for key, voice in list(self._voices.items()):
            wanted, sound = levels.get(key), samples.get(key)
            if sound is None:
                voice.presence = 0.0
            else:
                gain = self._gain(voice, wanted, count, step)
                mixed += sound if gain is None else (sound * gain).astype(np.float32)
            if wanted is None and voice.presence == 0:
                del self._voices[key]
        return np.clip(mixed, -1, 1, out=mixed)

    def _gain(
        self, voice: _Voice, wanted: float | None, count: int, step: float
    ) -> NDArray[np.float64] | None:
        """What each sample is multiplied by; None where nothing is to be done."""
        if voice.level is None:
            voice.level = wanted or 0.0
        aim = voice.level if wanted is None else wanted
        if wanted is not None and voice.presence == 1 and aim == voice.level == 1:
            return None
        ahead = np.arange(1, count + 1)
        direction = -step if wanted is None else step
        presence = np.clip(voice.presence + direction * ahead, 0, 1)
        reach = 1 / (LEVEL_MOVES_S * self._rate) * ahead
        level = voice.level + np.clip(aim - voice.level, -reach, reach)
        voice.presence, voice.level = _settled(float(presence[-1])), float(level[-1])
        return np.asarray(np.sin(presence * (pi / 2)) * level)


def _settled(presence: float) -> float:
    return round(presence, 9)


def fade(samples: Samples, *, opens: bool, rate: int) -> Samples:
    """Let a block come out of silence, or sink into it, without a click."""
    count = min(samples.shape[1], ceil(LEAST_FADE_S * rate))
    rise = np.sin(np.arange(1, count + 1) / count * (pi / 2))
    gain = np.ones(samples.shape[1])
    gain[:count] = rise
    if not opens:
        gain[:count] = rise[::-1]
        gain[count:] = 0
    return np.asarray(samples * gain, np.float32)
