"""`python -m tests.fuzz`: thousands of damaged files, and what came of them in a table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.cases import read_seeds, write_seeds
from tests.fuzz.many import Sum, try_many
from tests.fuzz.seeds import make_seeds


def main() -> int:
    """Try them; 1 where anything was found that must not be."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="how many files")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--seed", type=int, default=1, help="draws the damages")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at a time")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin none later")
    parser.add_argument("--seeds", type=Path, help="keep the whole files there, or take them")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"), help="what was found")
    parser.add_argument("--sentences", type=int, default=0, help="print so many of the sentences")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seeds = options.seeds or Path(folder) / "seeds"
        if not seeds.exists():
            seeds.mkdir(parents=True)
            write_seeds(make_seeds(Path(folder)), seeds)
        read_seeds(seeds)
        return _try(options, seeds)


def _try(options: argparse.Namespace, seeds: Path) -> int:
    result, begun, numbers = Sum(), time.monotonic(), range(options.first, options.count)
    for judged in try_many(
        seeds, numbers, seed=options.seed, jobs=options.jobs, seconds=options.seconds
    ):
        result.add(judged)
        if judged.outcome.findings:
            options.keep.mkdir(exist_ok=True)
            kept = options.keep / f"{options.seed}-{judged.number}.{judged.kind}"
            kept.write_bytes(judged.data)
            print(f"FOUND {kept}: {'; '.join(judged.outcome.findings)}", flush=True)
        if judged.outcome.verdict == "faulted":  # allowed; but why did nobody notice before
            print(f"{judged.number} {judged.kind}: {judged.outcome.sentences[-1]}")
    print(result.table())
    for sentence, count in result.sentences.most_common(options.sentences):
        print(f"{count:>6}  {sentence}")
    took_s = time.monotonic() - begun
    print(
        f"{result.count} files in {took_s:.0f} s, found {len(result.found)}; "
        f"go on with --first {options.first + result.count}"
    )
    return 1 if result.found else 0


if __name__ == "__main__":
    sys.exit(main())
