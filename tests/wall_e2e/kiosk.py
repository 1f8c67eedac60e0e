"""A kiosk on a screen with a desktop behind it, and somebody who looks at that screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import mss
import numpy as np

from tests.clips import make_clip
from tests.faults.desktop import desktop
from tests.faults.onlooker import Onlooker, Sight, glance, look, onlooker
from tests.processes import children_with
from tests.wall_e2e.finder import Rect
from tests.wall_e2e.live import logged_in
from tests.wall_e2e.screen import XvfbScreen

FRAMES, RATE = 24, 12
PATIENCE_S = 90
CONFIG = """film: {{title: {title}, versions: film, rate: 12, settle_s: 0.5, watch: polling}}
wall: {{fade_in_ms: 0, transition_ms: 0, captions: none, layout: {{kind: {layout}}}}}
playback: {{drawing: software, join: now}}
conform: {{mode: never}}
"""


@dataclass
class Kiosk:
    """What is there, and what is done to it."""

    folder: Path
    environment: dict[str, str]
    onlooker: Onlooker = field(default_factory=Onlooker)
    """Filled when the watching has ended."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Path:
        """The curator's."""
        return self.folder / "wall.yaml"

    @property
    def log(self) -> Path:
        """Of all processes."""
        return self.folder / "kiosk.log"

    @property
    def said(self) -> str:
        """What stands in the log."""
        return self.log.read_text()

    def write(self, title: str = "Film", layout: str = "row") -> None:
        """Save a config that is right."""
        self.save(CONFIG.format(title=title, layout=layout))

    def save(self, text: str) -> None:
        """Save whatever this is, whole."""
        new = self.config.with_suffix(".new")
        new.write_text(text)
        new.replace(self.config)

    def start(self, *options: str, **environment: str) -> None:
        """`installation kiosk`."""
        command = [sys.executable, "-m", "installation", "-v", "kiosk", str(self.config), *options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**self.environment, **environment},
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def end(self) -> int:
        """As a technician does; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def wait_for(self, claim: Callable[[], bool]) -> float:
        """Until it is so; how long that took, in seconds."""
        begun = time.monotonic()
        while not claim():
            assert time.monotonic() - begun < PATIENCE_S, self.said[-4000:]
            time.sleep(0.02)
        return time.monotonic() - begun

    def wait_for_pictures(self, *versions: int) -> float:
        """Until just these versions are on the screen; how long that took."""
        display = self.environment["DISPLAY"]
        return self.wait_for(lambda: glance(display) == {*versions})

    def hung(self) -> dict[int, Rect]:
        """Where each version hangs just now."""
        with mss.MSS(display=self.environment["DISPLAY"]) as screen:
            shot = screen.grab(screen.monitors[0])
        pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        return {version: rect for rect, _, version in look(pixels)[0]}

    def wait_for_a_row(self) -> None:
        """Until both versions hang side by side."""
        self.wait_for(lambda: len({rect.y_px for rect in self._both()}) == 1)

    def wait_for_a_column(self) -> None:
        """Until one hangs over the other."""
        self.wait_for(lambda: len({rect.x_px for rect in self._both()}) == 1)

    def _both(self) -> list[Rect]:
        hung = [*self.hung().values()]
        return hung if len(hung) == 2 else []

    def children(self, word: str) -> list[int]:
        """The supervisor's processes whose command holds this word."""
        assert self.process is not None
        return children_with(self.process.pid, word)

    @property
    def wall(self) -> int:
        """The wall's process."""
        (wall,) = self.children("--tethered")
        return wall

    @property
    def backdrop(self) -> int:
        """The process that keeps black behind it."""
        (backdrop,) = self.children("installation.backdrop")
        return backdrop

    def wait_for_another_wall(self, than: int) -> float:
        """Until another process is the wall; how long that took."""
        return self.wait_for(lambda: self.children("--tethered") not in ([], [than]))

    def harm(self, process: int, number: signal.Signals) -> int:
        """Send it a signal; when, in ns."""
        now = time.monotonic_ns()
        os.kill(process, number)
        return now

    def seen_from_the_first_black_on(self) -> list[Sight]:
        """What a visitor saw, from when the kiosk had taken the screen until it gave it back."""
        seen = self.onlooker.seen
        first = next(at for at, sight in enumerate(seen) if not sight.is_desktop)
        last = next(at for at, sight in reversed([*enumerate(seen)]) if not sight.is_desktop)
        return seen[first : last + 1]


@contextmanager
def kiosk_in(folder: Path, versions: int = 2, *, seconds: float = 300) -> Iterator[Kiosk]:
    """One with so many versions and nothing started yet; whatever happens, nothing stays."""
    for number in range(versions):
        make_clip(
            folder / "film" / f"{2021 + number} V" / "film.mp4",
            frames=FRAMES,
            rate=RATE,
            gop=12,
            version=number,
        )
    with XvfbScreen(640, 360) as screen:
        state = str(folder / "state")
        kept = dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), state)
        place = Kiosk(folder, {**screen.environment, **kept})
        with (
            desktop(screen.environment),
            onlooker(screen.environment, folder / "seen.json", seconds) as watching,
        ):
            place.onlooker = watching
            try:
                yield place
            finally:
                _clear_away(place)


def _clear_away(place: Kiosk) -> None:
    if place.process is None or place.process.poll() is not None:
        return
    for child in place.children(""):
        os.kill(child, signal.SIGKILL)
    place.process.kill()
    place.process.wait()


def log_of(place: Kiosk, level: str) -> list[str]:
    """What was logged at this level."""
    return [line.text for line in logged_in(place.log) if line.level == level]
