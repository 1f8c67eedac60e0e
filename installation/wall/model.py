"""The tiles as QML sees them: where each stands, what its caption says, whether it is on air."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QPersistentModelIndex

from installation.film import TextBlock
from installation.layout import Placement
from installation.wall.subtitles import as_qml


@dataclass
class TileState:
    """One tile's row."""

    placement: Placement
    caption: str
    is_on_air: bool = True
    is_slate: bool = False
    """Whether nothing is seen of its picture."""
    subtitles: tuple[TextBlock, ...] = ()


_FIELDS = (
    "name", "tileX", "tileY", "tileWidth", "tileHeight",
    "pictureX", "pictureY", "pictureWidth", "pictureHeight",
    "cropX", "cropY", "cropWidth", "cropHeight",
    "captionX", "captionY", "captionWidth", "captionHeight",
    "fontPx", "caption", "isOnAir", "isSlate", "subtitles",
)  # fmt: skip
_USER_ROLE = 0x100  # Qt.ItemDataRole.UserRole; see `show` on why not by name
_ROLES = {_USER_ROLE + 1 + i: name for i, name in enumerate(_FIELDS)}
_ON_AIR_ROLE = next(role for role, name in _ROLES.items() if name == "isOnAir")
_SLATE_ROLE = next(role for role, name in _ROLES.items() if name == "isSlate")
_SUBTITLES_ROLE = next(role for role, name in _ROLES.items() if name == "subtitles")


class TileModel(QAbstractListModel):
    """A row per tile, in the order they hang. GUI thread only."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles: list[TileState] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """See Qt."""
        return 0 if parent.isValid() else len(self._tiles)

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802
        """See Qt."""
        return {role: QByteArray(name.encode()) for role, name in _ROLES.items()}

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """See Qt."""
        if not index.isValid() or role not in _ROLES:
            return None
        return _value(self._tiles[index.row()], _ROLES[role])

    def arrange(self, placements: Sequence[Placement], captions: Sequence[str]) -> None:
        """Lay the tiles out. Rows of versions that stay are kept, and moved where they must."""
        names = [placement.name for placement in placements]
        for row in reversed(range(len(self._tiles))):
            if self._tiles[row].placement.name not in names:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._tiles[row]
                self.endRemoveRows()
        for row, (placement, caption) in enumerate(zip(placements, captions, strict=True)):
            self._bring_to(row, TileState(placement, caption))
        if self._tiles:
            self.dataChanged.emit(self.index(0), self.index(len(self._tiles) - 1), [])

    def _bring_to(self, row: int, tile: TileState) -> None:
        found = next(
            (i for i, t in enumerate(self._tiles) if t.placement.name == tile.placement.name), None
        )
        if found is None:
            self.beginInsertRows(QModelIndex(), row, row)
            self._tiles.insert(row, tile)
            self.endInsertRows()
            return
        if found != row:  # always from further down
            self.beginMoveRows(QModelIndex(), found, found, QModelIndex(), row)
            self._tiles.insert(row, self._tiles.pop(found))
            self.endMoveRows()
        self._tiles[row].placement, self._tiles[row].caption = tile.placement, tile.caption

    def set_on_air(self, name: str, is_on_air: bool) -> None:
        """Tell one tile whether its version is on air."""
        for row, tile in enumerate(self._tiles):
            if tile.placement.name == name and tile.is_on_air != is_on_air:
                tile.is_on_air = is_on_air
                self.dataChanged.emit(self.index(row), self.index(row), [_ON_AIR_ROLE])

    def set_slate(self, name: str, is_slate: bool) -> None:
        """Tell one tile whether it stands plain."""
        for row, tile in enumerate(self._tiles):
            if tile.placement.name == name and tile.is_slate != is_slate:
                tile.is_slate = is_slate
                self.dataChanged.emit(self.index(row), self.index(row), [_SLATE_ROLE])

    def say(self, spoken: Mapping[str, tuple[TextBlock, ...]]) -> None:
        """Give each tile its subtitles, and those that are not named none."""
        for row, tile in enumerate(self._tiles):
            said = spoken.get(tile.placement.name, ())
            if said != tile.subtitles:
                tile.subtitles = said
                self.dataChanged.emit(self.index(row), self.index(row), [_SUBTITLES_ROLE])


def _value(tile: TileState, field: str) -> Any:
    at = tile.placement
    if field == "name":
        return at.name
    if field == "caption":
        return tile.caption
    if field == "isOnAir":
        return tile.is_on_air
    if field == "isSlate":
        return tile.is_slate
    if field == "subtitles":
        return as_qml(tile.subtitles)
    if field == "fontPx":
        return at.font_px
    if field.startswith("crop"):
        return getattr(at.source, field[4:].lower())
    for prefix, rect in (("tile", at.tile), ("picture", at.picture), ("caption", at.caption)):
        if field.startswith(prefix):
            return getattr(rect, field[len(prefix) :].lower() + "_px")
    raise KeyError(field)
