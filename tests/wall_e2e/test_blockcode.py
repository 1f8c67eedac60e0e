"""A picture's index is read back as it was written, or not at all."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.wall_e2e import blockcode

INDICES = st.integers(0, blockcode.MAX_INDEX - 1)
VERSIONS = st.integers(0, 15)
SIZE = (320, 180)


def read(
    light: NDArray[np.uint8], rect: tuple[int, int, int, int] | None = None
) -> tuple[int, int] | None:
    x, y, width, height = rect or (0, 0, light.shape[1], light.shape[0])
    at = blockcode.centres(x, y, width, height)
    return blockcode.decode(np.array([light[row, column] for column, row in at], np.uint8))


@given(INDICES, VERSIONS, st.integers(64, 700), st.integers(48, 500))
def test_a_code_reads_as_it_was_written(index: int, version: int, width: int, height: int) -> None:
    assert read(blockcode.luma(index, version, width, height)) == (index, version)


@given(INDICES, VERSIONS, st.sampled_from([(160, 90), (152, 85), (90, 160), (640, 200)]))
def test_a_code_survives_scaling(index: int, version: int, size: tuple[int, int]) -> None:
    picture = av.VideoFrame.from_ndarray(blockcode.luma(index, version, 640, 360), format="gray")
    scaled = picture.reformat(*size, format="gray", interpolation="BICUBIC").to_ndarray()
    assert read(scaled.astype(np.uint8)) == (index, version)


@given(INDICES, VERSIONS, st.floats(0.7, 1.3), st.integers(0, 2**32 - 1))
def test_a_code_survives_noise_and_levels(index: int, version: int, gain: float, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 4, SIZE[::-1])
    coded = blockcode.luma(index, version, *SIZE) * gain + noise
    assert read(coded.clip(0, 255).astype(np.uint8)) == (index, version)


@given(INDICES, VERSIONS, st.integers(0, 31))
def test_one_wrong_block_is_noticed(index: int, version: int, block: int) -> None:
    light = np.array(blockcode.bits(index, version), np.uint8) * 255
    light[block] = 255 - light[block]
    assert blockcode.decode(light) is None


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_torn_picture_is_never_read_as_a_third_one(rows: int) -> None:
    for index in range(blockcode.MAX_INDEX - 1):
        upper, lower = (np.array(blockcode.bits(i, 3)) * 255 for i in (index, index + 1))
        torn = np.concatenate([upper[: rows * 8], lower[rows * 8 :]]).astype(np.uint8)
        assert blockcode.decode(torn) in (None, (index, 3), (index + 1, 3))


def test_no_code_is_found_where_there_is_none() -> None:
    for level in (0, 127, 128, 255):
        assert read(np.full(SIZE[::-1], level, np.uint8)) is None
    random = np.random.default_rng(1).integers(0, 256, (10_000, 32), np.uint8)
    found = sum(blockcode.decode(samples) is not None for samples in random)
    assert found <= 3  # one in 65,536 by chance


def test_a_code_is_read_where_it_hangs() -> None:
    screen = np.zeros((720, 1280), np.uint8)
    screen[100:280, 200:520] = blockcode.luma(1234, 5, *SIZE)
    assert read(screen, (200, 100, *SIZE)) == (1234, 5)
    assert read(screen, (240, 100, *SIZE)) is None
