"""Plays samples a trifle faster or slower: FFmpeg's soft compensation, told by timestamps."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

from installation.sound.source import Samples

_TICKS = 1000
"""In a sample."""
DELAY = 16
"""Samples that stay in the resampler."""


class Compensator:
    """Resamples by a ratio that may change at each block; it follows within a second or so."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        most = rate * 0.003  # a little more than is ever asked for, so that it catches up
        options = f"async={most}:min_comp=0.00002:min_hard_comp=10:linear_interp=1:flags=res"
        self._graph = av.filter.Graph()
        tick = Fraction(1, rate * _TICKS)
        source = self._graph.add_abuffer(
            sample_rate=rate, format="fltp", layout="stereo", time_base=tick
        )
        resampled = self._graph.add("aresample", options)
        formats = f"sample_fmts=fltp:sample_rates={rate}:channel_layouts=stereo"
        shaped, sink = self._graph.add("aformat", formats), self._graph.add("abuffersink")
        source.link_to(resampled)
        resampled.link_to(shaped)
        shaped.link_to(sink)
        self._graph.configure()
        self._tick = tick
        self._due = 0.0  # where the next block belongs in the output, in samples

    def push(self, samples: Samples, ratio: float) -> Samples:
        """What comes out for these, where `ratio` more samples are to come out than go in."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
        frame.sample_rate, frame.time_base = self._rate, self._tick
        frame.pts = round(self._due * _TICKS)
        self._due += samples.shape[1] * (1 + ratio)
        self._graph.push(frame)
        parts = [np.zeros((2, 0), np.float32)]
        while True:
            try:
                parts.append(np.asarray(self._graph.pull().to_ndarray(), np.float32))
            except (av.error.BlockingIOError, av.error.EOFError):
                return np.concatenate(parts, axis=1)
