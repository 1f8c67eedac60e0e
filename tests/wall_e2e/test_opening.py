"""Opening hours on a real wall, seen from outside: it goes black in step, rests, and is back at the
film frame that its clock says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from installation.control.statefile import walls
from installation.control.status import WallStatus
from tests.clips import make_clip
from tests.sound_clips import make_sounding_clip
from tests.sound_server import RATE as SOUND_RATE
from tests.sound_server import Recording, SoundServer
from tests.wall_e2e.dimming import Look, Looks, dimming
from tests.wall_e2e.live import Live
from tests.wall_e2e.outputs import XorgScreens
from tests.wall_e2e.screen import XvfbScreen

LENGTH, RATE = 24, 24
FADE_S = 2
PATIENCE_S = 60
BLACK = 0
FULL = 200
"""White, whatever a codec makes of it, is brighter; only black over it makes it dimmer."""
NOISE = 6
"""Between two pictures of the same brightness."""
NOTHING: Mapping[str, str] = MappingProxyType({})


@pytest.fixture
def screen() -> Iterator[XvfbScreen]:
    with XvfbScreen(640, 360) as started:
        yield started


@pytest.fixture
def film(tmp_path: Path) -> Path:
    for number in range(2):
        folder = tmp_path / "film" / f"{2021 + number} V"
        make_clip(folder / "film.mp4", frames=LENGTH, size=(320, 180), gop=12, version=number)
    return tmp_path / "film"


class Wall:
    """A wall whose calendar the test sets."""

    def __init__(self, folder: Path, film: Path, schedule: str, rest: str = "") -> None:
        self.config = folder / "wall.yaml"
        self._film = film
        self._rest = f"playback: {{drawing: software}}\nconform: {{mode: never}}\n{rest}"
        self.write(schedule)

    def write(self, schedule: str) -> None:
        """Save the config."""
        other = self.config.with_suffix(".new")
        other.write_text(
            f"film: {{versions: '{self._film}'}}\n"
            "wall: {background: '#000000', fade_in_ms: 0, captions: none}\n"
            f"schedule: {schedule}\n{self._rest}"
        )
        other.replace(self.config)

    def set_time(self, calendar: str) -> None:
        """Let the calendar, in UTC, be so from now on."""
        then = datetime.fromisoformat(calendar).replace(tzinfo=UTC).timestamp()
        file = self.config.with_suffix(".ahead")
        other = file.with_suffix(".other")
        other.write_text(str(then - time.time()))
        other.replace(file)

    @contextmanager
    def playing(
        self, screen: XvfbScreen | XorgScreens, extra: Mapping[str, str] = NOTHING
    ) -> Iterator[tuple[Live, Looks]]:
        """It plays as in a gallery, with more in its environment, and is watched."""
        log = self.config.with_suffix(".log")
        program = ["-m", "tests.wall_e2e.other_time", "-v", "play", str(self.config)]
        out = self.config.with_suffix(".seen")
        with dimming(screen.environment, out, 170) as looks, log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, *program], env={**screen.environment, **extra}, stderr=file
            )
            try:
                yield Live(process, self.config, log), looks
            finally:
                process.terminate()
                code = process.wait(30)
        assert code == 0, log.read_text()


def stand_in_for_xset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Xvfb has no monitor to put to sleep: what would be asked of one is noted, with the time."""
    notes, tool = folder / "xset.txt", folder / "bin" / "xset"
    tool.parent.mkdir()
    tool.write_text(
        f'#!{sys.executable}\nimport sys, time\nwith open("{notes}", "a") as notes:\n'
        "    notes.write(f\"{time.monotonic_ns()} {' '.join(sys.argv[1:])}\\n\")\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    return notes


def asked(notes: Path) -> list[tuple[int, str]]:
    """What was asked of the monitor, and when."""
    lines = [line.split(" ", 1) for line in notes.read_text().splitlines()]
    return [(int(ns), what) for ns, what in lines]


def until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.05)


def answer(config: Path) -> tuple[int, str]:
    """What `installation status` says."""
    told = subprocess.run(
        [sys.executable, "-m", "installation", "status", str(config)],
        capture_output=True, text=True, timeout=PATIENCE_S,
    )  # fmt: skip
    return told.returncode, told.stdout


def rests(wall: Live) -> bool:
    """True where no pictures are made any more."""
    before = now_of(wall)
    until(lambda: now_of(wall).now.seen > before.now.seen)  # it says so every other second
    return before.now.pictures == now_of(wall).now.pictures


def now_of(wall: Live) -> WallStatus:
    return walls(wall.config)[0]


def check_lock(looks: list[Look]) -> None:
    """All tiles that can be read show one film frame, however dim they are."""
    assert [look for look in looks if is_mixed(look)] == []


def is_mixed(look: Look) -> bool:
    """True where two tiles show different film frames."""
    return len({index for index, _ in look.codes}) > 1


def phase(look: Look) -> float:
    """By how many film frames the film is ahead of a clock that nobody moves, within a loop."""
    return (look.codes[0][0] - look.ns * RATE / 1e9) % LENGTH


def check_fade(looks: list[Look], *, falls: bool) -> None:
    """It takes its time, and goes one way."""
    peaks = [look.peak for look in looks]
    steps = [b - a for a, b in pairwise(peaks)]
    assert max(step if falls else -step for step in steps) <= NOISE, peaks
    assert len({peak for peak in peaks if BLACK < peak < FULL}) >= 8, peaks
    assert (looks[-1].ns - looks[0].ns) / 1e9 > FADE_S / 2


def parted(looks: list[Look]) -> tuple[list[Look], list[Look], list[Look], list[Look]]:
    """The fade to black, the night, the fade from black, and all before it and after."""
    dark = [i for i, look in enumerate(looks) if look.peak <= BLACK]
    lit = [i for i, look in enumerate(looks) if look.peak >= FULL]
    night = next(i for i in dark if i > lit[0])
    closing = max(i for i in lit if i < night)
    opened = next(i for i in lit if i > night)
    morning = max(i for i in dark if i < opened)
    film = looks[lit[0] : closing] + looks[opened:]
    return looks[closing : night + 1], looks[night : morning + 1], looks[morning : opened + 1], film


def test_a_wall_goes_black_at_closing_time_and_is_back_in_the_morning(
    screen: XvfbScreen, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = stand_in_for_xset(tmp_path, monkeypatch)
    wall = Wall(tmp_path, film, '{hours: "10:00-18:00", timezone: UTC, fade: 2 s, wake: 1 min}')
    wall.set_time("2026-11-24 12:00:00")
    with wall.playing(screen) as (playing, looks):
        playing.wait_for(lambda status: status.now.pictures > 2 * LENGTH, PATIENCE_S)
        assert "open until 18:00 (UTC)" in answer(wall.config)[1]
        busy_s, begun = playing.cpu_s(), time.monotonic()
        time.sleep(2)
        busy = (playing.cpu_s() - busy_s) / (time.monotonic() - begun)

        wall.set_time("2026-11-24 17:59:58")
        playing.wait_for(lambda status: status.is_closed, PATIENCE_S)
        until(lambda: "dpms force off" in notes.read_text())
        until(lambda: rests(playing) and now_of(playing).hours.endswith("sleep"))
        code, said = answer(wall.config)
        assert "closed until Wed 10:00 (UTC); the screens sleep" in said
        assert code == 0, said
        idle_s, begun = playing.cpu_s(), time.monotonic()
        time.sleep(2)
        idle = (playing.cpu_s() - idle_s) / (time.monotonic() - begun)
        assert idle < busy / 2

        wall.set_time("2026-11-25 09:59:56")
        playing.wait_for(lambda status: not status.is_closed, PATIENCE_S)
        shown = now_of(playing).now.pictures
        playing.wait_for(lambda status: status.now.pictures > shown + 4 * LENGTH, PATIENCE_S)
        assert now_of(playing).now.mismatches == 0
    closing, night, opening, film_seen = parted(looks.seen)
    check_fade(closing, falls=True)
    check_fade(opening, falls=False)
    assert max(look.peak for look in night) == BLACK
    check_lock(looks.seen)
    # the film's clock went on all night, and nobody moved it
    first = phase(film_seen[0])
    off = [
        (phase(look) - first + LENGTH / 2) % LENGTH - LENGTH / 2 for look in film_seen if look.codes
    ]
    assert abs(sorted(off[-LENGTH:])[LENGTH // 2] - sorted(off[:LENGTH])[LENGTH // 2]) < 1.5
    told = asked(notes)
    (off_ns,) = [ns for ns, what in told if what == "dpms force off"]
    on_ns = min(ns for ns, what in told if what == "dpms force on -dpms" and ns > off_ns)
    assert off_ns > closing[-1].ns
    assert on_ns < opening[1].ns
    print(f"busy={busy:.3f} idle={idle:.3f}")


def test_a_clock_that_is_set_and_a_schedule_that_is_saved_are_followed_at_once(
    screen: XvfbScreen, film: Path, tmp_path: Path
) -> None:
    hours = '{hours: "10:00-18:00", timezone: UTC, fade: 0, wake: 0'
    wall = Wall(tmp_path, film, f"{hours}}}")
    wall.set_time("2026-11-24 17:30:00")
    with wall.playing(screen) as (playing, looks):
        playing.wait_for(lambda status: status.now.pictures > LENGTH, PATIENCE_S)
        turned: list[int] = []

        def turns(status: bool) -> None:
            turned.append(time.monotonic_ns())
            playing.wait_for(lambda told: told.is_closed is status, PATIENCE_S)
            time.sleep(1)

        wall.set_time("2026-11-24 18:30:00")
        turns(True)
        code, said = answer(wall.config)
        assert "the screens stay on, black: xset says" in " ".join(said.split())
        assert code == 0, said
        wall.set_time("2026-11-24 17:30:10")
        turns(False)
        wall.write(f"{hours}, closed: [2026-11-24]}}")
        turns(True)
        wall.write("")
        turns(False)
        assert now_of(playing).now.mismatches == 0
    check_lock(looks.seen)
    is_dark = [look.peak <= BLACK for look in looks.seen]
    changes = [
        look.ns
        for look, (before, now) in zip(looks.seen[1:], pairwise(is_dark), strict=True)
        if before != now and look.ns > turned[0]
    ][: len(turned)]  # without the wall's end
    assert all(
        a < b < c for a, b, c in zip(turned, changes, [*turned[1:], changes[-1] + 1], strict=True)
    )
    print("black or back after", [round((b - a) / 1e9, 2) for a, b in zip(turned, changes)])  # noqa: B905
    assert playing.log.read_text().count("the screens cannot be switched") == 1


def test_a_wall_that_is_started_at_night_shows_nothing(
    screen: XvfbScreen, film: Path, tmp_path: Path
) -> None:
    wall = Wall(tmp_path, film, '{hours: "10:00-18:00", timezone: UTC}')
    wall.set_time("2026-11-24 23:00:00")
    with wall.playing(screen) as (playing, looks):
        playing.wait_for(lambda status: status.is_closed, PATIENCE_S)
        until(lambda: rests(playing))
        assert now_of(playing).now.pictures > 0  # it had begun, unseen
    assert {look.peak for look in looks.seen} == {BLACK}


def test_over_two_screens_all_go_black_together(film: Path, tmp_path: Path) -> None:
    hours = '{hours: "10:00-18:00", timezone: UTC, fade: 2 s}'
    two = "screens: [{screen: DUMMY0}, {screen: DUMMY1}]\n"
    wall = Wall(tmp_path, film, hours, two)
    wall.set_time("2026-11-24 12:00:00")
    with XorgScreens() as outputs:
        outputs.stand([("DUMMY0", "640x360", (0, 0)), ("DUMMY1", "640x360", (640, 0))])
        with wall.playing(outputs) as (playing, looks):
            playing.wait_for(lambda status: status.now.pictures > LENGTH, PATIENCE_S)
            wall.set_time("2026-11-24 17:59:59")
            playing.wait_for(lambda status: status.is_closed, PATIENCE_S)
            until(lambda: rests(playing))
            night_ns = time.monotonic_ns()
            wall.set_time("2026-11-25 09:59:56")
            playing.wait_for(lambda status: not status.is_closed, PATIENCE_S)
            shown = now_of(playing).now.pictures
            playing.wait_for(lambda status: status.now.pictures > shown + 2 * LENGTH, PATIENCE_S)
    # a capture may come between one window and the next
    assert sum(map(is_mixed, looks.seen)) <= 0.03 * len(looks.seen)
    assert [look.halves for look in looks.seen if look.ns < night_ns][-1] == (BLACK, BLACK)
    for fade in parted(looks.seen)[::2]:
        assert len({look.halves for look in fade}) >= 8
        apart = sorted(abs(look.halves[0] - look.halves[1]) for look in fade)
        assert apart[len(apart) * 9 // 10] <= NOISE, apart  # else caught between two windows


def levels(recording: Recording) -> list[tuple[int, float]]:
    """How loud it was, tenth by tenth of a second, as a part of the loudest. By the highest sample:
    where a busy machine plays a few too late, the others tell.
    """
    step = SOUND_RATE // 10
    count = recording.samples.shape[1] // step
    peaks = [
        float(np.abs(recording.samples[0, i * step : (i + 1) * step]).max()) for i in range(count)
    ]
    return [(recording.moment_ns(i * step), one / max(peaks)) for i, one in enumerate(peaks)]


def test_the_sound_sinks_with_the_picture_and_rises_with_it(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    tone = 0.5 * np.sin(np.arange(SOUND_RATE) * (2 * np.pi * 440 / SOUND_RATE))
    make_sounding_clip(
        tmp_path / "film" / "2024 V" / "film.mov", tone[np.newaxis].astype(np.float32), SOUND_RATE,
        frames=LENGTH, size=(320, 180), version=0,
    )  # fmt: skip
    hours = '{hours: "10:00-18:00", timezone: UTC, fade: 2 s}'
    wall = Wall(tmp_path, tmp_path / "film", hours, "sound: {from: latest, normalize: false}\n")
    wall.set_time("2026-11-24 12:00:00")
    (tmp_path / "pulse").mkdir()
    with SoundServer(tmp_path / "pulse") as server:
        recorder = server.record()
        with wall.playing(screen, server.environment) as (playing, looks):
            until(lambda: recorder.heard_ns() is not None)
            time.sleep(2)
            wall.set_time("2026-11-24 17:59:59")
            playing.wait_for(lambda status: status.is_closed, PATIENCE_S)
            until(lambda: rests(playing))
            wall.set_time("2026-11-25 09:59:56")
            playing.wait_for(lambda status: not status.is_closed, PATIENCE_S)
            time.sleep(4)
        recording = recorder.stop()
    closing, _, opening, _ = parted(looks.seen)
    sinking = [level for ns, level in levels(recording) if closing[0].ns < ns < closing[-1].ns]
    rising = [level for ns, level in levels(recording) if opening[1].ns < ns < opening[-1].ns]
    dark = range(closing[-1].ns + 10**9, opening[1].ns - 10**9)
    assert max(level for ns, level in levels(recording) if ns in dark) < 0.001
    for course in (sinking, rising[::-1]):
        assert all(b <= a + 0.05 for a, b in pairwise(course)), course
        assert course[0] > 0.6, course
        assert course[-1] < 0.4, course
        assert len({round(level, 1) for level in course}) >= 5, course  # little by little
    assert levels(recording)[-1][1] > 0.9 or levels(recording)[-8][1] > 0.9
