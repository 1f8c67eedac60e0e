"""The sample film itself: a moment in seconds to a picture, drawn with QPainter.

Four scenes of twenty seconds: a ballroom, a dark room, a kiss, a memory that fades.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QRadialGradient,
)

from installation.sample.figures import couple, her_profile, his_profile, officer

WIDTH, HEIGHT = 1920, 1080
SECONDS = 20
BALLROOM, ROOM, KISS, ROAD = 0.0, 6.2, 10.6, 14.2
"""When each scene begins."""
_MIX_S = 0.7


def ease(x: float) -> float:
    """0 to 1, slow at both ends."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def picture(t: float, width: int, height: int) -> QImage:
    """The film at `t` seconds, filling a picture of this size (the middle of it, if narrower)."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scale = max(width / WIDTH, height / HEIGHT)
    painter.translate((width - WIDTH * scale) / 2, (height - HEIGHT * scale) / 2)
    painter.scale(scale, scale)
    scenes: list[tuple[float, Callable[[QPainter, float], None]]] = [
        (BALLROOM, _ballroom),
        (ROOM, _room),
        (KISS, _kiss),
        (ROAD, _road),
    ]
    for begin, draw in scenes:
        end = next((b for b, _ in scenes if b > begin), float(SECONDS))
        if begin <= t < end:
            painter.save()
            draw(painter, t - begin)
            painter.restore()
            dark = max(_dip(t - begin), _dip(end - t))
            _cover(painter, QColor(0, 0, 0, round(255 * dark)))
    painter.end()
    return image


def _dip(since: float) -> float:
    return 1 - ease(since / _MIX_S)


def _cover(painter: QPainter, brush: QColor | QLinearGradient | QRadialGradient) -> None:
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), brush)


def _down(*stops: tuple[float, str], top: float = 0, bottom: float = HEIGHT) -> QLinearGradient:
    gradient = QLinearGradient(0, top, 0, bottom)
    for at, colour in stops:
        gradient.setColorAt(at, QColor(colour))
    return gradient


def _glow(painter: QPainter, x: float, y: float, radius: float, colour: QColor) -> None:
    gradient = QRadialGradient(x, y, radius)
    for at in (0.0, 0.15, 0.35, 0.6, 1.0):
        stop = QColor(colour)
        stop.setAlphaF(colour.alphaF() * max(0.0, exp(-4.2 * at) - exp(-4.2) * at))
        gradient.setColorAt(at, stop)
    painter.fillRect(QRectF(x - radius, y - radius, 2 * radius, 2 * radius), gradient)


def _figure(painter: QPainter, x: float, y: float, tall: float, mirrored: bool = False) -> None:
    painter.translate(x, y)
    painter.scale(-tall if mirrored else tall, tall)


def _rgba(colour: str, alpha: float) -> QColor:
    result = QColor(colour)
    result.setAlphaF(max(0.0, min(1.0, alpha)))
    return result


# -- the ballroom


def _ballroom(painter: QPainter, t: float) -> None:
    painter.translate(WIDTH / 2, HEIGHT / 2)
    zoom = 1.06 + 0.012 * t
    painter.scale(zoom, zoom)
    painter.translate(-WIDTH / 2 - 12 * t, -HEIGHT / 2)
    wide = QRectF(-200, -100, WIDTH + 400, HEIGHT + 200)
    painter.fillRect(
        wide, _down((0, "#1d0b10"), (0.45, "#6b2b1d"), (0.7, "#b8632a"), (1, "#6a2a18"), bottom=760)
    )
    for x in (230, 640, 1050, 1460, 1870):
        _window(painter, x, 150, 190, 500, "#26344f", "#0f1728")
        _pilaster(painter, x + 205)
    painter.fillRect(
        QRectF(-200, 740, WIDTH + 400, 500),
        _down((0, "#a65a27"), (0.25, "#5c2716"), (1, "#170806"), top=740, bottom=1120),
    )
    _chandelier(painter, 960, 190, t)
    for index in range(6):  # far pairs pass behind near ones
        phase = 2 * pi * index / 6 + 0.34 * t
        depth = 0.5 + 0.5 * sin(phase)
        _pair(
            painter,
            900 + 620 * cos(phase),
            800 + 130 * depth,
            270 + 130 * depth,
            depth,
            1.9 * t + 1.7 * index,
        )
    _glow(painter, 960, 200, 1100, _rgba("#ffb45a", 0.30 + 0.02 * sin(9 * t)))
    painter.save()
    painter.translate(0, 8 * sin(0.5 * t))
    _figure(painter, 1500 + 6 * sin(0.9 * t), 1120, 640, mirrored=True)
    officer(painter, QColor("#0a0405"), bow=0.35 + 0.1 * sin(0.8 * t))
    painter.restore()
    _dust(painter, t)


def _window(
    painter: QPainter, x: float, y: float, w: float, h: float, light: str, dark: str
) -> None:
    arch = QPainterPath(QPointF(x, y + h))
    arch.lineTo(x, y + w / 2)
    arch.arcTo(QRectF(x, y, w, w), 180, -180)
    arch.lineTo(x + w, y + h)
    arch.closeSubpath()
    painter.fillPath(arch, _down((0, light), (1, dark), top=y, bottom=y + h))
    bars = QColor("#2a1210")
    painter.fillRect(QRectF(x + w / 2 - 4, y, 8, h), bars)
    for part in (0.35, 0.6, 0.82):
        painter.fillRect(QRectF(x, y + h * part, w, 6), bars)


def _pilaster(painter: QPainter, x: float) -> None:
    gradient = QLinearGradient(x, 0, x + 60, 0)
    for at, colour in ((0, "#2b0f10"), (0.4, "#9a4f2a"), (1, "#35120f")):
        gradient.setColorAt(at, QColor(colour))
    painter.fillRect(QRectF(x, 60, 60, 690), gradient)
    painter.fillRect(QRectF(x - 12, 48, 84, 22), QColor("#7a3a20"))


def _chandelier(painter: QPainter, x: float, y: float, t: float) -> None:
    painter.fillRect(QRectF(x - 3, -120, 6, y + 60), QColor("#2a1410"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#3a1a10"))
    for ring, (across, dy) in enumerate(((300, 0), (190, -60), (90, -110))):
        painter.drawRoundedRect(QRectF(x - across, y + dy, 2 * across, 9), 4, 4)
        count = 9 - 2 * ring
        for index in range(count):
            cx = x - across + 2 * across * index / (count - 1)
            flame = 1 + 0.16 * sin(11 * t + 2.1 * index + ring)
            painter.setBrush(QColor("#f6e3b8"))
            painter.drawRect(QRectF(cx - 3, y + dy - 24, 6, 24))
            _glow(painter, cx, y + dy - 32, 62 * flame, _rgba("#ffd48a", 0.9))
            painter.setBrush(QColor("#fff6da"))
            painter.drawEllipse(QPointF(cx, y + dy - 32), 4.5, 9 * flame)
            painter.setBrush(QColor("#3a1a10"))


def _pair(painter: QPainter, x: float, y: float, tall: float, depth: float, turn: float) -> None:
    colour = QColor.fromRgbF(0.30 - 0.23 * depth, 0.11 - 0.08 * depth, 0.08 - 0.05 * depth)
    painter.save()  # their reflection in the parquet
    painter.setOpacity(0.22)
    painter.translate(x, y)
    painter.scale(tall, -0.45 * tall)
    couple(painter, colour, turn)
    painter.restore()
    painter.save()
    _figure(painter, x, y - 10 * abs(sin(1.5 * turn)), tall)
    couple(painter, colour, turn)
    painter.restore()


def _dust(painter: QPainter, t: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for index in range(70):
        drift = index * 0.618034 % 1
        x = (index * 397.0 + 22 * t * (0.4 + drift)) % (WIDTH + 300) - 100
        y = (index * 211.0 - 16 * t * (0.3 + drift)) % 760
        painter.setBrush(_rgba("#ffe2a8", 0.10 + 0.25 * drift * (0.5 + 0.5 * sin(2 * t + index))))
        painter.drawEllipse(QPointF(x, y), 1.2 + 2.2 * drift, 1.2 + 2.2 * drift)


# -- the dark room


def _room(painter: QPainter, t: float) -> None:
    _cover(painter, _down((0, "#070b16"), (0.7, "#0c1424"), (1, "#04060c")))
    _window(painter, 300, 120, 330, 640, "#5d7ba6", "#22365a")
    _branches(painter, t)
    _glow(painter, 465, 400, 900, _rgba("#6d8fc4", 0.30))
    pool = QPainterPath(QPointF(360, 1080))
    for x, y in ((520, 850), (860, 850), (1010, 1080)):
        pool.lineTo(x, y)
    painter.fillPath(pool, _rgba("#6d8fc4", 0.12))
    opening = ease((t - 0.7) / 1.2) * (1 - 0.82 * ease((t - 2.9) / 1.2))
    _door(painter, opening)
    walk = ease((t - 1.1) / 2.7)
    painter.save()
    _figure(painter, 1430 - 360 * walk, 1010, 620, mirrored=True)
    painter.setOpacity(ease((t - 0.9) / 0.6))
    officer(painter, QColor("#03050a"), stride=0.75 * sin(5.2 * t) * (1 - ease((t - 3.2) / 0.6)))
    painter.restore()


def _branches(painter: QPainter, t: float) -> None:
    painter.save()
    painter.setClipRect(QRectF(300, 120, 330, 640))
    painter.setPen(Qt.PenStyle.NoPen)
    for index in range(46):
        reach = index * 0.618034 % 1
        x = 330 + 270 * reach + 9 * sin(0.9 * t + index)
        y = 150 + (index * 97) % 520 + 5 * sin(1.3 * t + 2 * index)
        painter.setBrush(_rgba("#0b1526", 0.75))
        painter.save()
        painter.translate(x, y)
        painter.rotate(index * 40 + 8 * sin(t + index))
        painter.drawEllipse(QRectF(-26, -6, 52, 12))
        painter.restore()
    painter.restore()


def _door(painter: QPainter, opening: float) -> None:
    wide = 250 * opening
    painter.fillRect(QRectF(1300, 250, 270, 760), QColor("#05070d"))
    light = QLinearGradient(1310, 0, 1310 + max(1.0, wide), 0)
    light.setColorAt(0, QColor("#ffcf86"))
    light.setColorAt(1, QColor("#c86f2c"))
    painter.fillRect(QRectF(1310, 262, wide, 748), light)
    beam = QPainterPath(QPointF(1310, 1010))
    beam.lineTo(1310 + wide, 1010)
    beam.lineTo(1310 + wide - 260, HEIGHT)
    beam.lineTo(1310 - 520 * opening, HEIGHT)
    painter.fillPath(beam, _rgba("#ffb45a", 0.35 * opening))
    _glow(painter, 1310 + wide / 2, 640, 760, _rgba("#ffb05a", 0.55 * opening))


# -- the kiss


def _kiss(painter: QPainter, t: float) -> None:
    near = ease(t / 1.35) * (1 - ease((t - 2.15) / 0.75))
    warmth = ease((t - 1.1) / 0.5) * (1 - ease((t - 2.0) / 1.1))
    _cover(painter, _down((0, "#0a1120"), (0.6, "#131d33"), (1, "#05080f")))
    _window(painter, 700, -160, 560, 1300, "#4a668f", "#1c2d4d")
    _glow(painter, 950, 500, 1000, _rgba("#6d8fc4", 0.35))
    _glow(painter, 955, 520, 1700, _rgba("#ff9440", 1.0 * warmth))
    _glow(painter, 955, 520, 520, _rgba("#ffe0a0", 0.8 * warmth))
    if warmth > 0:
        painter.setPen(Qt.PenStyle.NoPen)
        for index in range(40):
            turn = index * 2.399963
            far = (60 + 14 * index) * (0.4 + 0.6 * ease((t - 1.1) / 1.6))
            spark = _rgba("#ffe9b8", 0.5 * warmth * (1 - index / 45))
            painter.setBrush(spark)
            painter.drawEllipse(QPointF(955 + far * cos(turn), 500 + 0.7 * far * sin(turn)), 3, 3)
    for path, x, lean in (
        (his_profile(), 962 + 150 * (1 - near), -4.0 * near),
        (her_profile(), 948 - 760 * (1 - near), 6.0 * near),
    ):
        painter.save()
        painter.translate(x, 560 + 10 * sin(1.2 * t))
        painter.rotate(lean)
        painter.scale(900, 900)
        painter.fillPath(path, QColor("#03040a"))
        painter.restore()


# -- the road by the river


def _road(painter: QPainter, t: float) -> None:
    fade = ease((t - 3.6) / 1.9)
    _cover(
        painter,
        _down(
            (0, "#060b1a"), (0.5, "#1a2744"), (0.62, "#3a3f5c"), (0.63, "#0c1424"), (1, "#03050b")
        ),
    )
    for index in range(90):
        x, y = (index * 373) % WIDTH, (index * 149) % 560
        painter.fillRect(
            QRectF(x, y, 2, 2), _rgba("#dfe8ff", 0.25 + 0.3 * sin(1.7 * t + index) ** 2)
        )
    _glow(painter, 640, 300, 620, _rgba("#cfdcff", 0.5))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#eef2ff"))
    painter.drawEllipse(QPointF(640, 300), 46, 46)
    for height, colour, step in ((640, "#131c33", 310), (668, "#0b1223", 190)):
        hills = QPainterPath(QPointF(-50, 690))
        for index in range(-1, 14):
            left = index * step - 10 * t
            top = height - 40 - 46 * (0.5 + 0.5 * sin(index * 2.1 + step))
            hills.quadTo(left, top, left + step / 2, height)
        hills.lineTo(WIDTH + 400, 690)
        painter.fillPath(hills, QColor(colour))
    _memory(painter, t, 1 - fade)
    for index in range(34):  # the moon's way over the water
        level = 690 + index * 11.5
        breadth = (24 + 7 * index) * (0.7 + 0.3 * sin(2.2 * t + 1.9 * index))
        painter.setBrush(_rgba("#cfdcff", 0.34 * (1 - index / 40)))
        painter.drawRoundedRect(
            QRectF(640 - breadth / 2 + 12 * sin(1.4 * t + index), level, breadth, 3.2), 1.6, 1.6
        )
    bank = QPainterPath(QPointF(700, HEIGHT))
    bank.cubicTo(1000, 930, 1300, 930, 1500, 905)
    bank.cubicTo(1700, 880, 1850, 890, 2000, 870)
    bank.lineTo(2000, HEIGHT)
    painter.fillPath(bank, QColor("#020308"))
    painter.save()
    _figure(painter, 1450, 925, 330, mirrored=True)
    officer(painter, QColor("#020308"), bow=0.5 + 0.3 * fade)
    painter.restore()
    _cover(painter, _rgba("#000000", ease((t - 4.4) / 1.1)))


def _memory(painter: QPainter, t: float, strength: float) -> None:
    """What he saw in the dark room, on the water, until the ripples have it."""
    glow = strength * ease(t / 1.2)
    _glow(painter, 1000, 800, 560, _rgba("#ff9a4a", 0.75 * glow))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for index in range(7):
        age = (0.45 * t + index / 7) % 1
        ring = _rgba("#ffc98a", 0.5 * glow * (1 - age))
        painter.setPen(ring)
        painter.drawEllipse(QPointF(1000, 810), 40 + 520 * age, 9 + 95 * age)
    painter.setPen(Qt.PenStyle.NoPen)
