#!/usr/bin/env python3
"""What a wall costs by its number of versions, each conformed to its tile, in one run.

`python3 scripts/bench_wall.py [--counts N ...] [--loops N] [--peers [N ...]] [--plot FILE.svg]
[--json FILE]`. The film is 1080p, the wall 1920x1080. Machines are noisy: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bench_play
import side_by_side
from bench_play import FILM_S, RATE, Bench
from bootstrap import set_up
from demo import environment_of, virtual_screen
from side_by_side import SideBySide

SIZE = "1920x1080"
COUNTS = (1, 4, 9, 16, 36, 64, 100)
BESIDE, NEWCOMERS = 9, 4
PLOT_PX = 640, 360


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="versions a wall")
    parser.add_argument("--loops", type=int, default=4, help="loops of the film measured")
    parser.add_argument("--plot", type=Path, help="draw the curve there, as SVG")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    parser.add_argument("--peers", type=int, nargs="*", choices=side_by_side.COLUMNS, metavar="N",
                        help="other players beside ours, at so many tiles")  # fmt: skip
    options = parser.parse_args()
    python = str(set_up(needs_screen=True))
    loops = options.loops
    with tempfile.TemporaryDirectory() as folder, virtual_screen(f"{SIZE}x24") as display:
        bench = WallBench(python, Path(folder), environment_of(display))
        walls = [bench.wall(count, loops) for count in options.counts]
        beside = [bench.beside(loops, newcomers) for newcomers in (0, NEWCOMERS)]
        others = []
        if options.peers is not None:
            rivals = SideBySide(python, Path(folder), bench.environment)
            others = rivals.measure(options.peers or [*side_by_side.COLUMNS], FILM_S * loops)
    report(walls, beside)
    if others:
        print()
        side_by_side.report(others, python)
    if options.plot:
        options.plot.write_text(plot(walls), "utf-8")
    if options.json:
        options.json.write_text(
            json.dumps({"walls": walls, "beside": beside, "peers": others}, indent=2)
        )
    if broken := sum(wall["mismatches"] for wall in (*walls, *beside)):
        sys.exit(f"the lock was broken: the ledgers count {broken} mismatches")


class WallBench(Bench):
    """Walls of many versions; each is played in a process of its own."""

    def wall(self, count: int, loops: int) -> dict[str, Any]:
        """CPU, lateness and memory of a wall of `count` versions that were conformed before."""
        config = self._many(f"wall-{count}", count)
        self._conformed(config, count)
        _, start = self._play(config, 1, SIZE)
        told, used = self._play(config, 1 + loops, SIZE)
        return {
            "versions": count,
            "frames": told["film_frames"],
            "mismatches": told["lock"]["mismatches"],
            "tiles": told["lock"]["tiles_checked"] / max(1, told["lock"]["pictures"]),
            "times_off_air": sum(v["times_off_air"] for v in told["versions"]),
            "cpu": (used["cpu_s"] - start["cpu_s"]) / (FILM_S * loops),
            "peak_mb": used["peak_mb"],
            "first_picture_s": told["first_picture_s"],
        }

    def beside(self, loops: int, newcomers: int) -> dict[str, Any]:
        """A wall that plays while so many new versions are conformed beside it."""
        print(f"{BESIDE} versions, {newcomers} conformed beside ...", flush=True)
        config = self._many(f"beside-{newcomers}", BESIDE, "always", is_distinct=True)
        self._conformed(config, BESIDE)
        for index in range(newcomers):
            self._version(config, BESIDE + index)
        told, _ = self._play(config, 1 + loops, SIZE)
        made = len(list((self.folder / f"cache-{config.stem}").glob("*.json"))) - BESIDE
        return {
            "newcomers": newcomers,
            "conformed": made,
            "frames": told["film_frames"],
            "mismatches": told["lock"]["mismatches"],
        }

    def _many(
        self, name: str, count: int, mode: str = "auto", *, is_distinct: bool = False
    ) -> Path:
        config = self.folder / f"{name}.yaml"
        config.write_text(
            f"film: {{versions: film-{name}, settle_s: 1}}\n"
            "wall: {fade_in_ms: 0, captions: {text: '{model}'}}\nplayback: {drawing: software}\n"
            f"conform: {{mode: {mode}, cache: cache-{name}, limit: 20 GB}}\n"
        )
        for index in range(count):
            self._version(config, index, is_its_own=is_distinct)
        return config

    def _version(self, config: Path, index: int, *, is_its_own: bool = True) -> None:
        """The same film, or one of its own, as far as its SHA-256 is concerned."""
        folder = self.folder / f"film-{config.stem}" / f"{2000 + index} Version"
        folder.mkdir(parents=True)
        note = str(index if is_its_own else 0).encode()
        free = struct.pack(">I4s", 8 + len(note), b"free") + note
        (folder / "film.mp4").write_bytes(self.clip.read_bytes() + free)
        age = time.time() - 3600
        os.utime(folder / "film.mp4", (age, age))

    def _conformed(self, config: Path, count: int) -> None:
        print(f"{count} versions: conforming ...", flush=True)
        command = [self.python, "-m", "installation", "conform", str(config), "--size", SIZE]
        self._told([*command, "--jobs", str(os.cpu_count() or 1)])


def report(walls: list[dict[str, Any]], beside: list[dict[str, Any]]) -> None:
    """Print the tables as Markdown."""
    base = next((wall["cpu"] for wall in walls if wall["versions"] == 4), walls[0]["cpu"])
    row = bench_play._row
    heads = (
        "versions", "due", "late", "dropped", "off air", "tiles a picture", "lock mismatches",
        "CPU s / film s", "÷ that of 4", "first picture s", "peak MB",
    )  # fmt: skip
    row(*heads)
    row(*["---"] * len(heads))
    for wall in walls:
        frames = wall["frames"]
        row(
            wall["versions"],
            *(frames[name] for name in ("due", "late", "dropped")),
            wall["times_off_air"],
            f"{wall['tiles']:.2f}",
            wall["mismatches"],
            f"{wall['cpu']:.2f}",
            f"{wall['cpu'] / base:.2f}",
            f"{wall['first_picture_s']:.2f}",
            f"{wall['peak_mb']:.0f}",
        )
    print()
    row(f"beside a wall of {BESIDE}", "due", "late", "dropped", "lock mismatches")
    row(*["---"] * 5)
    for one in beside:
        frames = one["frames"]
        row(
            f"{one['newcomers']} newcomers, {one['conformed']} conformed",
            *(frames[name] for name in ("due", "late", "dropped")),
            one["mismatches"],
        )


def plot(walls: list[dict[str, Any]]) -> str:
    """CPU seconds per film second over the number of versions, as SVG."""
    width, height = PLOT_PX
    left, foot, top = 60, 50, 20
    most_n = max(wall["versions"] for wall in walls)
    most = max(1.0, math.ceil(2 * max(wall["cpu"] for wall in walls)) / 2)

    def at(n: float, cpu: float) -> tuple[float, float]:
        x = left + (width - left - 20) * n / most_n
        return round(x, 1), round(height - foot - (height - foot - top) * cpu / most, 1)

    points = [(wall["versions"], *at(wall["versions"], wall["cpu"])) for wall in walls]
    line = " ".join(f"{x},{y}" for _, x, y in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for step in range(int(most * 2) + 1):
        _, y = at(0, step / 2)
        parts.append(f'<line x1="{left}" x2="{width - 20}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{step / 2:.1f}</text>')
    parts.append(f'<polyline points="{line}" fill="none" stroke="#225" stroke-width="2"/>')
    for n, x, y in points:
        parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#225"/>')
        parts.append(f'<text x="{x}" y="{height - foot + 20}" text-anchor="middle">{n}</text>')
    middle = (left + width) // 2
    title = f"versions of a 1080p{RATE} film on {SIZE}; CPU seconds per film second"
    parts.append(f'<text x="{middle}" y="{height - 10}" text-anchor="middle">{title}</text></svg>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
