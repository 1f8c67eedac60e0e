"""The sound plays in a process of its own: what is wanted goes in, how it stands comes out.

Qt's audio does not outlive a sound server that is away for more than a moment, and may take its
process with it: so it has one that can end. It is started again until it plays, and the pictures
know nothing of it.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from typing import IO

from installation.sound import server
from installation.sound.wanted import NO_SOUND, SoundReport, Wanted

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "installation.sound.process")
AGAIN_S, LATEST_S, LATEST_ALONE_S = 0.3, 2.0, 30.0
"""How soon it is started again; twice as late each time, until it has played. While no server is
there, as far as that can be told, at most so often as the last says.
"""
LOOK_S = 0.2
"""How often it is looked whether a server is back: then it is started at once."""
JOIN_S = 2.0
GONE = "the sound has ended by itself and is started again; the picture plays on"


class Playing:
    """Plays from `start` to `stop`. The GUI thread's; none of its calls takes time."""

    def __init__(self) -> None:
        self._wanted: Wanted | None = None
        self._is_new = self._has_ended = False
        self._changed = threading.Condition()
        self._ending = threading.Event()
        self._report = NO_SOUND
        self._has_played = False
        self._server: bool | None = None  # whether it was there when the process began
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    @property
    def report(self) -> SoundReport:
        """How the sound stands."""
        return self._report

    def want(self, wanted: Wanted) -> None:
        """Let this be heard from now on."""
        with self._changed:
            self._wanted, self._is_new = wanted, True
            self._changed.notify_all()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Fall silent; the process ends with what it is told by."""
        self._ending.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    # -- on its thread

    def _run(self) -> None:
        again_s = AGAIN_S
        while not self._ending.is_set():
            self._has_played = False
            self._server = server.is_there()
            self._play()
            latest_s = LATEST_ALONE_S if self._server is False else LATEST_S
            again_s = AGAIN_S if self._has_played else min(2 * again_s, latest_s)
            if self._await_server(again_s):
                again_s = AGAIN_S

    def _await_server(self, at_most_s: float) -> bool:
        """True as soon as a server is there that was not when the last process began."""
        left_s = at_most_s
        while left_s > 0 and not self._ending.wait(min(LOOK_S, left_s)):
            left_s -= LOOK_S
            if self._server is False and server.is_there():
                return True
        return False

    def _play(self) -> None:
        """One process's life."""
        # what Qt's audio says of each attempt is said by `output.py`, once
        environment = {**os.environ, "QT_LOGGING_RULES": "*=false"}
        process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._has_ended, self._is_new = False, True
        listening = threading.Thread(
            target=self._listen, args=(process.stdout,), name="sound reports", daemon=True
        )
        listening.start()
        with suppress(OSError):  # it has ended
            self._tell(process.stdin)
        process.kill()  # it has nothing to lose
        listening.join()
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        process.wait()
        trouble = "" if self._ending.is_set() else self._report.trouble or GONE
        self._note(replace(NO_SOUND, trouble=trouble))

    def _tell(self, to: IO[bytes]) -> None:
        """What is wanted, whenever that is new."""
        last = b""
        while True:
            with self._changed:
                while not (self._is_new or self._has_ended or self._ending.is_set()):
                    self._changed.wait()
                if self._has_ended or self._ending.is_set():
                    return
                self._is_new, wanted = False, self._wanted
            told = pickle.dumps(wanted)
            if told != last:
                to.write(told)
                to.flush()
                last = told

    def _listen(self, to: IO[bytes]) -> None:
        try:
            while True:
                self._note(pickle.load(to))
        except (EOFError, OSError, pickle.UnpicklingError):
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()

    def _note(self, report: SoundReport) -> None:
        self._report = report
        self._has_played |= bool(report.device)
        said = report.trouble or report.device
        if said and said != self._said:
            self._said = said
            if report.trouble:
                logger.warning("sound: %s", report.trouble)
            else:
                logger.info("sound device=%r", report.device)
