"""What `installation report` does: one page for the registrar, from the play log and the films.

The page is a single file that needs nothing beside it, in ten years too: pictures lie within it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from importlib.metadata import version as program_version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined

from installation.config import Config, load_config
from installation.errors import InstallationError
from installation.exhibits import exhibits_of
from installation.film import CalendarClock
from installation.kiosk.calendar_rows import rows_of
from installation.kiosk.history import History, history_of
from installation.kiosk.hours import OpeningHours
from installation.kiosk.incidents import in_words, incidents
from installation.kiosk.log_reader import read_log
from installation.kiosk.spans import Span, length
from installation.particulars import log_folder
from installation.whole import write_whole

TEMPLATE = Path(__file__).with_name("report.html.j2")
MOST_INCIDENTS = 2000
Say = Callable[[str], None]


def report(path: Path, output: Path, since: str | None, until: str | None, say: Say) -> str:
    """Write the report of a wall; the sentence about it. Raises InstallationError."""
    config = load_config(path)
    zone = _zone(config)
    now_ms = CalendarClock().now_ns() // 1_000_000
    since_ms = None if since is None else _moment(since, "--since", zone)
    until_ms = now_ms if until is None else min(now_ms, _moment(until, "--until", zone))
    history = _history(config, since_ms, until_ms, now_ms)
    page = _page(config, history, zone, say)
    try:
        write_whole(output, page.encode("utf-8"))
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise InstallationError(what, where=str(output), remedy="write it elsewhere") from error
    return f"{output}: {_period(history, zone)}; {_certificate(history)}"


def _history(config: Config, since_ms: int | None, until_ms: int, now_ms: int) -> History:
    folder = log_folder(config)
    try:
        log = read_log(folder)
    except OSError as error:
        what = f"the play log cannot be read ({error.strerror})"
        remedy = "ask as the user who plays the wall"
        raise InstallationError(what, where=str(folder), remedy=remedy) from error
    if not log.runs:
        raise InstallationError(
            "there is no play log yet",
            where=str(folder),
            remedy="it begins when the wall is played fullscreen; ask as the user who plays it",
        )
    began = min(run.calendar(run.start_ms) for run in log.runs)
    if since_ms is not None and since_ms >= until_ms:
        raise InstallationError(
            "there is nothing between these two", where="--since", remedy="name an earlier day"
        )
    start_ms = began if since_ms is None else max(began, since_ms)
    return history_of(log, since_ms, until_ms, now_ms, _hours(config, start_ms, until_ms))


def _hours(config: Config, start_ms: int, end_ms: int) -> list[Span] | None:
    """When the wall was to be open, by the schedule as it is now; None where it has none."""
    if config.schedule.is_always_open:
        return None
    hours, spans, at_ms = OpeningHours(config.schedule), [], start_ms
    while at_ms < end_ms:
        standing = hours.standing(at_ms * 1_000_000)
        until_ms = end_ms if standing.until_ns is None else standing.until_ns // 1_000_000
        if standing.is_open:
            spans.append((at_ms, min(until_ms, end_ms)))
        at_ms = max(until_ms, at_ms + 1)
    return spans


# -- in words


def _zone(config: Config) -> tzinfo | None:
    """In which times are told; None for the machine's own."""
    return ZoneInfo(config.schedule.timezone) if config.schedule.timezone else None


def _moment(written: str, where: str, zone: tzinfo | None) -> int:
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError as error:
        what = f'"{written}" is no day'
        remedy = "write it such as 2026-11-01, or 2026-11-01T18:00"
        raise InstallationError(what, where=where, remedy=remedy) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
    return int(moment.timestamp() * 1000)


def _shown(at_ms: int, zone: tzinfo | None) -> datetime:
    """As clocks in the house show it."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone)


def _period(history: History, zone: tzinfo | None) -> str:
    begin, end = _shown(history.start_ms, zone), _shown(history.end_ms, zone)
    return f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


def _certificate(history: History) -> str:
    totals = history.totals
    return f"{totals.pictures:,} pictures, {totals.mismatches:,} mismatches"


def _percent(share: float | None) -> str:
    """Rounded down: only what never failed is a hundred per cent."""
    if share is None:
        return "–"
    return f"{int(share * 100_000) / 1000:.3f} %".replace(".000 %", " %")


# -- the page


def _page(config: Config, history: History, zone: tzinfo | None, say: Say) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {
        "clock": lambda at_ms: f"{_shown(at_ms, zone):%Y-%m-%d %H:%M:%S}",
        "day": lambda at_ms: f"{_shown(at_ms, zone):%Y-%m-%d}",
        "words": in_words,
        "hours": lambda ms: f"{ms / 3_600_000:,.2f}",
        "number": lambda number: f"{number:,}",
        "percent": _percent,
    }
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(**_told(config, history, zone, say))


def _told(config: Config, history: History, zone: tzinfo | None, say: Say) -> dict[str, Any]:
    happened = incidents(history)
    troubles = [one for one in happened if one.is_trouble]
    starts = [run.started for run in history.runs if run.started is not None]
    return {
        "title": config.film.title,
        "config": str(config.path),
        "period": _period(history, zone),
        "zone": config.schedule.timezone or _shown(history.end_ms, zone).tzname() or "",
        "made": f"{_shown(CalendarClock().now_ns() // 1_000_000, zone):%Y-%m-%d %H:%M}",
        "program": f"Installation {program_version('installation')}",
        "history": history,
        "certificate": _certificate(history),
        "totals": history.totals,
        "meant_ms": length(history.meant),
        "played_ms": length(history.played),
        "has_hours": not config.schedule.is_always_open,
        "troubles": troubles[:MOST_INCIDENTS],
        "changes": [one for one in happened if not one.is_trouble][:MOST_INCIDENTS],
        "left_out": max(0, len(troubles) - MOST_INCIDENTS),
        "rows": (rows := rows_of(history, troubles, zone)),
        "is_by_day": any(row.bars for row in rows),
        "exhibits": exhibits_of(config, history, say),
        "machines": list(dict.fromkeys(one.text("machine") for one in starts)),
        "programs": list(dict.fromkeys(one.text("program") for one in starts)),
        "screens": list(dict.fromkeys(one.text("screen") for one in starts)),
        "configs": list(dict.fromkeys(one.text("config_sha256") for one in starts)),
    }
