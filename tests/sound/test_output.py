"""The device: found by its name, opened at a rate it takes, opened again when it stands still."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtMultimedia import QAudioFormat, QtAudio

from installation.film import MasterClock
from installation.sound import output
from installation.sound.output import Output, chosen, no_device
from installation.sound.reading import ReadingThread
from installation.sound.wanted import Speaking, Wanted
from tests.fakes import FakeClock

MS = 1_000_000


class Device:
    """A device that takes some rates."""

    def __init__(self, name: str, rates: tuple[int, ...] = (48_000,)) -> None:
        self.name, self.rates = name, rates

    def description(self) -> str:
        return self.name

    def id(self) -> QByteArray:
        return QByteArray(self.name.lower().replace(" ", "_").encode())

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def preferredFormat(self) -> QAudioFormat:  # noqa: N802
        form = QAudioFormat()
        form.setSampleRate(96_000)
        return form

    def isFormatSupported(self, form: QAudioFormat) -> bool:  # noqa: N802
        return form.sampleRate() in self.rates


class Sink:
    """Plays what it is written, when told to."""

    made: list[Sink] = []
    starts = True

    def __init__(self, device: Device, form: QAudioFormat) -> None:
        self.device, self._format = device, form
        self.written = self.played = 0
        self.is_stopped = False
        Sink.made.append(self)

    def setBufferSize(self, size: int) -> None:  # noqa: N802
        self.size = size

    def start(self) -> Any:
        return SimpleNamespace(write=self._write) if Sink.starts else None

    def _write(self, data: bytes) -> None:
        self.written += len(data)

    def error(self) -> QtAudio.Error:
        return QtAudio.Error.NoError

    def format(self) -> QAudioFormat:
        return self._format

    def processedUSecs(self) -> int:  # noqa: N802
        return self.played

    def bytesFree(self) -> int:  # noqa: N802
        frames = self.played * self._format.sampleRate() // 1_000_000
        return self.size - self.written + frames * self._format.bytesPerFrame()

    def stop(self) -> None:
        self.is_stopped = True


class Delay:
    """A server that says how late it plays, or does not."""

    tells_us: int | None = None
    asked = 0

    def connect(self) -> None:
        Delay.asked = 0

    @property
    def is_there(self) -> bool:
        return Delay.tells_us is not None

    def ask_us(self) -> int | None:
        Delay.asked += 1
        return Delay.tells_us if Delay.tells_us != NOTHING else None

    def close(self) -> None:
        pass


NOTHING = -1


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    """What is plugged in; the first is the system's own choice."""
    there: list[Device] = [Device("HDMI Screen", (44_100,)), Device("USB Speakers")]
    Sink.made, Sink.starts = [], True
    media = SimpleNamespace(audioOutputs=lambda: list(there))
    monkeypatch.setattr(output, "QMediaDevices", media)
    monkeypatch.setattr(output, "QAudioSink", Sink)
    monkeypatch.setattr(output, "ServerDelay", Delay)
    Delay.tells_us = None
    monkeypatch.setattr(output, "_default", lambda: there[0] if there else None)
    return there


def wanted(device: str = "default") -> Wanted:
    return Wanted(MasterClock(Fraction(24), 24), (), Speaking.LATEST, device=device)


def run(out: Output, clock: FakeClock, seconds: float, *, name: str = "default") -> None:
    """Tick on; what is open plays, unless it was stopped."""
    for _ in range(int(seconds * 100)):
        clock.jump_ns(10 * MS)
        if Sink.made and not Sink.made[-1].is_stopped and Sink.made[-1].written:
            Sink.made[-1].played += 10_000
        out.tick(wanted(name))


def test_it_plays_at_a_rate_that_the_device_takes(clock: FakeClock, devices: list[Device]) -> None:
    out = Output(clock, ReadingThread())
    run(out, clock, 1)
    (sink,) = Sink.made
    assert (sink.device, sink.format().sampleRate()) == (devices[0], 44_100)
    assert sink.written > 44_100 * 8 * 0.9
    assert (out.report.device, out.report.trouble) == ("HDMI Screen", "")


@pytest.mark.parametrize("held_ms", [0, 20, 150])
def test_what_the_server_holds_back_is_not_taken_for_played(
    clock: FakeClock, devices: list[Device], held_ms: int
) -> None:
    Delay.tells_us = held_ms * 1000
    out = Output(clock, ReadingThread())
    run(out, clock, 3)
    assert out._engine is not None
    rate, played_us = out._engine.rate, Sink.made[0].played
    heard = (played_us - held_ms * 1000) * rate // 1_000_000
    assert abs(out._engine.line.time_ns(heard) - clock.now_ns()) < MS
    assert Delay.asked <= 3 * 10 + 1  # each takes a while


def test_a_server_that_does_not_tell_is_asked_no_more(
    clock: FakeClock, devices: list[Device]
) -> None:
    Delay.tells_us = NOTHING
    out = Output(clock, ReadingThread())
    run(out, clock, 4)
    assert Delay.asked == output.MOST_UNTOLD
    assert out._engine is not None
    assert out._engine.line.is_settled  # by what Qt says


def test_another_device_or_another_default_is_followed(
    clock: FakeClock, devices: list[Device]
) -> None:
    out = Output(clock, ReadingThread())
    run(out, clock, 1)
    devices.reverse()  # another default
    run(out, clock, 2)
    assert out.report.device == "USB Speakers"
    run(out, clock, 2, name="hdmi")
    assert out.report.device == "HDMI Screen"
    assert [sink.is_stopped for sink in Sink.made] == [True, True, False]


def test_a_device_that_is_gone_is_said_and_found_again(
    clock: FakeClock, devices: list[Device]
) -> None:
    out = Output(clock, ReadingThread())
    run(out, clock, 1, name="usb speakers")
    gone = devices.pop()
    run(out, clock, 2, name="usb speakers")
    assert out.report.device == ""
    assert out.report.trouble == (
        'there is no sound device "usb speakers"; write default, or one of: "HDMI Screen"'
    )
    devices.append(gone)
    run(out, clock, 2, name="usb speakers")
    assert (out.report.device, out.report.trouble) == ("USB Speakers", "")


def test_a_device_that_stands_still_is_opened_anew(clock: FakeClock, devices: list[Device]) -> None:
    out = Output(clock, ReadingThread())
    run(out, clock, 1)
    for _ in range(110):  # nothing is played any more
        clock.jump_ns(10 * MS)
        out.tick(wanted())
    assert Sink.made[0].is_stopped
    assert out.report.trouble.startswith("HDMI Screen: does not play on; the picture plays on")
    assert out.is_lost
    run(out, clock, 2)
    assert len(Sink.made) == 2
    assert not out.is_lost
    assert out.report.trouble == ""


def test_a_device_that_refuses_every_rate_is_said(clock: FakeClock, devices: list[Device]) -> None:
    Sink.starts = False
    out = Output(clock, ReadingThread())
    run(out, clock, 1)
    assert out.report.trouble.startswith("HDMI Screen: refuses every sample rate; the picture")


def test_devices_are_known_by_name_and_by_its_beginning(devices: list[Device]) -> None:
    there: Any = devices
    assert chosen(there, there[1], "default") is there[1]
    assert chosen(there, None, "USB speakers") is there[1]
    assert chosen(there, None, "hdmi_screen") is there[0]
    assert chosen(there, None, "hdmi") is there[0]
    assert chosen(there, None, "optical") is None
    assert no_device("default", []).startswith("there is no sound device; the picture plays on")
