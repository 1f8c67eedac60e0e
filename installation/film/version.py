"""What we know of one version of the film: its credit, its picture and its own timing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from installation.film.subtitles import Subtitles
from installation.film.timeline import WhenShort

Fit = Literal["contain", "cover"]
"""How a picture stands in its room: whole, or filling it and cropped."""
Engine = Literal["av", "vlc"]
"""What decodes: PyAV (FFmpeg), or libVLC."""
Point = tuple[Fraction, Fraction]
"""Across and down, in parts of the upright picture, from its top left corner."""
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, order=True)
class PartialDate:
    """A year, a month of a year, or a day; nothing is known below the first zero.

    Ordered as time: a bare year sorts before its months, a bare month before its days.
    """

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        if not 1888 <= self.year <= 9999:  # the Roundhay Garden Scene, the oldest film we know
            raise ValueError(f"{self.year} is not a year a film could have been made in")
        if not 0 <= self.month <= 12:
            raise ValueError(f"there is no month {self.month}")
        if self.day and not self.month:
            raise ValueError("a day needs its month")
        if not 0 <= self.day <= (_DAYS[self.month - 1] if self.month else 0):
            raise ValueError(f"month {self.month} has no day {self.day}")
        leap = self.year % 4 == 0 and (self.year % 100 != 0 or self.year % 400 == 0)
        if (self.month, self.day) == (2, 29) and not leap:
            raise ValueError(f"February {self.year} has no day 29")

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """From `2024`, `2024-03` or `2024-03-11` (ISO 8601). Raises ValueError in plain words."""
        match = _DATE.fullmatch(text.strip())
        if not match:
            raise ValueError(f'"{text}" is not a date; write 2024, 2024-03 or 2024-03-11')
        known = [int(part) for part in match.groups() if part is not None]
        if 0 in known[1:]:
            raise ValueError(f'"{text}" has a month or day of 0; write only what is known')
        return cls(*known)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month:
            text += f"-{self.month:02d}"
        if self.day:
            text += f"-{self.day:02d}"
        return text


@dataclass(frozen=True)
class Credit:
    """Who made a version, with what, and when: what the caption can say."""

    model: str
    date: PartialDate | None = None
    title: str = ""
    tools: str = ""
    note: str = ""
    source: str = "folder name"
    """Where the credit came from: "folder name", "version.yaml", "Content Credentials signed by
    ..."; or "folder name; date from Content Credentials ..."."""


@dataclass(frozen=True)
class Picture:
    """The geometry of a version's picture as coded, and how it is meant to be seen."""

    width_px: int
    height_px: int
    sample_aspect: Fraction = Fraction(1)
    rotation_deg: int = 0
    """How far the coded picture is to be turned clockwise to stand upright: 0, 90, 180 or 270."""

    @property
    def display_aspect(self) -> Fraction:
        """Width over height of the upright picture with square pixels."""
        aspect = Fraction(self.width_px, self.height_px) * self.sample_aspect
        return 1 / aspect if self.rotation_deg in (90, 270) else aspect


@dataclass(frozen=True)
class Wishes:
    """How a version is to be played and shown, as far as somebody said so; times in seconds."""

    start: Fraction | None = None
    stop: Fraction | None = None
    offset: Fraction | None = None
    speed: Fraction | Literal["fit"] | None = None
    cues: tuple[tuple[str, Fraction], ...] = ()
    """The version's own time at the film's cues, by their names."""
    when_short: WhenShort | None = None
    fit: Fit | None = None
    focus: Point | None = None
    """What a crop keeps, as near its middle as can be."""
    hidden: bool | None = None
    gain_db: float | None = None
    """How much louder its sound is."""
    engine: Engine | Literal["auto"] | None = None

    def over(self, other: Wishes) -> Wishes:
        """These, and the other's where these say nothing."""
        mine, theirs = vars(self), vars(other)
        return Wishes(**{k: theirs[k] if mine[k] in (None, ()) else mine[k] for k in mine})


NO_WISHES = Wishes()


@dataclass(frozen=True)
class Decoding:
    """By what a version's pictures are decoded."""

    engine: Engine = "av"
    hardware: str | None = None
    """The kind of device to try: "cuda", "qsv" ...; libVLC's is "any". None for the processor."""


IN_SOFTWARE = Decoding()


@dataclass(frozen=True)
class Version:
    """One version of the film: a folder with one video file, found, checked and ready to read."""

    name: str
    """The folder's name; unique within a film, and what the config's overrides refer to."""
    path: Path
    """The video file."""
    credit: Credit
    picture: Picture
    rate: Fraction
    """Average frames per second, for people to read; playing goes by timestamps."""
    duration: Fraction
    """Seconds from the first picture to the end of the last one; the sound track is not asked."""
    frame_count: int
    container: str
    """The FFmpeg demuxer the file was recognised for: "mov", "matroska", "avi" ..."""
    codec: str = ""
    pixel_format: str = ""
    opened_by: Engine = "av"
    """The engine it was measured with: "vlc" for a file that PyAV cannot open."""
    wishes: Wishes = NO_WISHES
    """What its own `version.yaml` says of how it is played."""
    decoding: Decoding = IN_SOFTWARE
    """How it is decoded on this wall."""
    edition: tuple[int, ...] = ()
    """What tells this file from another in its place: its size, time of change and inode."""
    subtitles: tuple[Subtitles, ...] = ()
    """Those that lie beside its film."""
    original: Version | None = field(default=None, compare=False, repr=False)
    """What this is a mezzanine of; None for an original."""
    source: str | None = field(default=None, repr=False)  # it may hold a password
    """Where a live version is received from. It has no film: `path` is its `version.yaml`, it has
    no length, and nobody knows its picture before it is received.
    """

    @property
    def is_live(self) -> bool:
        """True for one that is received right now, and shown as it comes, out of the lock."""
        return self.source is not None

    def is_same_film(self, other: Version) -> bool:
        """True where nothing but what is said of it and the way of decoding may differ."""
        like = replace(
            self,
            credit=other.credit,
            wishes=other.wishes,
            decoding=other.decoding,
            subtitles=other.subtitles,
        )
        return like == other

    @property
    def sort_key(self) -> tuple[PartialDate, str]:
        """By date, then name; versions without a date come last."""
        return (self.credit.date or PartialDate(9999, 12, 31), self.name.casefold())
