"""What the curator and the visitors meet on a running wall: bad files, keys, an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import mss
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.clips import make_clip
from tests.wall_e2e import blockcode
from tests.wall_e2e.judge import Expected, judge
from tests.wall_e2e.run import PLAY, picture_rects, play_and_watch
from tests.wall_e2e.screen import XvfbScreen

RATE, LENGTH = Fraction(24), 48
SIZE = "1280x720"
WAIT_S = 20


def coded(folder: Path, name: str, version: int) -> None:
    make_clip(folder / name / "film.mp4", frames=LENGTH, size=(320, 180), version=version)


def config_for(folder: Path, film: Path, extra: str = "") -> Path:
    config = folder / "wall.yaml"
    config.write_text(
        f"film: {{title: The Kiss, versions: '{film}'}}\n"
        "wall: {fade_in_ms: 0}\nplayback: {drawing: software}\nconform: {mode: never}\n"
        f"{extra}"
    )
    return config


class Bait(socketserver.BaseRequestHandler):
    requests: list[bytes] = []

    def handle(self) -> None:
        self.requests.append(self.request.recv(200))


def test_every_bad_folder_gets_one_sentence_and_the_rest_plays(tmp_path: Path) -> None:
    film = tmp_path / "film"
    coded(film, "2021 Good, bad & “quoted” 🎞", 0)
    coded(film, "2022 Поцелуй", 1)
    coded(film, "2023 הנשיקה", 2)
    whole = (film / "2022 Поцелуй" / "film.mp4").read_bytes()
    bad: dict[str, Callable[[Path], object]] = {
        "empty": lambda p: None,
        "text": lambda p: (p / "f.mp4").write_text("a letter"),
        "truncated": lambda p: (p / "f.mp4").write_bytes(whole[: len(whole) // 2]),
        "zero": lambda p: (p / "f.mp4").touch(),
        "two": lambda p: [(p / f).write_bytes(whole) for f in ("a.mp4", "b.mp4")],
        "loop": lambda p: (p / "f.mp4").symlink_to(p / "f.mp4"),
        "pipe": lambda p: os.mkfifo(p / "f.mp4"),
        "mistake": lambda p: (p / "f.mp4").write_bytes(whole),
    }
    with socketserver.TCPServer(("127.0.0.1", 0), Bait) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/x.ts"
        bad["playlist"] = lambda p: (p / "f.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{url}\n")
        bad["concat"] = lambda p: (p / "f.mp4").write_text(f"ffconcat version 1.0\nfile {url}\n")
        for name, make in bad.items():
            (film / name).mkdir()
            make(film / name)
        (film / "mistake" / "version.yaml").write_text("modle: X\n")
        config = config_for(tmp_path, film, "versions: {mistake: {caption: shown all the same}}\n")
        with XvfbScreen() as screen:
            outcome = play_and_watch(screen, config, tmp_path, loops=2)
        server.shutdown()
    assert outcome.code == 0, outcome.errors
    assert Bait.requests == []
    assert "Traceback" not in outcome.errors
    lines = outcome.errors.splitlines()
    for name in bad:
        assert len([line for line in lines if f"{name}:" in line or f"{name}/" in line]) == 1, (
            name,
            outcome.errors,
        )
    assert [v["times_off_air"] for v in outcome.report["versions"]] == [0, 0, 0, 0]
    versions = [Expected([Fraction(i, 24) for i in range(LENGTH)])] * 3
    judgement = judge(outcome.seen, versions, RATE, LENGTH)
    assert judgement.broken == ()
    assert len({frame for _, frame in judgement.film_frames}) == LENGTH


def test_a_file_that_breaks_on_air_takes_only_its_version_off(tmp_path: Path) -> None:
    film = tmp_path / "film"
    for number, name in enumerate(("2021 A", "2022 B")):
        coded(film, name, number)
    config = config_for(tmp_path, film)
    # until its folder has settled again, and the version is rejected
    config.write_text(config.read_text().replace("versions:", "settle_s: 600, versions:", 1))
    report = tmp_path / "r.json"
    with (
        XvfbScreen() as screen,
        running(screen, config, "--report", report, "--loops", "4") as wall,
    ):
        rects = picture_rects(config, (1280, 720))
        wait_for(lambda: seen_at(screen, rects[0]) is not None)
        os.truncate(film / "2022 B" / "film.mp4", 20_000)
        assert wall.wait(timeout=60) == 0
    told = json.loads(report.read_text())
    good, broken = told["versions"]
    assert good["times_off_air"] == 0
    assert broken["times_off_air"] >= 1
    assert broken["off_air"][0]["reason"]
    assert told["lock"]["mismatches"] == 0
    assert told["film_frames"]["shown"] >= 0.95 * 4 * LENGTH


def test_no_versions_at_all_is_a_quiet_slate(tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    config = config_for(tmp_path, tmp_path / "film")
    with XvfbScreen() as screen, running(screen, config) as wall:
        wait_for(lambda: bool(screen_pixels(screen)[300:420, 300:980].max() > 100))
        assert screen_pixels(screen)[:200].max() == 0
        wall.terminate()
        assert wall.wait(timeout=WAIT_S) == 0


def test_keys_pause_step_tell_and_end(tmp_path: Path) -> None:
    if shutil.which("xdotool") is None:
        pytest.fail("xdotool is missing; install it with: sudo apt-get install -y xdotool")
    film = tmp_path / "film"
    coded(film, "2021 A", 0)
    coded(film, "2022 B", 1)
    config = config_for(tmp_path, film)
    with XvfbScreen() as screen, running(screen, config) as wall:
        rects = picture_rects(config, (1280, 720))

        def shown() -> list[int]:
            codes = [seen_at(screen, rect) for rect in rects]
            return [code[0] for code in codes if code is not None]

        wait_for(lambda: len(shown()) == 2)
        press(screen, "space")
        wait_for(lambda: stands_still(shown))
        frame = shown()[0]
        for key, expected in (("Right", frame + 1), ("Right", frame + 2), ("Left", frame + 1)):
            press(screen, key)
            wait_for(lambda e=expected: shown() == [e % LENGTH] * 2)  # type: ignore[misc]
        before = screen_pixels(screen)[20:60, 20:300].astype(int).mean()
        press(screen, "i")
        wait_for(lambda: abs(screen_pixels(screen)[20:60, 20:300].astype(int).mean() - before) > 3)
        press(screen, "space")
        wait_for(lambda: not stands_still(shown))
        press(screen, "Escape")
        assert wall.wait(timeout=WAIT_S) == 0


@contextmanager
def running(screen: XvfbScreen, config: Path, *more: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, *PLAY, str(config), "--windowed", SIZE, *map(str, more)]
    with subprocess.Popen(command, env=screen.environment, text=True) as wall:
        try:
            yield wall
        finally:
            wall.kill()


def press(screen: XvfbScreen, key: str) -> None:
    command = [
        "xdotool",
        "search",
        "--onlyvisible",
        "--name",
        "The Kiss",
        "windowfocus",
        "key",
        key,
    ]
    subprocess.run(command, env=screen.environment, capture_output=True)


def screen_pixels(screen: XvfbScreen) -> NDArray[np.uint8]:
    with mss.MSS(display=screen.display) as grabber:
        shot = grabber.grab(grabber.monitors[0])
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)[:, :, 1]


def seen_at(screen: XvfbScreen, rect: tuple[int, int, int, int]) -> tuple[int, int] | None:
    pixels = screen_pixels(screen)
    return blockcode.decode(np.array([pixels[y, x] for x, y in blockcode.centres(*rect)]))


def stands_still(shown: Callable[[], list[int]]) -> bool:
    looks = []
    for _ in range(8):
        looks.append(shown())
        time.sleep(0.05)  # longer than a film frame: looking at a running film is the test
    return all(look == looks[0] for look in looks)


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)
