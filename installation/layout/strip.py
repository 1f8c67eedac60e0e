"""The strip: room at the wall's foot or head that no tile has, for subtitles of the whole wall.

It is there as long as subtitles are asked for, said or not, so that no tile ever moves for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from installation.config import LayoutConfig, SubtitlesConfig
from installation.layout.arrange import arrange
from installation.layout.geometry import (
    LINE_HEIGHT,
    SMALLEST_TYPE_PX,
    CaptionSpace,
    Placement,
    Rect,
    Size,
    TileSpec,
)

STRIP_FOOT = 0.8
"""Of the type's size, between the text and the wall's edge."""
LARGEST_SHARE = 3
"""The strip has at most one part in so many of the wall's height."""


@dataclass(frozen=True)
class Strip:
    """Where the text stands, and which part of the wall is left to the tiles."""

    text: Rect
    tiles: Rect
    type_px: int


def strip_on(canvas: Size, settings: SubtitlesConfig) -> Strip:
    """The strip of a wall of this size; without height where none is asked for."""
    whole = Rect(0, 0, canvas.width_px, canvas.height_px)
    lines = len(settings.language) * settings.lines
    if settings.per != "wall" or not lines:
        return Strip(replace(whole, height_px=0), whole, 0)
    shorter = min(canvas.width_px, canvas.height_px)
    type_px = max(SMALLEST_TYPE_PX, round(settings.size.px(shorter)))
    share = LINE_HEIGHT * lines + STRIP_FOOT
    type_px = min(type_px, int(canvas.height_px / LARGEST_SHARE / share))
    text_px, foot_px = round(LINE_HEIGHT * type_px * lines), round(STRIP_FOOT * type_px)
    rest_px = max(1, canvas.height_px - text_px - foot_px)
    inset_px = canvas.width_px // 20
    text = Rect(inset_px, foot_px, canvas.width_px - 2 * inset_px, text_px)
    if settings.position == "top":
        return Strip(text, replace(whole, y_px=text_px + foot_px, height_px=rest_px), type_px)
    return Strip(replace(text, y_px=rest_px), replace(whole, height_px=rest_px), type_px)


def arrange_beside(
    strip: Strip, tiles: Sequence[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> tuple[Placement, ...]:
    """Where each version hangs on what the strip leaves. Raises LayoutError; see `arrange`."""
    room = strip.tiles
    placements = arrange(Size(room.width_px, room.height_px), tiles, layout, captions)
    return tuple(_lowered(placement, room.y_px) for placement in placements)


def _lowered(placement: Placement, by_px: int) -> Placement:
    if not by_px:
        return placement
    tile, picture, caption = (
        replace(rect, y_px=rect.y_px + by_px)
        for rect in (placement.tile, placement.picture, placement.caption)
    )
    return replace(placement, tile=tile, picture=picture, caption=caption)
