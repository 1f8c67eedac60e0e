"""How loud a film's sound is as a whole (EBU R128), and what brings it to where all are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from installation.sound.source import SoundFile

TARGET_LUFS = -23.0
"""EBU R128's."""
HIGHEST_PEAK_DB = -1.0
QUIETEST_LUFS = -60.0
"""What is more silent is silence, and stays as it is."""
MOST_GAIN_DB = 20.0
LONGEST_S = 600
"""Of longer films, so much is measured: they are not heard before."""


@dataclass(frozen=True)
class Loudness:
    """As measured."""

    lufs: float
    """Integrated, gated."""
    peak_db: float
    """The true peak, in dBTP."""

    @property
    def gain_db(self) -> float:
        """What levels it to the target."""
        if self.lufs < QUIETEST_LUFS:
            return 0.0
        return min(TARGET_LUFS - self.lufs, MOST_GAIN_DB)

    @property
    def most_db(self) -> float:
        """The most it can be played louder at, without its peaks reaching full scale."""
        return HIGHEST_PEAK_DB - self.peak_db


UNKNOWN = Loudness(-70.0, -120.0)


class LoudnessMeter:
    """Measures a whole film, a little at each `step`. One thread."""

    def __init__(self, file: SoundFile, rate: int) -> None:
        self._blocks = file.samples(0)
        self._rate = rate
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            sample_rate=rate, format="fltp", layout="stereo", time_base=Fraction(1, rate)
        )
        measure = self._graph.add("ebur128", "peak=true:metadata=1:framelog=quiet")
        sink = self._graph.add("abuffersink")
        source.link_to(measure)
        measure.link_to(sink)
        self._graph.configure()
        self._sent = 0
        self._told: dict[str, str] = {}

    def step(self) -> Loudness | None:
        """Go on; the loudness, once all of it was heard."""
        block = next(self._blocks, None)
        if block is None or self._sent > LONGEST_S * self._rate:
            return self._result()
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
        frame.sample_rate, frame.time_base = self._rate, Fraction(1, self._rate)
        frame.pts = self._sent
        self._sent += block.shape[1]
        self._graph.push(frame)
        while True:
            try:
                self._told = dict(self._graph.pull().metadata) or self._told
            except (av.error.BlockingIOError, av.error.EOFError):
                return None

    def _result(self) -> Loudness:
        lufs = float(self._told.get("lavfi.r128.I", "-70"))
        peak = float(self._told.get("lavfi.r128.true_peak", "0"))
        return Loudness(lufs, float(20 * np.log10(max(peak, 1e-6))))
