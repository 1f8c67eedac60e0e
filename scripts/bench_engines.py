#!/usr/bin/env python3
"""Both engines side by side in one run: the lock, CPU, memory, the start, the seam, what they open.

`python3 scripts/bench_engines.py [--quick] [--docs] [--json FILE]`. Four 1080p versions on a
1280x720 screen, as originals and as mezzanines; about seven minutes, on a machine that does nothing
else. Compare within one run. `--docs` writes the tables into docs/engines.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_play import FILM_S, SIZE, Bench
from bootstrap import ROOT, set_up
from demo import environment_of, virtual_screen

COUNT = 4
ENGINES = {"PyAV": "engine: av", "libVLC": "engine: vlc"}
LOOPS, STARTS = 2, 3
START_S = 5
"""How long a start may take, of which nothing but the first picture counts."""
PICTURES = 24
DOCS = ROOT / "docs" / "engines.md"
BEGIN, END = "<!-- bench_engines: from here -->", "<!-- bench_engines: to here -->"
# Every kind of file that a curator may be handed; each has so many pictures.
MAKE_FORMATS = """
import sys, av, numpy as np
from pathlib import Path
folder, count = Path(sys.argv[1]), int(sys.argv[2])
KINDS = {
    "H.264 in MP4": ("mp4", "libx264", "yuv420p"),
    "H.264 in MOV": ("mov", "libx264", "yuv420p"),
    "H.264 in Matroska": ("mkv", "libx264", "yuv420p"),
    "H.264 in TS": ("ts", "libx264", "yuv420p"),
    "H.264 in FLV": ("flv", "libx264", "yuv420p"),
    "H.264, 10 bits": ("mp4", "libx264", "yuv420p10le"),
    "HEVC in MP4": ("mp4", "libx265", "yuv420p"),
    "AV1 in MP4": ("mp4", "libsvtav1", "yuv420p"),
    "VP8 in WebM": ("webm", "libvpx", "yuv420p"),
    "VP9 in WebM": ("webm", "libvpx-vp9", "yuv420p"),
    "ProRes in MOV": ("mov", "prores_ks", "yuv422p10le"),
    "FFV1 in Matroska": ("mkv", "ffv1", "yuv444p"),
    "Motion JPEG in AVI": ("avi", "mjpeg", "yuvj420p"),
    "MPEG-2 in PS": ("mpg", "mpeg2video", "yuv420p"),
    "MPEG-2 in MXF": ("mxf", "mpeg2video", "yuv420p"),
    "WMV in ASF": ("wmv", "wmv2", "yuv420p"),
    "GIF": ("gif", "gif", "bgr8"),
    "Y4M": ("y4m", "wrapped_avframe", "yuv420p"),
    "H.264 alone": ("h264", "libx264", "yuv420p"),
    "HEVC alone": ("hevc", "libx265", "yuv420p"),
}
for name, (suffix, codec, pixels) in KINDS.items():
    path = folder / name / "2024 V" / f"film.{suffix}"
    path.parent.mkdir(parents=True)
    try:
        with av.open(str(path), "w") as film:
            stream = film.add_stream(codec, rate=24)
            stream.width, stream.height, stream.pix_fmt = 320, 240, pixels
            for i in range(count):
                grey = np.full((240, 320), 16 + i * 8, np.uint8)
                frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=pixels)
                frame.pts = i
                film.mux(stream.encode(frame))
            film.mux(stream.encode())
    except Exception as error:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
"""
# Prints how many pictures an engine reads of the version in a folder, or why it reads none.
TRY = """
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from installation.decode import ReaderFault
from installation.film import Decoding
from installation.library import scan
from installation.parts import reader_of
library = scan(Path(sys.argv[1]), order="date")
if not library.versions:
    print(library.rejected[0].message); sys.exit()
(version,) = library.versions
if sys.argv[2] == "av" and version.opened_by == "vlc":
    print("no times"); sys.exit()
reader = reader_of(replace(version, decoding=Decoding(sys.argv[2])), 1)
try:
    reader.open()
    print(sum(frame is not None for frame in reader.frames(Fraction(0), version.duration)))
except ReaderFault as fault:
    print(fault)
finally:
    reader.close()
"""


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, rougher")
    parser.add_argument("--only", choices=["walls", "formats"], help="one of the two")
    parser.add_argument("--docs", action="store_true", help=f"write the tables into {DOCS.name}")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    options = parser.parse_args()
    python = str(set_up(needs_screen=True))
    begun = time.monotonic()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, virtual_screen(f"{SIZE}x24") as display:
        bench = EngineBench(python, Path(folder), environment_of(display))
        results["versions"] = bench.versions()
        if options.only != "formats":
            results["walls"] = bench.walls(
                1 if options.quick else LOOPS, 1 if options.quick else STARTS
            )
        if options.only != "walls":
            results["formats"] = bench.formats()
    tables = report(results)
    print(f"\n{tables}\n\n{(time.monotonic() - begun) / 60:.1f} minutes")
    if options.docs:
        write_docs(tables)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    if broken := sum(wall["mismatches"] for wall in results.get("walls", [])):
        sys.exit(f"the lock was broken: the ledgers count {broken} mismatches")


class EngineBench(Bench):
    """Walls of the same files, decoded by one engine or the other."""

    def versions(self) -> str:
        """Of what decodes."""
        told = "import av; from installation.decode.libvlc import vlc; "
        told += "print(f'PyAV {av.__version__}, libVLC {vlc().libvlc_get_version().decode()}')"
        return self._told([self.python, "-c", told]).strip()

    def walls(self, loops: int, starts: int) -> list[dict[str, Any]]:
        """Each engine on the originals, then on the mezzanines, in turns."""
        results = []
        # made first: that looks into the films as well, with patience, as every later start knows
        print("conforming ...", flush=True)
        configs = {
            (files, name): self._wall(f"{files}-{name.lower()}", files, engine)
            for files in ("mezzanines", "originals")
            for name, engine in ENGINES.items()
        }
        for files in ("originals", "mezzanines"):
            for name in ENGINES:
                print(f"{name}, {files} ...", flush=True)
                wall = self._measured(configs[files, name], loops, starts)
                results.append({"engine": name, "files": files, **wall})
        return results

    def _wall(self, name: str, files: str, engine: str) -> Path:
        played = self._film(COUNT, self.clip)  # makes the folder, too
        config = self.folder / f"{name}.yaml"
        mode = "never" if files == "originals" else "always"
        lines = [
            line for line in played.read_text().splitlines() if not line.startswith("conform:")
        ]
        lines += [
            f"playback: {{{engine}, hwaccel: none}}",
            f"conform: {{mode: {mode}, cache: made}}",
        ]
        config.write_text("\n".join(lines) + "\n")
        if mode == "always":
            conform = [self.python, "-m", "installation", "conform", str(config), "--size", SIZE]
            self._told(conform)
        return config

    def _measured(self, config: Path, loops: int, starts: int) -> dict[str, Any]:
        firsts = [
            self._play(config, 1, stop_after_s=START_S)[0]["first_picture_s"] for _ in range(starts)
        ]
        if None in firsts:
            sys.exit(
                f"no picture came within {START_S} s: this machine is busy with something else"
            )
        _, start = self._play(config, 1)
        told, used = self._play(config, 1 + loops)
        if len(told["versions"]) != COUNT:
            sys.exit(f"the wall showed {len(told['versions'])} versions of {COUNT}")
        seen = self._watched(self._command(config, loops + 1), FILM_S * loops)
        return {
            "frames": told["film_frames"],
            "mismatches": told["lock"]["mismatches"],
            "unproved": told["lock"]["tiles_checked_without_packet_table"],
            "times_off_air": sum(v["times_off_air"] for v in told["versions"]),
            "cpu": (used["cpu_s"] - start["cpu_s"]) / (FILM_S * loops),
            "peak_mb": used["peak_mb"],
            "first_picture_s": statistics.median(firsts),
            "seen": seen,
        }

    def formats(self) -> list[dict[str, str]]:
        """What each engine reads of every kind of file."""
        print("formats ...", flush=True)
        folder = self.folder / "formats"
        self._told([self.python, "-c", MAKE_FORMATS, str(folder), str(PICTURES)])
        results = []
        for kind in sorted(folder.iterdir()):
            if any(kind.iterdir()):
                told = {engine: self._tried(kind, engine) for engine in ("av", "vlc")}
                results.append({"format": kind.name, **told})
        return results

    def _tried(self, folder: Path, engine: str) -> str:
        told = self._told([self.python, "-c", TRY, str(folder), engine]).strip()
        if told.isdigit():
            return "yes" if told == str(PICTURES) else f"{told} of {PICTURES} pictures"
        return told


def report(results: dict[str, Any]) -> str:
    """The tables as Markdown."""
    cores, machine = os.cpu_count(), platform.machine()
    lines = [f"On {cores} cores ({machine}), {results['versions']}, decoding in software:"]
    if "walls" in results:
        lines += ["", *_rows(_WALL_HEADS), *(_row(*_of_wall(wall)) for wall in results["walls"])]
    if "formats" in results:
        lines += ["", "What each of them reads, of 24 pictures:", ""]
        lines += _rows(("format", "PyAV", "libVLC"))
        lines += [_row(one["format"], one["av"], one["vlc"]) for one in results["formats"]]
    return "\n".join(lines)


_WALL_HEADS = (
    "4 × 1080p24", "engine", "due", "held", "late", "dropped", "off air", "lock mismatches",
    "CPU s / film s", "peak MB", "first picture s", "pictures/s of 24 seen",
    "longest stop at a seam ms",
)  # fmt: skip


def _of_wall(wall: dict[str, Any]) -> list[Any]:
    seen = wall["seen"]
    return [
        wall["files"],
        wall["engine"],
        *(wall["frames"][name] for name in ("due", "held", "late", "dropped")),
        wall["times_off_air"],
        wall["mismatches"],
        f"{wall['cpu']:.2f}",
        f"{wall['peak_mb']:.0f}",
        f"{wall['first_picture_s']:.2f}",
        f"{seen['pictures_per_s']:.1f}",
        f"{seen['longest_seam_ms']:.0f}" if seen["seams"] else "none seen",
    ]


def _rows(heads: tuple[str, ...]) -> list[str]:
    return [_row(*heads), _row(*["---"] * len(heads))]


def _row(*cells: Any) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


def write_docs(tables: str) -> None:
    """Put the tables in their place, and leave the rest."""
    text = DOCS.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    DOCS.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
