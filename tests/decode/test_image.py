"""Colours and planes of decoded pictures, judged by the formulas of the recommendations.

Y'CbCr of R'G'B': ITU-R BT.601-7 section 2.5, BT.709-6 item 3.2 and BT.2020-2 table 4 give the
coefficients; how its values become integers, in video and in full range: BT.709-6 item 3.4,
BT.2020-2 table 5, and ITU-T H.273 (equations 20 to 27 of its 2016 edition) for all of them.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from installation.decode import Image, ImageTarget
from installation.decode.image import HD_HEIGHT_PX, Converter, colours_of

KR_KB = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
TAG = {"bt601": 6, "bt709": 1, "bt2020": 9}
"""`MatrixCoefficients` of ITU-T H.273."""
FORMATS = {
    "yuv420p": 8,
    "yuv422p": 8,
    "yuv444p": 8,
    "nv12": 8,
    "yuv420p10le": 10,
    "yuv422p10le": 10,
    "yuv444p10le": 10,
    "p010le": 10,
}
"""Bits of each sample."""
P010_SHIFT = 6
"""P010 keeps its ten bits at the upper end of sixteen."""
OFF_SUBSAMPLED, OFF_FULL_CHROMA = 3.5, 1.3
"""How far, of 255, FFmpeg's quick conversion may be from the formula: it rounds its own way where
chroma is subsampled (3.3 and 1.24 were seen)."""
LEVELS = (0, 96, 191, 255)
COLOURS = tuple((r, g, b) for r in LEVELS for g in LEVELS for b in LEVELS)
BGRA = frozenset({"bgra"})
SIZE = (64, 36)

Triple = tuple[float, float, float]


def coded(rgb: tuple[int, int, int], matrix: str, full: bool, bits: int) -> tuple[int, int, int]:
    """Y', Cb and Cr of a colour, as integers."""
    kr, kb = KR_KB[matrix]
    red, green, blue = (value / 255 for value in rgb)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    pb, pr = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    top, middle, unit = (1 << bits) - 1, 1 << (bits - 1), 1 << (bits - 8)
    exact = (
        (top * luma, top * pb + middle, top * pr + middle)
        if full
        else (unit * (219 * luma + 16), unit * (224 * pb + 128), unit * (224 * pr + 128))
    )
    y, cb, cr = (min(max(round(value), 0), top) for value in exact)
    return y, cb, cr


def unclipped(code: tuple[int, int, int], matrix: str, full: bool, bits: int) -> Triple:
    """The red, green and blue that integers of Y', Cb and Cr stand for; 1 is white."""
    kr, kb = KR_KB[matrix]
    y, cb, cr = code
    top, middle, unit = (1 << bits) - 1, 1 << (bits - 1), 1 << (bits - 8)
    if full:
        luma, pb, pr = y / top, (cb - middle) / top, (cr - middle) / top
    else:
        luma, pb, pr = (y / unit - 16) / 219, (cb / unit - 128) / 224, (cr / unit - 128) / 224
    red, blue = luma + 2 * (1 - kr) * pr, luma + 2 * (1 - kb) * pb
    return red, (luma - kr * red - kb * blue) / (1 - kr - kb), blue


def meant(code: tuple[int, int, int], matrix: str, full: bool, bits: int) -> Triple:
    """The red, green and blue, 0 to 255, that a screen can show of it."""
    r, g, b = (255 * min(max(value, 0), 1) for value in unclipped(code, matrix, full, bits))
    return r, g, b


def flat(
    pixel_format: str,
    code: tuple[int, int, int],
    *,
    size: tuple[int, int] = SIZE,
    tag: int = 1,
    full: bool = False,
) -> av.VideoFrame:
    """A picture of one colour, its planes filled by hand."""
    frame = av.VideoFrame(*size, pixel_format)
    sample: Any = np.uint8 if FORMATS[pixel_format] == 8 else np.uint16
    shift = P010_SHIFT if pixel_format == "p010le" else 0
    for index, plane in enumerate(frame.planes):
        samples = np.frombuffer(memoryview(plane), sample)
        if len(frame.planes) == 2 and index == 1:
            samples[0::2], samples[1::2] = code[1] << shift, code[2] << shift
        else:
            samples[:] = code[index] << shift
    frame.colorspace = tag
    frame.color_range = ColorRange.JPEG if full else ColorRange.MPEG
    return frame


def pixels(image: Image) -> NDArray[np.float64]:
    """Red, green and blue of a "bgra" image, (height, width, 3)."""
    assert image.pixel_format == "bgra"
    (plane,) = image.planes
    rows = np.frombuffer(plane.data, np.uint8).reshape(-1, plane.stride)
    shown = rows[: image.height_px, : 4 * image.width_px]
    return shown.reshape(image.height_px, image.width_px, 4)[:, :, 2::-1].astype(np.float64)


def off_by(image: Image, colour: Triple) -> float:
    """The largest difference of any channel of any pixel."""
    return float(np.abs(pixels(image) - colour).max())


# -- colours


@pytest.mark.parametrize("size_px", [None, (16, 9), (100, 60)], ids=["whole", "smaller", "larger"])
@pytest.mark.parametrize("full", [False, True], ids=["video", "full"])
@pytest.mark.parametrize("matrix", KR_KB)
@pytest.mark.parametrize("pixel_format", FORMATS)
def test_colours_are_those_of_the_recommendation(
    pixel_format: str, matrix: str, full: bool, size_px: tuple[int, int] | None
) -> None:
    bits = FORMATS[pixel_format]
    converter, target = Converter(), ImageTarget(BGRA, size_px)
    allowed = OFF_FULL_CHROMA if "444" in pixel_format else OFF_SUBSAMPLED
    wrong = {}
    for rgb in COLOURS:
        code = coded(rgb, matrix, full, bits)
        image = converter.convert(flat(pixel_format, code, tag=TAG[matrix], full=full), target)
        assert (image.width_px, image.height_px) == (size_px or SIZE)
        off = off_by(image, meant(code, matrix, full, bits))
        if off > allowed:
            wrong[rgb] = off
    assert wrong == {}


@pytest.mark.parametrize("full", [False, True], ids=["video", "full"])
@pytest.mark.parametrize("pixel_format", FORMATS)
def test_black_is_black_and_white_is_white(pixel_format: str, full: bool) -> None:
    for level in (0, 255):
        code = coded((level, level, level), "bt709", full, FORMATS[pixel_format])
        image = Converter().convert(flat(pixel_format, code, full=full), ImageTarget(BGRA))
        assert off_by(image, (level, level, level)) <= (0 if level == 0 else 2)


@settings(max_examples=60)
@given(
    st.sampled_from([name for name in FORMATS if "444" in name]),
    st.sampled_from(list(KR_KB)),
    st.booleans(),
    st.tuples(*(st.integers(0, 1023) for _ in range(3))),
)
def test_any_values_also_those_no_camera_makes_are_converted_by_the_formula(
    pixel_format: str, matrix: str, full: bool, ten_bits: tuple[int, int, int]
) -> None:
    bits = FORMATS[pixel_format]
    y, cb, cr = (value >> (10 - bits) for value in ten_bits)
    assume(max(unclipped((y, cb, cr), matrix, full, bits)) < 2)  # FFmpeg counts no further
    image = Converter().convert(
        flat(pixel_format, (y, cb, cr), tag=TAG[matrix], full=full), ImageTarget(BGRA)
    )
    assert off_by(image, meant((y, cb, cr), matrix, full, bits)) <= OFF_FULL_CHROMA


def test_the_matrices_and_ranges_differ_by_more_than_is_allowed() -> None:
    """Else the tests above would let one be taken for another."""
    for one, other in combinations(product(KR_KB, (False, True)), 2):
        apart = 0.0
        for rgb in COLOURS:
            code = coded(rgb, *one, 8)
            pairs = zip(meant(code, *one, 8), meant(code, *other, 8), strict=True)
            apart = max(apart, *(abs(a - b) for a, b in pairs))
        assert apart > 3 * OFF_SUBSAMPLED, (one, other)


# -- what a picture says of itself, and what is assumed where it says nothing


@pytest.mark.parametrize(
    ("tag", "height", "matrix"),
    [
        (1, 90, "bt709"),
        (4, 1080, "bt601"),
        (5, 1080, "bt601"),
        (6, 1080, "bt601"),
        (9, 90, "bt2020"),
        (10, 90, "bt2020"),
        (2, HD_HEIGHT_PX, "bt709"),
        (2, HD_HEIGHT_PX - 2, "bt601"),
    ],
)
def test_the_matrix_is_the_one_tagged_or_else_the_size_s(
    tag: int, height: int, matrix: str
) -> None:
    code = coded((191, 0, 96), matrix, False, 8)
    frame = flat("yuv444p", code, size=(16, height), tag=tag)
    assert colours_of(frame)[0] == matrix
    image = Converter().convert(frame, ImageTarget(BGRA))
    assert image.matrix == matrix
    assert off_by(image, meant(code, matrix, False, 8)) <= OFF_FULL_CHROMA


def test_the_old_jpeg_formats_are_of_full_range_though_untagged() -> None:
    frame = av.VideoFrame(16, 16, "yuvj444p")
    for plane, value in zip(frame.planes, coded((96, 191, 0), "bt601", True, 8), strict=True):
        np.frombuffer(memoryview(plane), np.uint8)[:] = value
    frame.colorspace = TAG["bt601"]
    assert frame.color_range == ColorRange.UNSPECIFIED
    assert colours_of(frame)[1]
    assert off_by(Converter().convert(frame, ImageTarget(BGRA)), (96, 191, 0)) <= 2


@pytest.mark.parametrize("pixel_format", ["rgb24", "gbrp", "bgra", "gbrp10le"])
def test_rgb_pictures_keep_their_colours(pixel_format: str) -> None:
    picture = np.full((16, 16, 3), (200, 30, 90), np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
    assert off_by(Converter().convert(frame, ImageTarget(BGRA)), (200, 30, 90)) <= 1


def test_pictures_without_colour_keep_their_greys() -> None:
    for level in (0, 128, 255):
        frame = av.VideoFrame(16, 16, "gray")
        np.frombuffer(memoryview(frame.planes[0]), np.uint8)[:] = level
        frame.color_range = ColorRange.JPEG
        assert off_by(Converter().convert(frame, ImageTarget(BGRA)), (level, level, level)) <= 1


def test_one_converter_serves_pictures_of_many_kinds_in_turn() -> None:
    converter = Converter()
    for _ in range(2):
        for pixel_format, matrix, full in product(FORMATS, KR_KB, (False, True)):
            bits = FORMATS[pixel_format]
            code = coded((191, 0, 96), matrix, full, bits)
            frame = flat(pixel_format, code, tag=TAG[matrix], full=full)
            image = converter.convert(frame, ImageTarget(BGRA, (20, 12)))
            assert off_by(image, meant(code, matrix, full, bits)) <= OFF_SUBSAMPLED


# -- shapes


QUARTERS = ((191, 0, 0), (0, 191, 0), (0, 0, 191), (255, 255, 255))


def quarters(size: tuple[int, int]) -> av.VideoFrame:
    """Red, green, blue and white, in video range of BT.709 with full chroma."""
    width, height = size
    frame = av.VideoFrame(width, height, "yuv444p")
    for component, plane in enumerate(frame.planes):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        for index, colour in enumerate(QUARTERS):
            value = coded(colour, "bt709", False, 8)[component]
            rows[index // 2 * (height // 2) : height, index % 2 * (width // 2) : width] = value
    frame.colorspace, frame.color_range = TAG["bt709"], ColorRange.MPEG
    return frame


@pytest.mark.parametrize("size", [(64, 36), (63, 37), (17, 91), (319, 179)])
@pytest.mark.parametrize("size_px", [None, (40, 40), (41, 23), (7, 5), (200, 301)])
def test_a_picture_of_any_size_fills_the_size_it_is_wanted_in(
    size: tuple[int, int], size_px: tuple[int, int] | None
) -> None:
    """Odd sizes, and shapes other than the coded one (for sample aspect ratios), too."""
    image = Converter().convert(quarters(size), ImageTarget(BGRA, size_px))
    width, height = size_px or size
    assert (image.width_px, image.height_px) == (width, height)
    shown = pixels(image)
    for index, colour in enumerate(QUARTERS):
        y, x = height * (1 + 2 * (index // 2)) // 4, width * (1 + 2 * (index % 2)) // 4
        assert np.abs(shown[y, x] - colour).max() <= OFF_SUBSAMPLED, (index, shown[y, x])
    corners = shown[0, 0], shown[0, -1], shown[-1, 0], shown[-1, -1]
    for corner, colour in zip(corners, QUARTERS, strict=True):
        assert np.abs(corner - colour).max() <= OFF_SUBSAMPLED


def test_a_smaller_picture_averages_all_the_pixels_it_covers() -> None:
    """A one-pixel chequerboard is grey from afar: no pixel is left out, none counts twice."""
    frame = flat("yuv444p", (16, 128, 128), size=(160, 96))
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    y, x = np.indices((96, 160))
    rows[:96, :160] = np.where((x + y) % 2, 235, 16)
    image = Converter().convert(frame, ImageTarget(BGRA, (40, 24)))
    assert off_by(image, (127.5, 127.5, 127.5)) <= 2


def test_a_larger_picture_has_soft_steps() -> None:
    frame = flat("yuv444p", (16, 128, 128), size=(32, 18))
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    rows[:, 16:] = 235
    row = pixels(Converter().convert(frame, ImageTarget(BGRA, (320, 180))))[90, :, 1]
    assert (row[0], row[-1]) == (0, 255)
    assert len(set(row)) > 6
    assert np.abs(np.diff(row)).max() < 64


# -- planes that drawing takes as they are


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_planes_that_the_target_takes_are_passed_on_untouched(pixel_format: str) -> None:
    frame = flat(pixel_format, (100, 90, 160))
    before = [bytes(plane) for plane in frame.planes]
    target = ImageTarget(frozenset({"bgra", pixel_format}))
    image = Converter().convert(frame, target)
    assert (image.pixel_format, image.width_px, image.height_px) == (pixel_format, *SIZE)
    assert (image.matrix, image.is_full_range) == ("bt709", False)
    assert [bytes(plane.data) for plane in image.planes] == before
    assert [plane.stride for plane in image.planes] == [p.line_size for p in frame.planes]
    for mine, theirs in zip(image.planes, frame.planes, strict=True):
        at = np.frombuffer(mine.data, np.uint8).ctypes.data
        assert at == theirs.buffer_ptr  # the very memory, not a copy
    assert image.owner is frame


@pytest.mark.parametrize("pixel_format", ["bgra", "rgb24"])
def test_rgb_that_the_target_takes_is_passed_on_untouched(pixel_format: str) -> None:
    picture = np.full((16, 16, 3), (200, 30, 90), np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
    image = Converter().convert(frame, ImageTarget(BGRA | {pixel_format}))
    assert image.owner is frame
    assert image.is_full_range


@pytest.mark.parametrize(
    ("tag", "full"), [(TAG["bt601"], False), (TAG["bt2020"], False), (TAG["bt709"], True)]
)
def test_of_y_cb_cr_only_bt_709_in_video_range_passes(tag: int, full: bool) -> None:
    frame = flat("yuv420p", (100, 90, 160), tag=tag, full=full)
    image = Converter().convert(frame, ImageTarget(frozenset({"bgra", "yuv420p"})))
    assert (image.pixel_format, image.is_full_range) == ("bgra", True)


@pytest.mark.parametrize(
    "target",
    [
        ImageTarget(frozenset({"bgra", "nv12"})),
        ImageTarget(frozenset({"bgra", "yuv420p"}), (32, 18)),
    ],
    ids=["another format", "another size"],
)
def test_planes_are_converted_where_the_target_wants_others(target: ImageTarget) -> None:
    image = Converter().convert(flat("yuv420p", (100, 90, 160)), target)
    assert image.pixel_format == "bgra"
    assert (image.width_px, image.height_px) == (target.size_px or SIZE)


def test_an_image_outlives_the_frame_it_was_made_of() -> None:
    converter = Converter()
    code = coded((191, 0, 96), "bt709", False, 8)
    images = [
        converter.convert(flat("yuv444p", code), ImageTarget(formats))
        for formats in (BGRA, frozenset({"yuv444p"}))
    ]
    for _ in range(20):  # would be given the memory again, had it been let go
        converter.convert(flat("yuv444p", (16, 128, 128)), ImageTarget(BGRA))
    assert off_by(images[0], meant(code, "bt709", False, 8)) <= OFF_FULL_CHROMA
    assert [plane.data[0] for plane in images[1].planes] == list(code)
