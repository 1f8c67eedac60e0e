"""The same film as three generations of an imagined machine would have made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from installation.sample.scenes import SECONDS, picture

Pixels = NDArray[np.uint8]
"""(height, width, 4), blue green red and one unused byte."""
Look = Callable[[float, int, int], Iterator[Pixels]]


@dataclass(frozen=True)
class Generation:
    """One version of the sample film: its folder, its form and its credit."""

    folder: str
    file: str
    size: tuple[int, int]
    rate: int
    codec: str
    options: tuple[tuple[str, str], ...]
    look: str
    sound_rate: int
    credit: str = ""
    """What its version.yaml says; empty where the folder's name is enough."""

    @property
    def frames(self) -> int:
        """Pictures in the whole film."""
        return SECONDS * self.rate


GENERATIONS = (
    Generation(
        "2022 Daguerre 0.2", "the-kiss.webm", (256, 256), 12, "libvpx",
        (("b", "180k"), ("deadline", "realtime"), ("cpu-used", "8")), "early", 16000,
    ),
    Generation(
        "2023-06 Umbra Beta", "the-kiss.mp4", (640, 360), 24, "libx264",
        (("preset", "veryfast"), ("crf", "24")), "middle", 32000,
        "model: Umbra Beta\ndate: 2023-06\ntools: image to video, shot by shot\n",
    ),
    Generation(
        "2024-03-11 Lumen Two", "the-kiss.mp4", (1920, 1080), 24, "libx264",
        (("preset", "veryfast"), ("crf", "19")), "crisp", 48000,
        "model: Lumen Two\ndate: 2024-03-11\nnote: the first in which nobody loses a hand\n",
    ),
)  # fmt: skip


def pictures(generation: Generation) -> Iterator[Pixels]:
    """Every picture of a generation, in order; the same ones each time."""
    looks = {"early": _early, "middle": _middle, "crisp": _crisp}
    return looks[generation.look](generation)


def _pixels(image: QImage) -> Pixels:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    pixels = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
    return pixels.copy()  # the image's own memory goes with the image


def _crisp(generation: Generation) -> Iterator[Pixels]:
    width, height = generation.size
    for index in range(generation.frames):
        yield _pixels(picture(float(Fraction(index, generation.rate)), width, height))


def _middle(generation: Generation) -> Iterator[Pixels]:
    """Soft, a little unsteady, its details still swimming."""
    width, height = generation.size
    for index in range(generation.frames):
        t = index / generation.rate
        seen = picture(t, width * 3 // 4, height * 3 // 4)
        soft = seen.scaled(
            width, height,
            Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        wavy = _warped(_pixels(soft), t, strength_px=2.2).astype(np.float32)
        tint = np.array([1.06, 1.0, 0.94, 1], np.float32)
        yield np.clip(wavy * tint + 6, 0, 255).astype(np.uint8)


def _early(generation: Generation) -> Iterator[Pixels]:
    """Small, smeared and wobbling; it has seen people, but not counted their limbs."""
    width, height = generation.size
    noise = np.random.default_rng(1886)
    trail = np.zeros((height, width, 4), np.float32)
    for index in range(generation.frames):
        t = index / generation.rate
        small = picture(t, 88, 88)
        blurred = small.scaled(
            width, height,
            Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        now = _warped(_pixels(blurred), 1.7 * t, strength_px=7).astype(np.float32)
        trail = now if index == 0 else 0.55 * now + 0.45 * trail
        grain = noise.normal(0, 2.2, (height // 4, width // 4)).repeat(4, 0).repeat(4, 1)
        flicker = 0.92 + 0.1 * noise.random()
        washed = 0.82 * trail + 0.22 * trail.mean(axis=2, keepdims=True) + 12
        yield np.clip(washed * flicker + grain[..., None], 0, 255).astype(np.uint8)


def _warped(pixels: Pixels, t: float, strength_px: float) -> Pixels:
    """The picture as if seen through water."""
    height, width = pixels.shape[:2]
    y, x = np.arange(height)[:, None], np.arange(width)[None, :]
    u, v = x / width, y / height
    dx = strength_px * (np.sin(7 * v + 2.1 * t) + 0.6 * np.sin(13 * u - 1.3 * t))
    dy = strength_px * (np.cos(8 * u - 1.7 * t) + 0.6 * np.sin(11 * v + 2.4 * t))
    rows = np.clip(y + dy, 0, height - 1).astype(np.intp)
    columns = np.clip(x + dx, 0, width - 1).astype(np.intp)
    warped: Pixels = pixels[rows, columns]
    return warped
