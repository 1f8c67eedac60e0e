#!/usr/bin/env python3
"""Four libVLC tiles for many loops: `python3 scripts/soak_engines.py [--loops 200] [--json FILE]`.

A film of 3 s, conformed to its tiles, loops on a screen that is captured all the while. The lock is
judged by the wall's own ledger and by what was captured; memory and threads are looked at each
second, and once more when the wall has ended but its process has not. 200 loops take ten minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bootstrap import ROOT, set_up

if TYPE_CHECKING:
    from tests.wall_e2e.capture import Watched
    from tests.wall_e2e.screen import XvfbScreen

RATE, SECONDS = 24, 3
LENGTH = RATE * SECONDS
RATES = {"2021 A": 24, "2022 B": 30, "2023 C": 12, "2024 D": 24}
SCREEN = 640, 360
WARM_UP = Fraction(1, 4)
"""Of the run: until then memory may grow, while everything is done for the first time."""
MOST_GROWTH = 0.05
"""Of its memory, over the rest of the run: players that end give back theirs every 20 s, so that it
goes up and down by as much.
"""
# Plays, and notes what threads are there when all of the wall was stopped.
PLAY = """
import json, os, sys, threading, time
from pathlib import Path
from installation import cli
told, cli_arguments = Path(sys.argv[1]), sys.argv[2:]
def note(code):
    for thread in threading.enumerate():  # those that end when they have nothing to do
        if thread is not threading.main_thread():
            thread.join(5)
    time.sleep(1)
    left = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
    tasks = len(list(Path("/proc/self/task").iterdir()))
    told.write_text(json.dumps({"python": left, "all": tasks}))
    leave(code)
leave, cli.os._exit = os._exit, note
sys.argv = ["installation", *cli_arguments]
cli.main()
"""


class Sample(NamedTuple):
    """What the wall's process has."""

    seconds: float
    resident_mb: float
    threads: int


class Run(NamedTuple):
    """One run of the wall."""

    code: int
    report: dict[str, Any]
    watched: Watched
    samples: list[Sample]
    left: dict[str, Any]
    """Threads at the end."""
    log: str


def main() -> None:
    """Play and print the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loops", type=int, default=200, help="of three seconds")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    options = parser.parse_args()
    python = set_up(for_tests=True)
    if Path(sys.prefix) != python.parent.parent:
        sys.exit(subprocess.run([python, *sys.argv], cwd=ROOT).returncode)
    sys.path.insert(0, str(ROOT))
    from tests.wall_e2e.screen import XvfbScreen

    with tempfile.TemporaryDirectory() as name, XvfbScreen(*SCREEN) as screen:
        folder = Path(name)
        for kind in ("CACHE", "DATA", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = str(folder / "own")  # the walls'
        make_film(folder)
        short = run(screen, folder, "short", 2)  # what Qt and libVLC themselves leave
        soak = run(screen, folder, "soak", options.loops)
    figures, verdicts = judged(soak, short, options.loops)
    print(f"{figures}\n")
    for asked, is_good in verdicts.items():
        print(f"{asked}: {'yes' if is_good else 'NO'}")
    if options.json:
        told = {"report": soak.report, "samples": soak.samples, "left": soak.left}
        options.json.write_text(json.dumps(told | {"verdicts": verdicts}), "utf-8")
    if not all(verdicts.values()):
        sys.exit(soak.log[-2000:] or 1)


def make_film(folder: Path) -> None:
    """Four versions of several rates, conformed ahead."""
    from tests.clips import make_clip

    for number, (name, rate) in enumerate(RATES.items()):
        clip = folder / "film" / name / "film.mp4"
        make_clip(clip, frames=SECONDS * rate, rate=rate, size=(640, 360), version=number)
    size = f"{SCREEN[0]}x{SCREEN[1]}"
    ahead = ["conform", str(config_of(folder)), "--size", size, "--jobs", "2"]
    subprocess.run([sys.executable, "-m", "installation", *ahead], check=True, capture_output=True)


def config_of(folder: Path) -> Path:
    """The wall's config."""
    config = folder / "wall.yaml"
    config.write_text(
        f"film: {{versions: '{folder / 'film'}'}}\nwall: {{fade_in_ms: 0, captions: none}}\n"
        f"playback: {{drawing: software, engine: vlc}}\n"
        f"conform: {{mode: always, cache: '{folder / 'cache'}', limit: 1 GB}}\n"
    )
    return config


def run(screen: XvfbScreen, folder: Path, name: str, loops: int) -> Run:
    """Play so many loops; watch the screen and the process."""
    from tests.wall_e2e.capture import start_capture, stop_capture

    print(f"{loops} loops ...", flush=True)
    report, left, seen = (folder / f"{name}-{n}.json" for n in ("report", "left", "seen"))
    patience_s = loops * SECONDS * 2 + 60
    watcher = start_capture(screen.environment, len(RATES), seen, patience_s)
    command = [
        sys.executable, "-c", PLAY, str(left), "play", str(config_of(folder)),
        "--windowed", f"{SCREEN[0]}x{SCREEN[1]}", "--loops", str(loops), "--report", str(report),
    ]  # fmt: skip
    with (folder / f"{name}.log").open("w+") as log:
        wall = subprocess.Popen(command, env=screen.environment, stderr=log)
        try:
            samples = list(_sampled(wall, patience_s))
        finally:
            wall.kill()
            wall.wait()
            watched = stop_capture(watcher, seen)
        log.seek(0)
        told, threads = (
            json.loads(path.read_text()) if path.exists() else {} for path in (report, left)
        )
        return Run(wall.returncode, told, watched, samples, threads, log.read())


def _sampled(wall: subprocess.Popen[bytes], patience_s: float) -> list[Sample]:
    begun, samples = time.monotonic(), []
    while wall.poll() is None and time.monotonic() - begun < patience_s:
        time.sleep(1)
        try:
            pages = Path(f"/proc/{wall.pid}/statm").read_text().split()
            threads = len(list(Path(f"/proc/{wall.pid}/task").iterdir()))
        except OSError:
            break
        if pages:
            resident_mb = int(pages[1]) * os.sysconf("SC_PAGE_SIZE") / 1_048_576
            samples.append(Sample(time.monotonic() - begun, resident_mb, threads))
    return samples


def judged(soak: Run, short: Run, loops: int) -> tuple[str, dict[str, bool]]:
    """The figures in words, and each thing asked for with whether it is so."""
    from tests.wall_e2e.judge import judge
    from tests.wall_e2e.test_lock import every

    if soak.code or short.code or not soak.report:
        sys.exit(f"the wall ended with exit code {soak.code or short.code}\n{soak.log[-2000:]}")
    versions = [every(rate, SECONDS) for rate in RATES.values()]
    seen = judge(soak.watched.seen, versions, Fraction(RATE), LENGTH)
    frames, mismatches = soak.report["film_frames"], soak.report["lock"]["mismatches"]
    engines = {version["decoding"] for version in soak.report["versions"]}
    steady = [s for s in soak.samples if s.seconds >= WARM_UP * round(soak.samples[-1].seconds)]
    steady = steady[:-2] or steady  # the wall ends within the last ones
    slope, _ = statistics.linear_regression(
        [s.seconds for s in steady], [s.resident_mb for s in steady]
    )
    seconds = steady[-1].seconds - steady[0].seconds
    grown = slope * seconds
    tenth = max(1, len(steady) // 10)
    tenths = [statistics.mean(s.resident_mb for s in steady[i * tenth :][:tenth]) for i in range(10)
              if steady[i * tenth :]]  # fmt: skip
    first, last = steady[:tenth], steady[-tenth:]
    before, after = (round(statistics.mean(s.threads for s in part)) for part in (first, last))
    left = soak.left["all"] - short.left["all"]
    figures = (
        f"{loops} loops of {SECONDS} s, 4 tiles by {' and '.join(sorted(engines))}:"
        f" {frames['shown']} film frames shown, {frames['late']} late, {frames['dropped']} dropped,"
        f" {mismatches} lock mismatches by the ledger;\n"
        f"{seen.pictures} pictures captured over {seen.seams} seams, {len(seen.broken)} of them"
        f" with the lock broken, {seen.missing()} film frames not seen;\n"
        f"memory after the first quarter, in tenths: {', '.join(f'{mb:.1f}' for mb in tenths)} MB,"
        f" {slope * SECONDS * 1024:+.1f} KB a loop, {grown:+.1f} MB over {seconds:.0f} s;\n"
        f"threads: {before} then, {after} before the end (most"
        f" {max(s.threads for s in soak.samples)}); at the end {soak.left['all']}, beside"
        f" {short.left['all']} after 2 loops; of Python's: {soak.left['python'] or 'none'}"
    )
    return figures, {
        "all tiles by libVLC": engines == {"libVLC"},
        "lock whole, by the ledger": mismatches == 0,
        "lock whole, as captured": not seen.broken and seen.seams >= loops - 1,
        f"memory grows by less than {MOST_GROWTH:.0%}": grown < MOST_GROWTH * tenths[0],
        "no thread left over": left <= 0 and not soak.left["python"] and after <= before + 2,
    }


if __name__ == "__main__":
    main()
