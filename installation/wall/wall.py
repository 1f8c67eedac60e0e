"""The wall: one window, one scene, one swap for all tiles."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLoggingCategory, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtQml import qmlRegisterType
from PySide6.QtQuick import QQuickView, QQuickWindow, QSGRendererInterface

from installation.config import WallConfig
from installation.decode import Image, ImageTarget
from installation.film import Picture
from installation.layout import CaptionSpace, Placement, Size, TileSpec, arrange
from installation.playback import PresentationSet
from installation.wall.model import TileModel
from installation.wall.picture_sheet import PictureSheet
from installation.wall.stage import Stage
from installation.wall.video_frame import (
    SHEET_FORMATS,
    VIDEO_FORMATS,
    Drawing,
    sheet_picture,
    video_frame,
)

_QML = Path(__file__).parent / "qml" / "Wall.qml"


@dataclass(frozen=True)
class TileContent:
    """What hangs in a tile: a version's name, its picture's geometry and its caption."""

    name: str
    picture: Picture
    caption: str


class _Window(QQuickView):
    """The window itself; tells of keys and sizes."""

    key_pressed = Signal(int)
    resized = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """See Qt."""
        self.key_pressed.emit(event.key())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """See Qt."""
        super().resizeEvent(event)
        self.resized.emit()


class Wall(QObject):
    """Shows presentation sets. GUI thread only, but for `image_target` and `payload_maker`.

    Raises LayoutError at construction where the layout cannot show all versions.
    """

    key_pressed = Signal(int)
    closed = Signal()

    def __init__(
        self, settings: WallConfig, tiles: Sequence[TileContent], drawing: Drawing
    ) -> None:
        super().__init__()
        self._settings = settings
        self._tiles = tuple(tiles)
        self._drawing = drawing
        self._targets: Mapping[str, ImageTarget] = {}
        self._sheet: PictureSheet | None = None
        self.placements: tuple[Placement, ...] = ()
        _prepare_scene_graph(drawing)
        self.stage = Stage(settings, drawing)
        self._model = TileModel()
        self._window = _Window()
        self._window.setColor(QColor(settings.background))
        self._window.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self._window.key_pressed.connect(self.key_pressed)

    @property
    def window(self) -> QQuickWindow:
        """The window, for its screen and its swaps."""
        return self._window

    def open(self, place_window: Callable[[QQuickWindow], None]) -> None:
        """Lay out, load the scene and show the window where `place_window` puts it."""
        self._window.setCursor(Qt.CursorShape.BlankCursor)
        place_window(self._window)
        self._lay_out()
        self._window.setInitialProperties({"wall": self.stage, "tiles": self._model})
        self._window.setSource(QUrl.fromLocalFile(str(_QML)))
        if self._window.status() is not QQuickView.Status.Ready:
            raise RuntimeError("; ".join(e.toString() for e in self._window.errors()))
        self._sheet = self._window.rootObject().findChild(PictureSheet, "sheet")
        self._lay_out()
        self._window.resized.connect(self._lay_out)

    def image_target(self, name: str) -> Callable[[], ImageTarget]:
        """Asks, at any time and on any thread, what this tile's pictures are to be like."""
        return lambda: self._targets[name]

    def payload_maker(self, name: str) -> Callable[[Image], object]:
        """Makes what this tile draws of an image; to be called on a feed's thread."""
        turn = next(tile.picture.rotation_deg for tile in self._tiles if tile.name == name)
        make = sheet_picture if self._drawing is Drawing.SOFTWARE else video_frame
        return lambda image: make(image, turn)

    def picture_bytes(self, name: str) -> int:
        """Memory that one queued picture of this tile takes, about."""
        target = self._targets[name]
        if target.size_px is not None:
            return target.size_px[0] * target.size_px[1] * 4
        picture = next(tile.picture for tile in self._tiles if tile.name == name)
        return picture.width_px * picture.height_px * 2

    def present(self, shown: PresentationSet) -> None:
        """Hand one film frame's pictures to the scene: all of them in this one slot."""
        if self._sheet is not None:
            pictures: dict[str, Any] = {name: f.payload for name, f in shown.frames.items()}
            self._sheet.show_pictures(pictures)
            return
        from PySide6.QtMultimedia import QVideoFrame

        for name, frame in shown.frames.items():
            payload = frame.payload if frame.payload is not None else QVideoFrame()
            self.stage.sinks[name].setVideoFrame(payload)

    def set_on_air(self, name: str, is_on_air: bool) -> None:
        """Lift or lower a tile's veil."""
        self._model.set_on_air(name, is_on_air)

    def close(self) -> None:
        """Take the window down; QML objects go before what they are bound to."""
        self._window.close()
        self._sheet = None
        self.stage.sinks.clear()
        self._window.setSource(QUrl())
        self._window.deleteLater()

    def _lay_out(self) -> None:
        size: QSize = self._window.size()
        if size.isEmpty():
            return
        canvas = Size(size.width(), size.height())
        captions = self._settings.captions
        lines = max(
            (tile.caption.count("\n") + 1 for tile in self._tiles if tile.caption), default=0
        )
        space = CaptionSpace(lines, captions.size, captions.position)
        specs = [TileSpec(tile.name, tile.picture.display_aspect) for tile in self._tiles]
        self.placements = arrange(canvas, specs, self._settings.layout, space)
        scale = self._window.effectiveDevicePixelRatio()
        self._targets = {
            placement.name: self._target(placement, tile.picture, scale)
            for placement, tile in zip(self.placements, self._tiles, strict=True)
        }
        self._model.arrange(self.placements, [tile.caption for tile in self._tiles])
        if self._sheet is not None:
            self._sheet.place(self.placements, QColor(self._settings.background))

    def _target(self, placement: Placement, picture: Picture, scale: float) -> ImageTarget:
        if self._drawing is Drawing.GPU:
            return ImageTarget(VIDEO_FORMATS)
        width = max(1, round(placement.picture.width_px * scale / placement.source.width))
        height = max(1, round(placement.picture.height_px * scale / placement.source.height))
        if picture.rotation_deg in (90, 270):
            width, height = height, width
        return ImageTarget(SHEET_FORMATS, (width, height))


def _prepare_scene_graph(drawing: Drawing) -> None:
    """Must come before the first window."""
    if drawing is Drawing.SOFTWARE:
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    else:
        # Imported before QML makes the sinks, or they reach us as plain QObjects. It looks for
        # PipeWire, which only sound would need.
        QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver.warning=false")
        importlib.import_module("PySide6.QtMultimedia")
    qmlRegisterType(PictureSheet, "Installation", 1, 0, "PictureSheet")  # type: ignore[call-overload]
