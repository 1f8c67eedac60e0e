"""All tiles' pictures as one item of the software scene graph.

One item, as large as the window, is repainted in one go and reaches the screen in one piece: no
picture can be caught with one tile ahead of another, whatever the window system does between two
rectangles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from installation.layout import Crop, Placement
from installation.wall.video_frame import SheetPicture


class PictureSheet(QQuickPaintedItem):
    """Paints each tile's newest picture where the layout places it. GUI thread only."""

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self.setOpaquePainting(True)
        self._placements: Sequence[Placement] = ()
        self._pictures: dict[str, SheetPicture | None] = {}

    def place(self, placements: Sequence[Placement], background: QColor) -> None:
        """Use this layout from the next paint on."""
        self._placements = placements
        self.setFillColor(background)
        self.update()

    def show_pictures(self, pictures: Mapping[str, SheetPicture | None]) -> None:
        """Take one presentation set's pictures (None is black); the others stay as they are."""
        self._pictures.update(pictures)
        self.update()

    def forget(self, name: str) -> None:
        """Draw nothing for this version until its next picture."""
        self._pictures.pop(name, None)
        self.update()

    def paint(self, painter: QPainter) -> None:
        """Qt calls this during the scene graph's sync."""
        for placement in self._placements:
            if placement.name not in self._pictures:
                continue
            at = placement.picture
            target = QRect(at.x_px, at.y_px, at.width_px, at.height_px)
            picture = self._pictures[placement.name]
            if picture is None:
                painter.fillRect(target, QColor("black"))
                continue
            source = _part(placement.source, picture.image.size())
            if source.toRect().size() == target.size():  # its own pixels, but for the rounding
                painter.drawImage(target.topLeft(), picture.image, _within(source, picture.image))
            else:  # on the way from one size to another
                painter.drawImage(QRectF(target), picture.image, source)


def _part(crop: Crop, size: QSize) -> QRectF:
    """Where a part of the picture lies in an image of it."""
    width, height = size.width(), size.height()
    return QRectF(crop.x * width, crop.y * height, crop.width * width, crop.height * height)


def _within(part: QRectF, image: QImage) -> QRect:
    """The part in whole pixels, all of them the image's."""
    rect = part.toRect()
    rect.moveLeft(max(0, min(rect.left(), image.width() - rect.width())))
    rect.moveTop(max(0, min(rect.top(), image.height() - rect.height())))
    return rect
