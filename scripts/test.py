#!/usr/bin/env python3
"""Does all the set-up and runs every check: `python3 scripts/test.py [arguments for pytest]`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap import ROOT, set_up


def main() -> int:
    """Run them all, whatever fails; 0 when all passed."""
    python = set_up(for_tests=True)
    tools = python.parent
    return run_all(
        {
            "ruff check": [tools / "ruff", "check", "."],
            "ruff format": [tools / "ruff", "format", "--check", "."],
            "mypy": [python, "-m", "mypy"],
            "import rules": [tools / "lint-imports", "--no-logo"],
            "tests": [python, "-m", "pytest", *sys.argv[1:]],
        }
    )


def run_all(checks: Mapping[str, Sequence[str | Path]]) -> int:
    """Run each, and say in one line what passed, what failed and how long each took."""
    passed: list[str] = []
    failed: list[str] = []
    for name, command in checks.items():
        print(f"\n== {name}", flush=True)
        begun = time.monotonic()
        code = subprocess.run([str(part) for part in command], cwd=ROOT).returncode
        took = f"{name} {time.monotonic() - begun:.1f} s"
        (failed if code else passed).append(took)
    summary = "; ".join(
        f"{word}: {', '.join(names)}"
        for word, names in (("Failed", failed), ("Passed", passed))
        if names
    )
    print(f"\n{summary}", file=sys.stderr if failed else sys.stdout, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
