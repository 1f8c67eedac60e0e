"""Films with a sound of their own, made for tests."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from tests.clips import make_clip

Sound = NDArray[np.float64]
"""(channels, count), full scale at 1."""


def make_sounding_clip(
    path: Path, sound: Sound, rate: int, *, codec: str = "pcm_s16le", **clip: Any
) -> Path:
    """A clip as `make_clip` makes it, with this sound from its first picture on."""
    # Matroska does not know the decoding times that B-frames need
    clip = {"bframes": 0, **clip}
    silent = make_clip(path.with_name(f"{path.stem}-silent{path.suffix}"), **clip)
    layout = "mono" if len(sound) == 1 else "stereo"
    with av.open(str(silent)) as source, av.open(str(path), "w") as made:
        picture = made.add_stream_from_template(source.streams.video[0])
        stream: Any = made.add_stream(codec, rate=rate, layout=layout)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = picture
                made.mux(packet)
        for start in range(0, sound.shape[1], 1024):
            made.mux(stream.encode(_frame(sound[:, start : start + 1024], rate, start, stream)))
        made.mux(stream.encode(None))
    silent.unlink()
    return path


def _frame(sound: Sound, rate: int, pts: int, stream: Any) -> av.AudioFrame:
    form = stream.codec_context.format
    layout = stream.codec_context.layout.name
    block: Any = sound.astype(np.float32)
    if form.name.startswith("s16"):
        block = (sound * 32767).round().astype(np.int16)
    if not form.is_planar:
        block = block.T.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), form.name, layout)
    frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), pts
    return frame


def beeps(at_s: list[float], seconds: float, rate: int, hertz: float) -> Sound:
    """A tone of 50 ms at each of these moments."""
    time = np.arange(round(seconds * rate)) / rate
    heard = np.zeros(len(time))
    for at in at_s:
        inside = (time >= at) & (time < at + 0.05)
        heard[inside] = 0.5 * np.sin(2 * np.pi * hertz * (time[inside] - at) + np.pi / 2)
    return heard[None, :]


def noise(seconds: float, rate: int, seed: int, *, channels: int = 1) -> Sound:
    """Sound that is like itself nowhere else; nothing above 6 kHz: every rate carries it."""
    generator = np.random.default_rng(seed)
    count = round(seconds * 48_000)
    spectrum = np.fft.rfft(generator.normal(0, 1, (channels, count)))
    spectrum[:, np.fft.rfftfreq(count, 1 / 48_000) > 6000] = 0
    wide = np.fft.irfft(spectrum, count)
    if rate != 48_000:
        spectrum = np.fft.rfft(wide)
        length = round(seconds * rate)
        fitted = np.zeros((channels, length // 2 + 1), complex)
        kept = min(fitted.shape[1], spectrum.shape[1])
        fitted[:, :kept] = spectrum[:, :kept]
        wide = np.fft.irfft(fitted, length) * length / count
    return np.asarray(0.15 * wide / wide.std())
