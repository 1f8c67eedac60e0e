#!/usr/bin/env python3
"""Plays the same files on the same screen with ours and with others, and judges the screen alone.

`python3 scripts/side_by_side.py [N ...] [--seconds S]`: 4, 16 and 64 tiles, or those. A code in
every picture says which film frame a tile shows; it is read from captures of the whole screen,
which the X server makes at one moment. The clip is as `bench_play` has it, with the code.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bootstrap import ROOT, set_up
from demo import environment_of, virtual_screen
from judging import judged
from peers import RATE, Grid, peers

FILM_S = 20
"""Longer than what is watched of a player that knows no loops."""
SCREEN = (1920, 1080)
COLUMNS = {4: 2, 16: 4, 64: 8}
START_LIMIT_S, SETTLE_S = 20, 2
MAKE = """
import sys, av, numpy as np
from tests.wall_e2e import blockcode
out, seconds, width, height = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rng = np.random.default_rng(3)
small = rng.integers(0, 255, (height // 24, width // 24 * 2, 3), dtype=np.uint8)
wide = np.asarray(av.VideoFrame.from_ndarray(small, format="rgb24").reformat(
    width=width * 2, height=height, interpolation="BICUBIC").to_ndarray())
grain = rng.integers(-8, 9, (height, width * 2, 1), dtype=np.int16)
with av.open(out, "w") as c:
    s = c.add_stream("libx264", rate=24)
    s.width, s.height, s.pix_fmt = width, height, "yuv420p"
    s.options = {"preset": "veryfast", "crf": "20"}
    for i in range(round(seconds * 24)):
        shift, x = int(width / 2 * (1 + np.sin(i / 40))), rng.integers(0, width)
        picture = wide[:, shift:shift + width] // 4 + grain[:, x:x + width]
        picture += (blockcode.luma(i, 0, width, height)[..., None].astype(np.int16) * 3 // 4)
        frame = av.VideoFrame.from_ndarray(picture.clip(0, 255).astype(np.uint8), format="rgb24")
        c.mux(s.encode(frame))
    c.mux(s.encode())
"""
# Waits until all tiles can be read, and lets them settle; then says each tile's film frame of
# every capture. A player that has ended is not watched on.
WATCH = """
import json, sys, time, mss, numpy as np
from tests.wall_e2e import blockcode
rects, seconds, limit, settle = json.loads(sys.argv[1]), *map(float, sys.argv[2:5])
middles = np.array([blockcode.centres(*rect) for rect in rects]).reshape(-1, 32, 2)
begun, out = time.monotonic(), []
with mss.MSS() as screen:
    area = screen.monitors[0]
    def look():
        shot = screen.grab(area)
        light = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)[..., 1]
        codes = map(blockcode.decode, light[middles[..., 1], middles[..., 0]])
        return [None if code is None else code[0] for code in codes]
    while None in look():
        if time.monotonic() - begun > limit:
            print(json.dumps(None)); sys.exit()
        time.sleep(0.02)
    started = time.monotonic() - begun
    time.sleep(settle)
    print(json.dumps(started), flush=True)
    begun = time.monotonic()
    while (at := time.monotonic() - begun) < seconds:
        out.append((at, look()))
        if at > 1 and not any(code is not None for _, codes in out[-40:] for code in codes):
            break
        time.sleep(max(0, 1 / 60 - (time.monotonic() - begun - at)))
print(json.dumps(out))
"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tiles", type=int, nargs="*", choices=[[], *COLUMNS], metavar="N")
    parser.add_argument("--seconds", type=float, default=30, help="watched of each player")
    options = parser.parse_args()
    python = str(set_up(needs_screen=True))
    size = "{}x{}x24".format(*SCREEN)
    with tempfile.TemporaryDirectory() as folder, virtual_screen(size) as display:
        environment = environment_of(display)
        for name in ("CACHE", "DATA", "STATE"):
            environment[f"XDG_{name}_HOME"] = str(Path(folder, name.lower()))
        bench = SideBySide(python, Path(folder), environment)
        report(bench.measure(options.tiles or [*COLUMNS], options.seconds), python)


class SideBySide:
    """The measurements; each player runs by itself."""

    def __init__(self, python: str, folder: Path, environment: dict[str, str]) -> None:
        self._python, self._folder = python, folder
        self._environment = environment
        self._clip = folder / "coded.mp4"
        print("making the clip for side by side ...", flush=True)
        size = [str(side) for side in SCREEN]
        self._run([python, "-c", MAKE, str(self._clip), str(FILM_S), *size])

    def measure(self, counts: Sequence[int], seconds: float) -> list[dict[str, Any]]:
        """Ours and each other that is there, at each number of tiles, with either kind of file."""
        results = []
        for count in counts:
            config = self._film(count)
            mezzanine = self._conformed(config)
            for kind, path in (("originals", self._clip), ("mezzanines", mezzanine)):
                grid = Grid([str(path)] * count, COLUMNS[count], SCREEN)
                mode = "never" if kind == "originals" else "always"
                players = {"installation": self._ours(config, mode)}
                players |= {p.name: p.command(grid) for p in peers(self._python) if p.is_there}
                for name, command in players.items():
                    print(f"{count} {kind}, {name} ...", flush=True)
                    told = {"tiles": count, "files": kind, "player": name, "command": command}
                    results.append(told | self._watched(command, grid, seconds))
        return results

    def _film(self, count: int) -> Path:
        film = self._folder / f"side-{count}"
        for index in range(count):
            version = film / f"{2000 + index} Version"
            version.mkdir(parents=True)
            os.link(self._clip, version / "film.mp4")
        return film.with_suffix(".yaml")

    def _ours(self, config: Path, mode: str) -> list[str]:
        count = len(list(config.with_suffix("").iterdir()))
        config.write_text(
            f"film: {{versions: {config.stem}}}\n"
            "wall: {fade_in_ms: 0, captions: none, layout: {kind: grid,"
            f" columns: {COLUMNS[count]}, gap: 0, margin: 0}}}}\n"
            f"conform: {{mode: {mode}, cache: {config.stem}-cache}}\n"
        )
        window = "{}x{}".format(*SCREEN)
        return [self._python, "-m", "installation", "play", str(config), "--windowed", window]

    def _conformed(self, config: Path) -> Path:
        self._ours(config, "always")
        size = "{}x{}".format(*SCREEN)
        command = [self._python, "-m", "installation", "conform", str(config), "--size", size]
        self._run(command)
        return next(config.with_name(f"{config.stem}-cache").glob("*.mp4"))

    def _watched(self, command: Sequence[str], grid: Grid, seconds: float) -> dict[str, Any]:
        player = subprocess.Popen(
            command, env=self._environment, cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        numbers = [str(seconds), str(START_LIMIT_S), str(SETTLE_S)]
        watcher = subprocess.Popen(
            [self._python, "-c", WATCH, json.dumps(grid.rects), *numbers],
            env=self._environment, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert watcher.stdout is not None
        try:
            started_s = json.loads(watcher.stdout.readline())
            if started_s is None:
                return {"started_s": None}
            before, begun = session_cpu_s(player.pid), time.monotonic()
            seen = json.loads(watcher.stdout.readline())
            cpu, took_s = session_cpu_s(player.pid) - before, time.monotonic() - begun
        finally:
            end(player)
            watcher.communicate()
        verdict = judged(seen, FILM_S * RATE)
        return {"started_s": started_s, "cpu": cpu / took_s, **verdict._asdict()}

    def _run(self, command: Sequence[str]) -> None:
        subprocess.run(
            command, env=self._environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )


def session_cpu_s(session: int) -> float:
    """CPU seconds of all processes of a session, and of those of theirs that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[3]) == session:
                ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def end(player: subprocess.Popen[bytes]) -> None:
    """Whatever it has started, too."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(player.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            player.wait(10)


def report(results: Sequence[dict[str, Any]], python: str) -> None:
    """Print the table as Markdown, and which players these were."""
    heads = (
        "tiles", "files", "player", "first picture of all s", "lock whole %", "most apart, frames",
        f"pictures/s of {RATE}", "held or late %", "CPU s / film s", "readable %", "captures/s",
    )  # fmt: skip
    row(*heads)
    row(*["---"] * len(heads))
    for one in results:
        first = (one["tiles"], one["files"], one["player"])
        if one["started_s"] is None:
            row(*first, f"not all tiles within {START_LIMIT_S} s", *["–"] * 7)
            continue
        row(
            *first,
            f"{one['started_s']:.1f}",
            f"{100 * one['lock']:.1f}",
            one["most_apart"],
            f"{one['pictures_per_s']:.1f}",
            f"{100 * max(0.0, 1 - one['pictures_per_s'] / RATE):.1f}",
            f"{one['cpu']:.2f}",
            f"{100 * one['readable']:.1f}",
            f"{one['captures_per_s']:.0f}",
        )
    print()
    for peer in peers(python):
        print(f"{peer.name}: {peer.version() if peer.is_there else 'is not installed'}")
    print("\nCommands, at the fewest tiles:\n")
    fewest = min(one["tiles"] for one in results)
    for one in results:
        if (one["tiles"], one["files"]) == (fewest, "originals"):
            words = " ".join(word for word in one["command"] if "\n" not in word)
            print(f"    {words}")


def row(*cells: object) -> None:
    """One of a table."""
    print("| " + " | ".join(map(str, cells)) + " |")


if __name__ == "__main__":
    main()
