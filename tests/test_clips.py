"""The clips that tests are made of are what they say they are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from tests.clips import make_clip
from tests.wall_e2e import blockcode

FRAMES = 20


def read(clip: Path) -> tuple[list[tuple[int, int] | None], list[Fraction]]:
    """What the pictures show, and their pts in seconds, in the order a player shows them."""
    codes, pts = [], []
    with av.open(str(clip)) as film:
        for frame in film.decode(video=0):
            light = frame.to_ndarray(format="gray")
            at = blockcode.centres(0, 0, frame.width, frame.height)
            codes.append(blockcode.decode(np.array([light[y, x] for x, y in at], np.uint8)))
            assert frame.pts is not None
            assert frame.time_base is not None
            pts.append(frame.pts * frame.time_base)
    return codes, pts


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("plain.mp4", {}),
        ("long gop.mkv", {"gop": 250, "bframes": 3}),
        ("only keyframes.mov", {"gop": 1, "bframes": 0}),
        ("portrait.mp4", {"size": (180, 320), "rotation": 90}),
        ("odd.mkv", {"size": (321, 179), "pixel_format": "yuv444p", "codec": "ffv1"}),
        ("ten bit.mkv", {"pixel_format": "yuv420p10le"}),
        ("four two two.mov", {"codec": "prores_ks", "pixel_format": "yuv422p10le"}),
        ("webm.webm", {"codec": "libvpx-vp9"}),
        ("with sound.mp4", {"audio_s": 3}),
        ("full range.mp4", {"color_range": ColorRange.JPEG, "colorspace": Colorspace.ITU709}),
        ("old.avi", {"codec": "mpeg4", "bframes": 0}),
    ],
)
def test_every_picture_shows_its_own_index(tmp_path: Path, name: str, how: dict[str, Any]) -> None:
    clip = make_clip(tmp_path / name, frames=FRAMES, version=9, **how)
    codes, _ = read(clip)
    assert codes == [(index, 9) for index in range(FRAMES)]


def test_a_variable_rate_keeps_its_times(tmp_path: Path) -> None:
    pts = [Fraction(i * i, 240) for i in range(FRAMES)]
    codes, told = read(make_clip(tmp_path / "clip.mp4", frames=FRAMES, pts=pts))
    assert told == pts
    assert len(codes) == FRAMES


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_a_clip_may_begin_later_than_its_container(tmp_path: Path, name: str) -> None:
    codes, told = read(make_clip(tmp_path / name, frames=FRAMES, bframes=0, start_frame=2))
    assert codes[0] == (0, 0)
    assert abs(told[0] - Fraction(2, 24)) < Fraction(1, 1000)


def test_geometry_colours_and_sound_are_labelled(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4",
        frames=FRAMES,
        gop=5,
        rotation=90,
        sample_aspect=Fraction(4, 3),
        colorspace=Colorspace.ITU709,
        color_range=ColorRange.JPEG,
        audio_s=2,
    )
    with av.open(str(clip)) as film:
        stream = film.streams.video[0]
        assert stream.sample_aspect_ratio == Fraction(4, 3)
        assert stream.average_rate == 24
        sound = film.streams.audio[0]
        assert sound.duration is not None
        assert sound.time_base is not None
        assert float(sound.duration * sound.time_base) == pytest.approx(2, abs=0.1)
        frames = list(film.decode(stream))
        assert frames[0].rotation == -90  # FFmpeg counts the other way round
        assert frames[0].colorspace == Colorspace.ITU709
        assert frames[0].color_range == ColorRange.JPEG
        assert [i for i, frame in enumerate(frames) if frame.key_frame] == [0, 5, 10, 15]
