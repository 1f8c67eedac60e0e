"""A live source that a test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from installation.decode.live_source import LivePicture, LiveState
from installation.film import Picture, Version

SEEN = Picture(640, 480)


class FakeSource:
    """Meets `LiveSource`, as far as the wall knows it; remembers what it was asked to do."""

    def __init__(self, version: Version) -> None:
        self.url = version.source
        self.state = LiveState()
        self.newest: LivePicture | None = None
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def join(self, timeout_s: float) -> bool:
        if timeout_s:
            self.calls.append("join")
        return bool(timeout_s)

    def assign(
        self, picture: Picture, image_target: Callable[..., object], make: Callable[..., object]
    ) -> None:
        self.calls.append(f"draw {picture.width_px}x{picture.height_px}")

    def send(self, number: int) -> None:
        self.newest = LivePicture(number, f"picture {number}")
        self.state = LiveState(True, "", self.state.times_lost, number, SEEN)

    def lose(self) -> None:
        lost = self.state.times_lost + 1
        self.state = replace(self.state, is_live=False, trouble="gone", times_lost=lost)
