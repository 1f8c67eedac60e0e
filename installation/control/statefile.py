"""The state file: a running wall writes how it stands, anyone of the same user reads it.

It lies in the user's state folder (`~/.local/state/installation` on Linux), one file for each
config, named after the config's place. Not in `XDG_RUNTIME_DIR`: a wall started by a service often
has none while who logs in by ssh has one, and it is emptied when the last login ends. A home is
the same for both. A file needs no port, no answer from a wall that hangs, and still tells of one
that ended badly.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from installation.control.status import FORMAT, Standing, WallStatus
from installation.errors import InstallationError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

logger = logging.getLogger(__name__)

BEAT_NS = 2_000_000_000
"""A wall that plays says how it stands at least this often."""
STILL_AFTER = timedelta(seconds=10)
"""A wall not heard of for so long stands still."""
JOIN_TIMEOUT_S = 1.0


class StateFile:
    """Writes the state file, whole or not at all, on a thread of its own.

    `offer` and `close` never wait for a disk that hangs.
    """

    def __init__(self, config: Path, folder: Path | None = None) -> None:
        self.path = path_for(config, folder)
        self._condition = threading.Condition()
        self._offered: WallStatus | None = None
        self._is_closing = False
        self._is_refused = False
        self._thread = threading.Thread(target=self._work, name="state file", daemon=True)

    def offer(self, status: WallStatus) -> None:
        """Have this written soon; one that was not written yet is passed over."""
        with self._condition:
            self._offered = status
            self._condition.notify_all()
        if self._thread.ident is None:
            self._thread.start()

    def close(self) -> None:
        """The wall has ended well: take the file away."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        if self._thread.ident is not None:
            self._thread.join(JOIN_TIMEOUT_S)

    def _work(self) -> None:
        while (status := self._next()) is not None:
            self._write(status)
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _next(self) -> WallStatus | None:
        with self._condition:
            self._condition.wait_for(lambda: self._is_closing or self._offered is not None)
            status, self._offered = self._offered, None
            return None if self._is_closing else status

    def _write(self, status: WallStatus) -> None:
        """Not forced to the disk: after a power cut nobody asks how the wall stood."""
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_adapter().dump_json(status, indent=1))
            temporary.replace(self.path)
        except (OSError, ValueError) as error:  # ValueError for text that no UTF-8 can say
            if not self._is_refused:
                logger.warning('"installation status" cannot tell of this wall: %s', error)
            self._is_refused = True
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        else:
            self._is_refused = False


def make_ready() -> None:
    """Build what the first writing needs, which takes a while; on any thread."""
    _adapter()


def state_folder() -> Path:
    """Where the state files of this user's walls lie."""
    return Path(platformdirs.user_state_dir("installation", appauthor=False)) / "walls"


def path_for(config: Path, folder: Path | None = None) -> Path:
    """The state file of the wall that plays a config."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(config))).hexdigest()[:32]
    return (folder or state_folder()) / f"{name}.json"


def walls(config: Path | None = None, folder: Path | None = None) -> list[WallStatus]:
    """What every wall of this user last said, or only the one that plays `config`.

    A wall that ended well says nothing any more. Raises InstallationError where what it said
    cannot be read.
    """
    if config is not None:
        files = [path_for(config, folder)]
    else:
        files = sorted((folder or state_folder()).glob("*.json"))
    found = [status for file in files if (status := _read(file)) is not None]
    return sorted(found, key=lambda status: (status.title, status.config))


def standing_of(status: WallStatus, now: datetime) -> Standing:
    """Whether the wall that said this still plays."""
    if not _is_there(status.pid):
        return Standing.GONE
    return Standing.STILL if now - status.now.seen > STILL_AFTER else Standing.PLAYING


def as_json(status: WallStatus) -> dict[str, Any]:
    """What JSON knows of it, as in the state file."""
    written: dict[str, Any] = _adapter().dump_python(status, mode="json")
    return written


def _read(file: Path) -> WallStatus | None:
    try:
        status = _adapter().validate_json(file.read_bytes())
        if status.format != FORMAT:
            raise ValueError
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InstallationError(
            f"cannot be read ({error.strerror})",
            where=str(file),
            remedy="ask as the user who plays the wall",
        ) from error
    except ValueError as error:
        raise InstallationError(
            "was written by another release of Installation",
            where=str(file),
            remedy="end that wall and start it again with this one; if none plays, delete the file",
        ) from error
    return status


def _is_there(pid: int) -> bool:
    if os.name == "nt":
        return True  # asking would end it; whether it gives signs of life has to do
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


@cache
def _adapter() -> TypeAdapter[WallStatus]:
    """Imported here, so that no first picture waits for it."""
    from pydantic import TypeAdapter

    return TypeAdapter(WallStatus)
