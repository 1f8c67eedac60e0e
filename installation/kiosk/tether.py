"""What ties a wall to its supervisor: it tells of its life through stdout, and lives no longer than
stdin is held open. Both work alike on every system, and however the supervisor ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading

from installation.kiosk.exits import ENDED
from installation.kiosk.notify import Supervisor

PATIENCE_S = 10.0
_kept: list[int] = []
"""This process's own stdin and stdout, while they are the supervisor's alone."""


def tie() -> Supervisor:
    """Keep stdin and stdout for the supervisor alone; what is printed goes to stderr from now on.

    Comes first of all: a wall whose supervisor is gone ends in order, as if asked to.
    """
    leash, told = os.dup(0), os.dup(1)
    _kept[:] = [leash, told]
    with contextlib.suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    threading.Thread(target=_hold, args=(leash,), name="supervisor", daemon=True).start()
    return Supervisor(told)


def untie() -> None:
    """Give stdin and stdout back, for the process that takes this one's place."""
    for number, kept in enumerate(_kept):
        with contextlib.suppress(OSError):
            os.dup2(kept, number)


def _hold(leash: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(leash, 64):
            pass
    signal.raise_signal(signal.SIGTERM)
    threading.Event().wait(PATIENCE_S)
    os._exit(ENDED)  # it hangs, and nobody is left to kill it
