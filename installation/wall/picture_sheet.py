"""All tiles' pictures as one item of the software scene graph.

One item, as large as the window, is repainted in one go and reaches the screen in one piece: no
picture can be caught with one tile ahead of another, whatever the window system does between two
rectangles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QTransform
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from installation.layout import Crop, Placement, View
from installation.wall.video_frame import SheetPicture

ROUNDED_PX, EVENED_PX = 0.5, 1.5
"""How many pixels a picture made for its tile may lack, or have too many: their number is rounded,
and made even."""


class PictureSheet(QQuickPaintedItem):
    """Paints each tile's newest picture where the layout places it. GUI thread only."""

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self.setOpaquePainting(True)
        self._placements: Sequence[Placement] = ()
        self._pictures: dict[str, SheetPicture | None] = {}
        self._cuts: dict[str, _Cut] = {}  # the same for every picture of a tile
        self._transform: QTransform | None = None
        self._names: frozenset[str] | None = None
        self._is_scaled = False

    def place(
        self, placements: Sequence[Placement], background: QColor, view: View | None = None
    ) -> None:
        """Use this layout from the next paint on; where it is a part of the canvas, `view` says
        which.
        """
        self._placements = placements
        self._transform = self._names = None
        if view is not None:
            self._placements = [p for p in placements if p.picture.meets(view.part)]
            self._names = frozenset(p.name for p in self._placements)
            self._transform = QTransform(*view.affine())
            self._is_scaled = view.is_scaled
        self._cuts.clear()
        self.setFillColor(background)
        self.update()

    def show_pictures(self, pictures: Mapping[str, SheetPicture | None]) -> None:
        """Take one presentation set's pictures (None is black); the others stay as they are."""
        self._pictures.update(pictures)
        if self._names is None or not self._names.isdisjoint(pictures):
            self.update()

    def forget(self, name: str) -> None:
        """Draw nothing for this version until its next picture."""
        self._pictures.pop(name, None)
        self.update()

    def paint(self, painter: QPainter) -> None:
        """Qt calls this during the scene graph's sync."""
        if self._transform is not None:
            painter.setTransform(self._transform, True)
            if self._is_scaled:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for placement in self._placements:
            name = placement.name
            if name not in self._pictures:
                continue
            picture = self._pictures[name]
            if picture is None:
                painter.fillRect(_rect(placement), QColor("black"))
                continue
            size, target, source = self._cuts.get(name, _NO_CUT)
            if size != picture.image.size():
                size, target, source = self._cuts[name] = _cut(placement, picture.image.size())
            painter.drawImage(target, picture.image, source)


class _Cut(NamedTuple):
    """Which part of an image of this size goes where."""

    size: QSize
    target: QPoint | QRectF
    source: QRect | QRectF


_NO_CUT = _Cut(QSize(), QPoint(), QRect())


def _rect(placement: Placement) -> QRect:
    at = placement.picture
    return QRect(at.x_px, at.y_px, at.width_px, at.height_px)


def _cut(placement: Placement, size: QSize) -> _Cut:
    target, source = _rect(placement), _part(placement.source, size)
    wide, high = source.width() - target.width(), source.height() - target.height()
    if -ROUNDED_PX <= wide <= EVENED_PX and -ROUNDED_PX <= high <= EVENED_PX:
        return _Cut(size, target.topLeft(), _within(source, target.size(), size))
    return _Cut(size, QRectF(target), source)  # on the way from one size to another


def _part(crop: Crop, size: QSize) -> QRectF:
    """Where a part of the picture lies in an image of it."""
    width, height = size.width(), size.height()
    return QRectF(crop.x * width, crop.y * height, crop.width * width, crop.height * height)


def _within(part: QRectF, cut: QSize, size: QSize) -> QRect:
    """A cut of the image in whole pixels, where the part lies."""
    rect = QRect(part.topLeft().toPoint(), cut)
    rect.moveLeft(max(0, min(rect.left(), size.width() - rect.width())))
    rect.moveTop(max(0, min(rect.top(), size.height() - rect.height())))
    return rect
