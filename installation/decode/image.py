"""Decoded pixels on their way to the wall, converted only where drawing cannot take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

HD_HEIGHT_PX = 720
"""Pictures with no colour tag count as BT.709 from this height on, else as BT.601."""


class Plane(NamedTuple):
    """One plane of pixels: its bytes, and the bytes from one row to the next."""

    data: memoryview
    stride: int


@dataclass(frozen=True, slots=True)
class Image:
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


class Converter:
    """Makes images of frames, keeping one scaler (making one anew costs more than a scaling)."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def convert(self, frame: av.VideoFrame, target: ImageTarget) -> Image:
        """The frame in a format and size that the target takes."""
        matrix = matrix_of(frame)
        full = is_full_range(frame)
        size = target.size_px or (frame.width, frame.height)
        is_plain = frame.format.is_rgb or (matrix == "bt709" and not full)
        is_whole = size == (frame.width, frame.height)
        if is_whole and is_plain and frame.format.name in target.formats:
            return _image(frame, matrix, full)
        colorspace = {
            "bt601": Colorspace.ITU601,
            "bt709": Colorspace.ITU709,
            "bt2020": Colorspace.BT2020,
        }[matrix]
        shrinks = size[0] <= frame.width and size[1] <= frame.height
        converted = self._reformatter.reformat(
            frame,
            width=size[0],
            height=size[1],
            format="bgra",
            src_colorspace=colorspace,
            dst_colorspace=colorspace,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            # Area averages all the pixels a smaller one covers; it is also the cheapest that does.
            interpolation=Interpolation.AREA if shrinks else Interpolation.BICUBIC,
            threads=1,
        )
        return _image(converted, matrix, True)


def matrix_of(frame: av.VideoFrame) -> str:
    """The Y'CbCr matrix a frame is tagged with, or the one its size suggests."""
    tag = int(frame.colorspace)
    if tag in _BT601_TAGS:
        return "bt601"
    if tag in _BT2020_TAGS:
        return "bt2020"
    if tag == 2:  # unspecified
        return "bt709" if frame.height >= HD_HEIGHT_PX else "bt601"
    return "bt709"


def is_full_range(frame: av.VideoFrame) -> bool:
    """True where luma uses 0..255 (RGB and the old yuvj formats always do)."""
    name = frame.format.name
    return frame.color_range == ColorRange.JPEG or name.startswith("yuvj") or frame.format.is_rgb


def _image(frame: av.VideoFrame, matrix: str, full: bool) -> Image:
    planes = tuple(Plane(memoryview(plane), plane.line_size) for plane in frame.planes)
    return Image(frame.format.name, frame.width, frame.height, planes, matrix, full, frame)
