"""Decoded pixels on their way to the wall, converted only where drawing cannot take them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import av
from av.video.format import VideoFormat
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

HD_HEIGHT_PX = 720
"""Pictures with no colour tag count as BT.709 from this height on, else as BT.601."""


class Plane(NamedTuple):
    """One plane of pixels: its bytes, and the bytes from one row to the next."""

    data: memoryview
    stride: int


class Image(NamedTuple):
    """A picture's pixels. Planes borrow the decoder's memory, which `owner` keeps alive."""

    pixel_format: str
    """FFmpeg's name: "bgra", "yuv420p", "nv12" ..."""
    width_px: int
    height_px: int
    planes: tuple[Plane, ...]
    matrix: str
    """Y'CbCr matrix: "bt601", "bt709" or "bt2020"."""
    is_full_range: bool
    owner: Any


@dataclass(frozen=True, slots=True)
class ImageTarget:
    """What a drawing path takes."""

    formats: frozenset[str]
    """Pixel formats it draws as they are; anything else is converted to "bgra".

    Of Y'CbCr only BT.709 in video range passes: Qt 6.11 draws all `VideoOutput`s of one pixel
    format with the colour matrix and range of one of them.
    """
    size_px: tuple[int, int] | None = None
    """Width and height the (not yet rotated) picture is to have; None leaves it as coded."""


_BT601_TAGS = (4, 5, 6)  # FCC, BT.470BG, SMPTE 170M in ITU-T H.273
_BT2020_TAGS = (9, 10)
_UNSPECIFIED = 2
# PyAV's enumerations, looked up once: that takes longer than to scale a small picture's row
_COLORSPACES = {
    "bt601": int(Colorspace.ITU601),
    "bt709": int(Colorspace.ITU709),
    "bt2020": int(Colorspace.BT2020),
}
_VIDEO, _FULL = int(ColorRange.MPEG), int(ColorRange.JPEG)
_AREA, _BICUBIC = int(Interpolation.AREA), int(Interpolation.BICUBIC)


class Converter:
    """Makes images of frames, keeping one scaler (making one anew costs more than a scaling)."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def convert(self, frame: av.VideoFrame, target: ImageTarget) -> Image:
        """The frame in a format and size that the target takes."""
        matrix, full = colours_of(frame)
        size = target.size_px or (frame.width, frame.height)
        is_plain = frame.format.is_rgb or (matrix == "bt709" and not full)
        is_whole = size == (frame.width, frame.height)
        if is_whole and is_plain and frame.format.name in target.formats:
            return _image(frame, matrix, full)
        colorspace = _COLORSPACES[matrix]
        shrinks = size[0] <= frame.width and size[1] <= frame.height
        converted = self._reformatter.reformat(
            frame,
            width=size[0],
            height=size[1],
            format="bgra",
            src_colorspace=colorspace,
            dst_colorspace=colorspace,
            src_color_range=_FULL if full else _VIDEO,
            dst_color_range=_FULL,
            # Area averages all the pixels a smaller one covers; it is also the cheapest that does.
            interpolation=_AREA if shrinks else _BICUBIC,
            threads=1,
        )
        return _image(converted, matrix, True)


@dataclass(slots=True)
class DecodedFrame:
    """A decoder's picture; see `decode.reader.Frame`."""

    pts: Fraction
    until: Fraction | None
    decoded: av.VideoFrame
    converter: Converter

    def image(self, target: ImageTarget) -> Image:
        """See `Frame.image`."""
        return self.converter.convert(self.decoded, target)


def colours_of(frame: av.VideoFrame) -> tuple[str, bool]:
    """A frame's Y'CbCr matrix, by its tag or else by its size, and whether luma uses 0..255, as it
    always does in RGB and the old yuvj formats.
    """
    is_hd = frame.height >= HD_HEIGHT_PX
    return _colours(int(frame.colorspace), int(frame.color_range), frame.format.name, is_hd)


@lru_cache(maxsize=256)
def _colours(space: int, color_range: int, format_name: str, is_hd: bool) -> tuple[str, bool]:
    matrix = "bt709"
    if space in _BT601_TAGS or (space == _UNSPECIFIED and not is_hd):
        matrix = "bt601"
    elif space in _BT2020_TAGS:
        matrix = "bt2020"
    is_full = color_range == _FULL or format_name.startswith("yuvj")
    return matrix, is_full or VideoFormat(format_name).is_rgb


def _image(frame: av.VideoFrame, matrix: str, full: bool) -> Image:
    planes = tuple(Plane(memoryview(plane), plane.line_size) for plane in frame.planes)
    return Image(frame.format.name, frame.width, frame.height, planes, matrix, full, frame)
