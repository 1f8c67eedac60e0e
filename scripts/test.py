#!/usr/bin/env python3
"""Does all the set-up and runs every check: `python3 scripts/test.py [arguments for pytest]`."""

from __future__ import annotations

import subprocess
import sys

from bootstrap import ROOT, set_up


def main() -> int:
    """Run them all, whatever fails; 0 when all passed."""
    python = set_up(for_tests=True)
    tools = python.parent
    checks = {
        "ruff check": [tools / "ruff", "check", "."],
        "ruff format": [tools / "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import rules": [tools / "lint-imports", "--no-logo"],
        "tests": [python, "-m", "pytest", *sys.argv[1:]],
    }
    failed = []
    for name, command in checks.items():
        print(f"\n== {name}", flush=True)
        if subprocess.run([str(part) for part in command], cwd=ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
