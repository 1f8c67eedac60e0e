"""Reads a film's Content Credentials in a process of its own; whatever happens to it, they alone
are lost.

It is another process than the one that measures the film, and starts only where there is a
manifest: what a film is must not depend on what somebody has signed about it.
"""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import CancelledError
from pathlib import Path

from installation.library.boxes import has_manifest
from installation.library.credentials import Credentials, credentials_from_json
from installation.library.probe_apart import PROGRAM, Limits, ask

logger = logging.getLogger(__name__)

READ = Limits(wall_s=600, cpu_s=120)
"""To know that the film is the one that was signed, all of it is read: about 1 s for each GB."""
_one_at_a_time = threading.Lock()  # each takes 550 MB, however small the film


def credentials_apart(
    path: Path,
    container: str,
    *,
    limits: Limits = READ,
    stop: threading.Event | None = None,
    program: Path = PROGRAM,
) -> Credentials | None:
    """What the manifest of a film that passed the gate says; None where there is none.

    Any thread may call; it waits until the process is gone. Raises OSError where the film cannot
    be opened, and CancelledError as soon as `stop` is set.
    """
    if not has_manifest(path, container):
        return None
    asked = {"path": str(path.absolute()), "wants": "credentials"}
    with _one_at_a_time:
        if stop is not None and stop.is_set():
            raise CancelledError
        try:
            ended = ask(asked, limits, program=program, stop=stop)
        except OSError as error:
            return _lost(f"no process can be started: {error.strerror}")
    if ended.how == "stopped":
        raise CancelledError
    if ended.how != "by itself" or ended.code != 0:
        errors = ended.errors.decode(errors="replace")
        return _lost(f"ended {ended.how}, code {ended.code}: {errors}")
    try:
        return credentials_from_json(json.loads(ended.output)["credentials"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _lost(f"gave no answer: {ended.output[:200]!r}")


def _lost(why: str) -> Credentials:
    logger.warning("reading Content Credentials failed: %s", why)
    return Credentials(problem="unreadable")
