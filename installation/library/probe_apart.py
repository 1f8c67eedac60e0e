"""Measures a film in a process of its own, which may crash, hang or swell and harm nothing."""

from __future__ import annotations

import functools
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from installation.decode.container import CONTAINERS, NO_CONTAINERS
from installation.errors import NotForPyav, VersionRejected
from installation.library.facts import Facts, from_json
from installation.library.names import said
from installation.library.rehearsal import Part
from installation.library.short_lived import Ended, run

logger = logging.getLogger(__name__)
Told = TypeVar("Told")

PROGRAM = Path(__file__).with_name("probing.py")
ANSWER_BYTES = 1 << 14
_SENTENCE_LETTERS = 1000
_EXPORT = "export it again"
_KEPT_ENVIRONMENT = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True)
class Limits:
    """What looking into one film may take."""

    wall_s: float = 120
    """Against hanging; a process that yields to a busy wall takes its time."""
    cpu_s: int = 30
    memory_bytes: int = 2 << 30
    """Of address space: the pictures of an 8K film that its decoder keeps are 1 GiB."""
    open_files: int = 32
    file_bytes: int = 0
    """Of each file it writes."""


LOOK = Limits()
WHOLE = Limits(wall_s=3600, cpu_s=1800)
"""For a rehearsal of the whole film."""
KILLED_AGAIN_S = (1, 5)
"""How long to wait where a rehearsal's process was killed: who did that, or a lack of memory, may
have passed."""


def probe_apart(
    path: Path,
    container: str,
    *,
    rehearsal: Part = "end",
    threads: int = 1,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
    is_urgent: bool = False,
    program: Path = PROGRAM,
) -> Facts:
    """What `probe` tells of a film that passed the gate, after a rehearsal of its end or the whole.

    Any thread may call; it waits until the process is gone. Raises VersionRejected, without
    `where`, for a film that cannot be shown, and CancelledError as soon as `stop` is set.
    It yields to everything else on the machine, but where a wall that begins waits for it:
    `is_urgent`. `program` is another to ask, for tests.
    """
    if container not in CONTAINERS | NO_CONTAINERS:
        raise ValueError(f"{container} is not a container that films are opened as")
    if stop is not None and stop.is_set():
        raise CancelledError
    limits = limits or (WHOLE if rehearsal == "whole" else LOOK)
    film = {"path": str(path.absolute()), "container": container}
    asked = film | {"rehearsal": rehearsal, "threads": threads, "is_urgent": is_urgent}
    try:
        ended = ask(asked, limits, program=program, stop=stop)
        for wait_s in KILLED_AGAIN_S if rehearsal == "whole" else ():
            if not ended.was_killed:
                break
            logger.warning("looking into %s was killed, and is tried again", said(path.name))
            if (stop or threading.Event()).wait(wait_s):
                raise CancelledError
            ended = ask(asked, limits, program=program, stop=stop)
    except OSError as error:
        raise VersionRejected(
            f"cannot be looked into: no process can be started ({error.strerror})",
            remedy="close other programs, and copy it again",
        ) from error
    return told(ended, limits, lambda answer: from_json(answer["facts"]))


def ask(
    asked: dict[str, Any],
    limits: Limits,
    *,
    program: Path,
    stop: threading.Event | None,
    most_bytes: int = ANSWER_BYTES,
    on_output: Callable[[bytes], None] | None = None,
) -> Ended:
    """Have `program` answer this, within limits. Raises OSError where it cannot be started."""
    return run(
        _command(program, asked | _surroundings(limits)),
        wall_s=limits.wall_s,
        most_bytes=most_bytes,
        env=_environment(),
        stop=stop,
        on_output=on_output,
    )


def _surroundings(limits: Limits) -> dict[str, Any]:
    most = {name: most for name, most in asdict(limits).items() if name != "wall_s"}
    return {
        "limits": most | {"parent": os.getpid()},
        "sys_path": [str(Path(place).absolute()) for place in sys.path if place],
    }


def _command(program: Path, asked: dict[str, Any]) -> list[str]:
    """Isolated, and without `site`, so that nothing but the standard library starts by itself."""
    options = ["-I", "-S"] + (["-X", "utf8"] if sys.flags.utf8_mode else [])
    return [sys.executable, *options, str(program), json.dumps(asked)]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    # glibc sets 128 MB of address space aside for each thread but for those that share
    return kept | {"MALLOC_ARENA_MAX": "2"}


def told(ended: Ended, limits: Limits, read: Callable[[dict[str, Any]], Told]) -> Told:
    """What `read` makes of the answer, its last line; raises as `probe_apart` does."""
    if ended.how == "stopped":
        raise CancelledError
    _refuse_misbehaviour(ended, limits)
    try:
        answer = json.loads(ended.output.strip().rpartition(b"\n")[2])
        _note_network(answer["is_off_network"] is True)
        if answer.get("out_of_memory"):
            raise _too_big(limits)
        if "rejected" in answer:
            raise _rejection(answer["rejected"])
        return read(answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        logger.warning("looking into a film gave no answer: %r", ended.output[:200])
        raise VersionRejected("confuses the decoder", remedy=_EXPORT) from error


def _refuse_misbehaviour(ended: Ended, limits: Limits) -> None:
    """Raise for a process that did not simply answer."""
    if ended.how == "too late" or ended.code == -getattr(signal, "SIGXCPU", 0):
        raise VersionRejected("takes too long to look into", remedy=_EXPORT)
    if ended.how == "too long":
        raise VersionRejected("confuses the decoder", remedy=_EXPORT)
    if ended.code == 0:
        return
    logger.warning(
        "looking into a film failed, code %s: %s", ended.code, ended.errors.decode(errors="replace")
    )
    if b"MemoryError" in ended.errors or ended.code == -getattr(signal, "SIGKILL", 0):
        raise _too_big(limits)
    if ended.code is None or ended.code < 0:
        raise VersionRejected("crashes the decoder", remedy=_EXPORT)
    raise VersionRejected("cannot be looked into", remedy=f"{_EXPORT}; the log says more")


def _too_big(limits: Limits) -> VersionRejected:
    size = f"{limits.memory_bytes / (1 << 30):.3g} GB"
    return VersionRejected(
        f"needs more than {size} of memory to be decoded",
        remedy="export it again, with a smaller picture",
    )


def _rejection(told: dict[str, Any]) -> VersionRejected:
    what, remedy = told["what"], told["remedy"]
    if not isinstance(what, str) or not isinstance(remedy, str):
        raise TypeError("no sentence")
    kind = NotForPyav if told.get("is_for_vlc") else VersionRejected
    return kind(said(what[:_SENTENCE_LETTERS]), remedy=said(remedy[:_SENTENCE_LETTERS]))


def _note_network(is_off: bool) -> None:
    if not is_off:
        _say_that_the_network_is_there()


@functools.cache
def _say_that_the_network_is_there() -> None:
    """Once."""
    logger.info("this system does not let us take the network from processes that look into films")
