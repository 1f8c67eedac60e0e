"""The play log: what the wall did, over years, a line of JSON for each event.

Lines are appended and brought to the disk on a thread of their own; who notes something never
waits. Beside them lies the beat, a small file written anew every few seconds: after a crash or a
power cut it says until when the wall played, and what it had counted by then.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from installation.film import Clock

if TYPE_CHECKING:  # what it needs is loaded where it is opened, after the first picture
    from installation.kiosk.log_files import LogFiles
    from installation.kiosk.log_line import Field
    from installation.kiosk.register import Facts

logger = logging.getLogger(__name__)

MOST_WAITING = 2000
"""Events kept while the disk is full or hangs, or before the log is opened."""
RETRY_S = 30
JOIN_TIMEOUT_S = 2.0


class _Note(NamedTuple):
    """An event, as it waits for being written."""

    at_ns: int
    mono_ns: int
    number: int
    event: str
    fields: Mapping[str, Field]


class PlayLog:
    """Takes notes from the moment it is made, and writes from the moment it is opened.

    Any thread may call. A disk that is full, cannot be written or hangs is told of once; what was
    noted meanwhile is kept, up to a limit, and written later.
    """

    def __init__(self, clock: Clock, calendar: Clock, run: str | None = None) -> None:
        self.run = run or f"{calendar.now_ns() // 1_000_000:x}-{os.getpid():x}"
        """What tells this run of the program from all others."""
        self._clock = clock
        self._calendar = calendar
        self._changed = threading.Condition()
        self._waiting: list[_Note] = []
        self._beat: _Note | None = None
        self._facts: list[Facts] = []
        self._number = self._missed = 0
        self._is_closing = self._is_refused = False
        self._refused_ns = 0
        self._files: LogFiles | None = None
        self._thread = threading.Thread(target=self._work, name="play log", daemon=True)

    def note(self, event: str, **fields: Field) -> None:
        """Something happened: its name in the past tense, and what is to be known of it.

        A field `sentence` is what the report says of it, in plain words.
        """
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                self._missed += 1
                return
            self._number += 1
            self._waiting.append(self._noted(self._number, event, fields))
            self._changed.notify_all()

    def beat(self, event: str, **fields: Field) -> None:
        """The wall is alive and has come so far; the last beat replaces those before.

        After a crash it is read as if it had been noted.
        """
        with self._changed:
            self._beat = self._noted(0, event, fields)
            self._changed.notify_all()

    def enter(self, facts: Facts) -> None:
        """A version is shown: keep its technical data in the register."""
        with self._changed:
            if len(self._facts) < MOST_WAITING:
                since_s = self._calendar.now_ns() // 1_000_000_000
                self._facts.append({**facts, "since_s": since_s})
                self._changed.notify_all()

    def open(self, files: LogFiles) -> None:
        """Write from now on, and what was noted before."""
        self._files = files
        self._thread.start()

    def close(self) -> None:
        """Write what is left, but do not wait long for a disk that hangs."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(JOIN_TIMEOUT_S)

    def _noted(self, number: int, event: str, fields: Mapping[str, Field]) -> _Note:
        return _Note(self._calendar.now_ns(), self._clock.now_ns(), number, event, fields)

    # -- on the log's own thread

    def _work(self) -> None:
        assert self._files is not None
        with contextlib.suppress(OSError):
            self._files.adopt_beats(self.run)
        is_closing = False
        while not is_closing:
            notes, beat, is_closing = self._next()
            if notes:
                self._write(notes)
            with contextlib.suppress(OSError):  # the lines tell of it
                self._enter_facts()
                if beat is not None and not is_closing:
                    self._files.keep_beat(self.run, self._line(beat))
        if not self._is_refused:  # else it still says what no line does
            with contextlib.suppress(OSError):
                self._files.drop_beat(self.run)

    def _next(self) -> tuple[list[_Note], _Note | None, bool]:
        """What is to be written, as soon as there is something."""
        with self._changed:
            self._changed.wait_for(self._has_something_to_do, RETRY_S)
            beat, self._beat = self._beat, None
            if self._is_putting_off():
                return [], beat, False
            notes, self._waiting = self._waiting, []
            if self._missed:
                self._number += 1
                notes.append(self._noted(self._number, "missed", {"events": self._missed}))
                self._missed = 0
            return notes, beat, self._is_closing

    def _has_something_to_do(self) -> bool:
        is_new = bool(self._waiting) and not self._is_putting_off()
        return self._is_closing or is_new or self._beat is not None or bool(self._facts)

    def _is_putting_off(self) -> bool:
        """True where the disk refused lines a moment ago."""
        since_ns = self._clock.now_ns() - self._refused_ns
        return self._is_refused and since_ns < RETRY_S * 10**9 and not self._is_closing

    def _write(self, notes: list[_Note]) -> None:
        """Write these; what the disk does not take waits in front of what comes."""
        assert self._files is not None
        try:
            self._files.append([self._line(note) for note in notes])
        except OSError as error:
            if not self._is_refused:
                logger.warning("the play log cannot be written: %s", error)
            self._is_refused, self._refused_ns = True, self._clock.now_ns()
            with self._changed:
                left = [*notes, *self._waiting]
                self._waiting = left[:MOST_WAITING]
                self._missed += len(left) - len(self._waiting)
        else:
            if self._is_refused:
                logger.warning("the play log is written again")
            self._is_refused = False

    def _enter_facts(self) -> None:
        from installation.kiosk.register import enter

        assert self._files is not None
        with self._changed:
            facts, self._facts = self._facts, []
        if facts:
            enter(self._files.folder, facts)

    def _line(self, note: _Note) -> bytes:
        from installation.kiosk.log_line import written

        return written(note.at_ns, note.mono_ns, self.run, note.number, note.event, note.fields)
