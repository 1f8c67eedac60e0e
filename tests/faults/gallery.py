"""A wall in a gallery: a screen with a desktop behind it, a film's folder, and somebody to start
the wall again when it has ended.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from installation.control.statefile import walls
from installation.control.status import VersionStatus, WallStatus
from installation.errors import InstallationError
from tests.clips import make_clip
from tests.faults.desktop import desktop
from tests.faults.onlooker import Onlooker, glance, onlooker
from tests.wall_e2e.live import Logged, logged_in
from tests.wall_e2e.screen import XvfbScreen

RATE, LENGTH = 12, 24
FIRST_YEAR = 2021
PATIENCE_S = 90
KIOSK = ("-m", "installation", "-v", "kiosk")
CONFIG = """film: {{versions: '{film}', rate: {rate}, settle_s: 0.5, watch: polling, title: Film}}
wall: {{fade_in_ms: 0, transition_ms: 0, captions: none, layout: {{kind: grid, gap: 10px}}}}
playback: {{drawing: software, join: now}}
conform: {{mode: never}}
"""
Claim = Callable[[WallStatus], bool]


def name_of(version: int) -> str:
    """The name of a version's folder."""
    return f"{FIRST_YEAR + version} V"


def make_films(folder: Path, count: int) -> list[Path]:
    """The whole films, by version."""
    return [
        make_clip(
            folder / f"{number}.mp4",
            frames=LENGTH,
            rate=RATE,
            size=(320, 180),
            gop=12,
            version=number,
        )
        for number in range(count)
    ]


@dataclass
class Gallery:
    """What is there, and what was seen."""

    folder: Path
    films: list[Path]
    environment: dict[str, str]
    program: tuple[str, ...] = KIOSK
    onlooker: Onlooker = field(default_factory=Onlooker)
    away: list[tuple[int, int]] = field(default_factory=list)
    """From when to when the wall's process was not there, or was made to stand still."""
    ended_by_itself: list[int] = field(default_factory=list)
    """With which codes."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def film(self) -> Path:
        """The folder that holds the versions'."""
        return self.folder / "film"

    @property
    def config(self) -> Path:
        """What the wall plays; on the same disk as what it remembers."""
        return self.state / "wall.yaml"

    @property
    def log(self) -> Path:
        """Of all its processes."""
        return self.folder / "wall.log"

    @property
    def state(self) -> Path:
        """Where what it remembers lies: caches, state, data."""
        return self.folder / "state"

    def file(self, version: int) -> Path:
        """A version's film."""
        return self.film / name_of(version) / "film.mp4"

    def config_text(self) -> str:
        """The config as it ought to be."""
        return CONFIG.format(film=self.film, rate=RATE)

    def write(self, text: str = "") -> None:
        """Save the config, whole."""
        new = self.config.with_suffix(".new")
        new.write_text(text or self.config_text())
        new.replace(self.config)

    def put(self, version: int) -> None:
        """A version's film as it ought to be, whatever lies there."""
        path = self.file(version)
        if path.parent.is_symlink() or (path.parent.exists() and not path.parent.is_dir()):
            path.parent.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o755)
        coming = path.with_name(".film.mp4.incoming")
        shutil.copy(self.films[version], coming)
        coming.replace(path)

    # -- the process

    def start(self) -> None:
        """As a supervisor does."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, str(self.config)],
                env=self.environment,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Of the wall."""
        assert self.process is not None
        return self.process.pid

    def kill(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """End it without a word, and start another, as a supervisor would."""
        assert self.process is not None
        begun = time.monotonic_ns()
        self.process.kill()
        self.process.wait()
        meanwhile()
        self.start()
        self._note_away(begun)

    def kill_unheard(self) -> None:
        """The same where it cannot write how it stands: until its tiles are seen."""
        assert self.process is not None
        begun = time.monotonic_ns()
        self.process.kill()
        self.process.wait()
        self.start()
        end = time.monotonic() + PATIENCE_S
        while len(glance(self.environment["DISPLAY"])) < len(self.films):
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            assert time.monotonic() < end, self.log.read_text()[-4000:]
            time.sleep(0.2)
        self.away.append((begun, time.monotonic_ns()))

    def stand_still(self, seconds: float) -> None:
        """As a machine does that is suspended, or swaps."""
        begun = time.monotonic_ns()
        os.kill(self.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.pid, signal.SIGCONT)
        self._note_away(begun)

    def _note_away(self, begun: int) -> None:
        """Until it says how it stands, after that."""
        seconds_ns = time.time_ns() - 10**9
        self.wait_for(lambda s: s.pid == self.pid and s.now.seen.timestamp() * 1e9 > seconds_ns)
        self.away.append((begun, time.monotonic_ns()))

    def tend(self) -> None:
        """Start it again where it has ended, however it did."""
        if self.process is not None and self.process.poll() is not None:
            begun = time.monotonic_ns()
            self.ended_by_itself.append(self.process.returncode)
            self.start()
            self._note_away(begun)

    # -- what it says

    def status(self) -> WallStatus | None:
        """What `installation status` tells of it; nothing while that is damaged."""
        try:
            found = walls(self.config, self.state / "installation" / "walls")
        except InstallationError:
            return None
        return found[0] if found else None

    def version(self, status: WallStatus, version: int) -> VersionStatus | None:
        """What it says of one version."""
        return next((one for one in status.versions if one.name == name_of(version)), None)

    def wait_for(self, claim: Claim, patience_s: float = PATIENCE_S) -> WallStatus:
        """Until what it says of itself is so."""
        end = time.monotonic() + patience_s
        while not ((status := self.status()) and claim(status)):
            assert time.monotonic() < end, (status, self.log.read_text()[-4000:])
            time.sleep(0.05)
        return status

    def wait_until_all_on_air(self) -> WallStatus:
        """All films, and the ledger counts on."""
        names = {name_of(number) for number in range(len(self.films))}

        def is_so(status: WallStatus) -> bool:
            hung = {v.name for v in status.versions if v.state == "on air"}
            return status.pid == self.pid and hung == names

        before = self.wait_for(is_so).now.pictures
        return self.wait_for(lambda s: is_so(s) and s.now.pictures != before)

    def wait_until_told(self, version: int, *states: str) -> str:
        """Until it says of a version that it is in one of these states, and why."""

        def is_so(status: WallStatus) -> bool:
            found = self.version(status, version)
            return found is not None and found.state in states

        found = self.version(self.wait_for(is_so), version)
        assert found is not None
        return found.sentence

    def logged(self) -> list[Logged]:
        """All its processes' logs."""
        return logged_in(self.log)

    def rest(self, loops: float = 1) -> None:
        """Let the film play."""
        time.sleep(loops * LENGTH / RATE)


@contextmanager
def gallery(
    folder: Path,
    films: list[Path],
    *,
    seconds: float,
    program: tuple[str, ...] = KIOSK,
    environment: dict[str, str] | None = None,
) -> Iterator[Gallery]:
    """One that is open while the block runs, with all films on air at first."""
    with XvfbScreen(640, 360) as screen:
        state = str(folder / "state")
        kept = dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), state)
        surroundings = {**screen.environment, **kept, **(environment or {})}
        place = Gallery(folder, [*films], surroundings, program)
        place.state.mkdir(exist_ok=True)
        place.write()
        for number in range(len(films)):
            place.put(number)
        with (
            desktop(screen.environment),
            onlooker(screen.environment, folder / "seen.json", seconds) as watching,
        ):
            place.onlooker = watching
            place.start()
            try:
                place.wait_until_all_on_air()
                yield place
            finally:
                _end(place)


def _end(place: Gallery) -> None:
    assert place.process is not None
    place.process.terminate()
    try:
        place.process.wait(60)
    finally:
        place.process.kill()
    assert place.process.returncode == 0, place.log.read_text()[-4000:]
