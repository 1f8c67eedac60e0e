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
from installation.film.language import language_code, language_in
from installation.film.loudness import SILENT, Loudness
from installation.film.rate import format_rate, format_timecode, parse_rate, parse_timecode
from installation.film.subtitles import (
    SILENCE,
    Cue,
    Spoken,
    Subtitles,
    TextBlock,
    in_blocks,
    in_language,
)
from installation.film.timeline import AS_IT_IS, Moment, TimeMap, WhenShort
from installation.film.version import (
    IN_SOFTWARE,
    NO_WISHES,
    Credit,
    Decoding,
    Engine,
    Fit,
    PartialDate,
    Picture,
    Point,
    Version,
    Wishes,
)

__all__ = [
    "AS_IT_IS",
    "IN_SOFTWARE",
    "NO_WISHES",
    "SILENCE",
    "SILENT",
    "CalendarClock",
    "Clock",
    "Course",
    "Credit",
    "Cue",
    "Decoding",
    "Engine",
    "FilmPosition",
    "Fit",
    "Knot",
    "Loudness",
    "MasterClock",
    "Moment",
    "PartialDate",
    "Picture",
    "Point",
    "Spoken",
    "Subtitles",
    "SystemClock",
    "TextBlock",
    "TimeMap",
    "Timing",
    "Version",
    "WhenShort",
    "Wishes",
    "WorkClock",
    "format_rate",
    "format_timecode",
    "in_blocks",
    "in_language",
    "language_code",
    "language_in",
    "parse_rate",
    "parse_timecode",
]
