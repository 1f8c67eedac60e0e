"""The sound device: opened, fed, watched, and opened again when it is gone. Needs Qt's audio.

Qt tells neither that a sound server has died nor that it is back: a device that does not play on
is closed and opened anew until it does. What Qt does tell, that devices have come or gone, it tells
on the server's thread, which must never wait for Python: so it is asked for instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QIODevice
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from installation.film import Clock
from installation.sound.engine import BLOCK, Engine
from installation.sound.reading import ReadingThread
from installation.sound.server_delay import ServerDelay
from installation.sound.source import Samples
from installation.sound.wanted import SoundReport, Wanted

BUFFER_S = 0.2
"""How much the device holds: the longest that this thread may be kept waiting."""
RETRY_NS, LOOK_NS, ASK_NS = 700_000_000, 500_000_000, 100_000_000
MOST_UNTOLD = 20
"""After so many questions in vain the server is asked no more."""
STALLED_NS, SLOW_START_NS = 900_000_000, 3_000_000_000
"""How long a device may stand still; a server takes its time before its first sample."""
OTHER_RATES = (48_000, 44_100)
_ENCODINGS = (QAudioFormat.SampleFormat.Float, QAudioFormat.SampleFormat.Int16)
RETURNS = "the picture plays on, and sound returns by itself"


class Output:
    """Lives on a thread with Qt's event loop; `tick` is called there all the time."""

    def __init__(self, clock: Clock, reading: ReadingThread) -> None:
        self._clock = clock
        self._reading = reading
        self._device_name = ""
        self._engine: Engine | None = None
        self._sink: QAudioSink | None = None
        self._io: QIODevice | None = None
        self._device: QAudioDevice | None = None
        self._encode: Callable[[Samples], bytes] = _floats
        self._written = self._played = 0
        self._delay = ServerDelay()
        self._is_told, self._untold = False, 0  # by the server, of this stream
        self._moved_ns = self._looked_ns = self._tried_ns = self._asked_ns = -RETRY_NS
        self._trouble = ""
        self.report = SoundReport()
        self.is_lost = False
        """True where there is no server, as far as Qt knows, or it does not play any more."""

    def tick(self, wanted: Wanted | None) -> None:
        """Give the device what it has room for."""
        if wanted is None:
            return
        is_other = self._device_name != wanted.device
        self._device_name = wanted.device
        now = self._clock.now_ns()
        if is_other or now - self._looked_ns >= LOOK_NS:
            self._looked_ns = now
            self._look(wanted.device)
        if self._sink is None:
            if now - self._tried_ns >= RETRY_NS:
                self._tried_ns = now
                self._open(wanted.device)
        elif self._has_failed(now):
            self._close(f"{self._name}: does not play on; {RETURNS}")
            self.is_lost = True
        else:
            self._feed(self._sink, wanted)
        base = SoundReport() if self._engine is None else self._engine.report
        name = "" if self._sink is None else self._name
        self.report = replace(base, device=name, trouble=self._trouble)

    @property
    def _name(self) -> str:
        return "" if self._device is None else self._device.description()

    # -- which device

    def _look(self, name: str) -> None:
        """Devices may have come or gone, or another one is wanted: play on the right one."""
        if self._sink is None or self._device is None:
            return
        found = chosen(QMediaDevices.audioOutputs(), _default(), name)
        if found is None or found.id() != self._device.id():
            self._close("")
            self._tried_ns = self._clock.now_ns() - RETRY_NS

    def _open(self, name: str) -> None:
        outputs = QMediaDevices.audioOutputs()
        device = chosen(outputs, _default(), name)
        self.is_lost |= not outputs
        if device is None:
            self._trouble = no_device(name, [output.description() for output in outputs])
            return
        self._delay.connect()
        self._is_told, self._untold = self._delay.is_there, 0
        for rate in dict.fromkeys((device.preferredFormat().sampleRate(), *OTHER_RATES)):
            for encoding in _ENCODINGS:
                if rate > 0 and self._begin(device, rate, encoding):
                    return
        self._trouble = f"{device.description()}: refuses every sample rate; {RETURNS}"

    def _begin(self, device: QAudioDevice, rate: int, encoding: QAudioFormat.SampleFormat) -> bool:
        form = QAudioFormat()
        form.setSampleRate(rate)
        form.setChannelCount(2)
        form.setSampleFormat(encoding)
        if not device.isFormatSupported(form):
            return False
        sink = QAudioSink(device, form)
        sink.setBufferSize(int(BUFFER_S * rate) * form.bytesPerFrame())
        io: Any = sink.start()
        if io is None or sink.error() != QtAudio.Error.NoError:
            return False
        self._sink, self._io, self._device = sink, io, device
        self._encode = _floats if encoding is _ENCODINGS[0] else _integers
        self._written = self._played = 0
        self._moved_ns = self._clock.now_ns()
        if self._engine is None or self._engine.rate != rate:
            self._engine = Engine(rate, self._reading)
        self._engine.line.restart()
        return True

    def _close(self, trouble: str) -> None:
        if self._sink is not None:
            self._sink.stop()
        self._sink = self._io = None
        self._delay.close()
        if self._engine is not None:
            self._engine.line.restart()
        self._trouble = trouble or self._trouble

    # -- playing

    def _has_failed(self, now_ns: int) -> bool:
        assert self._sink is not None
        assert self._engine is not None
        error = self._sink.error()
        if error not in (QtAudio.Error.NoError, QtAudio.Error.UnderrunError):
            return True
        played_us = self._sink.processedUSecs()
        if played_us != self._played:
            self._played, self._moved_ns = played_us, now_ns
            self._trouble, self.is_lost = "", False
            self._observe(self._sink, self._engine, now_ns)
            return False
        return now_ns - self._moved_ns > (STALLED_NS if self._played else SLOW_START_NS)

    def _observe(self, sink: QAudioSink, engine: Engine, now_ns: int) -> None:
        """Where the device is: by what the server says, or else by what Qt takes for played."""
        played_us = self._played
        if self._is_told:
            if now_ns - self._asked_ns < ASK_NS:
                return
            self._asked_ns = now_ns
            delay_us = self._delay.ask_us()
            self._untold = self._untold + 1 if delay_us is None else 0
            self._is_told = self._untold < MOST_UNTOLD
            if delay_us is None or sink.processedUSecs() != played_us:
                return  # it has taken more meanwhile
            now_ns, played_us = self._clock.now_ns(), played_us - delay_us
        engine.line.observe(now_ns, played_us * engine.rate // 1_000_000)

    def _feed(self, sink: QAudioSink, wanted: Wanted) -> None:
        assert self._engine is not None
        assert self._io is not None
        self._engine.want(wanted)
        frame_bytes = sink.format().bytesPerFrame()
        free = sink.bytesFree() // frame_bytes
        while free > BLOCK + BLOCK // 100:  # resampling may make a few more
            samples = self._engine.block(self._written)
            self._io.write(self._encode(samples))
            self._written += samples.shape[1]
            free -= samples.shape[1]


def chosen(
    outputs: Sequence[QAudioDevice], default: QAudioDevice | None, name: str
) -> QAudioDevice | None:
    """The device of this name, by its description, its beginning or what the system calls it."""
    if name == "default":
        return default
    wanted = name.casefold()
    for device in outputs:
        if wanted in (
            device.description().casefold(),
            bytes(device.id().data()).decode().casefold(),
        ):
            return device
    return next((d for d in outputs if d.description().casefold().startswith(wanted)), None)


def no_device(name: str, there: Sequence[str]) -> str:
    """Why there is none, in a sentence."""
    if name == "default" or not there:
        return f"there is no sound device; {RETURNS} when there is one"
    listed = ", ".join(f'"{one}"' for one in there)
    return f'there is no sound device "{name}"; write default, or one of: {listed}'


def _default() -> QAudioDevice | None:
    device = QMediaDevices.defaultAudioOutput()
    return None if device.isNull() else device


def _floats(samples: Samples) -> bytes:
    return np.ascontiguousarray(samples.T).tobytes()


def _integers(samples: Samples) -> bytes:
    return np.ascontiguousarray((samples.T * 32767).round().astype(np.int16)).tobytes()
