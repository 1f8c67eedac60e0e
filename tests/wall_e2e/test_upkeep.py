"""What a wall does for itself in order to live for months, and what visitors see of it: nothing,
or at most one held picture. Judged from pictures captured outside.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from installation.kiosk.exits import ENDED, RESTART
from tests.clips import make_clip
from tests.wall_e2e.roaming import Glance, Glances, roaming
from tests.wall_e2e.screen import XvfbScreen

RATE, LENGTH, TILES = 24, 240, 3
ASPECT, SECONDS, PATIENCE_S = 16 / 9, 200, 90
CHORD = "ctrl+alt+shift+q"
CONFIG = """film: {versions: media, title: Film}
wall: {fade_in_ms: 0, captions: none}
playback: {drawing: software}
conform: {mode: never}
"""


@dataclass
class Kept:
    """A kiosk on a screen of its own, and what was seen of it."""

    config: Path
    environment: dict[str, str]
    glances: Glances = field(default_factory=Glances)
    process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """Its log."""
        log = self.config.with_suffix(".log")
        return log.read_text() if log.exists() else ""

    @property
    def seen(self) -> list[Glance]:
        """Every changed picture from the first whole one to the last."""
        whole = [n for n, g in enumerate(self.glances.seen) if len(g.tiles) == TILES]
        return self.glances.seen[whole[0] : whole[-1] + 1]

    def start(
        self, *options: str, program: tuple[str, ...] = ("installation",), **environment: str
    ) -> None:
        """`installation kiosk`, until it says that all are on air."""
        command = [sys.executable, "-m", *program, "-v", "kiosk", str(self.config), *options]
        before = self.said.count("is on the wall")
        with self.config.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**self.environment, **environment}, stderr=log
            )
        self.wait_for(lambda: self.said.count("is on the wall") >= before + TILES)

    def wait_for(self, claim: Callable[[], bool]) -> None:
        """Until it is so."""
        end = time.monotonic() + PATIENCE_S
        while not claim():
            assert time.monotonic() < end, self.said[-4000:]
            time.sleep(0.1)

    def press(self, *what: str) -> None:
        """As `xdotool` does it, which looks like real hands to the wall."""
        subprocess.run(["xdotool", *what], env=self.environment, check=True)

    def end(self) -> int:
        """The exit code."""
        assert self.process is not None
        return self.process.wait(PATIENCE_S)


@contextmanager
def kept(folder: Path, more: str = "") -> Iterator[Kept]:
    """A screen, a film in three versions, and somebody who watches."""
    for number in range(TILES):
        make_clip(folder / "media" / f"v{number}" / "film.mp4", frames=LENGTH, version=number)
    config = folder / "wall.yaml"
    config.write_text(CONFIG + more)
    with XvfbScreen() as screen:
        environment = screen.environment | {
            f"XDG_{what}_HOME": str(folder / what) for what in ("STATE", "CACHE", "DATA")
        }
        with roaming(environment, folder / "seen", SECONDS, ASPECT) as glances:
            wall = Kept(config, environment, glances)
            try:
                yield wall
            finally:
                if wall.process is not None and wall.process.poll() is None:
                    wall.process.kill()
                    wall.process.wait()


def place(glance: Glance) -> float:
    """Where the film began, by what this picture shows; the same all the time."""
    return (glance.ns * RATE / 1e9 - glance.tiles[0][1][0]) % LENGTH


def apart(one: float, other: float) -> float:
    """Film frames between two places in the loop."""
    return abs((one - other + LENGTH / 2) % LENGTH - LENGTH / 2)


def promptest(glances: list[Glance]) -> float:
    """Where the film began, by the picture that was seen soonest after its time."""
    first = place(glances[0])
    late = [(place(g) - first + LENGTH / 2) % LENGTH - LENGTH / 2 for g in glances]
    return (first + min(late)) % LENGTH


def check_lock(glances: list[Glance]) -> None:
    """All tiles there, and at one film frame."""
    assert [g for g in glances if len(g.tiles) != TILES] == []
    assert [g for g in glances if len({code for _, (code, _) in g.tiles}) > 1] == []


def test_killed_it_is_back_where_the_film_is_and_hands_change_nothing(tmp_path: Path) -> None:
    with kept(tmp_path) as wall:
        wall.start()
        for key in ("Escape", "i", "space", "q", "Tab", "ctrl+w", "alt+F4", "ctrl+alt+q"):
            wall.press("key", key)
        wall.press("mousemove", "300", "300", "click", "1", "click", "2", "click", "3")
        wall.press("mousemove", "640", "360", "click", "--repeat", "2", "1")
        time.sleep(1)
        assert wall.process is not None
        until_ns = time.monotonic_ns()
        wall.process.kill()
        wall.process.wait()
        killed_ns = time.monotonic_ns()
        wall.start()
        time.sleep(2)
        wall.press("key", CHORD)
        assert wall.end() == ENDED
    seen = wall.seen
    before = [g for g in seen if g.ns < until_ns]
    back_ns = next(g.ns for g in seen if g.ns > killed_ns and len(g.tiles) == TILES)
    after = [g for g in seen if g.ns >= back_ns]
    check_lock(before)
    check_lock(after)
    assert len(before) > RATE  # nothing was paused, nothing laid over the pictures
    assert apart(promptest(before), promptest(after)) <= 1
    assert "Traceback" not in wall.said


def test_one_that_has_grown_gives_way_at_a_seam_and_only_a_held_picture_is_seen(
    tmp_path: Path,
) -> None:
    with kept(tmp_path, "kiosk: {memory_limit: 100 MB}\n") as wall:
        wall.start("--supervise")
        child = the_wall_of(wall)
        wall.wait_for(lambda: "the wall starts anew" in wall.said)
        given_way_ns = time.monotonic_ns()
        wall.wait_for(lambda: wall.said.count("is on the wall") >= 2 * TILES)
        time.sleep(2)
        assert the_wall_of(wall) == child  # the supervisor has nothing to do with it
        wall.wait_for(lambda: descendants(child, "installation.wall.cover") == [])
        wall.press("key", CHORD)
        assert wall.end() == ENDED
    seen = wall.seen
    check_lock(seen)  # never black, nor anything else
    before = [g for g in seen if g.ns < given_way_ns]
    after = [g for g in seen if g.ns > given_way_ns + 10**9]
    assert apart(promptest(before), promptest(after)) <= 1
    gaps = sorted(pairwise(seen), key=lambda two: two[0].ns - two[1].ns)
    held, back = gaps[0]
    assert held.tiles[0][1][0] in (LENGTH - 2, LENGTH - 1, 0)  # it was held at the seam
    assert back.ns - held.ns < PATIENCE_S * 1e9
    assert "the wall hangs" not in wall.said
    assert "is started again" not in wall.said


def the_wall_of(wall: Kept) -> int:
    """The process number of a supervised wall."""
    assert wall.process is not None
    (number,) = descendants(wall.process.pid, "--tethered")
    return number


def descendants(parent: int, command: str) -> list[int]:
    """The children of a process that were started so, and have not ended."""
    told = subprocess.run(
        ["ps", "-ww", "--ppid", str(parent), "-o", "pid=", "-o", "stat=", "-o", "args="],
        capture_output=True,
        text=True,
    )
    rows = [line.split(None, 2) for line in told.stdout.splitlines()]
    return [int(pid) for pid, state, args in rows if command in args and "Z" not in state]


@pytest.mark.parametrize(("how", "code"), [("heals", ENDED), ("stays", RESTART)])
def test_where_nothing_is_drawn_the_window_is_rebuilt_and_then_the_process(
    tmp_path: Path, how: str, code: int
) -> None:
    with kept(tmp_path) as wall:
        wall.start(program=("tests.wall_e2e.undrawn", how))
        wall.wait_for(lambda: "the window is rebuilt" in wall.said)
        if how == "heals":
            time.sleep(5)
            assert wall.process is not None
            os.kill(wall.process.pid, signal.SIGTERM)
        assert wall.end() == code
    assert wall.said.count("the window is rebuilt") == 1
    assert ("the wall starts anew" in wall.said) == (how == "stays")
    if how == "heals":
        check_lock([g for g in wall.seen if g.tiles])
        last = wall.seen[-1].ns - 2 * 10**9
        assert sum(g.ns > last for g in wall.seen) > RATE  # it moves again


def test_a_machine_that_slept_takes_up_the_film_in_one_step(tmp_path: Path) -> None:
    slept_s = 3605  # not a whole number of loops
    with kept(tmp_path) as wall:
        wall.start(program=("tests.wall_e2e.asleep",))
        time.sleep(2)
        slept = wall.config.with_suffix(".slept")
        slept.with_suffix(".new").write_text(str(slept_s))
        slept.with_suffix(".new").replace(slept)
        woke_ns = time.monotonic_ns()
        time.sleep(5)
        assert wall.process is not None
        wall.process.terminate()
        assert wall.end() == ENDED
    seen = wall.seen
    check_lock(seen)
    before = [g for g in seen if g.ns < woke_ns]
    there = (promptest(before) - slept_s * RATE) % LENGTH
    taken_up = [g for g in seen if g.ns > woke_ns and apart(place(g), there) < LENGTH / 4]
    assert apart(promptest(taken_up), there) <= 1
    # one step: whatever came after the first such picture is where it belongs, too
    assert [g for g in seen if g.ns > taken_up[0].ns and g not in taken_up] == []
