"""Plays a click each second, and says when each is heard, by the sound server:
`python -m tests.sound.clicks SECONDS`. One moment a line, in nanoseconds of the monotonic clock.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices

from installation.sound.server_delay import ServerDelay

RATE, BLOCK = 48_000, 480
FRAME_BYTES = 8
QUIET_S = 3
"""The server takes its time before its first sample."""


class Clicks:
    """A device that is fed, and asked how late it is."""

    def __init__(self) -> None:
        form = QAudioFormat()
        form.setSampleRate(RATE)
        form.setChannelCount(2)
        form.setSampleFormat(QAudioFormat.SampleFormat.Float)
        self.delay = ServerDelay()
        self.delay.connect()
        self.sink = QAudioSink(QMediaDevices.defaultAudioOutput(), form)
        self.sink.setBufferSize(RATE // 5 * FRAME_BYTES)
        self.io = self.sink.start()
        self.begun_s = time.monotonic()
        self.written = self.clicks = 0
        self.due: list[int] = []
        """Samples that are clicks and were not heard yet."""

    def tick(self) -> None:
        """Feed it, and say what is heard by now."""
        free = self.sink.bytesFree() // FRAME_BYTES
        while free > BLOCK:
            block = np.zeros((BLOCK, 2), np.float32)
            if time.monotonic() - self.begun_s > QUIET_S + self.clicks:
                self.clicks += 1
                self.due.append(self.written)
                block[0] = 0.9
            self.io.write(block.tobytes())
            self.written += BLOCK
            free -= BLOCK
        before_us = self.sink.processedUSecs()
        delay_us = self.delay.ask_us()
        now_ns, after_us = time.monotonic_ns(), self.sink.processedUSecs()
        if delay_us is None or before_us != after_us:
            return
        played = (before_us - delay_us) * RATE // 1_000_000
        while self.due and played >= self.due[0]:
            click = self.due.pop(0)
            print(now_ns - (played - click) * 10**9 // RATE, flush=True)


def main() -> None:
    """Until the time is over."""
    app = QCoreApplication(["clicks"])
    clicks, timer = Clicks(), QTimer()
    timer.timeout.connect(clicks.tick)
    timer.start(10)
    QTimer.singleShot(int(sys.argv[1]) * 1000, app.quit)
    app.exec()
    clicks.delay.close()
    clicks.sink.stop()


if __name__ == "__main__":
    main()
