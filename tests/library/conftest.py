"""Small clips made with PyAV, and film folders made of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

MakeClip = Callable[..., Path]


def _make_clip(
    path: Path,
    *,
    container: str | None = None,
    codec: str = "libx264",
    size: tuple[int, int] = (64, 64),
    rate: Fraction | int = 24,
    times: list[int] | None = None,
    pixels: str = "yuv420p",
    muxer: dict[str, str] | None = None,
    encoder: dict[str, str] | None = None,
    rotation_matrix: list[int] | None = None,
    sample_aspect: Fraction | None = None,
    sound_s: float = 0,
    has_picture: bool = True,
) -> Path:
    """A film of ten pictures, unless `times` (in frames of `rate`) says otherwise."""
    with av.open(path, "w", format=container, options=muxer or {}) as film:
        sound_codec = "libopus" if path.suffix == ".webm" else "aac"
        sound = cast(AudioStream, film.add_stream(sound_codec, rate=48000))
        if has_picture:
            stream = cast(VideoStream, film.add_stream(codec, rate=rate, options=encoder or {}))
            stream.width, stream.height = size
            stream.pix_fmt = pixels
            if sample_aspect is not None:
                stream.codec_context.sample_aspect_ratio = sample_aspect
            if rotation_matrix is not None:
                stream.set_display_matrix(rotation_matrix)
            for index, time in enumerate(times or range(10)):
                shade = np.full((size[1], size[0], 3), 20 * index % 256, np.uint8)
                frame = av.VideoFrame.from_ndarray(shade, format="rgb24").reformat(format=pixels)
                frame.pts, frame.time_base = time, 1 / Fraction(rate)
                film.mux(stream.encode(frame))
            film.mux(stream.encode())
        for index in range(max(1, int(sound_s * 48000) // 1024)):
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
            )
            silence.sample_rate, silence.pts = 48000, index * 1024
            film.mux(sound.encode(silence))
        film.mux(sound.encode())
    return path


@pytest.fixture(scope="session")
def make_clip() -> MakeClip:
    """`make_clip(path, ...)` writes a small film."""
    return _make_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An ordinary small MP4: H.264, 64x64, ten pictures, 24 per second."""
    return _make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4").read_bytes()


@pytest.fixture(scope="session")
def faststart_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same with its index in front, as the web likes it, and of intra pictures only."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    options: dict[str, Any] = {"muxer": {"movflags": "faststart"}, "encoder": {"g": "1"}}
    return _make_clip(path, **options).read_bytes()


@pytest.fixture
def film_folder(tmp_path: Path) -> Path:
    """An empty film folder."""
    folder = tmp_path / "The Kiss"
    folder.mkdir()
    return folder


@pytest.fixture
def add_version(film_folder: Path, clip: bytes) -> Callable[..., Path]:
    """`add_version(name, film=..., file=...)` puts a folder with a video file into the film's."""

    def add(name: str, film: bytes = clip, file: str = "film.mp4") -> Path:
        folder = film_folder / name
        folder.mkdir(exist_ok=True)
        (folder / file).write_bytes(film)
        return folder

    return add


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter (pytest's own are for one only)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def without_privileges() -> Callable[[], AbstractContextManager[None]]:
    """A context in which file permissions count for root as well."""

    @contextmanager
    def as_nobody() -> Iterator[None]:
        is_root = os.name != "nt" and os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            yield
        finally:
            if is_root:
                os.seteuid(0)

    return as_nobody
