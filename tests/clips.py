"""Makes real video files for the tests, the frame number burned into every picture."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from tests.wall_e2e import blockcode


def make_clip(
    path: Path,
    *,
    frames: int,
    rate: Fraction | int = 24,
    size: tuple[int, int] = (320, 180),
    gop: int = 24,
    bframes: int = 2,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    version: int = 0,
    pts: Sequence[Fraction] | None = None,
    audio_s: float = 0,
    rotation: int = 0,
    sample_aspect: Fraction | None = None,
    start_frame: int = 0,
    colorspace: Colorspace | None = None,
    color_range: ColorRange | None = None,
    options: dict[str, str] | None = None,
    muxer: str | None = None,
) -> Path:
    """A clip of `frames` pictures, each showing its index as a block code.

    `pts` (seconds) makes the rate variable; `audio_s` adds silence of that length; `rotation`
    (degrees clockwise) goes into the display matrix; `start_frame` is the container's time at the
    first picture, in frames, as in a clip cut from a longer film; colours are only labelled. The
    container is by the name's ending, or the `muxer`'s: "h264" is none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    noise = np.random.default_rng(version).integers(-12, 12, (height, width), np.int16)
    with av.open(str(path), "w", format=muxer, options=options or {}) as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "crf": "20", "bf": str(bframes)}
        if codec == "libx265":
            told = f"log-level=none:pools=1:bframes={bframes}"
            stream.options = {"preset": "ultrafast", "x265-params": told}
        stream.codec_context.gop_size = gop
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        if colorspace is not None:
            stream.codec_context.colorspace = colorspace
        if color_range is not None:
            stream.codec_context.color_range = color_range
        if rotation:
            stream.set_display_rotation(-rotation)
        if pts is not None:
            stream.codec_context.time_base = Fraction(1, 12000)
        sound: Any = container.add_stream("aac", rate=48000, layout="mono") if audio_s else None
        for index in range(frames):
            shaded = blockcode.luma(index, version, width, height) + np.roll(noise, index * 3, 1)
            grey = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(shaded.clip(0, 255).astype(np.uint8)), format="gray"
            )
            frame = grey.reformat(format=pixel_format)
            if pts is not None:
                frame.time_base = Fraction(1, 12000)
                frame.pts = int(pts[index] * 12000)
            else:
                frame.time_base = 1 / Fraction(rate)
                frame.pts = start_frame + index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            silence = np.zeros((1, 1024), np.float32)
            for start in range(0, int(audio_s * 48000), 1024):
                block = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
                block.sample_rate, block.pts = 48000, start
                container.mux(sound.encode(block))
            container.mux(sound.encode())
    return path
