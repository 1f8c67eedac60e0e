"""What the play log says of a start, of a version and of a config: plain values, some of them found
out later, where a disk may be waited for.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from installation.config import Config
from installation.film import CalendarClock, SystemClock, Version, format_rate
from installation.kiosk.log_files import Bounds, LogFiles
from installation.kiosk.log_line import Field
from installation.kiosk.state import kept_folder

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def log_folder(config: Config) -> Path:
    """Where the play log of a config lies."""
    return config.log.folder or kept_folder(config.path) / "log"


def files_of_log(config: Config) -> LogFiles:
    """The play log's files, as large as they may be. Asks a disk."""
    folder, limit = log_folder(config), config.log.limit
    there = next(place for place in (folder, *folder.parents) if place.exists())
    bounds = Bounds(limit.bytes_of(shutil.disk_usage(there).total), config.log.days)
    return LogFiles(folder, bounds, SystemClock(), CalendarClock())


def of_start(config: Config) -> Mapping[str, Field]:
    """What plays, and on which machine."""
    return {
        **of_config(config),
        "title": config.film.title,
        "rate": format_rate(config.film.rate),
        "pid": os.getpid(),
        "program": _programs,
        "machine": _machine,
        "boot": boot_id,
    }


def of_config(config: Config) -> Mapping[str, Field]:
    """The file, and what tells one state of it from another."""

    def is_as_saved() -> bool:
        """False where the last good config plays instead of what was saved since."""
        try:
            return config.path.read_bytes() == config.text
        except OSError:
            return False

    return {
        "config": os.path.realpath(config.path),
        "config_sha256": hashlib.sha256(config.text).hexdigest(),
        "is_as_saved": is_as_saved,
    }


def of_version(version: Version) -> dict[str, Any]:
    """Technical data of a version as it came: of its original, where a mezzanine plays."""
    original = version.original or version
    credit, picture = original.credit, original.picture
    facts: dict[str, Any] = {
        "name": original.name,
        "file": original.path.name,
        "edition": list(original.edition),
        "credit": {
            "model": credit.model,
            "date": str(credit.date or ""),
            "title": credit.title,
            "tools": credit.tools,
            "note": credit.note,
            "source": credit.source,
        },
    }
    if original.source is not None:
        from installation.decode.live_stream import parse_address

        return facts | {"live": str(parse_address(original.source))}  # without a password
    return facts | {
        "container": original.container,
        "codec": original.codec,
        "pixel_format": original.pixel_format,
        "width_px": picture.width_px,
        "height_px": picture.height_px,
        "sample_aspect": str(picture.sample_aspect),
        "rotation_deg": picture.rotation_deg,
        "rate": str(original.rate),
        "duration": str(original.duration),
        "pictures": original.frame_count,
        "opened_by": original.opened_by,
    }


def of_playing(version: Version, decoding: str) -> dict[str, Any]:
    """Which file a version plays from, and by what."""
    told: dict[str, Any] = {"decoding": decoding}
    if version.original is not None:
        picture = version.picture
        told["mezzanine"] = {
            "size": f"{picture.width_px}x{picture.height_px}",
            "codec": version.codec,
            "file": version.path.name,
        }
    return told


@cache
def boot_id() -> str:
    """What tells one time that the machine was switched on from the next; "" where nobody knows."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


@cache
def _programs() -> str:
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ("installation", "PySide6-Essentials", "av"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join([*found, f"Python {platform.python_version()}"])


@cache
def _machine() -> str:
    return f"{platform.node()}, {platform.platform()}, {os.cpu_count()} cores"
