"""What befalls a wall that conforms, and what it opened meanwhile, seen from outside."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from installation.library.cached import Name, parsed
from tests.processes import children

CONFORMS, READS = PROGRAMS = ("conforming.py", "digesting.py")
READER_IS_KILLED = 0.3
LOOK_S = 0.01
MOST_OF_A_LIFE = 0.75
"""One program lives longer than another of its kind, and is seen a moment after it began."""
NOBODY = 2**22 + 1
"""No process has this number."""
Made = tuple[int, int]
"""What tells a file from one made later under its name: inode and time of change."""


class Worker(NamedTuple):
    """A process that conforms or reads for a wall."""

    program: str
    film: str
    """The SHA-256 of the version's own film that it is about."""


def workers(wall_pid: int) -> dict[int, Worker]:
    """The processes that conform or read for a wall, and what each does."""
    found: dict[int, Worker] = {}
    for pid, command in children(wall_pid).items():
        named = {Path(word).name for word in command}.intersection(PROGRAMS)
        if named:
            with contextlib.suppress(OSError):  # taken away meanwhile
                asked = json.loads(command[-1])
                film = _film(Path(asked.get("source") or asked["path"]))
                found[pid] = Worker(named.pop(), film)
    return found


def _film(path: Path) -> str:
    known = parsed(path.name)
    return hashlib.sha256(path.read_bytes()).hexdigest() if known is None else known.key.sha256


def kill_at_random(
    wall_pid: int,
    times: int,
    chance: random.Random,
    *,
    each: int,
    within_s: float,
    patience_s: float,
) -> list[str]:
    """Kill -9 so many of them, each at a random moment of its life; which programs they were.

    How long a life is, the first of each program that ends by itself tells: a quick machine would
    have all done before they were killed so often. Of those that read most are spared, or nobody
    would get to conform; and so are those of a version that was killed `each` times, which is to
    wait no longer before it is tried again.
    """
    killed: list[Worker] = []
    due: dict[int, float] = {}
    alive: dict[int, tuple[str, float]] = {}  # program and since when, of those not killed
    within = dict.fromkeys(PROGRAMS, within_s)
    end = time.monotonic() + patience_s
    while len(killed) < times and time.monotonic() < end:
        there = workers(wall_pid)
        for pid in alive.keys() - there.keys():
            program, since = alive.pop(pid)
            within[program] = min(within[program], MOST_OF_A_LIFE * (time.monotonic() - since))
        for pid, worker in there.items():
            if pid not in due:  # none waits for another's moment, or would be done before its own
                now, longest = time.monotonic(), within[worker.program]
                spared = worker.program == READS and chance.random() > READER_IS_KILLED
                due[pid] = math.inf if spared else now + chance.uniform(0, longest)
                alive[pid] = worker.program, now
            if time.monotonic() < due[pid]:
                continue
            due[pid] = math.inf
            if Counter(one.film for one in killed)[worker.film] < each:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(worker)
                    del alive[pid]
        time.sleep(LOOK_S)
    return [worker.program for worker in killed]


class Opened:
    """Looks again and again which files of a cache a process has open, and whether each is whole.

    A mezzanine's name says what it holds, so nobody need be asked.
    """

    def __init__(self, pid: int, cache: Path) -> None:
        self.half: set[str] = set()
        """Files that were played and were not whole, or no mezzanines."""
        self.whole: set[tuple[str, Made]] = set()
        """The others."""
        self._fds = Path(f"/proc/{pid}/fd")
        self._cache = cache
        self._damaged: set[Made] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Opened:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def forgive(self, path: Path) -> None:
        """The test itself damages this file now, which may be opened before that is noticed."""
        self._damaged.add(_made(path))

    def _look_on(self) -> None:
        while not self._stop.wait(LOOK_S):
            with contextlib.suppress(FileNotFoundError):  # it has ended
                for link in self._fds.iterdir():
                    with contextlib.suppress(OSError):  # closed meanwhile
                        self._look_at(link)

    def _look_at(self, link: Path) -> None:
        opened = link.readlink()
        path = Path(str(opened).removesuffix(" (deleted)"))
        made = _made(link)
        if path.parent != self._cache or path.suffix in (".json", ".tmp"):
            return
        told = link.parent.with_name("fdinfo").joinpath(link.name).read_text()
        if int(told.split("flags:")[1].split()[0], 8) & os.O_ACCMODE != os.O_RDONLY:
            return  # it is being put on the disk, not played
        if (path.name, made) in self.whole or made in self._damaged:
            return
        content = link.read_bytes()
        if (link.readlink(), link.stat().st_ino) != (opened, made[0]):
            return  # closed meanwhile, and its number is another file's
        if is_whole(path.name, content):
            self.whole.add((path.name, made))
        elif made not in self._damaged:  # meanwhile
            self.half.add(path.name)


def is_whole(name: str, content: bytes) -> bool:
    """Whether a file is the mezzanine that its name says."""
    known = parsed(name)
    if known is None or known.kind != "film":
        return False
    return Name.film(known.key, hashlib.sha256(content).hexdigest()) == name


def _made(path: Path) -> Made:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def rot(path: Path, chance: random.Random) -> None:
    """What a failing disk does to the pictures of a film: no time changes, nothing is opened."""
    before = path.stat()
    with path.open("rb+") as file:
        for place in range(1, 4):
            file.seek(before.st_size * place // 5)
            file.write(chance.randbytes(before.st_size // 20))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_with_litter(cache: Path) -> None:
    """Take a cache away whole, and leave halves of its mezzanines in its place: as parts, and as
    films with the wholes' notes. They are of another size, as those are that play until the right
    ones are there.
    """
    wholes = cache.rename(cache.with_name("wholes"))
    cache.mkdir()
    for note in wholes.glob("*.json"):
        written = json.loads(note.read_text())
        film = wholes / written["file"]
        known = parsed(film.name)
        assert known is not None
        key = replace(known.key, size=(known.key.size[0] + 2, known.key.size[1] + 2))
        parts = [Name.part(key, pid, 1) for pid in (os.getpid(), NOBODY)]
        half = film.read_bytes()[: film.stat().st_size // 2]
        for name in (Name.film(key, written["digest"]["sha256"]), *parts):
            (cache / name).write_bytes(half)
        written |= {"size": list(key.size), "file": Name.film(key, written["digest"]["sha256"])}
        (cache / Name.note(key)).write_text(json.dumps(written))
    shutil.rmtree(wholes)


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[str]:
    """A disk of this size at a folder, in memory; yields why there is none, where there is none."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0777", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        refusal = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        refusal = str(error)
    try:
        yield refusal
    finally:
        if not refusal:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all that is left on the disk."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        os.posix_fallocate(file.fileno(), 0, free)
    return filler


def wait_for(claim: Callable[[], bool], patience_s: float, said: Callable[[], str]) -> None:
    """Until it is so."""
    end = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < end, said()
        time.sleep(LOOK_S)
