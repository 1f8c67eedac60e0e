"""The cases by number: from the same whole files, a seed and a number make the same damaged one."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from installation.film import Version
from installation.library import confinement
from installation.library.scan import look_into
from tests.fuzz.forks import in_fork
from tests.fuzz.mutate import mutant
from tests.fuzz.ways import (
    FILMS,
    FOLDER,
    SUBTITLES,
    TEXTS,
    Outcome,
    try_config,
    try_film,
    try_subtitles,
    try_version_file,
)

SHARES = {
    **{"mp4": 28, "mkv": 12, "webm": 8, "mov": 6, "avi": 4, "ts": 4, "c2pa": 6},
    **{"srt": 7, "vtt": 7, "ass": 6, "wall": 8, "version": 4},
}
"""How often each kind is drawn."""
HANGS_S = {True: 20.0, False: 150.0}
"""A text, and a film, whose probe may take its own time."""
SWELLS_MB = 400
_ANSWER_BYTES = 1 << 22


@dataclass(frozen=True)
class Judged:
    """One case, and what came of it."""

    number: int
    kind: str
    outcome: Outcome
    data: bytes = b""
    """The file, where something was found."""


class Fuzz:
    """Tries cases, in forks of this process, which has loaded all that they need."""

    def __init__(self, seeds: Path, seed: int) -> None:
        self.seeds = read_seeds(seeds)
        self._seed = seed
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        # a network of its own for each of thousands of forks is what Linux takes longest for
        confinement._leave_network = lambda libc, *, is_root: True
        self._film = self._whole_film()

    def close(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _whole_film(self) -> Version:
        folder = self._folder / "whole" / FOLDER
        folder.mkdir(parents=True)
        (folder / "film.mp4").write_bytes(self.seeds["mp4"][0])
        found = look_into(folder, folder.parent, read_credentials=None)
        assert found.version is not None, found
        return found.version

    def file(self, number: int) -> tuple[str, bytes]:
        """The kind and the bytes of a case."""
        chance = random.Random(f"{self._seed}/{number}")
        kind = chance.choices([*SHARES], [*SHARES.values()])[0]
        data = chance.choice(self.seeds[kind])
        return kind, mutant(data, self.seeds[kind], chance, is_text=kind in TEXTS)

    def judge(self, number: int, *, really_apart: bool = False) -> Judged:
        """Try one."""
        kind, data = self.file(number)
        outcome = self.try_file(kind, data, really_apart=really_apart)
        return Judged(number, kind, outcome, data if outcome.findings else b"")

    def try_file(self, kind: str, data: bytes, *, really_apart: bool = False) -> Outcome:
        """Send a file the way of its kind, in a fork that is the wall."""
        root = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            work = partial(self._go, root, kind, data, really_apart)
            limit_s = HANGS_S[kind in TEXTS]
            fork = in_fork(work, wall_s=limit_s, most_bytes=_ANSWER_BYTES)
        finally:
            shutil.rmtree(root, ignore_errors=True)
        ended = fork.ended
        if ended.how == "too late":
            return Outcome("hung", findings=(f"the wall would hang, {limit_s:g} s and longer",))
        if ended.how != "by itself" or ended.code != 0:
            told = last_words(ended.errors)
            return Outcome("crashed", findings=(f"the wall would end, code {ended.code}: {told}",))
        said = json.loads(ended.output)
        findings = list(said["findings"])
        if fork.grown_mb > SWELLS_MB:
            findings.append(f"the wall would grow by {fork.grown_mb:.0f} MB")
        if b"Traceback" in ended.errors:
            findings.append(last_words(ended.errors))
        return Outcome(said["verdict"], tuple(said["sentences"]), tuple(findings))

    def _go(self, root: Path, kind: str, data: bytes, really_apart: bool) -> dict[str, Any]:
        if kind in FILMS:
            outcome = try_film(root, kind, data, really_apart=really_apart)
        elif kind in SUBTITLES:
            outcome = try_subtitles(root, kind, data)
        elif kind == "wall":
            outcome = try_config(root, data, self._film)
        else:
            outcome = try_version_file(root, data, self._film)
        return outcome._asdict()


def last_words(errors: bytes) -> str:
    """The end of a traceback, on one line."""
    return " | ".join(errors.decode(errors="replace").strip().splitlines()[-12:])[-1500:]


def write_seeds(seeds: Mapping[str, Sequence[bytes]], folder: Path) -> None:
    """For processes to read."""
    for kind, files in seeds.items():
        (folder / kind).mkdir()
        for number, data in enumerate(files):
            (folder / kind / f"{number:02}").write_bytes(data)


def read_seeds(folder: Path) -> dict[str, list[bytes]]:
    """As they were written."""
    kinds = sorted(path for path in folder.iterdir() if path.is_dir())
    return {kind.name: [file.read_bytes() for file in sorted(kind.iterdir())] for kind in kinds}
