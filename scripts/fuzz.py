#!/usr/bin/env python3
"""Sends 10,000 damaged films, subtitles and YAML files the way a newcomer goes.

`python3 scripts/fuzz.py [--count N] [--first N] [--seed N] [--jobs N] [--seconds S]`. None may
crash or hang anything but the process that looks into it; each is played, or rejected in a clear
sentence. What was found otherwise is kept in `fuzz-found`.
"""

from __future__ import annotations

import subprocess
import sys

from bootstrap import ROOT, set_up


def main() -> int:
    """Try them all."""
    python = set_up(for_tests=True)
    return subprocess.run([str(python), "-m", "tests.fuzz", *sys.argv[1:]], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
