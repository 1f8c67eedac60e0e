#!/usr/bin/env python3
"""What a mezzanine is encoded with, and what conforming costs beside plain ffmpeg.

`python3 scripts/bench_conform.py [--quick] [--ffmpeg PATH] [--json FILE]`. Codecs are compared on
pictures scaled to a tile: how near they stay to them, and what a picture costs to decode. Machines
are noisy: compare within one run. ffmpeg is measured where it is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from bench_play import MAKE
from bootstrap import ROOT, VENV, set_up

SAMPLE = Path("2024-03-11 Lumen Two", "the-kiss.mp4")  # 1080p, drawn
RATE = 24
TILES = ((640, 360), (240, 136))
GOP = "12"
BEST_OF = 5
TURNS = 3


class Candidate(NamedTuple):
    """An encoder, the pixels it takes, and its options."""

    codec: str
    pixels: str
    options: dict[str, str]


def x264(crf: int, preset: str = "veryfast", gop: str = GOP, **more: str) -> Candidate:
    """Without B-frames unless told otherwise."""
    options = {"preset": preset, "crf": str(crf), "g": gop, "bf": "0", "tune": "fastdecode"}
    return Candidate("libx264", "yuv420p", {k: v for k, v in (options | more).items() if v})


def fixed(codec: str, quality: int, pixels: str = "yuv420p") -> Candidate:
    """An encoder of FFmpeg's own with a fixed quantiser."""
    quantiser = {"flags": "+qscale", "global_quality": str(quality * 118)}
    return Candidate(codec, pixels, quantiser | {"g": GOP})


CANDIDATES = {
    **{f"H.264, veryfast, crf {crf}": x264(crf) for crf in (14, 16, 18, 20)},
    "H.264, veryfast, crf 16, CABAC and deblocking": x264(16, tune=""),
    "H.264, veryfast, crf 16, 2 B-frames": x264(16, bf="2"),
    "H.264, veryfast, crf 16, groups of 6": x264(16, gop="6"),
    "H.264, veryfast, crf 16, groups of 24": x264(16, gop="24"),
    "H.264, veryfast, crf 14, every picture alone": x264(14, gop="1"),
    "H.264, superfast, crf 16": x264(16, "superfast"),
    "H.264, medium, crf 16": x264(16, "medium"),
    "HEVC, fast, crf 18": Candidate("libx265", "yuv420p", {
        "preset": "fast", "crf": "18", "tune": "fastdecode",
        "x265-params": f"keyint={GOP}:bframes=0:log-level=none:pools=1"}),
    "VP9, crf 20": Candidate("libvpx-vp9", "yuv420p", {
        "crf": "20", "b": "0", "deadline": "realtime", "cpu-used": "6", "g": GOP}),
    "AV1 (SVT), preset 10, crf 20": Candidate("libsvtav1", "yuv420p", {
        "crf": "20", "preset": "10", "g": GOP, "svtav1-params": "fast-decode=1:lp=1"}),
    "MPEG-2, q 2": fixed("mpeg2video", 2),
    "MPEG-4 part 2, q 2": fixed("mpeg4", 2),
    "Motion JPEG, q 2": fixed("mjpeg", 2, "yuvj420p"),
    "ProRes 422 LT": Candidate("prores_ks", "yuv422p10le", {"profile": "1"}),
    "DNxHR LB": Candidate("dnxhd", "yuv422p", {"profile": "dnxhr_lb"}),
    "FFV1": Candidate("ffv1", "yuv420p", {"slices": "4"}),
    "HuffYUV (FFmpeg's)": Candidate("ffvhuff", "yuv420p", {}),
    "Ut Video": Candidate("utvideo", "yuv420p", {}),
    "MagicYUV": Candidate("magicyuv", "yuv420p", {}),
}  # fmt: skip


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, rougher")
    parser.add_argument("--ffmpeg", default=shutil.which("ffmpeg"), help="the program to race")
    parser.add_argument("--only", choices=["codecs", "speed"], help="one of the two")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    options = parser.parse_args()
    python = set_up()
    if Path(sys.prefix) != VENV:
        sys.exit(subprocess.call([python, __file__, *sys.argv[1:]]))
    os.environ["SVT_LOG"] = "0"
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        clips = make_clips(Path(folder), 3 if options.quick else 30)
        if options.only != "speed":
            results["codecs"] = compare_codecs(clips, Path(folder), 24 if options.quick else 72)
        if options.only != "codecs":
            results["speed"] = race(clips["grain"], Path(folder), options.ffmpeg)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


def make_clips(folder: Path, seconds: int) -> dict[str, Path]:
    """Two films of 1080p at 24 a second: fresh grain in every picture, and a drawn one."""
    print("making the clips ...", flush=True)
    grain = folder / "grain.mp4"
    subprocess.run([sys.executable, "-c", MAKE, grain, str(seconds), "1920", "1080"], check=True)
    command = [sys.executable, "-m", "installation", "sample", str(folder / "sample")]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return {"grain": grain, "drawn": folder / "sample" / SAMPLE}


def compare_codecs(clips: dict[str, Path], folder: Path, count: int) -> list[dict[str, Any]]:
    """Every candidate on every clip and tile; a table each."""
    results = []
    for clip, size in (("grain", TILES[0]), ("grain", TILES[1]), ("drawn", TILES[0])):
        originals = scaled(clips[clip], size, count)
        print(f"\n{clip}, {size[0]}x{size[1]}, {count} pictures\n")
        print("| | PSNR dB | worst | SSIM | worst | decoding ms | encoding ms | Mbit/s |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        cost = decoding_ms(clips[clip], count)
        print(f"| the film itself, 1920x1080 | | | | | {cost:.2f} | | |", flush=True)
        for name, candidate in CANDIDATES.items():
            told: dict[str, Any] = {"clip": clip, "size": size, "name": name}
            try:
                told |= judge(candidate, originals, folder / "candidate")
            except Exception as error:
                print(f"| {name} | {type(error).__name__} | | | | | | |")
                continue
            print(
                "| {name} | {psnr:.1f} | {worst_psnr:.1f} | {ssim:.4f} | {worst_ssim:.4f} |"
                " {decoding_ms:.2f} | {encoding_ms:.1f} | {mbit_s:.2f} |".format(**told),
                flush=True,
            )
            results.append(told)
    return results


def scaled(path: Path, size: tuple[int, int], count: int) -> list[Any]:
    """Pictures as conforming scales them."""
    import av

    from installation.library.plain_picture import PlainPicture

    plain = PlainPicture(size, 0, 1)
    pictures = []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            pictures.append(cut(plain.of(frame), size))
            if len(pictures) == count:
                break
    return pictures


def cut(frame: Any, size: tuple[int, int]) -> Any:
    """The picture without the rows for a stamp."""
    import av
    import numpy as np

    width, height = size
    planes = []
    for plane, part in zip(frame.planes, (1, 2, 2), strict=True):
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        planes.append(rows[: height // part, : width // part].ravel())
    pixels = np.concatenate(planes).reshape(-1, width)
    return av.VideoFrame.from_ndarray(pixels, format="yuv420p")


def judge(candidate: Candidate, originals: list[Any], path: Path) -> dict[str, float]:
    """Encode with one thread, decode with one, compare."""
    path = path.with_suffix(".mov" if candidate.codec in ("prores_ks", "dnxhd") else ".nut")
    begun = time.process_time()
    encode(candidate, originals, path)
    encoding_s = time.process_time() - begun
    psnr, ssim = likeness(originals, path)
    return {
        "psnr": statistics.mean(psnr),
        "worst_psnr": min(psnr),
        "ssim": statistics.mean(ssim),
        "worst_ssim": min(ssim),
        "decoding_ms": decoding_ms(path, len(originals)),
        "encoding_ms": encoding_s / len(originals) * 1000,
        "mbit_s": path.stat().st_size * 8 * RATE / len(originals) / 1e6,
    }


def encode(candidate: Candidate, originals: list[Any], path: Path) -> None:
    """As candidate says."""
    import av

    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream(candidate.codec, rate=RATE, options=candidate.options)
        stream.width, stream.height = originals[0].width, originals[0].height
        stream.pix_fmt = candidate.pixels
        stream.codec_context.thread_count = 1
        for index, picture in enumerate(originals):
            frame = picture
            if candidate.pixels != "yuv420p":
                frame = converted(picture, candidate.pixels)
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())


def converted(frame: Any, pixels: str) -> Any:
    """In other pixels, the range as they want it."""
    spans = ["JPEG" if name.startswith("yuvj") else "MPEG" for name in (frame.format.name, pixels)]
    return frame.reformat(format=pixels, src_color_range=spans[0], dst_color_range=spans[1])


def decoding_ms(path: Path, count: int) -> float:
    """Processor time of one picture with one thread, the best of some runs."""
    import av

    costs = []
    for _ in range(BEST_OF):
        with av.open(str(path)) as film:
            stream = film.streams.video[0]
            stream.codec_context.thread_type, stream.codec_context.thread_count = "NONE", 1
            begun, done = time.process_time(), 0
            for _frame in film.decode(stream):
                done += 1
                if done == count:
                    break
            costs.append((time.process_time() - begun) / done * 1000)
    return min(costs)


def likeness(originals: list[Any], path: Path) -> tuple[list[float], list[float]]:
    """PSNR (at most 100 dB) and SSIM of luma, picture by picture, by FFmpeg's own filters."""
    import av

    psnr, ssim = [], []
    graph = av.filter.Graph()
    width, height, pixels = originals[0].width, originals[0].height, originals[0].format
    form: dict[str, Any] = {"width": width, "height": height, "format": pixels}
    sides = [graph.add_buffer(**form, time_base=Fraction(1, RATE)) for _ in range(2)]
    meters = graph.add("psnr"), graph.add("ssim")
    sink = graph.add("buffersink")
    # each meter wants both; the first hands on what it compared
    again = graph.add("split")
    sides[0].link_to(meters[0], 0, 0)
    sides[1].link_to(again)
    again.link_to(meters[0], 0, 1)
    meters[0].link_to(meters[1], 0, 0)
    again.link_to(meters[1], 1, 1)
    meters[1].link_to(sink)
    graph.configure()
    with av.open(str(path)) as film:
        for index, (frame, original) in enumerate(
            zip(film.decode(video=0), originals, strict=True)
        ):
            seen = frame if frame.format.name == "yuv420p" else converted(frame, "yuv420p")
            for side, picture in zip(sides, (seen, original), strict=True):
                picture.pts, picture.time_base = index, Fraction(1, RATE)
                picture.colorspace, picture.color_range = original.colorspace, original.color_range
                side.push(picture)
            told = graph.vpull().metadata
            psnr.append(min(100.0, float(told["lavfi.psnr.psnr.y"])))
            ssim.append(float(told["lavfi.ssim.Y"]))
    return psnr, ssim


def race(clip: Path, folder: Path, ffmpeg: str | None) -> list[dict[str, Any]]:
    """Ours, from the start of its process to the mezzanine on the disk, against plain ffmpeg."""
    if ffmpeg is None:
        print("ffmpeg is not installed")
        return []
    version = subprocess.run([ffmpeg, "-version"], capture_output=True, text=True).stdout
    print(f"\n{version.splitlines()[0]}\n")
    print("| tile | cores and threads | ffmpeg s | conform s | ÷ ffmpeg | CPU ÷ ffmpeg |")
    print("| --- | --- | --- | --- | --- | --- |")
    results = []
    for size in TILES:
        for cores in cores_to_use():
            with confined_to(cores):
                told = race_once(clip, folder, ffmpeg, size, len(cores))
            print(
                "| {size[0]}x{size[1]} | {threads} | {ffmpeg_s:.2f} | {conform_s:.2f} |"
                " {times:.2f} | {cpu_times:.2f} |".format(**told),
                flush=True,
            )
            results.append(told)
    return results


def cores_to_use() -> list[set[int]]:
    """One, where a process can be told so, and all."""
    if sys.platform != "linux":
        return [set(range(os.cpu_count() or 1))]
    cores = os.sched_getaffinity(0)
    return [{max(cores)}, cores]


@contextmanager
def confined_to(cores: set[int]) -> Iterator[None]:
    """Also what is started meanwhile: with one thread asked for, ffmpeg still has several."""
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def race_once(
    clip: Path, folder: Path, ffmpeg: str, size: tuple[int, int], threads: int
) -> dict[str, Any]:
    """Turn by turn, so that both meet the same noise; medians of the ratios of each turn."""
    from installation.library.confinement import NICENESS
    from installation.library.conform_apart import conform_apart
    from installation.library.mezzanine import encoder_options

    encoder = encoder_options(0, threads)
    command = [
        "nice", "-n", str(NICENESS), ffmpeg, "-y", "-loglevel", "error",
        "-threads", str(threads), "-filter_threads", str(threads), "-i", str(clip),
        "-vf", f"scale={size[0]}:{size[1]}:flags=lanczos+accurate_rnd", "-pix_fmt", "yuv420p",
        "-c:v", "libx264", *(word for k, v in encoder.items() for word in (f"-{k}", v)),
        str(folder / "plain.mp4"),
    ]  # fmt: skip

    def plain() -> None:
        subprocess.run(command, check=True)

    def ours() -> None:
        target = folder / "mezzanine.mp4"
        conform_apart(clip, "mov", target, size, 1, threads=threads, is_urgent=True)

    turns = [(spent(plain), spent(ours)) for _ in range(TURNS)]
    return {
        "size": size,
        "threads": threads,
        "ffmpeg_s": statistics.median(turn[0][0] for turn in turns),
        "conform_s": statistics.median(turn[1][0] for turn in turns),
        "times": statistics.median(turn[1][0] / turn[0][0] for turn in turns),
        "cpu_times": statistics.median(turn[1][1] / turn[0][1] for turn in turns),
    }


def spent(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds, and processor seconds of the processes it waited for."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu


if __name__ == "__main__":
    main()
