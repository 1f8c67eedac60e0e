"""Measures a film by PyAV, and by libVLC what PyAV cannot play."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from installation.errors import NotForPyav, VersionRejected
from installation.library.facts import Facts, from_json
from installation.library.probe import probe
from installation.library.probe_apart import PROGRAM, Limits, ask, told

BY_VLC = Limits(wall_s=600, cpu_s=600, memory_bytes=8 << 30, open_files=512)
"""libVLC plays it through, and sets aside address space for each of its threads."""


def facts_of(
    path: Path,
    container: str,
    by_pyav: Callable[[Path, str], Facts] = probe,
    *,
    stop: threading.Event | None = None,
) -> Facts:
    """What a film that passed the gate holds. Raises VersionRejected, without `where`; where
    neither engine plays it, with both reasons. Any thread may call.
    """
    try:
        return by_pyav(path, container)
    except NotForPyav as cannot:
        try:
            return probe_by_vlc_apart(path, container, stop=stop)
        except VersionRejected as neither:
            both = f"{cannot.what}, and libVLC does not play it: {neither.what}"
            raise VersionRejected(both, remedy=neither.remedy or cannot.remedy) from neither


def probe_by_vlc_apart(
    path: Path,
    container: str,
    *,
    limits: Limits = BY_VLC,
    stop: threading.Event | None = None,
    program: Path = PROGRAM,
) -> Facts:
    """As `probe_apart`, in a process that plays the whole film through libVLC."""
    asked = {"wants": "facts by libVLC", "path": str(path.absolute()), "container": container}
    try:
        ended = ask(asked, limits, program=program, stop=stop)
    except OSError as error:
        what = f"no process can be started ({error.strerror})"
        raise VersionRejected(what, remedy="close other programs, and copy it again") from error
    return told(ended, limits, lambda answer: from_json(answer["facts"]))
