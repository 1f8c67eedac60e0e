"""A wall over several screens of one machine: which they are, and where each hangs."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from installation.config.setting import Setting, told

Area = tuple[float, float, float, float]
_AREA = "write [x, y, width, height] in millimetres, such as [0, 0, 1209.6, 680.4]"
FURTHEST = 1_000_000
"""A kilometre."""


def _area(written: Any) -> Any:
    """Four numbers, the last two of them a size. Raises in plain words."""
    if written is None:
        return None
    is_list = isinstance(written, list | tuple)
    numbers = [n for n in written if _is_number(n)] if is_list else []
    if len(numbers) != 4 or len(written) != 4:
        raise told(f"is no area; {_AREA}")
    if min(numbers[2:]) <= 0:
        raise told(f"has no width or no height; {_AREA}")
    if max(map(abs, numbers)) > FURTHEST:
        raise told(f"is larger than any wall; {_AREA}")
    return tuple(numbers)


def _is_number(written: Any) -> bool:
    is_one = isinstance(written, int | float) and not isinstance(written, bool)
    return is_one and math.isfinite(written)


class ScreenConfig(Setting):
    """One screen of the wall."""

    screen: Annotated[int, Field(ge=0, le=63, strict=True)] | str = Field(
        description="Its name, its serial number, its number from 0, or where it stands on the "
        "desktop: left, right, top, bottom or 1920x1080+1920+0; `installation screens` lists them."
    )
    area: Annotated[Area | None, BeforeValidator(_area)] = Field(
        None,
        description="Where its lit pixels are on the wall: [x, y, width, height] in millimetres, "
        "or any one unit. What lies between the areas is bezel; the picture runs on behind it.",
    )
    rotate: Literal[0, 90, 180, 270] = Field(
        0, description="How far it hangs turned, clockwise, where the system does not know."
    )


def checked(screens: tuple[ScreenConfig, ...]) -> tuple[ScreenConfig, ...]:
    """Each is another one, and either all have an area or none. Raises in plain words."""
    for item, one in enumerate(screens):
        if one.screen in [other.screen for other in screens[:item]]:
            raise told(f'"{one.screen}" is written twice; keep one', item=item)
        if (one.area is None) != (screens[0].area is None):
            raise told(
                "has no area, and others have one; write it for all, or for none to take them as "
                "they stand on the desktop"
                if one.area is None
                else "has an area, and the first has none; write it for all",
                item=item,
            )
    return screens
