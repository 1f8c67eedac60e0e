"""A mezzanine looks better in a small tile than its original does, and not only costs less.

What is seen on the screen is compared with a careful down-scale of the original's decoded pictures:
Lanczos (three lobes) in floating point, of R'G'B' as coded (in the film's own transfer, as a wall
scales too). The GPU that draws is Mesa's, in software; it samples as others do.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import av
import mss
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication, QImage

from installation.sample import scenes
from tests.processes import open_films
from tests.wall_e2e.run import PLAY
from tests.wall_e2e.screen import XvfbScreen

Pixels = NDArray[np.float64]
FULL = (1920, 1080)
FRAMES, RATE = 12, 12
CLIP_FROM_S, CLIP_STEP_S = 8.0, 0.4
PATIENCE_S = 60
PICTURES = 20
"""Captured of each wall."""


class Likeness(NamedTuple):
    """How near two pictures are."""

    psnr: float
    ssim: float


def zone_plate() -> NDArray[np.uint8]:
    """Rings that get finer to the edge, up to the finest that full-size pixels can show."""
    x, y = np.meshgrid(np.arange(FULL[0]) - FULL[0] / 2, np.arange(FULL[1]) - FULL[1] / 2)
    rings = 127.5 + 110 * np.cos(np.pi * (x**2 + y**2) / FULL[0])
    return np.repeat(rings.astype(np.uint8)[..., None], 3, axis=2)


def drawn(number: int) -> NDArray[np.uint8]:
    """A picture of the sample film."""
    image = scenes.picture(CLIP_FROM_S + CLIP_STEP_S * number, *FULL)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(FULL[1], -1)
    return np.ascontiguousarray(rows[:, : FULL[0] * 3].reshape(FULL[1], FULL[0], 3))


def encode(path: Path, picture: Callable[[int], NDArray[np.uint8]]) -> None:
    path.parent.mkdir(parents=True)
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *FULL, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "8"}
        stream.codec_context.colorspace, stream.codec_context.color_range = 1, 1
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            film.mux(stream.encode(frame.reformat(format="yuv420p", dst_colorspace="ITU709")))
        film.mux(stream.encode())


def lanczos(length: int, size: int) -> Pixels:
    """A matrix that scales a line of `length` pixels down to `size`."""
    step = length / size
    centres = (np.arange(size) + 0.5) * step - 0.5
    away = (np.arange(length)[None, :] - centres[:, None]) / step
    weights = np.sinc(away) * np.sinc(away / 3) * (np.abs(away) < 3)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def references(path: Path, size: tuple[int, int]) -> list[Pixels]:
    """What a tile of this size should show."""
    across, down = lanczos(FULL[0], size[0]), lanczos(FULL[1], size[1])
    found = []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            rgb = frame.reformat(
                format="rgb24", src_colorspace="ITU709", interpolation="BICUBIC"
            ).to_ndarray()
            scaled = np.einsum("ij,jkc->ikc", down, rgb.astype(np.float64), optimize=True)
            found.append(np.einsum("lk,ikc->ilc", across, scaled, optimize=True).clip(0, 255))
    return found


def likeness(seen: Pixels, wanted: Pixels) -> Likeness:
    """PSNR of R'G'B' in dB, and SSIM of their mean by blocks of 8."""
    error = float(np.mean((seen - wanted) ** 2))
    a, b = (blocks(picture.mean(axis=2)) for picture in (seen, wanted))
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=1)
    shared = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(axis=1)
    first, second = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ssim = (2 * mean_a * mean_b + first) * (2 * shared + second)
    ssim /= (mean_a**2 + mean_b**2 + first) * (a.var(axis=1) + b.var(axis=1) + second)
    return Likeness(float(10 * np.log10(255**2 / max(error, 1e-9))), float(ssim.mean()))


def blocks(picture: Pixels) -> Pixels:
    height, width = (side // 8 * 8 for side in picture.shape)
    tiles = picture[:height, :width].reshape(height // 8, 8, width // 8, 8)
    return tiles.transpose(0, 2, 1, 3).reshape(-1, 64)


@contextmanager
def playing(screen: XvfbScreen, config: Path, size: tuple[int, int]) -> Iterator[Any]:
    command = [sys.executable, *PLAY, str(config), "--windowed", f"{size[0]}x{size[1]}"]
    wall = subprocess.Popen(command, env=screen.environment)
    try:
        yield wall
    finally:
        wall.terminate()
        assert wall.wait(30) == 0


def captured(screen: XvfbScreen, config: Path, below: Path, size: tuple[int, int]) -> list[Pixels]:
    """Pictures of a wall that plays both films from files below a folder."""
    end = time.monotonic() + PATIENCE_S
    found: list[Pixels] = []
    with playing(screen, config, size) as wall, mss.MSS(display=screen.display) as grabber:
        area = {"left": 0, "top": 0, "width": size[0], "height": size[1]}
        while len(found) < PICTURES:
            assert time.monotonic() < end
            assert wall.poll() is None
            shot = grabber.grab(area)
            pixels = np.frombuffer(shot.raw, np.uint8).reshape(size[1], size[0], 4)[..., 2::-1]
            both = pixels[:, : size[0] // 2].max() > 99 and pixels[:, size[0] // 2 :].max() > 99
            if both and len(open_films(wall.pid, below)) == 2:
                found.append(pixels.astype(np.float64))
                time.sleep(1 / RATE)
            else:
                time.sleep(0.05)
    return found


def by_picture(seen: list[Pixels], wanted: list[Pixels]) -> dict[int, Likeness]:
    """How like each of the film's pictures was shown, as far as it was captured."""
    coarse = np.array([picture[::4, ::4] for picture in wanted])
    found = {}
    for picture in seen:
        number = int(np.mean((coarse - picture[::4, ::4]) ** 2, axis=(1, 2, 3)).argmin())
        if number not in found:
            found[number] = likeness(picture, wanted[number])
    return found


def mean(likenesses: Iterable[Likeness]) -> Likeness:
    psnr, ssim = np.mean(list(likenesses), axis=0)
    return Likeness(float(psnr), float(ssim))


@pytest.mark.parametrize("tile", [(320, 180), (272, 153)], ids=str)
def test_through_its_mezzanine_a_film_is_nearer_to_what_it_should_look_like(
    qapp: QGuiApplication, tmp_path: Path, tile: tuple[int, int]
) -> None:
    film, cache = tmp_path / "film", tmp_path / "cache"
    films = {"a plate": film / "a plate" / "film.mp4", "b clip": film / "b clip" / "film.mp4"}
    plate = zone_plate()
    encode(films["a plate"], lambda number: plate)
    encode(films["b clip"], drawn)
    wall = "fade_in_ms: 0, captions: none, layout: {kind: row, gap: 0, margin: 0}"
    size = (2 * tile[0], tile[1])
    seen = {}
    with XvfbScreen(*size) as screen:
        for mode, below in (("never", film), ("always", cache)):
            config = tmp_path / f"{mode}.yaml"
            config.write_text(
                f"film: {{versions: film, rate: {RATE}}}\nwall: {{{wall}}}\n"
                f"playback: {{drawing: gpu}}\nconform: {{mode: {mode}, cache: cache}}\n"
            )
            if mode == "always":  # ahead, so that both hang from the start
                told = ["conform", str(config), "--size", f"{size[0]}x{size[1]}"]
                subprocess.run([sys.executable, "-m", "installation", *told], check=True)
            seen[mode] = captured(screen, config, below, size)
    for number, (name, path) in enumerate(films.items()):
        wanted = references(path, tile)[: 1 if name == "a plate" else FRAMES]
        part = slice(number * tile[0], (number + 1) * tile[0])
        shown = {
            mode: by_picture([picture[:, part] for picture in pictures], wanted)
            for mode, pictures in seen.items()
        }
        both = shown["never"].keys() & shown["always"].keys()
        assert len(both) > len(wanted) / 2
        original, mezzanine = (mean(shown[mode][n] for n in both) for mode in shown)
        print(f"{name} at {tile}: original {original}, mezzanine {mezzanine}")
        assert mezzanine.psnr > original.psnr
        assert mezzanine.ssim > original.ssim
