"""The two ways to draw, and what each makes of a decoded image: the seam between them is here.

*software*: Qt Quick's software scene graph cannot draw video frames; pictures come already scaled
to their tile and are painted by one `PictureSheet`. *gpu*: full-size planes go to one
`VideoOutput` per tile, and the GPU scales and converts. The makers run on the feeds' threads.
"""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QLoggingCategory, QSize
from PySide6.QtGui import QImage, QTransform

from installation.decode import Image


class Drawing(StrEnum):
    """Which way the wall is drawn."""

    SOFTWARE = "software"
    GPU = "gpu"


SHEET_FORMATS = frozenset({"bgra"})
VIDEO_FORMATS = frozenset({"yuv420p", "yuv422p", "nv12", "p010le", "yuv420p10le", "bgra"})
"""What `QVideoFrame` takes as it is."""


_RGB32 = QImage.Format.Format_RGB32


class SheetPicture(NamedTuple):
    """An upright picture in the pixels of its tile; `image` borrows the memory of `owner`."""

    image: QImage
    owner: Any


def sheet_picture(image: Image, rotation_deg: int) -> SheetPicture:
    """For the software path. The image is "bgra"."""
    plane = image.planes[0]
    picture = QImage(plane.data, image.width_px, image.height_px, plane.stride, _RGB32)
    if rotation_deg:
        return SheetPicture(picture.transformed(QTransform().rotate(rotation_deg)), None)
    return SheetPicture(picture, image)


class _Multimedia(NamedTuple):
    """What QtMultimedia has for the names in an image."""

    frame: Any
    layout: Any
    rotation: Any
    write_only: Any
    formats: dict[str, Any]
    matrices: dict[str, Any]
    ranges: dict[bool, Any]


@functools.cache
def multimedia() -> _Multimedia:
    """QtMultimedia, for the GPU path only: the software path starts without it.

    To be called once before the feeds do: PySide6 makes an enumeration when it is first asked for,
    and a second thread that asks meanwhile is told that there is none.
    """
    # It looks for PipeWire, which only sound would need.
    QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver.warning=false")
    from PySide6.QtMultimedia import QtVideo, QVideoFrame, QVideoFrameFormat

    pixels = QVideoFrameFormat.PixelFormat
    spaces = QVideoFrameFormat.ColorSpace
    ranges = QVideoFrameFormat.ColorRange
    return _Multimedia(
        frame=QVideoFrame,
        layout=QVideoFrameFormat,
        rotation=QtVideo.Rotation,
        write_only=QVideoFrame.MapMode.WriteOnly,
        formats={
            "yuv420p": pixels.Format_YUV420P,
            "yuv422p": pixels.Format_YUV422P,
            "nv12": pixels.Format_NV12,
            "p010le": pixels.Format_P010,
            "yuv420p10le": pixels.Format_YUV420P10,
            "bgra": pixels.Format_BGRX8888,
        },
        matrices={
            "bt601": spaces.ColorSpace_BT601,
            "bt709": spaces.ColorSpace_BT709,
            "bt2020": spaces.ColorSpace_BT2020,
        },
        ranges={True: ranges.ColorRange_Full, False: ranges.ColorRange_Video},
    )


def video_frame(image: Image, rotation_deg: int) -> Any:
    """A `QVideoFrame` of its own memory, for the GPU path; any of `VIDEO_FORMATS`."""
    qt = multimedia()
    layout = qt.layout(QSize(image.width_px, image.height_px), qt.formats[image.pixel_format])
    layout.setColorSpace(qt.matrices[image.matrix])
    layout.setColorRange(qt.ranges[image.is_full_range])
    frame = qt.frame(layout)
    if not frame.map(qt.write_only):
        raise MemoryError("no memory for a video frame")
    try:
        for index, plane in enumerate(image.planes):
            _copy_rows(plane.data, plane.stride, frame.bits(index), frame.bytesPerLine(index))
    finally:
        frame.unmap()
    if rotation_deg:
        frame.setRotation(qt.rotation(rotation_deg))
    return frame


def _copy_rows(source: memoryview, stride: int, target: Any, target_stride: int) -> None:
    """Copy a plane row by row where the two pad their rows differently."""
    if stride == target_stride:
        size = min(len(source), len(target))
        target[:size] = source[:size]
        return
    import numpy as np

    rows = min(len(source) // stride, len(target) // target_stride)
    width = min(stride, target_stride)
    to = np.frombuffer(target, np.uint8)[: rows * target_stride].reshape(rows, target_stride)
    of = np.frombuffer(source, np.uint8)[: rows * stride].reshape(rows, stride)
    to[:, :width] = of[:, :width]
