"""How loud a film's sound is as a whole (EBU R128), and what brings it to where all are."""

from __future__ import annotations

from dataclasses import dataclass

TARGET_LUFS = -23.0
"""EBU R128's."""
HIGHEST_PEAK_DB = -1.0
QUIETEST_LUFS = -60.0
"""What is more silent is silence, and stays as it is."""
MOST_GAIN_DB = 20.0


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


SILENT = Loudness(-70.0, -120.0)
"""What has no sound, or none that can be measured: it is played as it is."""
