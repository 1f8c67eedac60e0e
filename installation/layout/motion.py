"""On the way from one layout to another: where every tile is in between."""

from __future__ import annotations

from collections.abc import Sequence

from installation.layout.geometry import Crop, Placement, Rect


def between(
    before: Sequence[Placement], after: Sequence[Placement], progress: float
) -> tuple[Placement, ...]:
    """The placements of `after`, moved back towards those of the same name in `before`.

    `progress` runs from 0 to 1; a tile that was not there before is in its place at once.
    """
    came_from = {placement.name: placement for placement in before}
    return tuple(_moved(came_from.get(to.name, to), to, progress) for to in after)


def _moved(start: Placement, to: Placement, progress: float) -> Placement:
    if start == to or progress >= 1:
        return to
    return Placement(
        to.name,
        _rect(start.tile, to.tile, progress),
        _rect(start.picture, to.picture, progress),
        Crop(
            _number(start.source.x, to.source.x, progress),
            _number(start.source.y, to.source.y, progress),
            _number(start.source.width, to.source.width, progress),
            _number(start.source.height, to.source.height, progress),
        ),
        _rect(start.caption, to.caption, progress),
        round(_number(start.font_px, to.font_px, progress)),
    )


def _rect(start: Rect, to: Rect, progress: float) -> Rect:
    return Rect(
        round(_number(start.x_px, to.x_px, progress)),
        round(_number(start.y_px, to.y_px, progress)),
        round(_number(start.width_px, to.width_px, progress)),
        round(_number(start.height_px, to.height_px, progress)),
    )


def _number(start: float, to: float, progress: float) -> float:
    return start + (to - start) * progress
