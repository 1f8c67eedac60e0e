"""Exact frame rates and non-drop timecode.

Rates are `Fraction`s in frames per second, so that 24000/1001 stays what it is over months.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

# The NTSC family is written 23.976, 29.97, 59.94 (or 23.98) but means N*1000/1001 (SMPTE ST 12-1).
_NTSC = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001),
    "47.95": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
    "119.88": Fraction(120000, 1001),
}
# Bounded: Fraction("1e999999999") would compute for hours.
_RATE = re.compile(r"[+-]?\d{1,9}(\.\d{1,20}|\s*/\s*\d{1,9})?", re.ASCII)
_TIMECODE = re.compile(r"(\d{1,9}):(\d{1,2}):(\d{1,2}):(\d{1,3})")
MIN_RATE, MAX_RATE = Fraction(1), Fraction(240)


def parse_rate(value: str | int | float | Fraction) -> Fraction:
    """Frames per second from `24`, `"24000/1001"` or `23.976` (which means 24000/1001).

    Raises ValueError, in words for the curator, on anything that is no rate from 1 to 240.
    """
    text = str(value).strip()
    rate = _NTSC.get(text)
    if rate is None:
        try:
            if not _RATE.fullmatch(text):
                raise ValueError
            rate = Fraction("".join(text.split()))
        except (ValueError, ZeroDivisionError):
            raise ValueError(
                f'"{text[:40]}" is not a frame rate; write 24, 24000/1001 or 23.976'
            ) from None
    if not MIN_RATE <= rate <= MAX_RATE:
        raise ValueError(f"a film rate lies between {MIN_RATE} and {MAX_RATE}; {text} does not")
    return rate


def format_rate(rate: Fraction) -> str:
    """A rate as people write it: `24`, `23.976`, `12.5`."""
    if rate.denominator == 1:
        return str(rate.numerator)
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def timecode_base(rate: Fraction) -> int:
    """Frames counted per timecode second: the rate rounded up (24 for 23.976; SMPTE ST 12-1)."""
    return math.ceil(rate)


def format_timecode(frame: int, rate: Fraction) -> str:
    """Non-drop timecode HH:MM:SS:FF of a film frame (>= 0)."""
    base = timecode_base(rate)
    seconds, frames = divmod(frame, base)
    width = len(str(base - 1)) if base > 100 else 2
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:0{width}d}"


def parse_timecode(text: str, rate: Fraction) -> int:
    """Film frame of a non-drop timecode HH:MM:SS:FF.

    Raises ValueError, in words for the curator.
    """
    match = _TIMECODE.fullmatch(text.strip())
    if not match:
        raise ValueError(f'"{text}" is not a timecode; write hours:minutes:seconds:frames')
    hours, minutes, seconds, frames = map(int, match.groups())
    base = timecode_base(rate)
    if minutes > 59 or seconds > 59:
        raise ValueError(f'"{text}" is not a timecode: minutes and seconds end at 59')
    if frames >= base:
        raise ValueError(f'"{text}" is not a timecode: at this rate frames end at {base - 1}')
    return ((hours * 60 + minutes) * 60 + seconds) * base + frames
