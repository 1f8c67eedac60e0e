"""The pure domain: rates, timecode, the master clock, the time map, versions and their credits.

Owns the meaning of film time. Imports nothing of ours and does no I/O (only `clock.py` reads the
machine's monotonic time). Values are immutable and may be used from any thread.
"""

from installation.film.clock import (
    CalendarClock,
    Clock,
    FilmPosition,
    MasterClock,
    SystemClock,
    WorkClock,
)
from installation.film.course import Course, Knot, Timing
from installation.film.rate import format_rate, format_timecode, parse_rate, parse_timecode
from installation.film.timeline import AS_IT_IS, Moment, TimeMap, WhenShort
from installation.film.version import (
    NO_WISHES,
    Credit,
    Fit,
    PartialDate,
    Picture,
    Point,
    Version,
    Wishes,
)

__all__ = [
    "AS_IT_IS",
    "NO_WISHES",
    "CalendarClock",
    "Clock",
    "Course",
    "Credit",
    "FilmPosition",
    "Fit",
    "Knot",
    "MasterClock",
    "Moment",
    "PartialDate",
    "Picture",
    "Point",
    "SystemClock",
    "TimeMap",
    "Timing",
    "Version",
    "WhenShort",
    "Wishes",
    "WorkClock",
    "format_rate",
    "format_timecode",
    "parse_rate",
    "parse_timecode",
]
