"""Seen and steered from outside: how a running wall stands, for another process to ask.

Owns the state file, and what `installation status` prints. May import `film`; what a wall is doing
is handed to it, frozen. The state file is written on a thread of its own; everything else may be
used from any thread.
"""

from installation.control.statefile import StateFile
from installation.control.status import Now, Standing, VersionStatus, WallStatus

__all__ = [
    "Now",
    "Standing",
    "StateFile",
    "VersionStatus",
    "WallStatus",
]
