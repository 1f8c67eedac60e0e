"""A wall that plays while a test changes its film's folder: its log, its tallies, its costs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from installation.control.statefile import walls
from installation.control.status import WallStatus
from tests.wall_e2e.roaming import Glance, Glances, roaming
from tests.wall_e2e.screen import XvfbScreen

ASPECT = 16 / 9
_LOGGED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) ([A-Z]+) (.*)")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Logged(NamedTuple):
    """One line of the wall's log."""

    ns: int
    """By the same clock as the captures, to the millisecond."""
    level: str
    text: str


class Tally(NamedTuple):
    """What the wall's own ledger counts."""

    pictures: int
    mismatches: int
    trouble: int
    """Film frames late or dropped."""


@dataclass
class Live:
    """A playing wall."""

    process: subprocess.Popen[bytes]
    config: Path
    log: Path
    glances: Glances = field(default_factory=Glances)
    """Filled when the watching has ended."""

    def status(self) -> WallStatus:
        """What `installation status` tells of it."""
        (status,) = walls(self.config)
        return status

    def tally(self) -> Tally:
        """The ledger as it was posted last, a moment ago."""
        now = self.status().now
        return Tally(now.pictures, now.mismatches, now.late + now.dropped)

    def wait_for(self, claim: Callable[[WallStatus], bool], patience_s: float) -> float:
        """Until what it tells of itself is so; how long that took."""
        begun = time.monotonic()
        while not self._is_so(claim):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - begun < patience_s, self.status()
            time.sleep(0.05)
        return time.monotonic() - begun

    def _is_so(self, claim: Callable[[WallStatus], bool]) -> bool:
        found = walls(self.config)
        return bool(found) and claim(found[0])

    def cpu_s(self) -> float:
        """CPU time of the wall's own process until now."""
        fields = self._proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory_mb(self) -> float:
        """Resident memory of the wall's own process."""
        return int(self._proc("statm").split()[1]) * _PAGE / 1_048_576

    def _proc(self, what: str) -> str:
        return Path(f"/proc/{self.process.pid}/{what}").read_text()

    def logged(self) -> list[Logged]:
        """Its log so far."""
        return logged_in(self.log)


def logged_in(log: Path) -> list[Logged]:
    """What a log says; lines that continue another are joined to it."""
    offset_ns = time.time_ns() - time.monotonic_ns()
    lines: list[Logged] = []
    for line in log.read_text().splitlines():
        match = _LOGGED.match(line)
        if match:
            second = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S").astimezone()
            ns = int(second.timestamp()) * 10**9 + int(match[2]) * 10**6 - offset_ns
            lines.append(Logged(ns, match[3], match[4]))
        elif lines:
            lines[-1] = lines[-1]._replace(text=f"{lines[-1].text}\n{line}")
    return lines


@contextmanager
def live(
    screen: XvfbScreen,
    config: Path,
    *,
    seconds: float,
    program: tuple[str, ...] = ("-m", "installation"),
) -> Iterator[Live]:
    """A wall that plays as in a gallery: fullscreen, nothing but pictures; watched from outside."""
    log = config.with_suffix(".log")
    command = [sys.executable, *program, "-v", "play", str(config)]
    with (
        roaming(screen.environment, config.with_suffix(".seen"), seconds, ASPECT) as glances,
        log.open("wb") as file,
    ):
        process = subprocess.Popen(command, env=screen.environment, stderr=file)
        try:
            yield Live(process, config, log, glances)
        finally:
            process.terminate()
            code = process.wait(30)
    assert code == 0, log.read_text()


def check_lock(glances: list[Glance]) -> None:
    """In every captured picture, all tiles show one film frame."""
    broken = [g for g in glances if len({index for _, (index, _) in g.tiles}) > 1]
    assert broken == []


def lateness(glances: list[Glance], quiet: range, rate: int, length: int) -> list[float]:
    """How many film frames late each picture was first seen, beside the promptest of a quiet time.

    The clock of a film is never moved, so each picture's time is known once one's is.
    """
    offs = [glance.ns * rate / 1e9 - glance.tiles[0][1][0] for glance in glances]
    half = length / 2
    around = [(off - offs[quiet.start] + half) % length - half for off in offs]
    prompt = sorted(around[i] for i in quiet)[len(quiet) // 10]
    return [one - prompt for one in around]
