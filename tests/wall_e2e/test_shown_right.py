"""Colours, turns and shapes as they reach the screen, in both ways to draw."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import mss
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from tests.wall_e2e.run import PLAY, picture_rects
from tests.wall_e2e.screen import XvfbScreen

COLOURS = ((200, 40, 40), (40, 180, 60), (50, 60, 200), (235, 235, 225))
"""Top left, top right, bottom left, bottom right."""
TOLERANCE = 9
TAGS = {
    "bt601": (Colorspace.ITU601, 6),
    "bt709": (Colorspace.ITU709, 1),
    "bt2020": (Colorspace.BT2020, 9),
}


@dataclass(frozen=True)
class Patch:
    """A clip of four colours, coded in one of the ways museums meet."""

    name: str
    pixel_format: str = "yuv420p"
    matrix: str = "bt709"
    full: bool = False
    codec: str = "libx264"
    size: tuple[int, int] = (320, 180)
    rotation: int = 0
    """Degrees clockwise that the file asks for."""
    aspect: tuple[int, int] = (1, 1)
    suffix: str = ".mp4"


PATCHES = (
    Patch("a 709"),
    Patch("b 601", matrix="bt601"),
    Patch("c 2020 10 bit", "yuv420p10le", "bt2020"),
    Patch("d full range", full=True),
    Patch("e 444", "yuv444p"),
    Patch("f 422 prores", "yuv422p10le", codec="prores_ks", suffix=".mov"),
    Patch("g old jpeg", "yuvj420p", "bt601", full=True, codec="mjpeg", suffix=".mov"),
    Patch("h turned 90", rotation=90),
    Patch("i turned 180", rotation=180),
    Patch("j turned 270", rotation=270),
    Patch("k odd size", "yuv444p", codec="ffv1", size=(317, 179), suffix=".mkv"),
    Patch("l wide pixels", size=(180, 180), aspect=(16, 9)),
)


def make(patch: Patch, folder: Path) -> None:
    width, height = patch.size
    picture = np.zeros((height, width, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        top, left = index // 2 * (height // 2), index % 2 * (width // 2)
        picture[top:, left:] = colour
    space, tag = TAGS[patch.matrix]
    path = folder / patch.name / f"film{patch.suffix}"
    path.parent.mkdir(parents=True)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(patch.codec, rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, patch.pixel_format
        if patch.codec == "libx264":
            stream.options = {"crf": "8", "preset": "ultrafast"}
        context = stream.codec_context
        context.colorspace, context.color_range = tag, 2 if patch.full else 1
        context.sample_aspect_ratio = Fraction(*patch.aspect)
        if patch.rotation:
            stream.set_display_rotation(-patch.rotation)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
            format=patch.pixel_format,
            src_colorspace=space,
            dst_colorspace=space,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.JPEG if patch.full else ColorRange.MPEG,
        )
        frame.colorspace, frame.color_range = tag, 2 if patch.full else 1
        for index in range(24):
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def upright(patch: Patch) -> tuple[tuple[int, int, int], ...]:
    """The four colours where a visitor sees them."""
    a, b, c, d = COLOURS
    return {0: (a, b, c, d), 90: (c, a, d, b), 180: (d, c, b, a), 270: (b, d, a, c)}[patch.rotation]


@pytest.mark.parametrize("drawing", ["software", "gpu"])
def test_every_format_is_shown_in_its_own_colours_and_upright(tmp_path: Path, drawing: str) -> None:
    for patch in PATCHES:
        make(patch, tmp_path / "film")
    config = tmp_path / "wall.yaml"
    config.write_text(
        f"film: {{title: Patches, versions: film}}\nwall: {{fade_in_ms: 0}}\n"
        f"playback: {{drawing: {drawing}}}\nconform: {{mode: never}}\n"
    )
    report = tmp_path / "r.json"
    with XvfbScreen() as screen:
        options = ["--windowed", "1280x720", "--loops", "6", "--report", str(report)]
        command = [sys.executable, *PLAY, str(config), *options]
        wall = subprocess.Popen(command, env=screen.environment)
        rects = picture_rects(config, (1280, 720))
        best: dict[str, float] = {}
        with mss.MSS(display=screen.display) as grabber:
            while wall.poll() is None:
                shot = grabber.grab(grabber.monitors[0])
                pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
                for patch, rect in zip(PATCHES, rects, strict=True):
                    off = deviation(pixels, rect, upright(patch))
                    best[patch.name] = min(off, best.get(patch.name, 255.0))
        assert wall.returncode == 0
    told = json.loads(report.read_text())
    assert told["lock"]["mismatches"] == 0
    assert {name: off for name, off in best.items() if off > TOLERANCE} == {}
    by_name = dict(zip((p.name for p in PATCHES), rects, strict=True))
    for turned in ("h turned 90", "j turned 270"):
        assert by_name[turned][2] / by_name[turned][3] == pytest.approx(9 / 16, abs=0.02)
    wide = by_name["l wide pixels"]
    assert wide[2] / wide[3] == pytest.approx(16 / 9, abs=0.03)


def deviation(
    pixels: Any, rect: tuple[int, int, int, int], colours: tuple[tuple[int, int, int], ...]
) -> float:
    """The largest difference of any channel, at the middles of the four quarters."""
    x, y, width, height = rect
    worst = 0.0
    for index, colour in enumerate(colours):
        at_x = x + width * (1 + 2 * (index % 2)) // 4
        at_y = y + height * (1 + 2 * (index // 2)) // 4
        seen = pixels[at_y, at_x, 2::-1].astype(int)
        worst = max(worst, float(np.abs(seen - colour).max()))
    return worst
