"""The arrangements a curator can choose, and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from installation.config.length import Length, Share
from installation.config.setting import FolderName, Setting

Part = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Rectangle = tuple[Part, Part, Part, Part]


class _Tiling(Setting):
    gap: Length = Field(
        default_factory=lambda: Length.parse("1%"),
        description="Room between tiles, of the wall's shorter side.",
    )
    margin: Length = Field(
        default_factory=lambda: Length.parse("2%"),
        description="Room around all tiles, of the wall's shorter side.",
    )
    fit: Literal["contain", "cover"] = Field(
        "contain", description="contain shows the whole picture; cover fills the tile and crops."
    )


class GridLayout(_Tiling):
    """Rows and columns."""

    kind: Literal["grid"] = "grid"
    columns: Literal["auto"] | Annotated[int, Field(ge=1, le=64)] = Field(
        "auto", description="auto shows the pictures as large as can be."
    )


class RowLayout(_Tiling):
    """All side by side."""

    kind: Literal["row"]


class ColumnLayout(_Tiling):
    """All one above the other."""

    kind: Literal["column"]


class SpotlightLayout(_Tiling):
    """One large, the others in a strip."""

    kind: Literal["spotlight"]
    focus: FolderName = Field("latest", description="The large one: a folder's name, or latest.")
    strip: Literal["right", "bottom"] = Field("right", description="Where the others hang.")
    share: Share = Field(
        default_factory=lambda: Length.parse("75%"),
        description="How much of the wall the large one has, in percent.",
    )


class CustomLayout(_Tiling):
    """Rectangles [x, y, width, height], in fractions of the wall."""

    kind: Literal["custom"]
    tiles: tuple[Rectangle, ...] | dict[FolderName, Rectangle] = Field(
        description="A list in the order of the versions, or a rectangle for each folder's name."
    )


LayoutConfig = Annotated[
    GridLayout | RowLayout | ColumnLayout | SpotlightLayout | CustomLayout,
    Field(discriminator="kind"),
]
LAYOUTS: Mapping[str, type[Setting]] = MappingProxyType(
    {
        "grid": GridLayout,
        "row": RowLayout,
        "column": ColumnLayout,
        "spotlight": SpotlightLayout,
        "custom": CustomLayout,
    }
)
"""By kind."""
