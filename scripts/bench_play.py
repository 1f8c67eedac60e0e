#!/usr/bin/env python3
"""What playing costs, against decoding alone and against other players, in one run.

`python3 scripts/bench_play.py [--quick] [--json FILE]`. Machines are noisy: read the ratios, not
the times. mpv and ffplay are measured where they are installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bootstrap import ROOT, set_up
from demo import environment_of, virtual_screen
from peers import Grid, ffplay, mpv

SIZE = "1280x720"
FILM_S = 10
RATE = 24
COUNTS = {1: 1, 4: 2, 9: 3}  # versions: columns

# About 10 ms of one core a picture, as ordinary 1080p H.264 takes: fresh grain in every picture.
# The grey patch at the top left rises through the film, so that a seam can be seen from outside.
MAKE = """
import sys, av, numpy as np
out, seconds, width, height = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rng = np.random.default_rng(3)
small = rng.integers(0, 255, (height // 24, width // 24 * 2, 3), dtype=np.uint8)
wide = np.asarray(av.VideoFrame.from_ndarray(small, format="rgb24").reformat(
    width=width * 2, height=height, interpolation="BICUBIC").to_ndarray())
grain = rng.integers(-8, 9, (height, width * 2, 1), dtype=np.int16)
frames = round(seconds * 24)
with av.open(out, "w") as c:
    s = c.add_stream("libx264", rate=24)
    s.width, s.height, s.pix_fmt = width, height, "yuv420p"
    s.options = {"preset": "veryfast", "crf": "20"}
    for i in range(frames):
        shift, x = int(width / 2 * (1 + np.sin(i / 40))), rng.integers(0, width)
        picture = wide[:, shift:shift + width].astype(np.int16) + grain[:, x:x + width]
        picture[:height // 6, :height // 6] = 20 + 200 * i // frames
        frame = av.VideoFrame.from_ndarray(picture.clip(0, 255).astype(np.uint8), format="rgb24")
        c.mux(s.encode(frame))
    c.mux(s.encode())
"""
# Prints CPU seconds and seconds, without the start of Python.
DECODE = """
import sys, threading, time, av
from av.video.reformatter import VideoReformatter, Interpolation
size = [int(n) for n in sys.argv[1].split("x")] if sys.argv[1] != "-" else None
def run(path):
    with av.open(path) as c:
        s = c.streams.video[0]; s.codec_context.thread_count = 1
        r = VideoReformatter()
        for f in c.decode(s):
            if size:
                r.reformat(f, *size, format="bgra", interpolation=Interpolation.AREA, threads=1)
cpu, begun = time.process_time(), time.monotonic()
threads = [threading.Thread(target=run, args=[p]) for p in sys.argv[2:]]
[t.start() for t in threads]; [t.join() for t in threads]
print(time.process_time() - cpu, time.monotonic() - begun)
"""
IMPORT_AND_OPEN = """
import sys, PySide6.QtCore, PySide6.QtGui, PySide6.QtQml, PySide6.QtQuick, av
with av.open(sys.argv[1]) as c:
    next(c.decode(video=0))
"""
# Looks at one tile until the time is up: prints when it changed, and how light its patch was then.
WATCH = """
import json, sys, time, zlib, mss
out, end = [], time.monotonic() + float(sys.argv[1])
with mss.MSS() as screen:
    area = {"left": 0, "top": 20, "width": 500, "height": 20}
    last = None
    while time.monotonic() < end:
        raw = screen.grab(area).raw
        key = zlib.crc32(raw)
        if key != last:
            out.append((time.monotonic(), raw[4 * (500 * 10 + 20)])); last = key
        time.sleep(1 / 250)
print(json.dumps(out))
"""


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, rougher")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    options = parser.parse_args()
    python = str(set_up(needs_screen=True))
    loops = 1 if options.quick else 3
    with tempfile.TemporaryDirectory() as folder, virtual_screen(f"{SIZE}x24") as display:
        bench = Bench(python, Path(folder), environment_of(display))
        results: dict[str, Any] = {
            "playing": [bench.playing(n, loops) for n in COUNTS],
            "players": bench.players(loops),
            "memory": bench.memory(40 if options.quick else 500),
            "first_picture": bench.first_picture(),
        }
    report(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    if broken := sum(r["mismatches"] for r in results["playing"]):
        sys.exit(f"the lock was broken: the ledgers count {broken} mismatches")


class Bench:
    """The measurements; each runs its subject in a process of its own."""

    def __init__(self, python: str, folder: Path, environment: dict[str, str]) -> None:
        self.cache = folder / "cache"
        self.python, self.folder = python, folder
        homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "STATE")}
        self.environment = {**environment, **homes, "XDG_CACHE_HOME": str(self.cache)}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a kiosk keeps its compiled modules
        self.clip = folder / "clip.mp4"
        print("making the clip ...", flush=True)
        self._run([python, "-c", MAKE, self.clip, FILM_S, 1920, 1080])

    def playing(self, count: int, loops: int) -> dict[str, Any]:
        """CPU, lateness and memory of a wall of `count` versions, and of decoding them alone."""
        print(f"{count} versions ...", flush=True)
        config = self._film(count, self.clip)
        _, start = self._play(config, 1)
        told, used = self._play(config, 1 + loops)
        columns = COUNTS[count]
        tile = f"{1280 // columns}x{720 // columns}"
        decode, _ = self._decode("-", count)
        scale, scale_s = self._decode(tile, count)
        film_s = FILM_S * loops
        return {
            "versions": count,
            "frames": told["film_frames"],
            "mismatches": told["lock"]["mismatches"],
            "times_off_air": sum(v["times_off_air"] for v in told["versions"]),
            "pictures_per_s": told["film_frames"]["shown"] / (FILM_S * (1 + loops)),
            "decoding_per_s": FILM_S * RATE / scale_s,
            "cpu": (used["cpu_s"] - start["cpu_s"]) / film_s,
            "decode": decode / FILM_S,
            "decode_and_scale": scale / FILM_S,
            "peak_mb": used["peak_mb"],
        }

    def _decode(self, size: str, count: int) -> tuple[float, float]:
        command = [self.python, "-c", DECODE, size, *[str(self.clip)] * count]
        cpu_s, seconds = self._told(command).split()
        return float(cpu_s), float(seconds)

    def players(self, loops: int) -> list[dict[str, Any]]:
        """Four versions with this and with what a user would run otherwise, seen from outside."""
        config = self._film(4, self.clip)
        grid = Grid([str(self.clip)] * 4, 2, (1280, 720))
        commands: dict[str, list[str]] = {
            "installation": [self.python, "-m", "installation", "play", str(config),
                             "--windowed", SIZE, "--loops", str(loops + 1)],
            "mpv": mpv(grid),
            "ffplay": ffplay(grid),
        }  # fmt: skip
        results = []
        for name, command in commands.items():
            if shutil.which(command[0]) is None:
                print(f"{name} is not installed")
                continue
            print(f"{name} ...", flush=True)
            results.append({"player": name, **self._watched(command, FILM_S * loops)})
        return results

    def memory(self, loops: int) -> dict[str, Any]:
        """Resident memory over many fast loops of a half-second film."""
        print(f"{loops} loops ...", flush=True)
        short = self.folder / "short.mp4"
        self._run([self.python, "-c", MAKE, short, 0.5, 640, 360])
        config = self._film(4, short)
        wall = subprocess.Popen(self._command(config, loops), env=self.environment, cwd=ROOT)
        samples = []
        while wall.poll() is None:
            time.sleep(0.5)
            try:
                status = Path(f"/proc/{wall.pid}/statm").read_text()
            except OSError:
                break
            if status.split():
                samples.append(int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_048_576)
        if wall.wait():
            sys.exit(f"the wall of {loops} loops ended with exit code {wall.returncode}")
        tenth = len(samples) // 10
        return {
            "loops": loops,
            "mb": [statistics.mean(samples[i * tenth :][:tenth]) for i in range(10)],
        }

    def first_picture(self) -> dict[str, float]:
        """Seconds to the first picture, and to import PySide6 and open one video (medians).

        Both from the start of the process: what passes before our own clock runs is added.
        """
        print("first picture ...", flush=True)
        config = self._film(1, self.clip)
        times: dict[str, list[float]] = {"unknown": [], "known": [], "import_and_open": []}
        for _ in range(9):
            base = self._timed([self.python, "-c", IMPORT_AND_OPEN, self.clip])
            times["import_and_open"].append(base)
            shutil.rmtree(self.cache, ignore_errors=True)
            for film in ("unknown", "known"):  # the second start knows the film from the first
                told, _ = self._play(config, 1, window="640x360", stop_after_s=1.5)
                before = self._timed([self.python, "-c", "import installation.cli"])
                times[film].append(before + told["first_picture_s"])
        return {name: statistics.median(taken) for name, taken in times.items()}

    def _timed(self, command: list[Any]) -> float:
        begun = time.monotonic()
        self._run(command)
        return time.monotonic() - begun

    def _film(self, count: int, clip: Path) -> Path:
        film = self.folder / f"film-{clip.stem}-{count}"
        for index in range(count):
            version = film / f"{2000 + index} Version"
            version.mkdir(parents=True, exist_ok=True)
            if not (version / "film.mp4").exists():
                os.link(clip, version / "film.mp4")
        config = self.folder / f"{film.name}.yaml"
        config.write_text(
            f"film: {{versions: {film.name}}}\n"
            "wall: {fade_in_ms: 0, layout: {gap: 0, margin: 0}, captions: {text: ''}}\n"
            "conform: {mode: never}\n"
        )
        return config

    def _command(self, config: Path, loops: int, window: str = SIZE) -> list[str]:
        told = str(config.with_suffix(".json"))
        play = [self.python, "-m", "installation", "play", str(config), "--windowed", window]
        return [*play, "--loops", str(loops), "--report", told]

    def _play(
        self, config: Path, loops: int, window: str = SIZE, stop_after_s: float | None = None
    ) -> tuple[dict[str, Any], dict[str, float]]:
        used = self._run(self._command(config, loops, window), stop_after_s)
        return json.loads(config.with_suffix(".json").read_text()), used

    def _watched(self, command: list[str], seconds: float) -> dict[str, Any]:
        """CPU, pictures a second and the longest stop, after two seconds to settle."""
        player = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        time.sleep(2)
        before, begun = _cpu_s(player.pid), time.monotonic()
        seen = json.loads(self._told([self.python, "-c", WATCH, str(seconds)]))
        cpu, took_s = _cpu_s(player.pid) - before, time.monotonic() - begun
        player.terminate()
        player.wait()
        changes = list(zip(seen, seen[1:]))  # noqa: B905, RUF007
        stops = [1000 * (after[0] - before[0]) for before, after in changes]
        # at a seam the patch goes from light to dark
        seams = [stop for stop, (x, y) in zip(stops, changes) if x[1] - y[1] > 100]  # noqa: B905
        return {
            "cpu": cpu / took_s,
            "pictures_per_s": len(changes) / (seen[-1][0] - seen[0][0]),
            "longest_stop_ms": max(stops),
            "seams": len(seams),
            "longest_seam_ms": max(seams, default=0.0),
        }

    def _told(self, command: list[str]) -> str:
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"failed: {' '.join(command)[:300]}\n{done.stderr}")
        return done.stdout

    def _run(self, command: list[Any], stop_after_s: float | None = None) -> dict[str, float]:
        process = subprocess.Popen([str(part) for part in command], env=self.environment, cwd=ROOT)
        if stop_after_s is not None:
            time.sleep(stop_after_s)
            process.terminate()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"failed: {' '.join(str(part) for part in command)[:300]}")
        return {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(results: dict[str, Any]) -> None:
    """Print the tables as Markdown."""
    heads = (
        "versions", "due", "shown", "late", "dropped", "off air", "lock mismatches", "pictures/s",
        "decoding alone manages", "CPU s / film s", "÷ decode", "÷ decode and scale",
        "drawing and lock", "peak MB",
    )  # fmt: skip
    _row(*heads)
    _row(*["---"] * len(heads))
    for r in results["playing"]:
        frames, cpu = r["frames"], r["cpu"]
        _row(
            r["versions"],
            *(frames[name] for name in ("due", "shown", "late", "dropped")),
            r["times_off_air"],
            r["mismatches"],
            f"{r['pictures_per_s']:.1f}",
            f"{r['decoding_per_s']:.1f}",
            f"{cpu:.2f}",
            f"{cpu / r['decode']:.2f}",
            f"{cpu / r['decode_and_scale']:.2f}",
            f"{cpu - r['decode_and_scale']:.2f}",
            f"{r['peak_mb']:.0f}",
        )
    print()
    _row(
        "player, 4 × 1080p24", "CPU s / film s", "pictures/s of 24", "longest stop ms",
        "seams", "longest stop at a seam ms",
    )  # fmt: skip
    _row(*["---"] * 6)
    for p in results["players"]:
        pictures, stop, seam = p["pictures_per_s"], p["longest_stop_ms"], p["longest_seam_ms"]
        _row(
            p["player"], f"{p['cpu']:.2f}", f"{pictures:.1f}", f"{stop:.0f}", p["seams"],
            f"{seam:.0f}",
        )  # fmt: skip
    memory, first = results["memory"], results["first_picture"]
    print(
        f"\nmemory over {memory['loops']} loops, in tenths of the run: "
        f"{', '.join(f'{mb:.1f}' for mb in memory['mb'])} MB"
    )
    base = first["import_and_open"]
    for film in ("unknown", "known"):
        print(
            f"first picture of a film {film} from an earlier start: {first[film]:.2f} s, "
            f"{first[film] / base:.2f} × importing PySide6 and opening one video ({base:.2f} s)"
        )


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |")


if __name__ == "__main__":
    main()
