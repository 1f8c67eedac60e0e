"""The values of tiling, and how one picture and its caption stand in the room they are given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from installation.config import Length
from installation.film import Fit, Point

LINE_HEIGHT = 1.35
"""Of the type's size, from one line of a caption to the next."""
CAPTION_GAP = 0.8
"""Of the type's size, between a picture and the caption below it."""
CAPTION_FOOT = 0.9
"""Of the type's size, kept free below a caption, so that it belongs to the picture above it."""
SMALLEST_TYPE_PX = 10
"""Smaller type cannot be read; a caption is rather set at this size, or left out."""


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width_px: int
    height_px: int


@dataclass(frozen=True)
class Rect:
    """A rectangle in pixels of the canvas, from its top left corner."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int

    def has(self, x_px: float, y_px: float) -> bool:
        """True where a point lies in it."""
        is_across = self.x_px <= x_px < self.x_px + self.width_px
        return is_across and self.y_px <= y_px < self.y_px + self.height_px

    def meets(self, other: Rect) -> bool:
        """True where they have a pixel in common."""
        right, bottom = self.x_px + self.width_px, self.y_px + self.height_px
        is_beside = self.x_px < other.x_px + other.width_px and other.x_px < right
        return is_beside and self.y_px < other.y_px + other.height_px and other.y_px < bottom

    def within(self, canvas: Size) -> Rect:
        """Moved, and made smaller where it must be, to lie on the canvas."""
        width, height = min(self.width_px, canvas.width_px), min(self.height_px, canvas.height_px)
        x = min(max(0, self.x_px), canvas.width_px - width)
        y = min(max(0, self.y_px), canvas.height_px - height)
        return Rect(x, y, width, height)


@dataclass(frozen=True)
class Crop:
    """The part of the upright picture that is shown, in fractions of it."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0


WHOLE = Crop()
MIDDLE = (Fraction(1, 2), Fraction(1, 2))


@dataclass(frozen=True)
class TileSpec:
    """A version to place: its name and its picture's display aspect (width over height)."""

    name: str
    aspect: Fraction
    fit: Fit | None = None
    """How its picture stands in its room; None as all others do."""
    focus: Point = MIDDLE
    """What a crop keeps, as near its middle as can be."""

    def fit_among(self, usual: Fit) -> Fit:
        """How its picture stands where they usually stand so."""
        return self.fit or usual


@dataclass(frozen=True)
class CaptionSpace:
    """What captions need: the most lines any has, the type's size, and where they stand."""

    lines: int
    size: Length
    position: str = "below"

    @property
    def is_below(self) -> bool:
        """True where captions take room of their own."""
        return self.position == "below" and self.lines > 0

    def type_px(self, picture_height_px: float) -> int:
        """The type's size beside a picture of this height."""
        return max(SMALLEST_TYPE_PX, round(self.size.px(picture_height_px)))

    def height_px(self, type_px: int) -> int:
        """Room that a caption takes below its picture."""
        return (
            round(type_px * (CAPTION_GAP + LINE_HEIGHT * self.lines + CAPTION_FOOT))
            if self.is_below
            else 0
        )

    def split(self, height_px: float) -> tuple[int, int]:
        """Room of this height as (the picture's height, the type's size); 0 leaves it out."""
        if not self.lines:
            return max(1, int(height_px)), 0
        if not self.is_below:
            return max(1, int(height_px)), self.type_px(height_px)
        type_px = self.type_px(height_px)
        for _ in range(3):  # the type follows the picture, the picture the type
            type_px = self.type_px(height_px - self.height_px(type_px))
        picture = int(height_px - self.height_px(type_px))
        return (picture, type_px) if picture >= height_px / 2 else (max(1, int(height_px)), 0)


@dataclass(frozen=True)
class Placement:
    """Where a version hangs."""

    name: str
    tile: Rect
    """Its room on the wall; tiles never overlap."""
    picture: Rect
    """Where its pixels land."""
    source: Crop
    caption: Rect
    font_px: int
    """The type's size; 0 where there is no room for a caption."""

    def within(self, canvas: Size) -> Placement:
        """Kept on the canvas, also one with fewer pixels than there are tiles."""
        return replace(
            self,
            tile=self.tile.within(canvas),
            picture=self.picture.within(canvas),
            caption=self.caption.within(canvas),
        )


def fitted(aspect: Fraction, width_px: int, height_px: int, fit: Fit) -> tuple[int, int]:
    """The size a picture has in a room: letterboxed, or all of it.

    A whole picture is an even number of pixels wide: two share their chroma in what films are coded
    in, and an odd number costs FFmpeg's scaler about four times as much.
    """
    if fit == "cover":
        return max(1, width_px), max(1, height_px)
    exact = min(Fraction(width_px), height_px * aspect)
    if exact < 2:
        return max(1, round(exact)), max(1, round(exact / aspect))
    width = int(exact / 2 + Fraction(1, 2)) * 2
    if width > width_px or round(width / aspect) > height_px:
        width -= 2
    return width, max(1, round(width / aspect))


def crop_for(
    aspect: Fraction, width_px: int, height_px: int, fit: Fit, focus: Point = MIDDLE
) -> Crop:
    """The part of a picture that fills such a room, its focus as near the middle as it can be."""
    if fit != "cover":
        return WHOLE
    shown = Fraction(width_px, height_px) / aspect
    width, height = min(Fraction(1), shown), min(Fraction(1), 1 / shown)
    x, y = _begin(focus[0], width), _begin(focus[1], height)
    return Crop(float(x), float(y), float(width), float(height))


def _begin(focus: Fraction, part: Fraction) -> Fraction:
    """Where a part of a side begins that has the focus as near its middle as can be."""
    return min(max(Fraction(0), focus - part / 2), 1 - part)


def place(
    spec: TileSpec,
    room: Rect,
    picture_height_px: int,
    type_px: int,
    captions: CaptionSpace,
    fit: Fit,
) -> Placement:
    """Stand a picture at the foot of its room, centred, and its caption right under it.

    Pictures of different shapes so share a ground line, and their captions one line of text.
    """
    width, height = fitted(spec.aspect, room.width_px, picture_height_px, fit)
    x = room.x_px + (room.width_px - width) // 2
    y = room.y_px + picture_height_px - height
    picture = Rect(x, y, width, height)
    if captions.is_below and type_px:
        top = y + height + round(CAPTION_GAP * type_px)
        right = room.x_px + room.width_px
        lines_px = min(
            round(LINE_HEIGHT * type_px * captions.lines), room.y_px + room.height_px - top
        )
        caption = Rect(x, top, right - x, max(0, lines_px))
    else:
        inset = min(type_px, width // 4, height // 4)
        caption = Rect(x + inset, y + inset, width - 2 * inset, height - 2 * inset)
    crop = crop_for(spec.aspect, width, height, fit, spec.focus)
    return Placement(spec.name, room, picture, crop, caption, type_px)
