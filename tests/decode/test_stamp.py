"""A frame says which one it is, and nothing else is taken for one that does."""

from __future__ import annotations

import io
from binascii import crc_hqx
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from installation.decode.stamp import (
    BLACK,
    CELL_PX,
    MOST_FRAMES,
    MOST_VERSIONS,
    WHITE,
    Stamp,
    read,
    stamp,
    stamp_rows,
)

SIZES = st.tuples(st.integers(4, 400), st.integers(1, 120))
STAMPS = st.builds(Stamp, st.integers(0, MOST_FRAMES - 1), st.integers(0, MOST_VERSIONS - 1))
FULL_RANGE = np.clip((np.arange(256) - 16) * 255 / 219, 0, 255).astype(np.uint8)


def stamped(what: Stamp, size: tuple[int, int], padding: int = 0, seed: int = 1) -> NDArray[Any]:
    """A luma plane of noise, with a stamp under the picture; rows padded as decoders do."""
    width, height = size
    shape = height + stamp_rows(*size), width + padding
    plane = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    stamp(plane.data.cast("B"), shape[1], size, what)
    return plane


def read_from(plane: NDArray[Any], size: tuple[int, int]) -> Stamp | None:
    plane = np.ascontiguousarray(plane)
    return read(plane.data.cast("B"), plane.shape[1], size)


@given(STAMPS, SIZES, st.integers(0, 40))
def test_what_is_written_is_read_and_the_picture_untouched(
    what: Stamp, size: tuple[int, int], padding: int
) -> None:
    plane = stamped(what, size, padding)
    before = np.random.default_rng(1).integers(0, 256, plane.shape, np.uint8)
    assert read_from(plane, size) == what
    assert (plane[: size[1]] == before[: size[1]]).all()
    assert (plane[:, size[0] :] == before[:, size[0] :]).all()


@given(STAMPS, SIZES, st.integers(0, 1000))
def test_it_is_read_in_full_range_and_through_noise(
    what: Stamp, size: tuple[int, int], seed: int
) -> None:
    plane = stamped(what, size)
    noise = np.random.default_rng(seed).normal(0, 30, plane.shape)
    for seen in (FULL_RANGE[plane], (plane + noise).clip(0, 255).astype(np.uint8)):
        assert read_from(seen, size) == what


@given(STAMPS, st.sets(st.integers(0, 63), min_size=1, max_size=3))
def test_up_to_three_wrong_cells_never_pass(what: Stamp, wrong: set[int]) -> None:
    size = (64 * CELL_PX, 8)
    plane = stamped(what, size)
    for cell in wrong:
        part = plane[8:, cell * CELL_PX : (cell + 1) * CELL_PX]
        part[:] = WHITE if part[0, 0] == BLACK else BLACK
    assert read_from(plane, size) is None


def test_pictures_are_no_stamps() -> None:
    """Even of random black and white cells only one in 65536 should pass."""
    size = (64 * CELL_PX, 8)
    random = np.random.default_rng(7)
    passed = 0
    for _ in range(10_000):
        cells = random.choice(np.array([BLACK, WHITE], np.uint8), 64)
        plane = np.vstack([np.zeros((8, 256), np.uint8), np.tile(cells.repeat(CELL_PX), (4, 1))])
        passed += read_from(plane, size) is not None
    assert passed <= 3
    for _ in range(1000):
        assert read_from(random.integers(0, 256, (12, 256), np.uint8), size) is None
    for grey in range(256):
        assert read_from(np.full((12, 256), grey, np.uint8), size) is None
    ramp = np.tile(np.arange(256, dtype=np.uint8), (12, 1))
    assert read_from(ramp, size) is None


def test_a_plane_without_the_rows_holds_none() -> None:
    plane = stamped(Stamp(5, 6), (256, 8))
    assert read_from(plane[:-1], (256, 8)) is None
    assert read(b"", 256, (256, 8)) is None


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("libx264", {"crf": "16", "tune": "fastdecode"}),
        # With its macroblock tree x264 does not make the same of narrow pictures each time.
        ("libx264", {"crf": "38", "x264-params": "mbtree=0"}),
        ("libx264", {"crf": "38", "preset": "ultrafast"}),
        ("libx265", {"crf": "34", "x265-params": "log-level=none"}),
        ("mpeg4", {"flags": "+qscale", "global_quality": str(12 * 118)}),
        ("libvpx-vp9", {"crf": "40", "b": "0", "deadline": "realtime", "cpu-used": "8"}),
    ],
)
@pytest.mark.parametrize("size", [(640, 360), (240, 136), (66, 118)])
def test_it_survives_encoding_far_rougher_than_ours(
    codec: str, options: dict[str, str], size: tuple[int, int]
) -> None:
    width, height = size[0], size[1] + stamp_rows(*size)
    stamps = [Stamp(977 * i * i * i, 40503) for i in range(20)]
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as film:
        stream: Any = film.add_stream(codec, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index, what in enumerate(stamps):
            luma = stamped(what, size, seed=index)
            luma[: size[1]] = luma[: size[1]] // 4 + 5 * index  # grain on what changes
            chroma = np.full(width * (height // 2), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(
                np.concatenate([luma.ravel(), chroma]).reshape(-1, width), format="yuv420p"
            )
            frame.pts = index
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as film:
        seen = [
            read(memoryview(frame.planes[0]), frame.planes[0].line_size, size)
            for frame in film.decode(video=0)
        ]
    assert seen == stamps


@given(SIZES)
def test_rows_are_even_and_few(size: tuple[int, int]) -> None:
    width, height = size[0], size[1] * 2
    rows = stamp_rows(width, height)
    assert rows % 2 == 0
    if width >= 64 * CELL_PX:
        assert rows <= 7 + CELL_PX
    elif width >= 128:
        assert rows <= 7 + 2 * CELL_PX


@pytest.mark.parametrize("what", [Stamp(-1, 0), Stamp(MOST_FRAMES, 0), Stamp(0, MOST_VERSIONS)])
def test_what_no_stamp_can_hold_is_a_mistake_of_ours(what: Stamp) -> None:
    with pytest.raises(ValueError, match="no stamp can hold"):
        stamped(what, (256, 8))


def test_the_checksum_is_the_one_that_others_can_compute() -> None:
    """CRC-16/IBM-3740 of index and id, big-endian; its check value is published."""
    assert crc_hqx(b"123456789", 0xFFFF) == 0x29B1
    plane = stamped(Stamp(0x01020304, 0x0506), (256, 8))
    cells = plane[9, CELL_PX // 2 :: CELL_PX] == WHITE
    value = sum(int(cell) << n for n, cell in enumerate(cells))
    assert value >> 16 == 0x010203040506
    assert value & 0xFFFF == crc_hqx(bytes([1, 2, 3, 4, 5, 6]), 0xFFFF)
