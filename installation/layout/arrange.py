"""The arrangements a curator can choose. Order is kept: a newcomer never makes tiles change places.

Percentages of gap and margin are of the canvas's shorter side. Room that the pictures leave over
goes to the outside, so that the whole stands in the middle of the wall.

A version may fit its room otherwise than the rest: one that covers fills its own cell, and the row
and the column it stands in are then as large as their cells. In a row or a column of whole pictures
each tile has its picture's own shape, so there is nothing to cover.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from installation.config import (
    ColumnLayout,
    CustomLayout,
    GridLayout,
    LayoutConfig,
    RowLayout,
    SpotlightLayout,
)
from installation.errors import InstallationError
from installation.film import Fit
from installation.layout.geometry import (
    CaptionSpace,
    Placement,
    Rect,
    Size,
    TileSpec,
    fitted,
    place,
)


class LayoutError(InstallationError):
    """A layout that cannot show all versions."""


def arrange(
    canvas: Size, tiles: Sequence[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> tuple[Placement, ...]:
    """Where each version hangs, in the order given.

    Raises LayoutError where a custom layout has no rectangle for a version.
    """
    if isinstance(layout, CustomLayout):
        placements = _custom(canvas, tiles, layout, captions)
    else:
        placements = _tiled(canvas, tiles, layout, captions) if tiles else ()
    return tuple(placement.within(canvas) for placement in placements)


def _tiled(
    canvas: Size, tiles: Sequence[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> tuple[Placement, ...]:
    shorter = min(canvas.width_px, canvas.height_px)
    margin = min(round(layout.margin.px(shorter)), shorter // 3)
    gap = round(layout.gap.px(shorter))
    room = Rect(margin, margin, canvas.width_px - 2 * margin, canvas.height_px - 2 * margin)
    if isinstance(layout, SpotlightLayout):
        return _spotlight(room, tiles, layout, gap, captions)
    if isinstance(layout, RowLayout) and layout.fit == "contain":
        return _row(room, tiles, gap, captions)
    if isinstance(layout, ColumnLayout) and layout.fit == "contain":
        return _column(room, tiles, gap, captions)
    columns: int | None = None
    if isinstance(layout, RowLayout):
        columns = len(tiles)
    elif isinstance(layout, ColumnLayout):
        columns = 1
    elif isinstance(layout, GridLayout) and layout.columns != "auto":
        columns = layout.columns
    return _grid(room, tiles, columns, gap, captions, layout.fit)


def best_columns(room: Rect, tiles: Sequence[TileSpec], gap: int, captions: CaptionSpace) -> int:
    """The number of columns that shows the most picture; the fewest where several do.

    Whole pictures are what counts, also where they are cropped in the end: that crops the least.
    """

    def shown(columns: int) -> int:
        afforded = _affordable(gap, room, columns, -(-len(tiles) // columns))
        width, height, _ = _cell(room, len(tiles), columns, afforded, captions)
        sizes = ((fitted(aspect, width, height, "contain"), n) for aspect, n in aspects.items())
        return sum(w * h * n for (w, h), n in sizes)

    aspects = Counter(tile.aspect for tile in tiles)
    return max(range(1, len(tiles) + 1), key=lambda columns: (shown(columns), -columns))


def _cell(
    room: Rect, count: int, columns: int, gap: int, captions: CaptionSpace
) -> tuple[int, int, int]:
    """A cell's width, the height of its picture, and the type's size."""
    rows = -(-count // columns)
    width = max(1, (room.width_px - gap * (columns - 1)) // columns)
    height = max(1, (room.height_px - gap * (rows - 1)) // rows)
    picture, type_px = captions.split(height)
    return width, picture, type_px


def _grid(
    room: Rect,
    tiles: Sequence[TileSpec],
    columns: int | None,
    gap: int,
    captions: CaptionSpace,
    usual: Fit,
) -> tuple[Placement, ...]:
    """Equal cells, drawn together where the pictures leave room; a last row begins at the left."""
    columns = columns or best_columns(room, tiles, gap, captions)
    gap = _affordable(gap, room, columns, -(-len(tiles) // columns))
    width, height, type_px = _cell(room, len(tiles), columns, gap, captions)
    fits = [tile.fit_among(usual) for tile in tiles]
    sizes = [fitted(t.aspect, width, height, fit) for t, fit in zip(tiles, fits, strict=True)]
    column_px = [max(w for w, _ in sizes[c::columns]) for c in range(min(columns, len(tiles)))]
    rows = [sizes[i : i + columns] for i in range(0, len(sizes), columns)]
    row_px = [max(h for _, h in row) for row in rows]
    if type_px:  # set by the largest picture, which need not fill its cell
        type_px = min(type_px, captions.type_px(max(row_px)))
    below = captions.height_px(type_px) if type_px else 0
    left = room.x_px + (room.width_px - sum(column_px) - gap * (len(column_px) - 1)) // 2
    top = room.y_px + (room.height_px - sum(row_px) - (below + gap) * len(rows) + gap) // 2
    placements = []
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        x = left + sum(column_px[:column]) + gap * column
        y = top + sum(row_px[:row]) + (below + gap) * row
        cell = Rect(x, y, column_px[column], row_px[row] + below)
        placements.append(place(tile, cell, row_px[row], type_px, captions, fits[index]))
    return tuple(placements)


def _affordable(gap: int, room: Rect, columns: int, rows: int) -> int:
    """A gap that leaves at least half of the room to the pictures."""
    widest = room.width_px // (2 * max(1, columns - 1))
    highest = room.height_px // (2 * max(1, rows - 1))
    return min(gap, widest, highest)


def _row(
    room: Rect, tiles: Sequence[TileSpec], gap: int, captions: CaptionSpace
) -> tuple[Placement, ...]:
    """Side by side, all of one height."""
    gap = _affordable(gap, room, len(tiles), 1)
    height, type_px = captions.split(room.height_px)
    width = room.width_px - gap * (len(tiles) - 1)
    height = max(1, min(height, int(width / sum(tile.aspect for tile in tiles))))
    type_px = min(type_px, captions.type_px(height)) if type_px else 0
    below = captions.height_px(type_px) if type_px else 0
    widths = [max(1, int(height * tile.aspect)) for tile in tiles]
    x = room.x_px + (room.width_px - sum(widths) - gap * (len(tiles) - 1)) // 2
    y = room.y_px + (room.height_px - height - below) // 2
    placements = []
    for tile, tile_px in zip(tiles, widths, strict=True):
        cell = Rect(x, y, tile_px, height + below)
        placements.append(place(tile, cell, height, type_px, captions, "contain"))
        x += tile_px + gap
    return tuple(placements)


def _column(
    room: Rect, tiles: Sequence[TileSpec], gap: int, captions: CaptionSpace
) -> tuple[Placement, ...]:
    """One above the other, all of one width."""
    gap = _affordable(gap, room, 1, len(tiles))
    heights_px = room.height_px - gap * (len(tiles) - 1)
    _, type_px = captions.split(heights_px / len(tiles))
    below = captions.height_px(type_px) if type_px else 0
    pictures_px = heights_px - below * len(tiles)
    width = max(1, min(room.width_px, int(pictures_px / sum(1 / tile.aspect for tile in tiles))))
    heights = [max(1, int(width / tile.aspect)) for tile in tiles]
    total = sum(heights) + (below + gap) * len(tiles) - gap
    x = room.x_px + (room.width_px - width) // 2
    y = room.y_px + (room.height_px - total) // 2
    placements = []
    for tile, height in zip(tiles, heights, strict=True):
        cell = Rect(x, y, width, height + below)
        placements.append(place(tile, cell, height, type_px, captions, "contain"))
        y += height + below + gap
    return tuple(placements)


def _spotlight(
    room: Rect,
    tiles: Sequence[TileSpec],
    layout: SpotlightLayout,
    gap: int,
    captions: CaptionSpace,
) -> tuple[Placement, ...]:
    """One large, the others in a strip beside or below it."""
    names = [tile.name for tile in tiles]
    focus = names.index(layout.focus) if layout.focus in names else len(tiles) - 1
    others = [tile for index, tile in enumerate(tiles) if index != focus]
    if not others:
        return _grid(room, tiles, 1, gap, captions, layout.fit)
    whole = room.width_px if layout.strip == "right" else room.height_px
    gap = min(gap, whole // 4)
    large = round(layout.share.px(whole - gap))
    large = max(whole // 4, min(large, (whole - gap) * 9 // 10))  # the strip is still a strip
    if layout.strip == "right":
        rest = max(1, room.width_px - gap - large)
        main = Rect(room.x_px, room.y_px, large, room.height_px)
        strip = Rect(room.x_px + large + gap, room.y_px, rest, room.height_px)
    else:
        rest = max(1, room.height_px - gap - large)
        main = Rect(room.x_px, room.y_px, room.width_px, large)
        strip = Rect(room.x_px, room.y_px + large + gap, room.width_px, rest)
    placed = list(_grid(strip, others, None, gap, captions, layout.fit))
    placed.insert(focus, *_grid(main, [tiles[focus]], 1, gap, captions, layout.fit))
    return tuple(placed)


def _custom(
    canvas: Size, tiles: Sequence[TileSpec], layout: CustomLayout, captions: CaptionSpace
) -> tuple[Placement, ...]:
    """Rectangles as written; gap and margin are already in them."""
    if isinstance(layout.tiles, dict):
        named = layout.tiles
    else:
        names = (tile.name for tile in tiles)
        named = dict(zip(names, layout.tiles, strict=False))
    placements = []
    for tile in tiles:
        if tile.name not in named:
            raise LayoutError(
                f'wall.layout.tiles: no rectangle for "{tile.name}"',
                remedy="add one, or choose another kind of layout",
            )
        x, y, width, height = named[tile.name]
        left, top = round(x * canvas.width_px), round(y * canvas.height_px)
        right = min(round((x + width) * canvas.width_px), canvas.width_px)
        bottom = min(round((y + height) * canvas.height_px), canvas.height_px)
        cell = Rect(left, top, max(1, right - left), max(1, bottom - top))
        picture_px, type_px = captions.split(cell.height_px)
        fit = tile.fit_among(layout.fit)
        placements.append(place(tile, cell, picture_px, type_px, captions, fit))
    return tuple(placements)
