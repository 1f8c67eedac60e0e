"""The people of the sample film, as silhouettes one unit tall with their feet at the origin."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

Points = tuple[tuple[float, float], ...]


def _limb(painter: QPainter, points: Points, width: float, colour: QColor) -> None:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)


def _fill(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    painter.fillPath(path, colour)


def _curve(
    start: tuple[float, float], *cubics: tuple[float, float, float, float, float, float]
) -> QPainterPath:
    path = QPainterPath(QPointF(*start))
    for x1, y1, x2, y2, x, y in cubics:
        path.cubicTo(x1, y1, x2, y2, x, y)
    path.closeSubpath()
    return path


def officer(painter: QPainter, colour: QColor, *, stride: float = 0.0, bow: float = 0.0) -> None:
    """An officer in a long coat; `stride` (-1..1) sets his legs apart, `bow` (0..1) his head."""
    _limb(
        painter,
        ((-0.035, -0.48), (-0.045 - 0.07 * stride, -0.24), (-0.045 - 0.13 * stride, -0.03)),
        0.062,
        colour,
    )
    _limb(
        painter,
        ((0.035, -0.48), (0.045 + 0.07 * stride, -0.24), (0.045 + 0.13 * stride, -0.03)),
        0.062,
        colour,
    )
    for side, reach in ((-1, -stride), (1, stride)):
        foot = QRectF(side * 0.045 + reach * 0.13 - 0.03, -0.03, 0.095, 0.03)
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(foot, 0.015, 0.015)
    coat = _curve(
        (-0.03, -0.865),
        (-0.07, -0.855, -0.125, -0.855, -0.125, -0.80),
        (-0.12, -0.72, -0.085, -0.66, -0.08, -0.60),
        (-0.085, -0.52, -0.11, -0.44, -0.12, -0.36),
        (-0.04, -0.34, 0.05, -0.34, 0.12, -0.36),
        (0.11, -0.44, 0.085, -0.52, 0.08, -0.60),
        (0.085, -0.66, 0.12, -0.72, 0.125, -0.80),
        (0.125, -0.855, 0.07, -0.855, 0.03, -0.865),
    )
    _fill(painter, coat, colour)
    _limb(painter, ((-0.112, -0.81), (-0.135, -0.64), (-0.10 - 0.04 * stride, -0.50)), 0.05, colour)
    _limb(painter, ((0.112, -0.81), (0.135, -0.64), (0.10 + 0.04 * stride, -0.50)), 0.05, colour)
    for side in (-1, 1):  # epaulettes
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(side * 0.115, -0.845), 0.038, 0.014)
    painter.save()
    painter.translate(0.0, -0.86)
    painter.rotate(22 * bow)
    _limb(painter, ((0, 0), (0, -0.05)), 0.045, colour)
    painter.drawEllipse(QPointF(0.002, -0.075), 0.041, 0.052)
    cap = _curve(
        (-0.046, -0.095),
        (-0.05, -0.125, -0.055, -0.135, -0.05, -0.142),
        (-0.02, -0.152, 0.02, -0.152, 0.05, -0.142),
        (0.055, -0.135, 0.048, -0.12, 0.048, -0.1),
        (0.06, -0.098, 0.07, -0.09, 0.072, -0.083),
        (0.05, -0.094, -0.01, -0.1, -0.046, -0.095),
    )
    _fill(painter, cap, colour)
    painter.restore()


def lady(painter: QPainter, colour: QColor, *, sway: float = 0.0, haste: float = 0.0) -> None:
    """A lady in a ball gown; `sway` (-1..1) swings the skirt, `haste` (0..1) leans her forward."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    trail = sway * 0.08 - haste * 0.16
    skirt = _curve(
        (-0.045, -0.60),
        (-0.09, -0.48, -0.20 + trail, -0.26, -0.25 + trail, -0.015),
        (-0.12 + trail, 0.012, 0.12 + trail, 0.012, 0.24 + trail * 0.6, -0.015),
        (0.20, -0.26, 0.09, -0.48, 0.045, -0.60),
    )
    _fill(painter, skirt, colour)
    painter.translate(0, -0.60)
    painter.rotate(14 * haste)
    bodice = _curve(
        (-0.046, 0.02),
        (-0.05, -0.06, -0.075, -0.14, -0.085, -0.205),
        (-0.06, -0.235, -0.03, -0.235, -0.02, -0.25),
        (-0.01, -0.235, 0.01, -0.235, 0.02, -0.25),
        (0.03, -0.235, 0.06, -0.235, 0.085, -0.205),
        (0.075, -0.14, 0.05, -0.06, 0.046, 0.02),
    )
    _fill(painter, bodice, colour)
    _limb(painter, ((-0.078, -0.2), (-0.11, -0.07), (-0.07 - 0.03 * haste, 0.04)), 0.03, colour)
    _limb(
        painter,
        ((0.078, -0.2), (0.12 + 0.05 * haste, -0.1), (0.10 + 0.14 * haste, -0.02 - 0.08 * haste)),
        0.03,
        colour,
    )
    _limb(painter, ((0, -0.23), (0.003, -0.285)), 0.026, colour)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(0.008, -0.315), 0.034, 0.045)
    painter.drawEllipse(QPointF(-0.028, -0.338), 0.03, 0.027)
    painter.drawEllipse(QPointF(-0.004, -0.352), 0.032, 0.02)
    painter.restore()


def couple(painter: QPainter, colour: QColor, turn: float) -> None:
    """A waltzing pair; `turn` in radians is where they are in their turning."""
    from math import cos, sin

    facing = cos(turn)
    width = (0.45 + 0.55 * abs(facing)) * (1 if facing >= 0 else -1)
    painter.save()
    painter.scale(width, 1)
    painter.save()
    painter.translate(0.11, 0)
    painter.scale(0.98, 1.04)
    officer(painter, colour, stride=0.5 * sin(2 * turn))
    painter.restore()
    painter.save()
    painter.translate(-0.1, 0)
    painter.rotate(-2.5)
    lady(painter, colour, sway=sin(turn))
    painter.restore()
    _limb(painter, ((0.02, -0.83), (-0.11, -0.74), (-0.14, -0.66)), 0.036, colour)
    _limb(painter, ((0.2, -0.82), (0.3, -0.84), (0.33, -0.9)), 0.036, colour)
    _limb(painter, ((-0.03, -0.79), (0.16, -0.86), (0.33, -0.9)), 0.026, colour)
    painter.restore()


def his_profile() -> QPainterPath:
    """His head and shoulders, looking left; about one unit tall, the lips at the origin."""
    path = QPainterPath(QPointF(0.0, 0.0))
    path.cubicTo(-0.012, -0.012, -0.012, -0.028, 0.004, -0.034)  # upper lip
    path.cubicTo(-0.012, -0.05, -0.034, -0.062, -0.05, -0.082)  # under the nose
    path.cubicTo(-0.045, -0.1, -0.018, -0.135, -0.006, -0.172)  # nose
    path.cubicTo(-0.016, -0.19, -0.02, -0.215, -0.012, -0.262)  # brow, forehead
    path.cubicTo(0.0, -0.345, 0.09, -0.395, 0.19, -0.385)  # crown
    path.cubicTo(0.31, -0.37, 0.372, -0.27, 0.352, -0.16)  # back of the head
    path.cubicTo(0.345, -0.09, 0.32, -0.04, 0.315, 0.02)  # nape
    path.cubicTo(0.33, 0.09, 0.45, 0.13, 0.62, 0.17)  # collar, shoulder
    path.cubicTo(0.78, 0.2, 0.86, 0.3, 0.9, 0.62)
    path.lineTo(0.9, 0.9)
    path.lineTo(0.06, 0.9)
    path.lineTo(0.06, 0.62)
    path.cubicTo(0.08, 0.42, 0.12, 0.3, 0.14, 0.2)  # chest
    path.cubicTo(0.125, 0.16, 0.135, 0.12, 0.128, 0.098)  # throat
    path.cubicTo(0.07, 0.108, 0.03, 0.1, 0.016, 0.082)  # chin
    path.cubicTo(0.006, 0.062, 0.018, 0.046, 0.008, 0.03)
    path.cubicTo(-0.006, 0.022, -0.006, 0.008, 0.0, 0.0)  # lower lip
    return path


def her_profile() -> QPainterPath:
    """Her head and shoulders, looking right; the lips at the origin."""
    path = QPainterPath(QPointF(0.0, 0.0))
    path.cubicTo(0.012, -0.01, 0.012, -0.026, -0.004, -0.032)
    path.cubicTo(0.01, -0.046, 0.028, -0.055, 0.04, -0.07)
    path.cubicTo(0.036, -0.088, 0.012, -0.115, 0.0, -0.148)
    path.cubicTo(0.01, -0.175, 0.012, -0.2, 0.002, -0.235)
    path.cubicTo(-0.01, -0.3, -0.07, -0.345, -0.15, -0.34)
    path.cubicTo(-0.2, -0.37, -0.31, -0.36, -0.335, -0.29)  # the knot of hair
    path.cubicTo(-0.37, -0.22, -0.34, -0.14, -0.27, -0.125)
    path.cubicTo(-0.245, -0.08, -0.225, -0.03, -0.222, 0.03)
    path.cubicTo(-0.23, 0.11, -0.27, 0.15, -0.37, 0.185)  # neck, shoulder
    path.cubicTo(-0.5, 0.22, -0.56, 0.34, -0.6, 0.62)
    path.lineTo(-0.6, 0.9)
    path.lineTo(-0.03, 0.9)
    path.lineTo(-0.03, 0.62)
    path.cubicTo(-0.02, 0.44, -0.06, 0.34, -0.075, 0.24)
    path.cubicTo(-0.09, 0.18, -0.1, 0.14, -0.098, 0.092)
    path.cubicTo(-0.055, 0.1, -0.024, 0.094, -0.013, 0.074)
    path.cubicTo(-0.004, 0.056, -0.014, 0.042, -0.006, 0.028)
    path.cubicTo(0.006, 0.02, 0.006, 0.008, 0.0, 0.0)
    return path
