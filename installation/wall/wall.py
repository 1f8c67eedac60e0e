"""The wall: one window, one scene, one swap for all tiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor
from PySide6.QtQml import qmlRegisterType
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

from installation.config import SubtitlesConfig, WallConfig
from installation.decode import Image, ImageTarget
from installation.film import SILENCE, Fit, Picture, Point, Spoken
from installation.layout import (
    MIDDLE,
    CaptionSpace,
    LayoutError,
    Placement,
    Size,
    TileSpec,
    View,
    arrange_beside,
    between,
    strip_on,
)
from installation.playback import PresentationSet
from installation.wall.model import TileModel
from installation.wall.picture_sheet import PictureSheet
from installation.wall.stage import Stage, bundled_family
from installation.wall.subtitles import SubtitleStage
from installation.wall.video_frame import (
    SHEET_FORMATS,
    VIDEO_FORMATS,
    Drawing,
    multimedia,
    sheet_picture,
    video_frame,
)
from installation.wall.windows import AnyWindow, Hung, new_windows

if TYPE_CHECKING:
    from PySide6.QtCore import QVariantAnimation

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_SUBTITLES = SubtitlesConfig()


@dataclass(frozen=True)
class TileContent:
    """What hangs in a tile: a version's name, its picture's geometry and its caption.

    `fit` is None where the layout decides; `focus` is what a crop keeps.
    """

    name: str
    picture: Picture
    caption: str
    fit: Fit | None = None
    focus: Point = MIDDLE

    @property
    def key(self) -> tuple[str, Picture]:
        """What its pictures' size depends on."""
        return self.name, self.picture


class Wall(QObject):
    """Shows presentation sets. GUI thread only, but for `image_target` and `payload_maker`.

    Raises LayoutError at construction where the layout cannot show all versions.
    """

    key_pressed = Signal(int)
    clicked = Signal(float, float)
    """Across and down, in the window's pixels."""
    swapped = Signal()
    """Of the window that paces the wall: it shows what it was given."""

    def __init__(
        self,
        settings: WallConfig,
        tiles: Sequence[TileContent],
        drawing: Drawing,
        subtitles: SubtitlesConfig = NO_SUBTITLES,
        screens: int = 1,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._subtitles = subtitles
        self._spoken = SILENCE
        self._tiles = self._to_come = tuple(tiles)
        self._drawing = drawing
        self._targets: Mapping[tuple[str, Picture], ImageTarget] = {}
        self._shown: tuple[Placement, ...] = ()  # where the tiles are, on the way to `placements`
        self._from: tuple[Placement, ...] = ()
        self._motion: QVariantAnimation | None = None
        self._is_loaded = False
        self._canvas: Size | None = None  # where it is not just the window
        self.placements: tuple[Placement, ...] = ()
        _prepare_scene_graph(drawing)
        self.stage = Stage(
            settings, drawing, SubtitleStage(subtitles, lambda: bundled_family("en"))
        )
        self._model = TileModel()
        is_painted = drawing is Drawing.SOFTWARE
        self._hung = [Hung(window) for window in new_windows(screens, is_painted=is_painted)]
        for hung in self._hung:
            hung.window.set_background(QColor(settings.background))
            hung.window.key_pressed.connect(self.key_pressed)
            hung.window.clicked.connect(self.clicked)
        self._window = self._hung[0].window  # which paces
        self._window.frameSwapped.connect(self.swapped)

    @property
    def window(self) -> AnyWindow:
        """The window that paces the wall, for its screen and its swaps."""
        return self._window

    @property
    def windows(self) -> Sequence[AnyWindow]:
        """All windows, one for each screen: what is done to one is to be done to all."""
        return [hung.window for hung in self._hung]

    @property
    def canvas(self) -> Size:
        """What the tiles are laid out on, in the screens' own pixels."""
        if self._canvas is not None:
            return self._canvas
        size, scale = self._window.size(), self._window.effectiveDevicePixelRatio()
        return Size(round(size.width() * scale), round(size.height() * scale))

    def place(self, place_window: Callable[[AnyWindow], None]) -> None:
        """Show the window where `place_window` puts it, and lay out: from now on it is known how
        large the pictures are. Raises LayoutError.
        """
        place_window(self._window)
        self._lay_out()

    def hold(self, pictures: Sequence[Path]) -> None:
        """Begin with the pictures in these files, one for each window, and without a fade."""
        for hung, picture in zip(self._hung, pictures, strict=True):
            hung.hold(picture)
        self.stage.begin_at_once()

    def load(self) -> None:
        """Load the scene, once for each window."""
        for hung in self._hung:
            hung.load(self.stage, self._model)
        self._is_loaded = True
        self._lay_out()
        self._window.resized.connect(lambda: self._lay_out())

    def pace_by(self, place: int) -> None:
        """Let this window tell of its swaps: the first whose screen is there."""
        window = self._hung[place].window
        if window is not self._window:
            self._window.frameSwapped.disconnect(self.swapped)
            self._window = window
            window.frameSwapped.connect(self.swapped)

    def fit(self) -> None:
        """Lay out anew, where the screen may be of another kind."""
        if self._is_loaded:
            self._lay_out()

    def span(self, canvas: Size, views: Sequence[View]) -> None:
        """Be one canvas over several screens; each window, in their order, shows its part of it."""
        self._canvas = canvas
        for hung, view in zip(self._hung, views, strict=True):
            hung.show(view)
        if self._is_loaded:
            self._lay_out()

    def image_target(self, tile: TileContent) -> Callable[[], ImageTarget]:
        """Asks, at any time and on any thread, what this tile's pictures are to be like."""
        seen = self._targets  # another one after each laying out; keys are slow to look up
        last = seen[tile.key]

        def ask() -> ImageTarget:
            nonlocal seen, last
            targets = self._targets
            if targets is not seen:
                last = targets.get(tile.key, last)  # as before, once the tile has left
                seen = targets
            return last

        return ask

    def payload_maker(self, tile: TileContent) -> Callable[[Image], object]:
        """Makes what this tile draws of an image; to be called on a feed's thread."""
        turn = tile.picture.rotation_deg
        make = sheet_picture if self._drawing is Drawing.SOFTWARE else video_frame
        return lambda image: make(image, turn)

    def picture_bytes(self, tile: TileContent) -> int:
        """Memory that one queued picture of this tile takes, about."""
        target = self._targets[tile.key]
        if target.size_px is not None:
            return target.size_px[0] * target.size_px[1] * 4
        return tile.picture.width_px * tile.picture.height_px * 2

    def arrange(
        self,
        settings: WallConfig,
        tiles: Sequence[TileContent],
        to_come: Sequence[TileContent] | None = None,
        subtitles: SubtitlesConfig | None = None,
    ) -> None:
        """Hang these tiles from now on, as the settings say.

        `to_come` are the tiles as they will hang soon; those among them that do not hang yet learn
        how large their pictures will be. Raises LayoutError, and changes nothing, where the layout
        cannot show them all.
        """
        before = self._settings, self._tiles, self._to_come, self._subtitles
        self._settings, self._tiles = settings, tuple(tiles)
        self._subtitles = subtitles or self._subtitles
        self._to_come = tuple(tiles if to_come is None else to_come)
        try:
            self._lay_out(moves=True)
        except LayoutError:
            self._settings, self._tiles, self._to_come, self._subtitles = before
            raise
        for hung in self._hung:
            hung.window.set_background(QColor(settings.background))
        self.stage.apply(settings)
        self.stage.spoken.apply(self._subtitles)
        self._model.say(self._spoken.tiles)  # also to tiles that are new

    def present(
        self,
        shown: PresentationSet,
        live: Mapping[str, Any] = NOTHING,
        spoken: Spoken = SILENCE,
    ) -> None:
        """Hand one film frame's pictures to the scene, what is new of live versions and what is
        said: all of it in this one slot.
        """
        self.say(spoken)
        self._show({**{name: frame.payload for name, frame in shown.frames.items()}, **live})

    def say(self, spoken: Spoken) -> None:
        """Show these subtitles with the film frame that the wall has."""
        if spoken == self._spoken:
            return
        before, self._spoken = self._spoken, spoken
        if spoken.wall != before.wall:
            self.stage.spoken.say(spoken.wall)
        self._model.say(spoken.tiles)

    def show_live(self, pictures: Mapping[str, Any]) -> None:
        """Hand over pictures of live versions while no film frame comes."""
        self._show(pictures)

    def _show(self, pictures: Mapping[str, Any]) -> None:
        for hung in self._hung:
            hung.hand_over(pictures)

    def hide_cursor(self) -> None:
        """Let no cursor be seen over the wall."""
        from PySide6.QtCore import Qt

        for window in self.windows:
            window.setCursor(Qt.CursorShape.BlankCursor)

    def set_on_air(self, name: str, is_on_air: bool) -> None:
        """Lift or lower a tile's veil."""
        self._model.set_on_air(name, is_on_air)

    def set_slate(self, name: str, is_slate: bool) -> None:
        """Let a tile stand plain, with nothing but its caption."""
        self._model.set_slate(name, is_slate)

    def tile_at(self, x: float, y: float) -> str | None:
        """The version whose tile hangs there."""
        return next((p.name for p in self.placements if p.tile.has(x, y)), None)

    def close(self) -> None:
        """Take the window down; QML objects go before what they are bound to."""
        if self._motion is not None:
            self._motion.stop()
        for hung in self._hung:
            hung.close()

    def _lay_out(self, *, moves: bool = False) -> None:
        size, canvas = self._window.size(), self._canvas
        if canvas is None:
            if size.isEmpty():
                return
            canvas = Size(size.width(), size.height())
        self.placements = self._arranged(canvas, self._tiles)
        self.stage.spoken.place(strip_on(canvas, self._subtitles))
        to_come = self.placements
        if self._to_come != self._tiles:
            to_come = self._arranged(canvas, self._to_come)
        scale = self._window.effectiveDevicePixelRatio()
        placed = [*zip(to_come, self._to_come, strict=True)]
        placed += zip(self.placements, self._tiles, strict=True)
        self._targets = {
            tile.key: self._target(placement, tile.picture, scale) for placement, tile in placed
        }
        before = self._shown if moves and self._settings.transition_ms else ()
        if self._motion is not None:
            self._motion.stop()
        if before and before != self.placements:
            self._from = before
            self._set_out()
        else:
            self._from = self.placements
            self._move(1.0)

    def _set_out(self) -> None:
        if self._motion is None:  # seldom needed, and not for the first picture
            from PySide6.QtCore import QEasingCurve, QVariantAnimation

            self._motion = QVariantAnimation(self)
            self._motion.setStartValue(0.0)
            self._motion.setEndValue(1.0)
            self._motion.setEasingCurve(QEasingCurve(QEasingCurve.Type.InOutCubic))
            self._motion.valueChanged.connect(self._move)
        self._motion.setDuration(self._settings.transition_ms)
        self._move(0.0)
        self._motion.start()

    def _arranged(self, canvas: Size, tiles: Sequence[TileContent]) -> tuple[Placement, ...]:
        captions = self._settings.captions
        lines = max((tile.caption.count("\n") + 1 for tile in tiles if tile.caption), default=0)
        space = CaptionSpace(lines, captions.size, captions.position)
        specs = [
            TileSpec(tile.name, tile.picture.display_aspect, tile.fit, tile.focus) for tile in tiles
        ]
        strip = strip_on(canvas, self._subtitles)
        return arrange_beside(strip, specs, self._settings.layout, space)

    def _move(self, progress: float) -> None:
        """Show the tiles on their way to where they belong; 1 is there."""
        self._shown = between(self._from, self.placements, progress)
        self._model.arrange(self._shown, [tile.caption for tile in self._tiles])
        for hung in self._hung:
            hung.place(self._shown, QColor(self._settings.background))

    def _target(self, placement: Placement, picture: Picture, scale: float) -> ImageTarget:
        if self._drawing is Drawing.GPU:
            return ImageTarget(VIDEO_FORMATS)
        width = max(1, round(placement.picture.width_px * scale / placement.source.width))
        height = max(1, round(placement.picture.height_px * scale / placement.source.height))
        if picture.rotation_deg in (90, 270):
            width, height = height, width
        return ImageTarget(SHEET_FORMATS, (width + width % 2, height))  # see `fitted`


def _prepare_scene_graph(drawing: Drawing) -> None:
    """Must come before the first window."""
    if drawing is Drawing.SOFTWARE:
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    else:
        multimedia()  # before QML makes the sinks, or they reach us as plain QObjects
    qmlRegisterType(PictureSheet, "Installation", 1, 0, "PictureSheet")  # type: ignore[call-overload]
