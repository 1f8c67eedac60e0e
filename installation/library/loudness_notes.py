"""How loud films are, by the SHA-256 of their files: measured once, kept for later runs.

The notes lie beside those on known films, and are about what a file holds: they are as good for
one that was moved, or that another wall's folder holds as well.
"""

from __future__ import annotations

import json
import logging
import math
import threading
from pathlib import Path
from typing import Any

import platformdirs

from installation.film import SILENT, Loudness
from installation.whole import write_whole

logger = logging.getLogger(__name__)

FORMAT = 1
"""To be raised when what is noted, or how it is measured, changes."""


class LoudnessNotes:
    """Any thread may ask; several processes may share them."""

    def __init__(self, cache: Path | None = None) -> None:
        folder = cache or Path(platformdirs.user_cache_dir("installation")) / "films"
        self._path = folder / "loudness.json"
        self._lock = threading.Lock()
        self._known = self._read()

    def of(self, sha256: str) -> Loudness | None:
        """How loud the film of this SHA-256 is; None where it was not measured yet."""
        with self._lock:
            return self._known.get(sha256)

    def note(self, sha256: str, loudness: Loudness) -> None:
        """Enter what was measured, and write it down."""
        with self._lock:
            if self._known.get(sha256) == loudness:
                return
            self._known = self._read() | {sha256: loudness}
            films = {
                name: None if found == SILENT else [found.lufs, found.peak_db]
                for name, found in self._known.items()
            }
            text = json.dumps({"format": FORMAT, "films": films}, indent=1)
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._path, text.encode("ascii"))
            except OSError as error:
                logger.info("how loud films are cannot be kept: %s", error)

    def _read(self) -> dict[str, Loudness]:
        try:
            written = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            logger.info("how loud films were in earlier runs is of no use: %s", error)
            return {}
        is_ours = isinstance(written, dict) and written.get("format") == FORMAT
        films = written.get("films") if is_ours else None
        if not isinstance(films, dict):
            return {}
        found = {name: _loudness(figures) for name, figures in films.items()}
        return {name: loudness for name, loudness in found.items() if loudness is not None}


def _loudness(figures: Any) -> Loudness | None:
    """What lay on a disk is taken for what it is: perhaps nothing."""
    if figures is None:
        return SILENT
    if not isinstance(figures, list) or len(figures) != 2:
        return None
    if not all(isinstance(n, float | int) and math.isfinite(n) for n in figures):
        return None
    return Loudness(*map(float, figures))
