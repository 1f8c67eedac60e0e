"""A contact sheet: several pictures of walls, made smaller, each with a label, in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter, Qt

from installation.wall.stage import bundled_family

ASPECT = 16 / 9
"""Width over height that a sheet comes as near to as it can."""
AREA_PX = 960 * 540
"""About how many pixels a picture has on the sheet; it is never made larger than it is."""
GAP_PX, TYPE_PX = 48, 21
BACKGROUND, TYPE_COLOR = "#282726", "#d6d1c8"


def contact_sheet(pictures: Sequence[tuple[str, QImage]]) -> QImage:
    """All of these labelled pictures, which are of one size, in the order given."""
    size = _size_on_sheet(pictures[0][1].size())
    step = size + QSize(GAP_PX, GAP_PX + 2 * TYPE_PX)
    columns = min(range(1, len(pictures) + 1), key=lambda n: _oddness(n, len(pictures), step))
    sheet = QImage(_sheet_size(columns, len(pictures), step), QImage.Format.Format_RGB32)
    sheet.fill(QColor(BACKGROUND))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    font = QFont(bundled_family("en"))
    font.setPixelSize(TYPE_PX)
    painter.setFont(font)
    painter.setPen(QColor(TYPE_COLOR))
    for index, (label, picture) in enumerate(pictures):
        row, column = divmod(index, columns)
        x, y = GAP_PX + step.width() * column, GAP_PX + step.height() * row
        painter.drawText(QPoint(x, y + TYPE_PX), _short(label, painter, size.width()))
        painter.drawImage(QPoint(x, y + 2 * TYPE_PX), _scaled(picture, size))
    painter.end()
    return sheet


def _size_on_sheet(whole: QSize) -> QSize:
    scale = min(1.0, math.sqrt(AREA_PX / (whole.width() * whole.height())))
    return QSize(max(1, round(whole.width() * scale)), max(1, round(whole.height() * scale)))


def _sheet_size(columns: int, count: int, step: QSize) -> QSize:
    rows = -(-count // columns)
    return QSize(step.width() * columns + GAP_PX, step.height() * rows + GAP_PX)


def _oddness(columns: int, count: int, step: QSize) -> float:
    """How far from the wanted shape a sheet of so many columns is."""
    size = _sheet_size(columns, count, step)
    return abs(math.log(size.width() / size.height() / ASPECT))


def _scaled(picture: QImage, size: QSize) -> QImage:
    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return picture.scaled(size, keep, smooth)


def _short(label: str, painter: QPainter, width_px: int) -> str:
    elide = Qt.TextElideMode.ElideRight
    return painter.fontMetrics().elidedText(label, elide, max(width_px, 10 * TYPE_PX))
