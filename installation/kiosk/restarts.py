"""When a wall last had itself started anew, kept: it may do so again, but not for ever and ever.

Pure but for its file. Moments are the calendar's, since they outlive the process.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from installation.kiosk.state import set_aside
from installation.whole import write_whole

logger = logging.getLogger(__name__)

NAME = "restarts.json"
LARGEST_FILE = 4096
_S = 1_000_000_000
FIRST_GAP_NS, LONGEST_GAP_NS = 600 * _S, 4 * 3600 * _S
FORGOTTEN_NS = 24 * 3600 * _S
MOST_KEPT = 16


class Restarts:
    """One wall's restarts that it asked for itself. Used by one thread."""

    def __init__(self, folder: Path, now_ns: int) -> None:
        self._file = folder / NAME
        self._began_ns = now_ns
        self._at_ns = [at for at in self._read() if now_ns - FORGOTTEN_NS <= at <= now_ns]

    def wait_ns(self, now_ns: int) -> int:
        """How long to wait until the next one may be; twice as long each time in a day."""
        if not self._at_ns:
            return 0
        gap_ns = min(FIRST_GAP_NS << min(len(self._at_ns) - 1, 32), LONGEST_GAP_NS)
        # of a calendar that was set back there is nothing to be learnt
        passed_ns = max(now_ns - self._at_ns[-1], 0)
        return max(0, gap_ns - passed_ns)

    def note(self, now_ns: int) -> None:
        """It is about to be started anew."""
        self._at_ns = [*self._at_ns, now_ns][-MOST_KEPT:]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(self._at_ns).encode())
        except OSError as error:
            logger.warning("that the wall is started anew cannot be kept: %s", error)

    def _read(self) -> list[int]:
        try:
            with self._file.open("rb") as opened:
                kept = json.loads(opened.read(LARGEST_FILE))
            if not isinstance(kept, list) or not all(type(at) is int for at in kept):
                raise ValueError
        except OSError:
            return []
        except ValueError:
            set_aside(self._file)
            return []
        return sorted(kept)
