"""One process of a wall gives way to the next, and a visitor sees at most one held picture.

The last picture is put on the screen by a small process (`wall/cover.py`), which holds it for as
long as somebody holds the pipe to it. Then this process is replaced by a fresh one of the same
number, so that whoever supervises it has nothing to do with it. The fresh one inherits the pipe,
begins with the very picture, and lets go once its own first one stands there.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from installation.kiosk.tether import untie
from installation.wall.windows import AnyWindow

logger = logging.getLogger(__name__)

VARIABLE = "INSTALLATION_HANDOVER"
COVER = (sys.executable, "-m", "installation.wall.cover")
CAN_REPLACE = sys.platform != "win32"  # where a new process would have another number
SHOWN_PATIENCE_S = 3.0


class Cover:
    """The cover as the wall that goes has it: made ready, then told what to show."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_ready = threading.Event()
        self._pictures: list[str] = []
        self._process = subprocess.Popen(COVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def show(self, windows: Sequence[AnyWindow]) -> bool:
        """Let what these windows show stand on the screen; False where that cannot be had."""
        try:
            places = [self._grab(number, window) for number, window in enumerate(windows)]
            assert self._process.stdin is not None
            self._process.stdin.write(f"{json.dumps(places)}\n".encode())
            self._process.stdin.flush()
        except OSError as error:
            logger.warning("the last picture cannot be held: %s", error)
            return False
        waiting = threading.Thread(target=self._wait_for_it, name="cover", daemon=True)
        waiting.start()
        if not self._is_ready.wait(SHOWN_PATIENCE_S):
            logger.warning("the last picture was not held in time")
        return self._is_ready.is_set()

    def hand_on(self) -> None:
        """Leave what the next process is to know in the environment; it inherits the pipe."""
        assert self._process.stdin is not None
        descriptor = os.dup(self._process.stdin.fileno())
        told = {"pipe": descriptor, "cover": self._process.pid, "pictures": self._pictures}
        os.environ[VARIABLE] = json.dumps(told)

    def drop(self) -> None:
        """It is not needed after all."""
        self._process.kill()
        self._process.wait()

    def _grab(self, number: int, window: AnyWindow) -> tuple[int, int, int, int, str]:
        path = self._folder / f"held-{number}.bmp"
        self._folder.mkdir(parents=True, exist_ok=True)
        if not window.grabWindow().save(str(path)):
            raise OSError(f"{path} cannot be written")
        self._pictures.append(str(path))
        place = window.geometry()
        return place.x(), place.y(), place.width(), place.height(), str(path)

    def _wait_for_it(self) -> None:
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() == b"shown":
            self._is_ready.set()


class Inherited:
    """What a wall that takes another's place finds: pictures to begin with, and who holds them."""

    def __init__(
        self, pipe: int | None = None, cover: int = 0, pictures: Sequence[str] = ()
    ) -> None:
        self._pipe, self._cover = pipe, cover
        self.pictures = [Path(picture) for picture in pictures]

    @classmethod
    def take(cls) -> Inherited:
        """From the environment; nothing, where there was no other wall."""
        told = os.environ.pop(VARIABLE, "")
        with contextlib.suppress(ValueError, KeyError, TypeError, OSError):
            kept = json.loads(told)
            os.set_inheritable(kept["pipe"], False)
            return cls(
                kept["pipe"], int(kept["cover"]), [str(picture) for picture in kept["pictures"]]
            )
        return cls()

    def let_go(self) -> None:
        """Our own first picture stands there."""
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            with contextlib.suppress(OSError):
                os.close(pipe)
            threading.Thread(target=self._see_it_off, name="cover", daemon=True).start()
        for picture in self.pictures:
            with contextlib.suppress(OSError):
                picture.unlink()
        self.pictures = []

    def _see_it_off(self) -> None:
        with contextlib.suppress(OSError):
            os.waitpid(self._cover, 0)  # our child, though our predecessor started it


def replace_process() -> None:
    """Be a fresh process, started as this one was, if a cover was handed on. Returns only where
    that is not so, or cannot be.
    """
    told = os.environ.get(VARIABLE)
    if told is None:
        return
    _let_none_inherit()
    untie()
    environment = _environment_at_start() | {VARIABLE: told}
    os.set_inheritable(json.loads(told)["pipe"], True)
    sys.stdout.flush()
    sys.stderr.flush()
    with contextlib.suppress(OSError):
        os.execve(sys.executable, sys.orig_argv, environment)


def _let_none_inherit() -> None:
    """Libraries may have opened what they did not mark; it would pile up."""
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
            if int(name) > sys.stderr.fileno():
                with contextlib.suppress(OSError):
                    os.set_inheritable(int(name), False)


def _environment_at_start() -> dict[str, str]:
    """As it was, with what was taken from it so that no child inherits it."""
    with contextlib.suppress(OSError):
        pairs = Path("/proc/self/environ").read_bytes().split(b"\0")
        given = (pair.partition(b"=") for pair in pairs if b"=" in pair)
        at_start = {os.fsdecode(name): os.fsdecode(value) for name, _, value in given}
        return {**os.environ, **at_start}
    return dict(os.environ)
