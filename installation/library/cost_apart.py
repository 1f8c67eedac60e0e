"""Measures what decoding costs in a process of its own, at low priority: drivers crash, too."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import CancelledError
from dataclasses import asdict
from pathlib import Path

from installation.film import Decoding, Version
from installation.library.decoding_costs import Cost
from installation.library.probe_apart import PROGRAM, Limits, ask

logger = logging.getLogger(__name__)

MEASURE = Limits(wall_s=120, cpu_s=60, memory_bytes=1 << 46, open_files=1024)
"""Drivers set aside more address space than there is memory."""


def cost_apart(
    version: Version,
    decoding: Decoding,
    *,
    limits: Limits = MEASURE,
    stop: threading.Event | None = None,
    program: Path = PROGRAM,
) -> Cost | None:
    """What decoding a version costs one way; None where that does not work, for whatever reason.

    Any thread may call; it waits until the process is gone. Raises OSError where none can be
    started, and CancelledError as soon as `stop` is set.
    """
    film = {"path": str(version.path.absolute()), "container": version.container}
    times = {"duration": str(version.duration), "rate": str(version.rate)}
    asked = {"wants": "cost", **film, **times, **asdict(decoding)}
    if stop is not None and stop.is_set():
        raise CancelledError
    ended = ask(asked, limits, program=program, stop=stop)
    if ended.how == "stopped":
        raise CancelledError
    try:
        figures = json.loads(ended.output.strip().rpartition(b"\n")[2])["cost"]
        return None if figures is None else Cost(*map(float, figures))
    except (ValueError, KeyError, TypeError, RecursionError):
        errors = ended.errors.decode(errors="replace")
        logger.info("%s cannot be tried: %s, code %s: %s", decoding, ended.how, ended.code, errors)
        return None
