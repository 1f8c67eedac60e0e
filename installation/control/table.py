"""What `installation status` prints: a wall's standing, its versions in a table, all to be mended.

Plain text for any terminal: columns as wide as their words, sentences on lines of their own.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from installation.control.status import ON_AIR, Standing, VersionStatus, WallStatus

GAP = "  "
NARROWEST = 40
"""A terminal narrower than this wraps our lines itself."""


class _Row(NamedTuple):
    cells: tuple[str, ...]
    sentence: str
    """Empty where the state says it all."""


def table(status: WallStatus, standing: Standing, now: datetime, width: int) -> str:
    """A wall as a person reads it, on lines of at most `width` columns where words allow it."""
    width = max(width, NARROWEST)
    lines = [*_head(status, standing, now, width), *_to_mend(status, width)]
    if status.versions:
        lines += ["", *_versions(status.versions, width)]
    else:
        empty = "no version yet: the wall shows the film's title"
        lines += ["", *_wrapped(empty, width, GAP)]
    return "\n".join(lines)


# -- the wall


def _head(status: WallStatus, standing: Standing, now: datetime, width: int) -> Iterator[str]:
    moving = status.now
    is_playing = standing is Standing.PLAYING
    yield from _wrapped(f"{status.title}: {_standing(status, standing, now)}", width, "")
    where = f"loop {moving.loop}, {moving.timecode} of {status.length} at {status.rate} fps"
    if not moving.loop:
        where = "before its first picture"
    elif not moving.is_running:
        where += ", paused"
    lock = (
        f"{moving.pictures:,} pictures, {moving.mismatches:,} mismatches;"
        f" {moving.held:,} held, {moving.dropped:,} dropped, {moving.late:,} late"
    )
    facts = {
        "film": where if is_playing else f"was at {where}",
        "lock": lock,
        "wall": f"{status.layout}, drawn by {_drawn_by(status.drawing)},"
        f" {status.refresh_hz:.2f} Hz ({status.refresh_source})",
        "config": f"{status.config} (process {status.pid})",
    }
    if status.hours and is_playing and not status.is_closed:
        facts["hours"] = status.hours
    if moving.sound and is_playing:
        facts["sound"] = moving.sound
    for name, fact in facts.items():
        first = f"{GAP}{name:8}"
        yield from _wrapped(fact, width, " " * len(first), first)


def _standing(status: WallStatus, standing: Standing, now: datetime) -> str:
    seen = f"{_local(status.now.seen):%Y-%m-%d %H:%M:%S} ({_ago(status.now.seen, now)})"
    start = f'start it again with: installation play "{status.config}"'
    if standing is Standing.PLAYING and status.is_closed:
        return status.hours
    if standing is Standing.PLAYING:
        return f"plays since {_local(status.started):%Y-%m-%d %H:%M}"
    if standing is Standing.GONE:
        return f"ended without being asked, last seen {seen}; its log says why; {start}"
    return f"stands still since {seen}; end its process {status.pid}, then {start}"


def _drawn_by(drawing: str) -> str:
    return {"gpu": "the GPU", "software": "software"}.get(drawing, drawing)


def _local(at: datetime) -> datetime:
    return at.astimezone()


def _ago(at: datetime, now: datetime) -> str:
    seconds = max(0, int((now - at).total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return f"{seconds} second{'s' * (seconds != 1)} ago"


def _to_mend(status: WallStatus, width: int) -> Iterator[str]:
    told = (
        ("what was saved is not played, the last good config plays on:", status.mistakes),
        ("saved, and takes effect at the next start:", status.at_next_start),
        ("to be mended:", status.notices),
    )
    for title, sentences in told:
        if not sentences:
            continue
        yield ""
        yield from _wrapped(title, width, GAP)
        for sentence in sentences:
            yield from _wrapped(sentence, width, GAP * 2)


# -- its versions


def _versions(versions: Sequence[VersionStatus], width: int) -> Iterator[str]:
    """What does not fit beside the state and the name goes beneath."""
    titles = ("state", "version", "credit", "film")
    rows = [_row(version) for version in versions]
    widths = _column_widths([titles, *(row.cells for row in rows)])
    columns = len(titles)
    while columns > 2 and len(GAP) * columns + sum(widths[:columns]) > width:
        columns -= 1
    yield _line(titles[:columns], widths)
    for cells, sentence in rows:
        beside = " " * (len(GAP) * 2 + widths[0])
        yield from _wrapped(_line(cells[:columns], widths), width, beside, "")
        for fact in (*cells[columns:], sentence):
            yield from _wrapped(fact, width, beside)


def _row(version: VersionStatus) -> _Row:
    credit = film = ""
    if version.credit_from:
        credit = f"{version.model}, {version.date or 'no date'} (from {version.credit_from})"
    if version.live:
        size = f"{version.width_px}x{version.height_px}, " if version.width_px else ""
        film = f"{size}live from {version.live}"
    elif version.width_px:
        film = f"{version.width_px}x{version.height_px}, {version.rate} fps, {version.length}"
        film += f", {version.codec}" if version.codec else ""
        film += f", {version.decoding}" if version.decoding else ""
    sentence = version.sentence
    is_plain = version.state == ON_AIR and sentence == f"{version.name}: is on the wall"
    cells = (version.state, version.name, credit, film)
    return _Row(
        tuple(_printable(cell) for cell in cells),
        "" if is_plain else sentence.removeprefix(f"{version.name}: "),
    )


def _column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(_columns, column)) for column in zip(*rows, strict=True)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _columns(cell)) for cell, width in zip(cells, widths))  # noqa: B905
    return (GAP + GAP.join(padded)).rstrip()


# -- text


def _wrapped(text: str, width: int, indent: str, first: str | None = None) -> list[str]:
    """On lines of at most so many columns; a word that is longer stays whole, to be copied."""
    return [
        line
        for part in text.splitlines()
        for line in textwrap.wrap(
            _printable(part),
            width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


def _printable(text: str) -> str:
    """Names and titles are anybody's: nothing in them may steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _columns(text: str) -> int:
    """How many columns a terminal needs: two for Chinese, Japanese, Korean and emoji."""
    marks = ("Mn", "Me", "Cf")
    return sum(
        0
        if unicodedata.category(c) in marks
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )
