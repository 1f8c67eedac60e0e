"""A still is one upright picture of a film, and nothing worse where there is none."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from installation.film import Version
from installation.library import scan
from installation.library.still_apart import HEIGHT_PX, WIDTH_PX, still_apart
from tests.clips import make_clip
from tests.wall_e2e.finder import find_tiles


def light(jpeg: bytes) -> NDArray[np.uint8]:
    with av.open(io.BytesIO(jpeg), "r") as container:
        return next(container.decode(video=0)).to_ndarray(format="gray").astype(np.uint8)


def only_version(folder: Path) -> Version:
    (version,) = scan(folder, order="date", read_credentials=None).versions
    return version


def test_a_still_is_the_picture_at_a_third_of_the_film(tmp_path: Path) -> None:
    make_clip(tmp_path / "2024 A" / "film.mp4", frames=48, size=(640, 360), version=3)
    picture = light(still_apart(only_version(tmp_path)))
    assert picture.shape == (270, WIDTH_PX)
    assert list(find_tiles(picture).values()) == [(16, 3)]


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_still_stands_upright(tmp_path: Path, turned: int) -> None:
    make_clip(tmp_path / "2024 A" / "film.mp4", frames=12, size=(320, 180), rotation=turned)
    picture = light(still_apart(only_version(tmp_path)))
    coded = np.rot90(picture, turned // 90)  # back to how it lies in the file
    assert coded.shape[1] > coded.shape[0]
    assert max(picture.shape) <= HEIGHT_PX
    assert list(find_tiles(np.ascontiguousarray(coded)).values()) == [(4, 0)]


def test_a_still_has_square_pixels(tmp_path: Path) -> None:
    film = tmp_path / "2024 A" / "film.mp4"
    make_clip(film, frames=12, size=(720, 576), sample_aspect=Fraction(64, 45))
    assert light(still_apart(only_version(tmp_path))).shape == (270, 480)


def test_there_is_no_still_of_what_cannot_be_read(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "2024 A" / "film.mp4", frames=48)
    version = only_version(tmp_path)
    film.write_bytes(b"\0" * 100_000)
    assert still_apart(version) == b""
    film.unlink()
    assert still_apart(version) == b""
