#!/usr/bin/env python3
"""How far sound and picture are apart: `python3 scripts/bench_sound.py [--loops N] [--json FILE]`.

Four versions that beep and flash take turns, one at each loop, on a screen that is captured and a
sound server that is recorded; `tests/wall_e2e/sounding.py` says how. 101 loops are 100 seams, each
of them a hand-over. It means something on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bootstrap import ROOT, set_up


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loops", type=int, default=101, help="loops of two seconds")
    parser.add_argument("--json", type=Path, help="write every offset there as well")
    options = parser.parse_args()
    python = set_up(for_tests=True)
    if Path(sys.prefix) != python.parent.parent:
        sys.exit(subprocess.run([python, *sys.argv], cwd=ROOT).returncode)
    sys.path.insert(0, str(ROOT))
    offsets = measure(options.loops)
    report(offsets)
    if options.json:
        options.json.write_text(json.dumps(offsets), "utf-8")


def measure(loops: int) -> list[float]:
    """By how many milliseconds each beep was later than its flash."""
    from tests.sound_server import SoundServer
    from tests.wall_e2e.screen import XvfbScreen
    from tests.wall_e2e.sounding import heard_beeps, make_film, play

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pulse").mkdir()
        film = make_film(folder / "film")
        config = folder / "wall.yaml"
        config.write_text(
            f"film: {{versions: '{film}'}}\nwall: {{fade_in_ms: 0}}\n"
            "playback: {drawing: software}\nconform: {mode: never}\n"
            "sound: {from: rotate, crossfade: 0.1, normalize: false}\n"
        )
        with SoundServer(folder / "pulse") as server, XvfbScreen() as screen:
            outcome = play(screen, server, config, folder, loops=loops)
        if outcome.code:
            sys.exit(outcome.log)
        return [beep.offset_ms for beep in heard_beeps(outcome.watched.seen, outcome.recording)]


def report(offsets: list[float]) -> None:
    """In words."""
    if not offsets:
        sys.exit("no beep was heard with its flash")
    ordered = sorted(offsets)
    within = sum(abs(offset) <= 25 for offset in offsets)
    middle = ordered[len(ordered) // 2]
    print(
        f"{len(offsets)} beeps, sound later than picture by: median {middle:.1f} ms,"
        f" from {ordered[0]:.1f} to {ordered[-1]:.1f} ms; {within} within 25 ms"
    )


if __name__ == "__main__":
    main()
