"""One canvas over several screens: which part of it each of them shows.

A screen's area is where its lit pixels are on the wall, in millimetres or any other one unit. What
lies between two areas is bezel or mullion: the picture runs on behind it, unseen.

The canvas is as dense as the densest screen, whose pixels are so its own; one that is as dense
shows the canvas pixel by pixel, any other scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from installation.layout.geometry import Rect, Size

SAME = 0.02
"""Densities this near to each other are one: a tape measure is no better."""
TRUE = 0.05
"""An area whose shape is further from its screen's was measured of another screen, or turned."""

Area = tuple[float, float, float, float]
"""x, y, width and height on the wall."""
Affine = tuple[float, float, float, float, float, float]
"""m11, m12, m21, m22, dx and dy, as Qt counts them."""


@dataclass(frozen=True)
class HungScreen:
    """A screen as it hangs."""

    area: Area
    pixels: Size | None
    """As the system drives it; None where that is not known, because it was never there."""
    rotate_deg: int = 0
    """How far it hangs turned, clockwise, without the system knowing."""

    @property
    def upright(self) -> Size | None:
        """Its pixels as a visitor counts them."""
        if self.pixels is None or self.rotate_deg in (0, 180):
            return self.pixels
        return Size(self.pixels.height_px, self.pixels.width_px)

    @property
    def is_true(self) -> bool:
        """False where its area has another shape than the screen: pictures would be distorted."""
        upright = self.upright
        if upright is None:
            return True
        across, down = upright.width_px / self.area[2], upright.height_px / self.area[3]
        return abs(across / down - 1) <= TRUE


@dataclass(frozen=True)
class View:
    """What one screen shows."""

    part: Rect
    """Of the canvas."""
    pixels: Size
    """The window's."""
    rotate_deg: int = 0

    @property
    def is_scaled(self) -> bool:
        """False where a pixel of the canvas is one of the screen's."""
        wide, high = self.part.width_px, self.part.height_px
        upright = Size(high, wide) if self.rotate_deg in (90, 270) else Size(wide, high)
        return upright != self.pixels

    def affine(self) -> Affine:
        """From the canvas to the window."""
        wide, high = self.pixels.width_px, self.pixels.height_px
        is_across = self.rotate_deg in (90, 270)
        across = (high if is_across else wide) / self.part.width_px
        down = (wide if is_across else high) / self.part.height_px
        x, y = self.part.x_px * across, self.part.y_px * down
        if self.rotate_deg == 90:
            return 0, -across, down, 0, -y, high + x
        if self.rotate_deg == 180:
            return -across, 0, 0, -down, wide + x, high + y
        if self.rotate_deg == 270:
            return 0, across, -down, 0, wide + y, -x
        return across, 0, 0, down, -x, -y


def whole(size: Size) -> View:
    """Of a canvas that is one window."""
    return View(Rect(0, 0, size.width_px, size.height_px), size)


def canvas_over(screens: Sequence[HungScreen]) -> tuple[Size, tuple[View, ...]]:
    """The canvas in pixels, and what each screen shows of it."""
    density = _density(screens)
    left = min(screen.area[0] for screen in screens)
    top = min(screen.area[1] for screen in screens)
    views = []
    for screen in screens:
        x, y, width, height = screen.area
        size = _part_size(screen, width * density, height * density)
        at = round((x - left) * density), round((y - top) * density)
        part = Rect(*at, size.width_px, size.height_px)
        views.append(View(part, _pixels(screen, size), screen.rotate_deg))
    wide = max(view.part.x_px + view.part.width_px for view in views)
    high = max(view.part.y_px + view.part.height_px for view in views)
    return Size(wide, high), tuple(views)


def _density(screens: Sequence[HungScreen]) -> float:
    """Pixels of the canvas per unit."""
    known = [(screen.upright, screen.area) for screen in screens]
    return max((size.width_px / area[2] for size, area in known if size is not None), default=1.0)


def _part_size(screen: HungScreen, width: float, height: float) -> Size:
    own = screen.upright
    if own and abs(own.width_px / width - 1) <= SAME and abs(own.height_px / height - 1) <= SAME:
        return own
    return Size(max(1, round(width)), max(1, round(height)))


def _pixels(screen: HungScreen, part: Size) -> Size:
    if screen.pixels is not None:
        return screen.pixels
    is_across = screen.rotate_deg in (90, 270)
    return Size(part.height_px, part.width_px) if is_across else part
