"""One picture of a film, made in a process of its own: films crash decoders."""

from __future__ import annotations

import base64
import json
import logging
from fractions import Fraction
from pathlib import Path

from installation.film import Version
from installation.library.probe_apart import PROGRAM, Limits, ask

logger = logging.getLogger(__name__)

STILL = Limits(wall_s=60, cpu_s=30)
WIDTH_PX = HEIGHT_PX = 480
"""At most."""
MOST_BYTES = 1 << 21
AT = Fraction(1, 3)
"""Of the film: its beginning is often black."""


def still_apart(version: Version, *, limits: Limits = STILL, program: Path = PROGRAM) -> bytes:
    """A JPEG of one picture, upright; empty where none can be made. Any thread may call; it waits
    until the process is gone. Raises OSError where none can be started.
    """
    if version.is_live or version.opened_by != "av":
        return b""
    width_px, height_px = _size(version)
    asked = {
        "wants": "still",
        "path": str(version.path.absolute()),
        "container": version.container,
        "duration": str(version.duration),
        "rate": str(version.rate),
        "moment": str(version.duration * AT),
        "is_sealed": version.original is not None,
        "rotation_deg": version.picture.rotation_deg,
        "width_px": width_px,
        "height_px": height_px,
    }
    ended = ask(asked, limits, program=program, stop=None, most_bytes=MOST_BYTES)
    try:
        still = json.loads(ended.output.strip().rpartition(b"\n")[2])["still"]
        return b"" if still is None else base64.b64decode(still, validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        errors = ended.errors.decode(errors="replace")
        logger.info("no still of %s: %s, code %s: %s", version.name, ended.how, ended.code, errors)
        return b""


def _size(version: Version) -> tuple[int, int]:
    """As coded, with square pixels, before it is turned upright; even, as JPEGs have it."""
    picture = version.picture
    aspect = picture.display_aspect
    width = min(Fraction(WIDTH_PX), HEIGHT_PX * aspect)
    height = width / aspect
    if picture.rotation_deg in (90, 270):
        width, height = height, width
    return max(2, round(width / 2) * 2), max(2, round(height / 2) * 2)
