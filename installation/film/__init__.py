"""The pure domain: rates, timecode, the master clock, the time map, versions and their credits.

Owns the meaning of film time. Imports nothing of ours and does no I/O (only `clock.py` reads the
machine's monotonic time). Values are immutable and may be used from any thread.
"""

from installation.film.clock import Clock, FilmPosition, MasterClock, SystemClock
from installation.film.rate import format_rate, format_timecode, parse_rate, parse_timecode
from installation.film.timeline import Moment, TimeMap, WhenShort
from installation.film.version import Credit, PartialDate, Picture, Version

__all__ = [
    "Clock",
    "Credit",
    "FilmPosition",
    "MasterClock",
    "Moment",
    "PartialDate",
    "Picture",
    "SystemClock",
    "TimeMap",
    "Version",
    "WhenShort",
    "format_rate",
    "format_timecode",
    "parse_rate",
    "parse_timecode",
]
