"""The wall where the calendar's time for its opening hours is what a test says.

The last argument is the config; the file beside it that ends in `.ahead` says by how many seconds
the calendar is ahead, and may be written anew at any time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from installation import cli, opening


class TestedCalendar:
    """As `CalendarClock`."""

    def now_ns(self) -> int:
        """See `Clock.now_ns`."""
        ahead = float(Path(sys.argv[-1]).with_suffix(".ahead").read_text())
        return time.time_ns() + int(ahead * 1_000_000_000)


if __name__ == "__main__":
    opening.CalendarClock = TestedCalendar  # type: ignore[assignment,attr-defined]
    cli.main()
