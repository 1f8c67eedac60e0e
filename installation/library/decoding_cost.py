"""Measures what decoding a film costs one way: run only in a process for that."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from installation.decode.av_reader import AvReader
from installation.decode.reader import Frame, Reader, ReaderFault
from installation.film import Clock, SystemClock, WorkClock

WARM_UP, PICTURES = 12, 120
"""The first ones pay for the start; so many more are measured, round and round."""


def cost_as_json(asked: dict[str, Any]) -> list[float] | None:
    """CPU seconds and seconds that a second of a film takes; None where it cannot be so decoded."""
    path, container = Path(asked["path"]), asked["container"]
    duration, rate = Fraction(asked["duration"]), Fraction(asked["rate"])
    hardware = asked["hardware"]
    reader: Reader
    if asked["engine"] == "vlc":
        from installation.decode.vlc_reader import VlcReader

        reader = VlcReader(path, container, duration=duration, rate=rate, hardware=hardware)
    else:
        reader = AvReader(
            path, container, duration=duration, rate=rate, threads=1, hardware=hardware
        )
    return _measured(reader, rate, (WorkClock(), SystemClock()), hardware)


def _measured(
    reader: Reader, rate: Fraction, clocks: tuple[Clock, Clock], hardware: str | None
) -> list[float] | None:
    try:
        reader.open()
        frames = _pictures(reader)
        for _ in range(WARM_UP):
            next(frames)
        before = [clock.now_ns() for clock in clocks]
        for _ in range(PICTURES):
            next(frames)
        after = [clock.now_ns() for clock in clocks]
        is_as_asked = hardware is None or reader.decoding.startswith("hardware")
    except ReaderFault:
        return None
    finally:
        reader.close()
    if not is_as_asked:
        return None
    film_ns = PICTURES / rate * 1_000_000_000
    return [float((end - begin) / film_ns) for begin, end in zip(before, after, strict=True)]


def _pictures(reader: Reader) -> Iterator[Frame]:
    """Round and round."""
    while True:
        for frame in reader.frames(Fraction(0), Fraction(1 << 20)):
            if frame is not None:
                yield frame
