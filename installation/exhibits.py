"""The versions as a registrar has them: technical data, credits, checksums, a still of each."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from installation.app import scan_film
from installation.config import Config
from installation.errors import InstallationError
from installation.film import CalendarClock, Version, format_rate, format_timecode
from installation.kiosk.history import History, VersionTime
from installation.kiosk.register import read_register
from installation.library import KnownFilms
from installation.library.digest import edition_of
from installation.library.fixity import FixityRecords
from installation.library.still_apart import still_apart
from installation.particulars import log_folder, of_version


@dataclass(frozen=True)
class Exhibit:
    """One version that was shown."""

    name: str
    facts: tuple[tuple[str, str], ...]
    """What it is, and in which words."""
    on_air: VersionTime
    still: str
    """A data URI; empty where there is none."""


def exhibits_of(config: Config, history: History, say: Any) -> list[Exhibit]:
    """Every version that was on air in this time, as it was entered then. Takes a while: each
    still is made in a process of its own.
    """
    known = KnownFilms(config.film.versions)
    try:
        library = scan_film(config, known, read_credentials=None)
        there = {version.name: version for version in library.versions}
    except InstallationError as error:
        say(f"no stills: {error}")
        there = {}
    records = FixityRecords(config.film.versions, CalendarClock())
    entries = read_register(log_folder(config))
    following: dict[str, int] = {}
    found: list[Exhibit] = []
    for entry in reversed(entries):
        name = entry["name"]
        since_ms = int(entry.get("since_s") or 0) * 1000
        until_ms = following.get(name, history.end_ms)
        following[name] = since_ms
        on_air = history.within(since_ms, until_ms).version(name)
        if on_air is not None:
            found.append(_exhibit(config, records, entry, on_air, there.get(name)))
    return found[::-1]


def _exhibit(
    config: Config,
    records: FixityRecords,
    entry: Mapping[str, Any],
    on_air: VersionTime,
    version: Version | None,
) -> Exhibit:
    is_there = version is not None and of_version(version)["edition"] == entry.get("edition")
    facts = [*_credit(entry.get("credit")), *_picture(config, entry)]
    if "live" in entry:
        facts.append(("received from", str(entry["live"])))
    else:
        facts += _fixity(records, entry, version if is_there else None)
    still = still_apart(version) if is_there and version is not None else b""
    uri = f"data:image/jpeg;base64,{base64.b64encode(still).decode()}" if still else ""
    return Exhibit(entry["name"], tuple(facts), on_air, uri)


def _credit(credit: Any) -> list[tuple[str, str]]:
    if not isinstance(credit, dict):
        return []
    names = ("model", "date", "title", "tools", "note", "source")
    labels = {"source": "credit from"}
    return [(labels.get(name, name), str(credit[name])) for name in names if credit.get(name)]


def _picture(config: Config, entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        rate, duration = Fraction(entry["rate"]), Fraction(entry["duration"])
        size = f"{entry['width_px']} × {entry['height_px']} px"
        turned = entry["rotation_deg"]
        aspect = "" if entry["sample_aspect"] == "1" else f", pixels {entry['sample_aspect']}"
        frames = round(duration * config.film.rate)
        return [
            ("file", str(entry["file"])),
            ("bytes", f"{entry['edition'][0]:,}"),
            ("codec", f"{entry['codec']}, {entry['pixel_format']}, in {entry['container']}"),
            ("picture", size + aspect + (f", turned by {turned}°" if turned else "")),
            ("rate", f"{format_rate(rate)} frames per second"),
            (
                "duration",
                f"{format_timecode(frames, config.film.rate)} at the film's rate,"
                f" {entry['pictures']:,} pictures",
            ),
        ]
    except (KeyError, ValueError, TypeError, IndexError, ZeroDivisionError):
        return []


def _fixity(
    records: FixityRecords, entry: Mapping[str, Any], version: Version | None
) -> list[tuple[str, str]]:
    """The checksum as it was recorded, and whether the file there is the one that was read."""
    try:
        name = f"{entry['name']}/{entry.get('file')}"
        record = records.record(name if version is None else records.name_of(version.path))
        if record is None:
            return [("SHA-256", "not recorded yet: `installation fixity` reads the file")]
        since = f"recorded {record.since.astimezone():%Y-%m-%d}"
        if list(record.seen.edition) == entry.get("edition"):
            sha256 = record.seen.sha256
        elif list(record.accepted.edition) == entry.get("edition"):
            sha256 = record.accepted.sha256
        else:
            return [("SHA-256", "not recorded of this file")]
        if version is None:
            state = "the file is not there any more"
        elif edition_of(version.path.stat()) != record.seen.edition:
            state = "the file has changed since"
        elif record.seen.sha256 != record.accepted.sha256:
            state = "another file was recorded before; see `installation fixity`"
        else:
            state = "the file has the same size and time still"
        return [("SHA-256", sha256), ("fixity", f"{since}; {state}")]
    except (InstallationError, OSError) as error:
        return [("SHA-256", f"cannot be told: {error}")]
