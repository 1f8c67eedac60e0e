"""Lets what feeds the sound device run first: the device waits for nobody.

What a system does not allow is gone without. On Linux it is allowed to root, and to others by
`LimitNICE=` of a service, or `nice` in limits.conf.
"""

from __future__ import annotations

import contextlib
import os
import sys

SOON = -11
"""Niceness; sound servers take the same."""


def go_first() -> None:
    """Let this process run before others that want to as well; before it starts threads.

    All its threads alike: one of lower priority that holds Python's lock would keep the others.
    """
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, SOON)
