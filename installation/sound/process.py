"""The process that plays the sound: `python -m installation.sound.process`, started by `playing`.

It ends when nobody tells it anything any more, and where it has lost its sound server: only a new
process finds that again.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading

from PySide6.QtCore import QCoreApplication, QTimer

from installation.film import SystemClock
from installation.sound.output import Output
from installation.sound.priority import go_first
from installation.sound.reading import ReadingThread
from installation.sound.wanted import Wanted

TICK_MS = 10
REPORT_EVERY_TICKS = 20
LOST_AFTER_TICKS = 100
"""How long it looks for a lost server before another process does."""


class Process:
    """Asks the output for more, all the time, and tells how it stands."""

    def __init__(self) -> None:
        self._reading = ReadingThread()
        self._reading.start()
        self._output = Output(SystemClock(), self._reading)
        self._wanted: Wanted | None = None
        self._ticks = self._without = 0
        threading.Thread(target=self._listen, name="wanted", daemon=True).start()

    def tick(self) -> None:
        """Play on."""
        self._ticks += 1
        self._output.tick(self._wanted)
        report = self._output.report
        self._without = self._without + 1 if self._output.is_lost else 0
        is_lost = sys.platform == "linux" and self._without >= LOST_AFTER_TICKS
        if self._ticks % REPORT_EVERY_TICKS == 0 or is_lost:
            sys.stdout.buffer.write(pickle.dumps(report))
            sys.stdout.buffer.flush()
        if is_lost:
            os._exit(0)

    def _listen(self) -> None:
        try:
            while True:
                self._wanted = pickle.load(sys.stdin.buffer)
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)  # Qt's audio may not let go of a server that is gone


def main() -> None:
    """Play until nobody wants it any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the wall's, which ends this one
    go_first()
    app = QCoreApplication(["installation"])
    process, timer = Process(), QTimer()
    timer.timeout.connect(process.tick)
    timer.setProperty("timerType", 0)  # Qt.TimerType.PreciseTimer
    timer.start(TICK_MS)
    try:
        app.exec()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
