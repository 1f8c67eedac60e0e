"""The wall on a machine that sleeps when a test says so.

The last argument is the config; once there is a file beside it that ends in `.slept`, all clocks
but that of the work done have gone on by as many seconds as it says, as after a suspend.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from installation import cli
from installation.film import CalendarClock, SystemClock


def after_sleep(awake: Callable[[object], int], file: Path) -> Callable[[object], int]:
    """The clock as it is on that machine."""
    slept_ns: list[int] = []

    def now_ns(clock: object) -> int:
        if not slept_ns and file.exists():
            slept_ns.append(int(file.read_text() or 0) * 1_000_000_000)
        return awake(clock) + sum(slept_ns)

    return now_ns


if __name__ == "__main__":
    slept = Path(sys.argv[-1]).with_suffix(".slept")
    for kind in (SystemClock, CalendarClock):
        kind.now_ns = after_sleep(kind.now_ns, slept)  # type: ignore[method-assign,assignment,arg-type]
    cli.main()
