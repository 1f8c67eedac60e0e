"""Tries many cases on several cores, and sums up what came of them."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TypeVar

from tests.fuzz.cases import Fuzz, Judged

T = TypeVar("T")
CHUNK = 20
_fuzz: Fuzz


def try_many(
    seeds: Path, numbers: Sequence[int], *, seed: int, jobs: int, seconds: float
) -> Iterator[Judged]:
    """Each of these cases, in order, as far as the time allows."""
    chunks = [numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK)]
    end = time.monotonic() + seconds
    with _processes(seeds, seed, jobs) as pool:
        waiting = [pool.submit(_try, chunk) for chunk in chunks[: 2 * jobs]]
        ahead = len(waiting)
        while waiting:
            yield from waiting.pop(0).result()
            if ahead < len(chunks) and time.monotonic() < end:
                waiting.append(pool.submit(_try, chunks[ahead]))
                ahead += 1


def in_one(seeds: Path, work: Callable[[Fuzz], T]) -> T:
    """What a function makes of a fuzz, in a process that has no threads and may be forked."""
    with _processes(seeds, 0, 1) as pool:
        return pool.submit(_do, work).result()


def _processes(seeds: Path, seed: int, jobs: int) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_begin, initargs=(seeds, seed))


def _do(work: Callable[[Fuzz], T]) -> T:
    try:
        return work(_fuzz)
    finally:
        _fuzz.close()


def _begin(seeds: Path, seed: int) -> None:
    global _fuzz
    _fuzz = Fuzz(seeds, seed)
    Finalize(None, _fuzz.close, exitpriority=1)  # such a process heeds no `atexit`


def _try(numbers: Sequence[int]) -> list[Judged]:
    return [_fuzz.judge(number) for number in numbers]


@dataclass
class Sum:
    """What came of many cases."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By kind and verdict."""
    sentences: Counter[str] = field(default_factory=Counter)
    found: list[Judged] = field(default_factory=list)

    def add(self, judged: Judged) -> None:
        """One more."""
        self.verdicts[judged.kind, judged.outcome.verdict] += 1
        self.sentences.update(judged.outcome.sentences)
        if judged.outcome.findings:
            self.found.append(judged)

    @property
    def count(self) -> int:
        """How many there were."""
        return self.verdicts.total()

    def table(self) -> str:
        """The verdicts by kind."""
        kinds = sorted({kind for kind, _ in self.verdicts})
        verdicts = sorted({verdict for _, verdict in self.verdicts})
        lines = ["".join(f"{word:>10}" for word in ("", *verdicts))]
        for kind in kinds:
            counts = [self.verdicts[kind, verdict] for verdict in verdicts]
            lines.append(f"{kind:>10}" + "".join(f"{count or '-':>10}" for count in counts))
        totals = [sum(self.verdicts[kind, verdict] for kind in kinds) for verdict in verdicts]
        return "\n".join([*lines, f"{'all':>10}" + "".join(f"{count:>10}" for count in totals)])
