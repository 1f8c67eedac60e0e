"""The registrar's report of a real wall says what was done to it, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from installation.control.statefile import walls
from installation.control.status import WallStatus
from tests.clips import make_clip
from tests.test_cli import installation
from tests.test_registrar import Page
from tests.wall_e2e.screen import XvfbScreen

PATIENCE_S = 60


@contextmanager
def playing(screen: XvfbScreen, config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A wall as in a gallery: fullscreen. Ended as a service ends it, unless it is gone by then."""
    with config.with_suffix(".log").open("ab") as log:
        command = [sys.executable, "-m", "installation", "-v", "play", str(config)]
        wall = subprocess.Popen(command, env=screen.environment, stderr=log)
        try:
            yield wall
        finally:
            wall.terminate()
            wall.wait(30)


def wait_for(config: Path, claim: Callable[[WallStatus], bool], pid: int) -> WallStatus:
    """How the wall stands, once this is so."""
    end = time.monotonic() + PATIENCE_S
    while True:
        found = [status for status in walls(config) if status.pid == pid and claim(status)]
        if found:
            return found[0]
        assert time.monotonic() < end, walls(config)
        time.sleep(0.05)


def noted(folder: Path, event: str) -> list[dict[str, Any]]:
    lines = [
        json.loads(line)
        for file in sorted(folder.glob("play-*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    return [line for line in lines if line["event"] == event]


def wait_for_note(folder: Path, event: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not noted(folder, event):
        assert time.monotonic() < end, f"no {event} in {folder}"
        time.sleep(0.05)


def write(config: Path, extra: str = "") -> None:
    other = config.with_suffix(".new")
    other.write_text(
        "film: {title: The Kiss, versions: film, settle_s: 0.5, watch: polling}\n"
        f"wall: {{fade_in_ms: 0, transition_ms: 0, captions: none{extra}}}\n"
        "playback: {drawing: software}\nconform: {mode: never}\nlog: {folder: log}\n"
    )
    other.replace(config)


def test_the_report_says_just_what_was_done_to_a_wall(screen: XvfbScreen, tmp_path: Path) -> None:
    config, log = tmp_path / "wall.yaml", tmp_path / "log"
    for number in range(3):
        film = tmp_path / "film" / f"202{number} V" / "film.mp4"
        make_clip(film, frames=48, size=(320, 180), gop=12, version=number)
    write(config)
    with playing(screen, config) as wall:
        wait_for(config, lambda status: status.now.pictures > 60, wall.pid)
        shutil.rmtree(tmp_path / "film" / "2022 V")
        wait_for_note(log, "off_air")
        write(config, ", colour: red")
        wait_for_note(log, "config_refused")
        write(config, ", background: '#111111'")
        wait_for_note(log, "config_mended")
        before = wait_for(config, lambda status: status.now.loop > 4, wall.pid)
        time.sleep(3)  # it beats every two
        wall.kill()
        wall.wait()
    with playing(screen, config) as wall:
        wait_for(config, lambda status: status.now.pictures > 60, wall.pid)

    done = installation("report", config, "-o", tmp_path / "report.html")
    assert done.returncode == 0, done.stderr
    page = Page((tmp_path / "report.html").read_text())
    troubles, changes = section(page.text, "Troubles", 2), section(page.text, "What was changed", 1)
    assert re.fullmatch(
        r"When What For how long"
        r" \S+ \S+ A config was saved that is wrong, and the last good one played on:"
        r' wall.yaml:2:\d+: wall.colour: unknown setting; did you mean "layout"\? [\d.]+ s'
        r" \S+ \S+ The program ended by itself: it crashed, or something killed it; it was started"
        r" again, and the wall was dark meanwhile. [\d.]+ s",
        without_hitches(troubles),
    )
    assert re.fullmatch(
        r"When What For how long"
        r" \S+ \S+ “2022 V” was taken out of the film's folder."
        r" \S+ \S+ The config was changed: wall.background."
        r" \S+ \S+ The wall was ended \(asked to by SIGTERM\), and it has not played since."
        r" [\d.]+ s",
        changes,
    )
    pictures = int(re.search(r"([\d,]+) pictures, 0 mismatches", page.text)[1].replace(",", ""))  # type: ignore[index]
    (ended,) = [line for line in noted(log, "played") if line["run"] == last_run(log)]
    assert pictures >= before.now.pictures + ended["pictures"], "of both runs, the killed one too"
    assert len(page.images) == 2, "the third film is gone"
    assert "in 2 runs of the program" in page.text
    assert "all could be read" in page.text


def section(text: str, title: str, which: int) -> str:
    """What stands under a heading, whose words may stand before it as well."""
    after = text.split(f" {title} ", which)[-1]
    ends = ("What was changed", "The versions that were shown")
    return min((after.split(f" {end} ")[0] for end in ends), key=len).strip()


def without_hitches(told: str) -> str:
    """A busy machine may hold the process up for a second, which is then in the log, too."""
    return re.sub(r" \S+ \S+ The wall stood still: [^.]*\. [\d.]+ s", "", told)


def last_run(log: Path) -> str:
    run: str = noted(log, "started")[-1]["run"]
    return run
