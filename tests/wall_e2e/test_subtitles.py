"""Subtitles, judged from captured pictures: each is there at its own film frames and no others."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import mss
import numpy as np
import pytest

from installation.control.statefile import walls
from tests.clips import make_clip
from tests.wall_e2e.finder import Rect, find_tiles
from tests.wall_e2e.screen import XvfbScreen
from tests.wall_e2e.test_shifting import hand

LENGTH, RATE = 48, 24
PATIENCE_S = 60
NARROW, WIDE = "I", "WWWWWW"
"""Two texts that are told apart by their widths."""


class Sight(NamedTuple):
    """One captured picture: the film frame by the first tile's code, and what is said."""

    frame: int
    said: str
    tiles: tuple[Rect, ...] = ()


class Watcher:
    """Captures the screen on a thread of its own."""

    def __init__(self, screen: XvfbScreen) -> None:
        self.sights: list[Sight] = []
        self._display = screen.display
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def wait_for(self, claim: Callable[[list[Sight]], bool]) -> None:
        """Until what has been seen since now makes it true."""
        begun, end = len(self.sights), time.monotonic() + PATIENCE_S
        while not claim(self.sights[begun:]):
            assert time.monotonic() < end, self.sights[-5:]
            time.sleep(0.02)

    def _watch(self) -> None:
        with mss.MSS(display=self._display) as grabber:
            while not self._ending.is_set():
                shot = grabber.grab(grabber.monitors[0])
                pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
                sight = self._sight(pixels)
                if sight is not None:
                    self.sights.append(sight)

    def _sight(self, pixels: Any) -> Sight | None:
        light = np.where(is_red(pixels), 0, pixels[..., 1])  # what is said hides no tile
        tiles = find_tiles(light)
        frames = [index for index, version in tiles.values() if version == 0]
        return Sight(frames[0], said_in(pixels), tuple(tiles)) if frames else None


def is_red(pixels: Any) -> Any:
    blue, green, red = (pixels[..., channel].astype(np.int16) for channel in range(3))
    return (red > 140) & (green < 90) & (blue < 90)


def said_in(pixels: Any) -> str:
    """Which of the texts is on the screen, by the width of what is red."""
    columns = np.flatnonzero(is_red(pixels).any(axis=0))
    if not len(columns):
        return ""
    return WIDE if columns[-1] - columns[0] > 40 else NARROW


@contextmanager
def playing(
    screen: XvfbScreen, config: Path, program: str = "installation"
) -> Iterator[subprocess.Popen[bytes]]:
    size = f"{screen.width}x{screen.height}"
    command = [sys.executable, "-m", program, "play", str(config), "--windowed", size]
    log = config.with_suffix(".log").open("wb")
    wall = subprocess.Popen(command, env=screen.environment, stderr=log)
    try:
        yield wall
    finally:
        wall.terminate()
        code = wall.wait(PATIENCE_S)
        log.close()
    assert code == 0, config.with_suffix(".log").read_text()


def srt(*cues: tuple[float, float, str]) -> str:
    """A file of cues, in film frames."""

    def stamp(frame: float) -> str:
        ms = round(frame * 1000 / RATE)
        return f"00:00:{ms // 1000:02},{ms % 1000:03}"

    return "".join(
        f"{n}\n{stamp(a)} --> {stamp(b)}\n{text}\n\n" for n, (a, b, text) in enumerate(cues, 1)
    )


def write(config: Path, per: str, drawing: str = "software", versions: str = "") -> None:
    other = config.with_suffix(".new")
    other.write_text(
        "film: {versions: film, settle_s: 0.5}\n"
        "wall: {fade_in_ms: 0, captions: none, layout: {kind: row}}\n"
        f"subtitles: {{language: de, per: {per}, color: '#ff0000', size: 30px}}\n"
        f"playback: {{drawing: {drawing}, patience_ms: 5000}}\nconform: {{mode: never}}\n{versions}"
    )
    other.replace(config)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    film = tmp_path / "film"
    for version, name in enumerate(("2021 A", "2022 B")):
        make_clip(film / name / "film.mp4", frames=LENGTH, gop=12, version=version)
    return film


def expected(cues: tuple[tuple[float, float, str], ...]) -> dict[int, str]:
    said = dict.fromkeys(range(LENGTH), "")
    for first, stop, text in cues:
        said |= dict.fromkeys(range(int(first), int(stop)), text)
    return said


OVER_THE_SEAM = ((0, 6, NARROW), (6, 15, WIDE), (20, 21, NARROW), (35, 48, WIDE))


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_the_films_own_change_in_the_very_picture_of_their_film_frames(
    screen: XvfbScreen, film: Path, tmp_path: Path, drawing: str
) -> None:
    (film / "film.de.srt").write_text(srt(*OVER_THE_SEAM), "utf-8")
    write(tmp_path / "wall.yaml", "wall", drawing)
    check(watch_two_loops(screen, tmp_path / "wall.yaml"), OVER_THE_SEAM)


def test_the_check_fails_when_they_are_a_film_frame_late(
    screen: XvfbScreen, film: Path, tmp_path: Path
) -> None:
    (film / "film.de.srt").write_text(srt(*OVER_THE_SEAM), "utf-8")
    write(tmp_path / "wall.yaml", "wall")
    sights = watch_two_loops(screen, tmp_path / "wall.yaml", "tests.wall_e2e.broken_subtitles")
    with pytest.raises(AssertionError, match="said"):
        check(sights, OVER_THE_SEAM)


def watch_two_loops(screen: XvfbScreen, config: Path, program: str = "installation") -> list[Sight]:
    """Until three seams and most film frames were seen; a slow machine needs more loops for it."""
    with Watcher(screen) as watcher, playing(screen, config, program):
        watcher.wait_for(lambda sights: seams(sights) >= 3 and variety(sights) > LENGTH // 2)
    return watcher.sights


def variety(sights: list[Sight]) -> int:
    return len({sight.frame for sight in sights})


def seams(sights: list[Sight]) -> int:
    return sum(b.frame < a.frame for a, b in pairwise(sights))


def check(sights: list[Sight], cues: tuple[tuple[float, float, str], ...]) -> None:
    meant = expected(cues)
    assert [sight for sight in sights if sight.said != meant[sight.frame]] == []
    assert {sight.said for sight in sights} == {"", NARROW, WIDE}
    assert len({sight.tiles for sight in sights}) == 1  # no tile moves for them


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_a_versions_own_are_in_step_with_it_wherever_its_time_is_shifted(
    screen: XvfbScreen, film: Path, tmp_path: Path, drawing: str
) -> None:
    """The first tile shows its code, the other what it says; both in one captured picture."""
    cues = ((12, 30, NARROW), (30, 36, WIDE))
    (film / "2022 B" / "de.srt").write_text(srt(*cues), "utf-8")
    versions = "versions: {2022 B: {in: 0.25, offset: 0.125, speed: 2}}\n"
    write(tmp_path / "wall.yaml", "tile", drawing, versions)
    sights = watch_two_loops(screen, tmp_path / "wall.yaml")
    check(sights, tuple((3 + (a - 6) / 2, 3 + (b - 6) / 2, text) for a, b, text in cues))


def test_while_paused_and_stepping_they_stay_with_their_film_frame(
    screen: XvfbScreen, film: Path, tmp_path: Path
) -> None:
    cues = tuple((f, f + 3, (NARROW, WIDE)[f // 3 % 2]) for f in range(0, LENGTH, 3))
    (film / "2021 A" / "de.srt").write_text(srt(*cues), "utf-8")
    write(tmp_path / "wall.yaml", "wall")
    with Watcher(screen) as watcher, playing(screen, tmp_path / "wall.yaml"):
        watcher.wait_for(lambda sights: len({sight.frame for sight in sights}) > 5)
        hand(screen, "key", "space")
        watcher.wait_for(
            lambda sights: len(sights) > 9 and len({s.frame for s in sights[-9:]}) == 1
        )
        at = watcher.sights[-1].frame
        begun = len(watcher.sights)
        for key, step in (("Right", 1),) * 8 + (("Left", -1),) * 4:
            hand(screen, "key", key)
            at = (at + step) % LENGTH
            watcher.wait_for(lambda sights, to=at: any(s.frame == to for s in sights))  # type: ignore[misc]
        sights = watcher.sights[begun:]
    meant = expected(cues)
    assert {s.said for s in sights} == {NARROW, WIDE}
    assert [s for s in sights if s.said != meant[s.frame]] == []


def test_a_file_that_is_dropped_in_is_shown_and_a_broken_one_keeps_it(
    screen: XvfbScreen, film: Path, tmp_path: Path
) -> None:
    config, file = tmp_path / "wall.yaml", film / "film.de.srt"
    write(config, "wall")

    def put(content: bytes) -> None:
        part = film / "film.de.srt.part"
        part.write_bytes(content)
        part.replace(file)

    def is_told(words: str) -> bool:
        found = walls(config)
        return bool(found) and any(words in notice for notice in found[0].notices)

    def wait_until_told(words: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not is_told(words):
            assert time.monotonic() < end, walls(config)
            time.sleep(0.05)

    with Watcher(screen) as watcher, playing(screen, config):
        wait_until_told('there are no subtitles in "de"')
        put(srt((0, 48, NARROW)).encode())
        watcher.wait_for(lambda sights: any(sight.said == NARROW for sight in sights))
        put("1\n00:00:00,000 --> 00:00:02,000\nküssen\n".encode("latin-1"))
        wait_until_told("film.de.srt: is not in UTF-8 (line 3")
        watcher.wait_for(lambda sights: len({s.frame for s in sights}) > LENGTH // 2)
        assert {sight.said for sight in watcher.sights[-20:]} == {NARROW}
        put(srt((0, 48, WIDE)).encode("utf-16"))
        watcher.wait_for(lambda sights: any(sight.said == WIDE for sight in sights))
        file.unlink()
        watcher.wait_for(lambda sights: any(sight.said == "" for sight in sights))
    said = [sight.said for sight in watcher.sights]
    changes = [b for a, b in pairwise(said) if a != b]
    assert changes == [NARROW, WIDE, ""]
