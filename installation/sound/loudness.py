"""Measures how loud a film's sound is (EBU R128), by FFmpeg's meter."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite, log10

import av
import numpy as np

from installation.film import Loudness
from installation.sound.source import SoundFile

RATE = 48_000
LONGEST_S = 600
"""Of longer films, so much is measured: a wall's voices are wanted within minutes."""


def loudness_of(file: SoundFile) -> Loudness:
    """The loudness of a film opened at RATE, as it is heard: in two channels."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
    )
    measure = graph.add("ebur128", "peak=true:metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(measure)
    measure.link_to(sink)
    graph.configure()
    sent, told = 0, dict[str, str]()
    for block in file.samples(0):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), sent
        sent += block.shape[1]
        graph.push(frame)
        told = _last_told(graph) or told
        if sent > LONGEST_S * RATE:
            break
    lufs, peak = (float(told.get(f"lavfi.r128.{name}", "nan")) for name in ("I", "true_peak"))
    peak_db = 20 * log10(max(peak, 1e-6)) if isfinite(peak) else 0.0
    return Loudness(lufs if isfinite(lufs) else -70.0, peak_db)


def _last_told(graph: av.filter.Graph) -> dict[str, str]:
    told: dict[str, str] = {}
    while True:
        try:
            told = dict(graph.pull().metadata) or told
        except (av.error.BlockingIOError, av.error.EOFError):
            return told
