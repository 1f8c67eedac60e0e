#!/usr/bin/env python3
"""Hours of a wall in minutes: many loops of a short film, changed and harmed without a pause.

`python3 scripts/soak.py [--hours 8 | --seconds 75] [--json FILE]`. A simulated minute is one loop:
as many loops as a film of a minute has in so many hours. In each of them the config is saved, a
version is dropped in or taken out, and something breaks. Another process captures the screen.

The lock must be whole, in every captured picture and in the wall's own ledger. Memory, open files
and threads of the wall's process are looked at all the time; once warm, the least of each round of
changes is laid on a line by least squares. Its slope is told with its 95 % confidence interval
(Student's t): a leak is a slope that cannot be zero, and is worth something by the month.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.wall_e2e.roaming import Glance

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

RATE, LENGTH = 24, 48
LOOP_S = LENGTH / RATE
LOOK_S = 0.1
WARM_UP = 0.3
"""Of all the time: caches fill, and the allocator learns what is wanted."""
SIZE = (640, 360)
BASE, VICTIM, GUEST = 3, "2029 Victim", "2030 Guest"
WORTH_A_WORD_KB = 20.0
"""By the simulated hour; half a megabyte a day is not seen in the noise, and harms in no year."""
PATIENCE_S = 60
NOTED_LATE_S = 0.5
"""The play log looks at the wall five times a second."""
SETTLING_H, SLIGHT = 2.0, 0.2
"""A wall takes some time to have everything once: over fewer simulated hours no slope says
anything, and it is only to grow by less than this share."""


class Sample(NamedTuple):
    """The wall's process at a moment."""

    at_s: float
    rss_kb: float
    files: int
    threads: int


class Slope(NamedTuple):
    """A line through rounds: by the simulated hour, with its 95 % confidence interval."""

    slope: float
    low: float
    high: float
    level: float
    """Where the line is in the middle."""

    @property
    def may_be_zero(self) -> bool:
        return self.low <= 0 <= self.high

    def __str__(self) -> str:
        return (
            f"{self.level:.1f}; {self.slope:+.2f} an hour, 95 % CI {self.low:+.2f} to"
            f" {self.high:+.2f}"
        )


@dataclass
class Soaked:
    """What came of it."""

    loops: int = 0
    real_s: float = 0.0
    begun_s: float = 0.0
    pictures: int = 0
    mismatches: int = 0
    glances: int = 0
    broken: list[Any] = field(default_factory=list)
    """Captured pictures with two film frames in them."""
    orphans: int = 0
    """Processes of the wall's that are left as zombies."""
    done: dict[str, int] = field(default_factory=dict)
    """How often each thing was done to it."""
    samples: list[Sample] = field(default_factory=list)
    log: str = ""

    @property
    def hours(self) -> float:
        return self.loops / 60


# -- figures


def slope_of(
    samples: Sequence[Sample], value: Callable[[Sample], float], hours: float, round_s: float
) -> Slope:
    """Through the least of each round. What was freed is given back to the system a while after a
    change: memory climbs until then, as files and threads do while something changes. So a round
    is to hold one such moment, and may be several rounds of changes; a short soak has three, and
    none to spare for a warm-up.
    """
    from installation.changes import TIDY_AFTER_MS

    round_s *= math.ceil((TIDY_AFTER_MS / 1000 + LOOP_S) / round_s)
    warm_up = WARM_UP if hours >= SETTLING_H else 0.0
    since = samples[0].at_s + warm_up * (samples[-1].at_s - samples[0].at_s)
    rounds: dict[int, list[float]] = {}
    for sample in samples:
        if sample.at_s >= since:
            rounds.setdefault(int((sample.at_s - since) / round_s), []).append(value(sample))
    by_the_hour = round_s / LOOP_S / 60
    points = [(number * by_the_hour, min(found)) for number, found in rounds.items()]
    return fitted(points[:-1] if len(points) > 3 else points)


def fitted(points: Sequence[tuple[float, float]]) -> Slope:
    """The line of least squares, and how sure it is.

    Memory that is high in one round is high in the next: so many rounds say as much as fewer that
    know nothing of each other. How many, the residuals' lag-1 autocorrelation tells (Santer et al.,
    Statistical significance of trends, J. Geophys. Res. 105, 2000, equations 3 to 6).
    """
    count = len(points)
    if count < 3:
        raise ValueError("too short: three rounds after the warm-up are the least")
    mean_x = statistics.fmean(x for x, _ in points)
    mean_y = statistics.fmean(y for _, y in points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    residuals = [y - mean_y - slope * (x - mean_x) for x, y in points]
    residue = sum(one**2 for one in residuals)
    alike = sum(a * b for a, b in pairwise(residuals)) / residue if residue else 0.0
    worth = max(3.0, count * (1 - max(0.0, alike)) / (1 + max(0.0, alike)))
    error = math.sqrt(residue / (worth - 2) / spread)
    margin = student(math.floor(worth) - 2) * error
    return Slope(slope, slope - margin, slope + margin, mean_y)


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t (Hill's expansion; exact where it is far off)."""
    few = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}
    if freedom in few:
        return few[freedom]
    z = statistics.NormalDist().inv_cdf(0.975)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))


# -- the wall, and what is done to it


class Wall:
    """Its folder and its config, and the hands that change both."""

    def __init__(self, folder: Path) -> None:
        from tests.clips import make_clip

        self.config, self.film, self.store = folder / "wall.yaml", folder / "film", folder / "store"
        self.pid = 0
        self.done: dict[str, int] = {}
        self.names = names = [*(f"202{number} V" for number in range(BASE)), VICTIM, GUEST]
        for number, name in enumerate(names):
            make_clip(
                self.store / name / "film.mp4",
                frames=LENGTH, size=(480, 270), gop=12, version=number,
            )  # fmt: skip
        for name in (*names[:BASE], VICTIM):
            self._drop_in(name)
        self._edits = (
            "layout: {kind: row}", "layout: {kind: grid, gap: 2%}", "background: '#101010'",
            "layout: {kind: spotlight, focus: 2020 V}", "captions: {text: '{model}', size: 4%}",
            "layout: {kind: grid, columns: 2}",
        )  # fmt: skip
        self._faults = (
            self._truncate, self._garbage_config, self._kill_a_helper, self._garbage_film,
            self._hold_up, self._take_away,
        )  # fmt: skip
        self._save("")

    @property
    def minutes_a_round(self) -> int:
        """After so many simulated minutes everything was done once, and is done again."""
        return math.lcm(len(self._edits), len(self._faults), 2)

    def live_a_minute(self, minute: int) -> None:
        """An edit, a drop-in or the removal of one, and a fault."""
        self._count("edits")
        self._save(self._edits[minute % len(self._edits)])
        if minute % 2 == 0:
            self._drop_in(GUEST)
            self._count("drop-ins")
        else:
            self._take_out(GUEST)
            self._count("removals")
        self._mend()
        fault = self._faults[minute % len(self._faults)]
        fault()
        self._count(fault.__name__.strip("_").replace("_", " "))

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def _save(self, wall: str) -> None:
        captions = "" if "captions" in wall else ", captions: none"
        also = f", {wall}" if wall else ""
        self._write(
            f"film: {{versions: '{self.film}', settle_s: 0.5, watch: polling}}\n"
            f"wall: {{fade_in_ms: 0, transition_ms: 0, off_air: slate{captions}{also}}}\n"
            "playback: {drawing: software, join: now}\nlog: {folder: log}\n"
        )

    def _write(self, text: str) -> None:
        other = self.config.with_suffix(".new")
        other.write_text(text)
        other.replace(self.config)

    def _drop_in(self, name: str) -> None:
        """Copied under a hidden name, then there."""
        self.film.mkdir(exist_ok=True)
        hidden = self.film / f".{name}"
        shutil.rmtree(hidden, ignore_errors=True)
        shutil.rmtree(self.film / name, ignore_errors=True)
        shutil.copytree(self.store / name, hidden)
        hidden.rename(self.film / name)

    def _take_out(self, name: str) -> None:
        shutil.rmtree(self.film / name, ignore_errors=True)

    @property
    def _victim(self) -> Path:
        return self.film / VICTIM / "film.mp4"

    def _mend(self) -> None:
        """What was broken a minute ago."""
        sound = (self.store / VICTIM / "film.mp4").read_bytes()
        if not self._victim.exists() or self._victim.read_bytes() != sound:
            self._drop_in(VICTIM)

    def _truncate(self) -> None:
        os.truncate(self._victim, self._victim.stat().st_size // 2)

    def _garbage_film(self) -> None:
        other = self._victim.with_suffix(".new")
        other.write_bytes(os.urandom(100_000))
        other.replace(self._victim)

    def _garbage_config(self) -> None:
        time.sleep(LOOP_S / 3)  # the good one is loaded first
        self._write("film: [: }\n\0")

    def _take_away(self) -> None:
        away = self.film.with_name("away")
        self._victim.parent.rename(away)
        time.sleep(LOOP_S / 4)
        away.rename(self._victim.parent)

    def _hold_up(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        time.sleep(LOOP_S / 5)
        os.kill(self.pid, signal.SIGCONT)

    def _kill_a_helper(self) -> None:
        """The first process of the wall's that turns up: it probes, conforms or reads."""
        from tests.processes import children

        end = time.monotonic() + LOOP_S / 2
        while time.monotonic() < end:
            for child in children(self.pid):
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self._count("helpers killed")
                return
            time.sleep(LOOK_S / 5)


class Meter(threading.Thread):
    """Looks at a process, ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.samples: list[Sample] = []
        self._proc = Path(f"/proc/{pid}")
        self._ends = threading.Event()
        self._page_kb = os.sysconf("SC_PAGE_SIZE") / 1024

    def run(self) -> None:
        while not self._ends.wait(LOOK_S):
            try:
                resident = int((self._proc / "statm").read_text().split()[1]) * self._page_kb
                files = len(list((self._proc / "fd").iterdir()))
                threads = len(list((self._proc / "task").iterdir()))
            except OSError:
                return
            self.samples.append(Sample(time.monotonic(), resident, files, threads))

    def stop(self) -> None:
        self._ends.set()
        self.join()


def soak(folder: Path, minutes: int) -> tuple[Soaked, float]:
    """So many simulated minutes; what came of it, and how long a round took."""
    from tests.processes import children, is_running
    from tests.wall_e2e.live import live
    from tests.wall_e2e.screen import XvfbScreen

    soaked, wall = Soaked(), Wall(folder)
    most_s = minutes * LOOP_S * 3 + PATIENCE_S
    with XvfbScreen(*SIZE) as screen, live(screen, wall.config, seconds=most_s) as playing:
        wall.pid = playing.process.pid
        playing.wait_for(lambda status: status.now.pictures > LENGTH, PATIENCE_S)
        first = playing.status().now.loop
        meter, begun = Meter(wall.pid), time.monotonic()
        soaked.begun_s = begun
        meter.start()
        for minute in range(minutes):
            wall.live_a_minute(minute)
            time.sleep(max(0.0, begun + (minute + 1) * LOOP_S - time.monotonic()))
        soaked.real_s = time.monotonic() - begun
        meter.stop()
        now = playing.status().now
        soaked.loops, soaked.pictures = now.loop - first, now.pictures
        soaked.mismatches, soaked.samples = now.mismatches, meter.samples
        soaked.orphans = sum(not is_running(child) for child in children(wall.pid))
    soaked.log, soaked.done = playing.log.read_text(), wall.done
    seen = playing.glances.seen
    soaked.glances = len(seen)
    is_on_air = on_air_by_the_log(folder / "log", wall.names)
    soaked.broken = [one for one in seen if _is_broken(one, is_on_air)]
    return soaked, wall.minutes_a_round * LOOP_S


def _is_broken(glance: Glance, is_on_air: Callable[[int, float], bool]) -> bool:
    """Whether versions that were on air showed two film frames.

    One that leaves the air dims away over its last picture, which is no film frame of the wall's.
    """
    at_s = glance.ns / 1e9
    return len({index for _, (index, who) in glance.tiles if is_on_air(who, at_s)}) > 1


def on_air_by_the_log(folder: Path, names: Sequence[str]) -> Callable[[int, float], bool]:
    """Whether a version was on air at a moment, as the wall's play log has it."""
    from installation.film import SystemClock
    from installation.kiosk.log_reader import read_log

    (run,) = read_log(folder).runs
    ahead_s = SystemClock().now_ns() / 1e9 - time.monotonic()
    spans = [
        (hung.name, hung.start_ms / 1000 - ahead_s, hung.end_ms / 1000 - ahead_s)
        for hung in run.on_air
    ]

    def is_on_air(who: int, at_s: float) -> bool:
        return any(
            name == names[who] and start <= at_s < end - NOTED_LATE_S for name, start, end in spans
        )

    return is_on_air


# -- the verdict


def judged(soaked: Soaked, round_s: float) -> tuple[dict[str, str], dict[str, bool]]:
    """The figures in words, and what is to be true of them."""
    memory, files, threads = (
        slope_of(soaked.samples, value, soaked.hours, round_s)
        for value in (lambda one: one.rss_kb, lambda one: one.files, lambda one: one.threads)
    )
    pace = soaked.hours / (soaked.real_s / 60)
    figures = {
        "simulated": f"{soaked.hours:.2f} h ({soaked.loops} loops) in {soaked.real_s:.0f} s,"
        f" {pace:.2f} h a minute",
        "done to it": ", ".join(f"{count} {what}" for what, count in soaked.done.items()),
        "the ledger": f"{soaked.pictures:,} pictures, {soaked.mismatches:,} mismatches",
        "captured": f"{soaked.glances:,} pictures, {len(soaked.broken):,} with the lock broken",
        "memory, kB": str(memory),
        "open files": str(files),
        "threads": str(threads),
        "zombies": str(soaked.orphans),
    }
    verdicts = {
        "the ledger has no mismatch": soaked.pictures > 0 and soaked.mismatches == 0,
        "no captured picture has a broken lock": soaked.glances > 0 and not soaked.broken,
        "memory does not grow": not grows(memory, soaked.hours),
        "open files do not grow": files.low <= 0,
        "threads do not grow": threads.low <= 0,
        "no process is left": soaked.orphans <= 1,
        "nothing went wrong that nobody did": "Traceback" not in soaked.log,
    }
    return figures, verdicts


def grows(memory: Slope, hours: float) -> bool:
    """Whether a wall that played for so many simulated hours takes more and more."""
    if hours < SETTLING_H:
        return memory.slope * hours > SLIGHT * memory.level
    return not memory.may_be_zero and memory.slope >= WORTH_A_WORD_KB


def main() -> None:
    """Soak and say what came of it; exit code 1 where something is not as it is to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8, help="simulated; 8 take 16 minutes")
    parser.add_argument("--seconds", type=float, help="real ones, instead")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    options = parser.parse_args()
    minutes = round(options.seconds / LOOP_S if options.seconds else options.hours * 60)
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            os.environ[name] = f"{place}/home"  # nothing remembered, and nothing left
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        soaked, round_s = soak(Path(place), minutes)
    figures, verdicts = judged(soaked, round_s)
    for name, told in figures.items():
        print(f"{name:12} {told}")
    for claim, holds in verdicts.items():
        print(f"{'yes' if holds else 'NO':4} {claim}")
    if options.json:
        found: dict[str, Any] = {"figures": figures, "verdicts": verdicts}
        found |= {"samples": soaked.samples, "begun_s": soaked.begun_s}
        found["broken"] = [[one.ns / 1e9, one.tiles] for one in soaked.broken]
        options.json.write_text(json.dumps(found, indent=1))
    if not all(verdicts.values()):
        sys.exit(soaked.log[-3000:] or 1)


if __name__ == "__main__":
    main()
