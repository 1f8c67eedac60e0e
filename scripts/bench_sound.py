#!/usr/bin/env python3
"""What is heard, recorded outside the player: `python3 scripts/bench_sound.py [--only WHAT]`.

offsets: four versions that beep and flash take turns, one at each loop, on a screen that is
captured and a sound server that is recorded; 101 loops are 100 seams, each of them a hand-over.
seams: one version's continuous noise over 50 seams, held against its file sample by sample.
returns: a sound server that is killed and comes back, after longer and longer; and the process that
plays the sound, killed.

It means something on a machine that does nothing else. The last line of each is the verdict, and
the exit code is 1 where one is missed. `tests/wall_e2e/sounding.py` says how moments are known.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bootstrap import ROOT, set_up

if TYPE_CHECKING:
    from tests.sound_server import Recorder, SoundServer
    from tests.wall_e2e.sounding import Beep, Outcome
    from tests.wall_e2e.turns import Turns

MEDIAN_MS, MOST_MS = 10, 25
STANDSTILL_MS, JUST_BEFORE_MS = 20, 100
"""What is late so soon after the machine itself stood still for so long is not the wall's doing."""
BACK_S = 5
AWAY_S = (1, 4, 12)
"""How long a server is gone; the longer, the more rarely it could be looked for."""
FALLS_SILENT_S = 0.3
"""After its process was killed, what the server still has may be heard."""
LOOP_S = 2
PARTS = ("offsets", "seams", "returns")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, help="one of the three")
    parser.add_argument("--loops", type=int, default=101, help="loops of two seconds, for offsets")
    parser.add_argument("--seams", type=int, default=50, help="how many, for seams")
    parser.add_argument("--json", type=Path, help="write every figure there as well")
    options = parser.parse_args()
    python = set_up(for_tests=True)
    if Path(sys.prefix) != python.parent.parent:
        sys.exit(subprocess.run([python, *sys.argv], cwd=ROOT).returncode)
    sys.path.insert(0, str(ROOT))
    parts: dict[str, Callable[[], tuple[bool, Any]]] = {
        "offsets": lambda: offsets(options.loops),
        "seams": lambda: seams(options.seams),
        "returns": returns,
    }
    told = {name: parts[name]() for name in PARTS if options.only in (None, name)}
    if options.json:
        figures = {name: figures for name, (_, figures) in told.items()}
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")
    sys.exit(not all(is_good for is_good, _ in told.values()))


def offsets(loops: int) -> tuple[bool, list[float]]:
    """By how many milliseconds each beep was later than its flash."""
    from tests.wall_e2e.sounding import heard_beeps, make_film
    from tests.wall_e2e.turns import Turns

    with tempfile.TemporaryDirectory() as name, Turns() as turns:
        make_film(Path(name) / "film")
        outcome = _played(Path(name), "{from: rotate, crossfade: 0.1, normalize: false}", loops)
    beeps = heard_beeps(outcome.watched.seen, outcome.recording)
    found = [beep.offset_ms for beep in beeps]
    if not found:
        sys.exit("no beep was heard with its flash")
    handed = sum(a.version != b.version for a, b in zip(beeps, beeps[1:]))  # noqa: B905, RUF007
    ordered = sorted(found)
    outside = [beep for beep in beeps if abs(beep.offset_ms) > MOST_MS]
    excused = [beep for beep in outside if _stood_still(turns, beep)]
    middle = ordered[len(ordered) // 2]
    print(
        f"offsets: {len(found)} beeps over {loops - 1} seams and {handed} hand-overs, sound later"
        f" than picture by: median {middle:.1f} ms, from {ordered[0]:.1f} to {ordered[-1]:.1f} ms;"
        f" {len(found) - len(outside)} within {MOST_MS} ms\n  {_pictures(outcome)}\n"
        f"  the machine stood still for {STANDSTILL_MS} ms or more, on one processor at least,"
        f" {sum(wait.ns >= STANDSTILL_MS * 1e6 for wait in turns.waits)} times; just before"
        f" {len(excused)} of the {len(outside)} others"
    )
    is_good = abs(middle) <= MEDIAN_MS and len(excused) == len(outside)
    asked = f"median within {MEDIAN_MS} ms, all within {MOST_MS} ms while the machine runs"
    return _verdict(asked, is_good), found


def _stood_still(turns: Turns, beep: Beep) -> bool:
    """Whether the machine itself did, just before a beep or its picture."""
    since_ns = beep.heard_ns + min(0.0, -beep.offset_ms) * 1e6 - JUST_BEFORE_MS * 1e6
    until_ns = beep.heard_ns + max(0.0, -beep.offset_ms) * 1e6
    return any(
        wait.ns >= STANDSTILL_MS * 1e6 and since_ns <= wait.until_ns <= until_ns + wait.ns
        for wait in turns.waits
    )


def seams(count: int) -> tuple[bool, dict[str, Any]]:
    """What a recording of a version's noise shows at its seams, and elsewhere."""
    from tests.sound_clips import make_sounding_clip, noise
    from tests.sound_server import RATE
    from tests.wall_e2e.sound_seams import tears

    with tempfile.TemporaryDirectory() as name:
        clip = Path(name) / "film" / "2024 A" / "film.mov"
        sound = noise(LOOP_S, 44_100, 7)
        make_sounding_clip(clip, sound, 44_100, frames=24 * LOOP_S, size=(320, 180))
        # the server takes two seconds before its first sample
        outcome = _played(Path(name), "{from: latest, normalize: false}", count + 3)
    found = tears(outcome.recording.samples[0], noise(LOOP_S, RATE, 7)[0])
    print(
        f"seams: {found.seams} in {found.seconds:.0f} s, {found.torn_seams} of them torn;"
        f" {found.torn_elsewhere} pieces of 10 ms torn elsewhere; longest silence"
        f" {found.longest_silence_ms:.2f} ms\n  {_pictures(outcome)}"
    )
    is_good = found.seams >= count and not found.torn_seams
    return _verdict(f"{count} seams, none torn", is_good), found._asdict()


def returns() -> tuple[bool, dict[str, Any]]:
    """How soon after a killed server is there again it plays the film's sound."""
    from tests.sound_clips import make_sounding_clip, noise

    back: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        clip = Path(name) / "film" / "2024 A" / "film.mov"
        sound = noise(LOOP_S, 48_000, 7)
        make_sounding_clip(clip, sound, 48_000, frames=24 * LOOP_S, size=(320, 180))

        def die_and_return(server: SoundServer) -> None:
            _heard_s(server.record())
            for away_s in AWAY_S:
                time.sleep(LOOP_S)
                server.kill()
                time.sleep(away_s)
                server.start()
                back[f"{away_s} s without a server"] = _heard_s(server.record())
            _kill_the_sound()
            time.sleep(FALLS_SILENT_S)
            back["its process was killed"] = FALLS_SILENT_S + _heard_s(server.record())

        loops = round((sum(AWAY_S) + (1 + len(AWAY_S)) * (LOOP_S + BACK_S) + 12) / LOOP_S)
        sound_config = "{from: latest, normalize: false}"
        outcome = _played(Path(name), sound_config, loops, die_and_return)
    told = ", ".join(f"{seconds:.1f} s after {away}" for away, seconds in back.items())
    print(f"returns: sound is back {told}\n  {_pictures(outcome)}")
    is_good = max(back.values()) <= BACK_S and not outcome.report["lock"]["mismatches"]
    return _verdict(f"back within {BACK_S} s, the wall whole", is_good), back


def _kill_the_sound() -> None:
    import psutil

    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # has just ended
            if "installation.sound.process" in process.cmdline():
                process.kill()


def _heard_s(recorder: Recorder) -> float:
    """How long it takes from now on until something is heard."""
    begun_ns = time.monotonic_ns()
    for _ in range(600):
        time.sleep(0.05)
        heard_ns = recorder.heard_ns()
        if heard_ns is not None:
            recorder.stop()
            return (heard_ns - begun_ns) / 1e9
    sys.exit("nothing is heard any more")


def _played(
    folder: Path,
    sound: str,
    loops: int,
    meanwhile: Callable[[SoundServer], None] = lambda _: None,
) -> Outcome:
    from tests.sound_server import SoundServer
    from tests.wall_e2e.screen import XvfbScreen
    from tests.wall_e2e.sounding import play

    (folder / "pulse").mkdir()
    for kind in ("CACHE", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = str(folder / "own")  # the wall's
    config = folder / "wall.yaml"
    config.write_text(
        f"film: {{versions: '{folder / 'film'}'}}\nwall: {{fade_in_ms: 0}}\n"
        f"playback: {{drawing: software}}\nconform: {{mode: never}}\nsound: {sound}\n"
    )
    with SoundServer(folder / "pulse") as server, XvfbScreen(640, 360) as screen:
        outcome = play(
            screen, server, config, folder, loops=loops, meanwhile=lambda: meanwhile(server)
        )
    if outcome.code:
        sys.exit(outcome.log)
    return outcome


def _pictures(outcome: Outcome) -> str:
    """How well the pictures were shown meanwhile: says how busy the machine was."""
    frames, lock = outcome.report["film_frames"], outcome.report["lock"]["mismatches"]
    return (
        f"pictures meanwhile: {frames['due']} due, {frames['late']} late, {frames['dropped']}"
        f" dropped, {lock} lock mismatches"
    )


def _verdict(asked: str, is_good: bool) -> bool:
    print(f"  {asked}: {'yes' if is_good else 'NO'}", flush=True)
    return is_good


if __name__ == "__main__":
    main()
