"""Pure tiling: (canvas, pictures, settings) to rectangles.

May import `film` and `config`. No I/O, no Qt; any thread.
"""

from installation.layout.arrange import LayoutError, arrange
from installation.layout.canvas import HungScreen, View, canvas_over, whole
from installation.layout.geometry import (
    MIDDLE,
    CaptionSpace,
    Crop,
    Placement,
    Rect,
    Size,
    TileSpec,
)
from installation.layout.motion import between
from installation.layout.strip import Strip, arrange_beside, strip_on

__all__ = [
    "MIDDLE",
    "CaptionSpace",
    "Crop",
    "HungScreen",
    "LayoutError",
    "Placement",
    "Rect",
    "Size",
    "Strip",
    "TileSpec",
    "View",
    "arrange",
    "arrange_beside",
    "between",
    "canvas_over",
    "strip_on",
    "whole",
]
