"""A version's sound: decoded and resampled by FFmpeg, from any sample on, to the device's rate.

Samples are counted from the version's first picture. From whichever sample it is asked, the same
samples come: the resampler always starts where both rates meet on a whole sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from math import gcd
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from installation.decode.container import DAMAGE, open_film, picture_stream

Samples = NDArray[np.float32]
"""(2, count): left and right, full scale at 1."""
PREROLL_S = Fraction(1, 4)
"""How far before the wanted sample decoding begins: codecs overlap their packets."""
WARM_UP_S = Fraction(1, 20)
"""How far before it the resampler begins: longer than its filter."""
MOST_DEVIATION_S = 0.02
"""Containers round times; only beyond this is a gap a gap."""
CHUNK = 4096


class NoSound(Exception):
    """A film without a sound track that can be played."""


class SoundFile:
    """The sound of one film, open. One thread at a time. Raises NoSound, FFmpegError, OSError."""

    def __init__(self, path: Path, container: str, rate: int) -> None:
        self._rate = rate
        self._film = open_film(path, container)
        try:
            self._stream = self._sound_stream(self._film)
            self._zero = self._first_picture_s(self._film)
        except BaseException:
            self._film.close()
            raise

    @staticmethod
    def _sound_stream(film: InputContainer) -> AudioStream:
        stream: Any = film.streams.best("audio")
        if stream is None or stream.codec_context is None or not stream.time_base:
            raise NoSound
        return stream  # type: ignore[no-any-return]

    @staticmethod
    def _first_picture_s(film: InputContainer) -> Fraction:
        pictures = picture_stream(film)
        if pictures is None or pictures.time_base is None:
            return Fraction(0)
        first = next((p for p in film.decode(pictures) if p.pts is not None), None)
        pictures.discard = av.stream.Discard.all  # its packets need not be read any more
        if first is None or first.pts is None:
            return Fraction(0)
        return first.pts * pictures.time_base

    def close(self) -> None:
        """Free the file."""
        self._film.close()

    def samples(self, start: int) -> Iterator[Samples]:
        """The sound from this sample on, silent where there is none yet, until its end."""
        ours = self._stream.codec_context.sample_rate
        grid = gcd(ours, self._rate)
        # a whole sample of both rates, well before
        step_in, step_out = ours // grid, self._rate // grid
        steps = max(start - int(WARM_UP_S * self._rate), 0) // step_out
        skip = start - steps * step_out
        if skip < 0:
            yield np.zeros((2, -skip), np.float32)
        for block in self._resampled(steps * step_in):
            if skip >= block.shape[1]:
                skip -= block.shape[1]
                continue
            yield block[:, max(0, skip) :]
            skip = 0

    def _resampled(self, start_in: int) -> Iterator[Samples]:
        is_mono = self._stream.codec_context.channels == 1  # which FFmpeg would make quieter
        layout = "mono" if is_mono else "stereo"
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=self._rate)
        for frame in chain(self._decoded(start_in), [None]):
            for made in resampler.resample(frame):
                block = _array(made)
                yield np.repeat(block, 2, axis=0) if is_mono else block

    def _decoded(self, start: int) -> Iterator[av.AudioFrame]:
        """Frames without gap from this sample of the file's own on, times set anew."""
        stream, rate = self._stream, self._stream.codec_context.sample_rate
        tick = stream.time_base
        assert tick is not None
        zero = round(self._zero * rate)
        seconds = self._zero + Fraction(start, rate) - PREROLL_S
        self._film.seek(int(seconds / tick), stream=stream, backward=True, any_frame=False)
        head = start
        for frame in self._frames(stream):
            if frame.sample_rate != rate:
                continue
            planes: Any = frame.to_ndarray()
            width = 1 if frame.format.is_planar else len(frame.layout.channels)
            at = head if frame.pts is None else round(frame.pts * tick * rate) - zero
            if head > start and abs(at - head) < MOST_DEVIATION_S * rate:
                at = head
            if at > head:
                silence = np.zeros((planes.shape[0], (at - head) * width), planes.dtype)
                planes, at = np.concatenate([silence, planes], axis=1), head
            planes = planes[:, (head - at) * width :]
            if not planes.shape[1]:
                continue
            made = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(planes), frame.format.name, frame.layout.name
            )
            made.sample_rate, made.time_base = rate, Fraction(1, rate)
            made.pts = head
            head += planes.shape[1] // width
            yield made

    def _frames(self, stream: AudioStream) -> Iterator[av.AudioFrame]:
        for packet in self._film.demux(stream):
            try:
                yield from packet.decode()
            except DAMAGE:
                continue  # what is damaged is silent


def stretched(
    blocks: Iterator[Samples], count: int, speed: Fraction, rate: int
) -> Iterator[Samples]:
    """The first `count` samples at another speed, their pitch kept."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format="fltp", layout="stereo", time_base=Fraction(1, rate)
    )
    last = source
    for tempo in _tempos(float(speed)):
        filtered = graph.add("atempo", f"{tempo:.9f}")
        last.link_to(filtered)
        last = filtered
    shape = graph.add("aformat", f"sample_fmts=fltp:sample_rates={rate}:channel_layouts=stereo")
    sink = graph.add("abuffersink")
    last.link_to(shape)
    shape.link_to(sink)
    graph.configure()
    sent = 0
    for block in blocks:
        block = block[:, : count - sent]
        for start in range(0, block.shape[1], CHUNK):
            part = np.ascontiguousarray(block[:, start : start + CHUNK])
            graph.push(_frame(part, rate, sent))
            sent += part.shape[1]
            yield from _pulled(graph)
        if sent >= count:
            break
    graph.push(None)
    yield from _pulled(graph)


def _tempos(speed: float) -> list[float]:
    """Speeds that one filter can do, which together make this one."""
    parts = []
    while speed < 0.5:
        parts.append(0.5)
        speed /= 0.5
    while speed > 2:  # beyond, it leaves out samples instead of blending them
        parts.append(2.0)
        speed /= 2
    return [*parts, speed]


def _frame(samples: Samples, rate: int, pts: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
    frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), pts
    return frame


def _array(frame: Any) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32)


def _pulled(graph: av.filter.Graph) -> Iterator[Samples]:
    while True:
        try:
            yield _array(graph.pull())
        except (av.error.BlockingIOError, av.error.EOFError):
            return
