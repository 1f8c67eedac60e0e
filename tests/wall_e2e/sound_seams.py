"""Finds in a recording where the film's sound was torn: a gap, a click, a sample twice or left out.

What was played is held against the source in windows of 10 ms, each looked for where the last one
says it belongs, to an eighth of a sample. A device's clock is followed by resampling, so a window
may lie a sample or so beside its predecessor; more is a tear, and so is anything that differs from
the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.sound_server import RATE

Sound = NDArray[Any]
WINDOW = RATE // 100
FINE = 8
NEAR = 3
"""Samples around where a window belongs."""
MOST_FOLLOWED = 1.5
"""Samples that following a device's clock adds or takes in a window, at most."""
MOST_OFF = 0.15
"""By how much a sample may differ: between two of them one is a little off."""
AROUND_SEAM = 2
"""Windows before and after."""
SILENCE = 1e-4


class Window(NamedTuple):
    """A piece of what was played."""

    place: float | None
    """In the film's loop, in samples; None where it is nowhere in the source."""
    is_torn: bool
    """Not as the source, or not where its predecessor says."""


class Tears(NamedTuple):
    """What became of a film's sound over its seams."""

    seams: int
    torn_seams: int
    seconds: float
    torn_elsewhere: int
    """Windows."""
    longest_silence_ms: float


def tears(played: Sound, source: Sound) -> Tears:
    """Judge a recording of a film that loops; the source is one loop, and like itself nowhere."""
    loud = np.flatnonzero(np.abs(played) > 0.05)
    # the end is cut off wherever the wall ended; the beginning comes out of silence
    heard = played[loud[0] + RATE // 4 : loud[-1] - RATE // 4]
    windows = list(_windows(heard, source))
    torn = np.array([window.is_torn for window in windows])
    known = [(number, w.place) for number, w in enumerate(windows) if w.place is not None]
    is_at_seam = np.zeros(len(torn), bool)
    seams = torn_seams = 0
    for (last, before), (first, after) in pairwise(known):
        # the place falls back: by half a loop at least, so that no tear is taken for a seam
        if after - before < -len(source) / 2:
            near = slice(max(0, last + 1 - AROUND_SEAM), first + AROUND_SEAM)
            seams += 1
            torn_seams += bool(torn[near].any())
            is_at_seam[near] = True
    return Tears(
        seams=seams,
        torn_seams=torn_seams,
        seconds=len(heard) / RATE,
        torn_elsewhere=int((torn & ~is_at_seam).sum()),
        longest_silence_ms=_longest_silence(heard) / RATE * 1000,
    )


def _windows(heard: Sound, source: Sound) -> Iterator[Window]:
    length = len(source)
    looped = np.concatenate([source[-2 * WINDOW :], source, source[: 3 * WINDOW]])
    fine = np.fft.irfft(np.fft.rfft(looped), len(looped) * FINE) * FINE
    spectrum = np.fft.rfft(source)
    expected: float | None = None
    for start in range(0, len(heard) - WINDOW, WINDOW):
        window = heard[start : start + WINDOW]
        off, place = _best(window, fine, expected, length) if expected is not None else (9.0, 0.0)
        is_torn = off > MOST_OFF
        if is_torn:  # anywhere
            likeness = np.fft.irfft(spectrum * np.fft.rfft(window, length).conj(), length)
            anywhere = float(np.argmax(likeness))
            elsewhere = _best(window, fine, anywhere, length)
            off, place = min((off, place), elsewhere)
            is_torn = expected is not None
        elif expected is not None:
            apart = (place - expected + length / 2) % length - length / 2
            is_torn = abs(apart) > MOST_FOLLOWED
        is_known = off <= MOST_OFF
        yield Window(place % length if is_known else None, is_torn)
        if is_known:
            expected = (place + WINDOW) % length
        elif expected is not None:
            expected = (expected + WINDOW) % length


def _best(window: Sound, fine: Sound, near: float, length: int) -> tuple[float, float]:
    """By how much the window differs where it differs least, and where that is."""
    middle = round((near % length + 2 * WINDOW) * FINE)
    found = []
    for at in range(middle - NEAR * FINE, middle + NEAR * FINE + 1):
        off = np.abs(fine[at : at + WINDOW * FINE : FINE] - window).max()
        found.append((float(off), at / FINE - 2 * WINDOW))
    return min(found)


def _longest_silence(heard: Sound) -> int:
    loud = np.flatnonzero(np.abs(heard) > SILENCE)
    return int(np.diff(loud, prepend=-1).max()) - 1
