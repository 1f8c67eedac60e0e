#!/usr/bin/env python3
"""How soon a version that is dropped in is ready and on the wall, beside decoding its film once.

`python3 scripts/bench_dropin.py [--quick] [--json FILE]`. A wall plays four versions meanwhile.
Machines are noisy: read the ratios, not the times.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench_play import DECODE, MAKE
from bootstrap import ROOT, set_up
from demo import environment_of, virtual_screen

SIZE = "1280x720"
SETTLE_S = 1.0
LOOP_S = 10
CLIPS = {"10 s 720p": (10, 1280, 720), "60 s 1080p": (60, 1920, 1080)}
PIECES = 20
COPY_S = 1.0
PATIENCE_S = 600
# The same pictures over and over: a long film costs what it costs, however it was made.
REPEAT = """
import sys, av
source, out, times, length = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with av.open(out, "w") as c:
    stream = None
    for turn in range(times):
        with av.open(source) as one:
            stream = stream or c.add_stream_from_template(one.streams.video[0])
            for packet in one.demux(video=0):
                if packet.dts is not None:
                    shift = round(turn * length / packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = stream
                    c.mux(packet)
"""
AS_A_WALL_DOES = ("nice", "-n", "15")
"""The rehearsal gives way to the wall, and so does what it is compared with."""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the short clip only, once")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    options = parser.parse_args()
    python = str(set_up(needs_screen=True))
    clips = dict(list(CLIPS.items())[:1]) if options.quick else CLIPS
    with tempfile.TemporaryDirectory() as folder, virtual_screen(f"{SIZE}x24") as display:
        bench = Bench(python, Path(folder), environment_of(display), list(clips))
        results = [
            result for watch in ("native", "polling") for result in bench.measure(watch, options)
        ]
    report(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


class Bench:
    """A wall of four versions, and versions that are dropped in."""

    def __init__(
        self, python: str, folder: Path, environment: dict[str, str], clips: list[str]
    ) -> None:
        self.python, self.folder = python, folder
        self.environment = {
            **environment,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        self.film, self.log = folder / "film", folder / "wall.log"
        self.clips = {name: folder / f"{name}.mp4" for name in clips}
        for name, path in self.clips.items():
            print(f"making the clip of {name} ...", flush=True)
            self._make(path, *CLIPS[name])
        self._make(folder / "base.mp4", LOOP_S, 640, 360)
        for year in range(2021, 2025):
            (self.film / f"{year} V").mkdir(parents=True)
            shutil.copy(folder / "base.mp4", self.film / f"{year} V" / "film.mp4")

    def measure(self, watch: str, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
        """Every clip in every way of dropping it in, with one way to notice it."""
        ways: dict[str, Callable[[Path, Path], None]] = {
            "copied in pieces": self._copy_in,
            "renamed from .incoming": self._rename_in,
            "READY file": self._declare,
        }
        with self._wall(watch):
            for clip, path in self.clips.items():
                seconds = CLIPS[clip][0]
                if seconds > 30 and watch == "polling":  # the film has no part in that
                    continue
                times = 1 if options.quick else 3
                for way, drop in ways.items():
                    if seconds > 30 and way != "copied in pieces":
                        continue
                    print(f"{watch}, {clip}, {way} ...", flush=True)
                    taken = [
                        (*self._drop(way, drop, path), self._decode_s(path)) for _ in range(times)
                    ]
                    noticed, ready, on_air, decode = map(statistics.median, zip(*taken))  # noqa: B905
                    yield {
                        "watch": watch, "clip": clip, "way": way, "times": times,
                        "noticed_s": noticed, "ready_s": ready, "decode_s": decode,
                        "on_air_s": on_air,
                    }  # fmt: skip

    def _drop(
        self, way: str, drop: Callable[[Path, Path], None], clip: Path
    ) -> tuple[float, float, float]:
        """Seconds from the last byte, less the settle time, until it is looked into and until it
        is ready; and from then until it is on air.
        """
        name = f"2025 {time.monotonic_ns()}"
        folder = self.film / name
        drop(clip, folder)
        done = time.time()
        if way == "copied in pieces":  # whoever says that it is whole need not wait
            done += SETTLE_S
        noticed = self._said(f"{name}: its film is being looked into")
        ready = self._said(f"{name}: is whole")
        on_air = self._said(f"version={name} on_air")
        shutil.rmtree(folder)
        self._said(f"{name}: gone")
        return noticed - done, ready - done, on_air - ready

    def _copy_in(self, clip: Path, folder: Path) -> None:
        data = clip.read_bytes()
        folder.mkdir()
        piece = len(data) // PIECES + 1
        with (folder / "film.mp4").open("wb") as file:
            for start in range(0, len(data), piece):
                time.sleep(COPY_S / PIECES)
                file.write(data[start : start + piece])
                file.flush()

    def _rename_in(self, clip: Path, folder: Path) -> None:
        coming = self.film / ".incoming" / folder.name
        coming.mkdir(parents=True)
        shutil.copy(clip, coming / "film.mp4")
        time.sleep(3)  # as it lies there for a while before somebody says go
        coming.rename(folder)

    def _declare(self, clip: Path, folder: Path) -> None:
        folder.mkdir()
        shutil.copy(clip, folder / "film.mp4")
        (folder / "READY").touch()

    def _decode_s(self, clip: Path) -> float:
        command = [*AS_A_WALL_DOES, self.python, "-c", DECODE, "-", str(clip)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return float(told.split()[1])

    @contextmanager
    def _wall(self, watch: str) -> Iterator[None]:
        config = self.folder / "wall.yaml"
        config.write_text(
            f"film: {{versions: film, settle_s: {SETTLE_S}, watch: {watch}}}\n"
            "wall: {fade_in_ms: 0, captions: none}\nplayback: {join: now}\n"
        )
        command = [self.python, "-m", "installation", "-v", "play", config, "--windowed", SIZE]
        with self.log.open("wb") as log:
            wall = subprocess.Popen(
                [str(part) for part in command], env=self.environment, cwd=ROOT, stderr=log
            )
            try:
                for year in range(2021, 2025):
                    self._said(f"{year} V: is on the wall")
                yield
            finally:
                wall.terminate()
                wall.wait()

    def _said(self, what: str) -> float:
        """When the wall's log said it, in seconds since 1970."""
        end = time.monotonic() + PATIENCE_S
        line = re.compile(rf"^(\S+ \S+),(\d+) .*{re.escape(what)}", re.MULTILINE)
        while time.monotonic() < end:
            found = line.search(self.log.read_text())
            if found:
                second = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").astimezone()
                return second.timestamp() + int(found[2]) / 1000
            time.sleep(0.1)
        sys.exit(f'the wall never said "{what}":\n{self.log.read_text()[-2000:]}')

    def _make(self, path: Path, seconds: int, width: int, height: int) -> None:
        once = path.with_suffix(".once.mp4")
        self._run(MAKE, once, LOOP_S, width, height)
        self._run(REPEAT, once, path, seconds // LOOP_S, LOOP_S)

    def _run(self, program: str, *what: object) -> None:
        subprocess.run([self.python, "-c", program, *map(str, what)], check=True)


def report(results: list[dict[str, Any]]) -> None:
    """Print the table as Markdown."""
    heads = (
        "film", "watch", "dropped in", "times", "looked into after s", "ready after s",
        "decoding it once s", "÷ decoding", "from ready to on air s",
    )  # fmt: skip
    _row(*heads)
    _row(*["---"] * len(heads))
    for r in results:
        _row(
            r["clip"], r["watch"], r["way"], r["times"],
            *(f"{r[name]:.2f}" for name in ("noticed_s", "ready_s", "decode_s")),
            f"{r['ready_s'] / r['decode_s']:.2f}", f"{r['on_air_s']:.2f}",
        )  # fmt: skip


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |")


if __name__ == "__main__":
    main()
