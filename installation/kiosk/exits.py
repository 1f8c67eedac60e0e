"""How a wall ends, for whoever started it: exit codes as in sysexits.h."""

from __future__ import annotations

ENDED = 0
"""It was asked to: a supervisor leaves it so."""
BUG = 70
"""EX_SOFTWARE: it is started again, later each time."""
RESTART = 75
"""EX_TEMPFAIL: it asks to be started again, at once: it grew too large, or nothing else helped."""
