"""Makes the sample film's folders: paints, encodes, and puts each in place whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from installation.sample.generations import GENERATIONS, Generation, pictures
from installation.sample.soundtrack import soundtrack

GOP_S = 1


def make_sample(folder: Path, progress: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Make every generation that is not there yet; the paths of all video files.

    A file comes into being under a hidden name and is renamed when it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def make(generation: Generation) -> Path:
        path = folder / generation.folder / generation.file
        if not path.exists():
            progress(f"making {generation.folder} ...")
            path.parent.mkdir(exist_ok=True)
            hidden = path.with_name(f".{path.name}.part")
            encode(generation, hidden)
            if generation.credit:
                path.with_name("version.yaml").write_text(generation.credit, "utf-8")
            hidden.replace(path)
        return path

    with ThreadPoolExecutor(max_workers=2) as pool:  # painting and encoding leave the GIL alone
        return list(pool.map(make, reversed(GENERATIONS)))


def encode(generation: Generation, path: Path) -> None:
    """Paint and encode one generation with its soundtrack."""
    is_webm = generation.file.endswith(".webm")
    with av.open(
        str(path),
        "w",
        format="webm" if is_webm else "mp4",
        options={} if is_webm else {"movflags": "faststart"},
    ) as container:
        video: Any = container.add_stream(generation.codec, rate=generation.rate)
        video.width, video.height = generation.size
        video.pix_fmt = "yuv420p"
        video.options = dict(generation.options)
        context = video.codec_context
        context.gop_size = GOP_S * generation.rate
        context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
        context.color_range = 1
        sound: Any = container.add_stream(
            "libopus" if is_webm else "aac", rate=48000, layout="mono"
        )
        samples = _resampled(soundtrack(generation.sound_rate), generation.sound_rate)
        sent = 0
        for index, pixels in enumerate(pictures(generation)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgra")
            frame = frame.reformat(
                format="yuv420p", src_colorspace="ITU709", dst_colorspace="ITU709",
                src_color_range="JPEG", dst_color_range="MPEG",
            )  # fmt: skip
            frame.pts, frame.time_base = index, Fraction(1, generation.rate)
            container.mux(video.encode(frame))
            due = min(len(samples), (index + 1) * 48000 // generation.rate)
            sent = _send_sound(container, sound, samples, sent, due)
        container.mux(video.encode())
        container.mux(sound.encode())


def _send_sound(container: Any, sound: Any, samples: Any, sent: int, due: int) -> int:
    """Encode what is due in whole blocks; how many samples have been sent."""
    block = 960
    while sent + block <= due:
        chunk = samples[None, sent : sent + block]
        frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, sent, Fraction(1, 48000)
        container.mux(sound.encode(frame))
        sent += block
    return sent


def _resampled(samples: Any, rate: int) -> Any:
    """At 48 kHz; an early machine's crude sound stays crude."""
    at = np.arange(len(samples) * 48000 // rate) * rate // 48000
    return np.ascontiguousarray(samples[at])
