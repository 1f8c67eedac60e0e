"""The play log's files: appended to, rotated, and never more than so many bytes and days.

They are numbered, because the calendar of a machine may be set back. Two walls of one config may
append to the same one. Each line is on the disk before the next is thought of.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from installation.film import Clock

PARTS = 8
"""Of the bytes there are, what one file may take: so much of the past goes at a time."""
LEAST_BYTES = 1_000_000
CHUNK_BYTES = 65_536
TIDY_AFTER_NS = 3600 * 10**9
"""A clock may be wrong when a machine comes on; by then it was set by the network."""
STALE_BEAT_S = 60
_DAY_NS = 86_400 * 10**9
_NAME = re.compile(r"play-(\d{6,})\.jsonl")
_BEAT = re.compile(r"beat-([0-9a-f]+)-([0-9a-f]+)\.json")


@dataclass(frozen=True)
class Bounds:
    """What the log may grow to."""

    limit_bytes: int
    days: int


class LogFiles:
    """Used on the log's own thread. Everything raises OSError where the disk does not do."""

    def __init__(self, folder: Path, bounds: Bounds, clock: Clock, calendar: Clock) -> None:
        self.folder = folder
        self._most = max(bounds.limit_bytes, LEAST_BYTES)
        self._days = bounds.days
        self._clock = clock
        self._calendar = calendar
        self._since_ns = clock.now_ns()

    def append(self, lines: Sequence[bytes]) -> None:
        """Bring these to the disk. Those it has taken before it refuses may come twice."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for chunk in _chunks(lines):
            with self._file_for(len(chunk)).open("a+b", buffering=0) as file:
                left = b"\n" + chunk if _is_torn(file) else chunk
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())

    def keep_beat(self, run: str, line: bytes) -> None:
        """Put this in place of the run's last beat; not forced to the disk, it comes so often."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._beat_of(run)
        temporary = file.with_name(f".{file.name}.tmp")
        temporary.write_bytes(line)
        temporary.replace(file)

    def drop_beat(self, run: str) -> None:
        """This run has ended well, and the lines say all."""
        self._beat_of(run).unlink(missing_ok=True)

    def adopt_beats(self, own_run: str) -> None:
        """Make lines of the last beats of runs that are no more."""
        for file in beat_files(self.folder):
            if not self._may_live(file, own_run):
                self.append([line for line in [file.read_bytes()] if line.endswith(b"\n")])
                file.unlink(missing_ok=True)

    def _beat_of(self, run: str) -> Path:
        return self.folder / f"beat-{run}.json"

    def _may_live(self, beat: Path, own_run: str) -> bool:
        named = _BEAT.fullmatch(beat.name)
        if named is None or beat == self._beat_of(own_run):
            return True
        pid = int(named[2], 16)
        if pid == os.getpid():
            return False
        if sys.platform == "win32":  # asking would end it there
            age_ns = self._calendar.now_ns() - beat.stat().st_mtime_ns
            return age_ns < STALE_BEAT_S * 10**9
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except OSError:
            pass  # somebody else's
        return True

    def _file_for(self, size: int) -> Path:
        """The file to append so much to, once there is room for it."""
        files = log_files(self.folder)
        if not files:
            return self.folder / "play-000001.jsonl"
        taken = files[-1].stat().st_size + size
        if taken <= self._most // PARTS:
            self._tidy(files[:-1], taken)
            return files[-1]
        self._tidy(files, size)
        return self.folder / f"play-{_number(files[-1]) + 1:06}.jsonl"

    def _tidy(self, older: Sequence[Path], taken: int) -> None:
        """Let the oldest go until they and what is taken beside them are within bounds."""
        found = [(file, file.stat()) for file in older]
        total = taken + sum(stat.st_size for _, stat in found)
        may_judge_ages = self._clock.now_ns() - self._since_ns >= TIDY_AFTER_NS
        oldest_ns = self._calendar.now_ns() - self._days * _DAY_NS
        for file, stat in found:
            is_too_old = may_judge_ages and stat.st_mtime_ns < oldest_ns
            if total <= self._most and not is_too_old:
                return
            file.unlink(missing_ok=True)
            total -= stat.st_size


def log_files(folder: Path) -> list[Path]:
    """The log's files, the oldest first."""
    return sorted((f for f in folder.glob("play-*.jsonl") if _NAME.fullmatch(f.name)), key=_number)


def beat_files(folder: Path) -> list[Path]:
    """The last beats of runs that play, or that ended without a word."""
    return sorted(file for file in folder.glob("beat-*.json") if _BEAT.fullmatch(file.name))


def _number(file: Path) -> int:
    named = _NAME.fullmatch(file.name)
    assert named is not None
    return int(named[1])


def _is_torn(file: FileIO) -> bool:
    """True where the last line lacks its end, because of a power cut or a full disk."""
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    chunk = b""
    for line in lines:
        if chunk and len(chunk) + len(line) > CHUNK_BYTES:
            yield chunk
            chunk = b""
        chunk += line
    if chunk:
        yield chunk
