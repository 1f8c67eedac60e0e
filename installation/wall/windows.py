"""The wall's windows: one for each screen, each with a scene of its own of the same canvas.

A wall on one screen is one window with one scene, drawn as Qt Quick draws any. Over several screens
each has a window; where the GPU draws, Qt draws each scene on a thread of its own; where software
paints, `painted.py` has all of them painted before the first of them shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMatrix4x4, QMouseEvent, QResizeEvent, QTransform
from PySide6.QtQuick import QQuickItem, QQuickView

from installation.layout import Placement, View
from installation.wall.model import TileModel
from installation.wall.picture_sheet import PictureSheet
from installation.wall.stage import Stage
from installation.wall.video_frame import multimedia

if TYPE_CHECKING:
    from installation.wall.painted import PaintedWindow

QML = Path(__file__).parent / "qml" / "Wall.qml"


class ScreenView(QObject):
    """What QML asks of Python that is another in each window: the part of the canvas it shows, and
    its own sinks. GUI thread only.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._held_picture = ""
        self.sinks: dict[str, Any] = {}

    def show(self, view: View | None) -> None:
        """Show this part; None is all of a canvas as large as the window."""
        if view != self._view:
            self._view = view
            self.changed.emit()

    def hold(self, picture: Path) -> None:
        """Begin with the picture in this file, in place of black."""
        self._held_picture = QUrl.fromLocalFile(str(picture)).toString()
        self.changed.emit()

    @Slot(str, "QVariant")
    def sinkCreated(self, name: str, sink: Any) -> None:  # noqa: N802
        """A tile's `VideoOutput` has come into being (GPU path)."""
        self.sinks[name] = sink

    def _is_part(self) -> bool:
        return self._view is not None

    def _part(self) -> list[int]:
        if self._view is None:
            return [0, 0, 0, 0]
        part = self._view.part
        return [part.x_px, part.y_px, part.width_px, part.height_px]

    def _held(self) -> str:
        return self._held_picture

    def _matrix(self) -> QMatrix4x4:
        return QMatrix4x4() if self._view is None else QMatrix4x4(transform_of(self._view))

    heldPicture = Property(str, _held, notify=changed)  # noqa: N815
    isPart = Property(bool, _is_part, notify=changed)  # noqa: N815
    part = Property(list, _part, notify=changed)
    """x, y, width and height on the canvas."""
    matrix = Property(QMatrix4x4, _matrix, notify=changed)
    """From the canvas to the window."""


def transform_of(view: View) -> QTransform:
    """From the canvas to the window."""
    return QTransform(*view.affine())


class SceneWindow(QQuickView):
    """A window that Qt draws by itself; tells of keys, clicks and sizes."""

    key_pressed = Signal(int)
    clicked = Signal(float, float)
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)

    def set_background(self, color: QColor) -> None:
        """The colour where nothing hangs."""
        self.setColor(color)

    def load(self, stage: Stage, tiles: TileModel, view: ScreenView) -> QQuickItem:
        """Load the scene; its root."""
        self.setInitialProperties({"wall": stage, "tiles": tiles, "view": view})
        self.setSource(QUrl.fromLocalFile(str(QML)))
        if self.status() is not QQuickView.Status.Ready:
            raise RuntimeError("; ".join(e.toString() for e in self.errors()))
        return self.rootObject()

    def unload(self) -> None:
        """Close, and take the scene down before what it is bound to."""
        self.close()
        self.setSource(QUrl())
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """See Qt."""
        self.key_pressed.emit(event.key())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """See Qt."""
        super().mousePressEvent(event)
        self.clicked.emit(event.position().x(), event.position().y())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """See Qt."""
        super().resizeEvent(event)
        self.resized.emit()


AnyWindow: TypeAlias = "SceneWindow | PaintedWindow"


class Hung:
    """One window with its scene, and which tiles it shows. GUI thread only."""

    def __init__(self, window: AnyWindow) -> None:
        self.window = window
        self._side = ScreenView()
        self._view: View | None = None
        self._sheet: PictureSheet | None = None
        self._placements: Sequence[Placement] = ()
        self._shows: frozenset[str] = frozenset()
        self._last: dict[str, Any] = {}
        """Of a part only: what each tile shows, for one that comes over from another screen."""

    def load(self, stage: Stage, tiles: TileModel) -> None:
        """Load the scene."""
        root = self.window.load(stage, tiles, self._side)
        self._sheet = root.findChild(PictureSheet, "sheet")

    def show(self, view: View | None) -> None:
        """Show this part of the canvas; None is all of a canvas as large as the window."""
        self._view = view
        self._side.show(view)

    def hold(self, picture: Path) -> None:
        """Begin with the picture in this file, in place of black."""
        self._side.hold(picture)

    def place(self, placements: Sequence[Placement], background: QColor) -> None:
        """Hang the tiles here."""
        view, before = self._view, self._shows
        self._placements = placements
        if self._sheet is not None:
            self._sheet.place(placements, background, view)
        elif view is not None:
            self._shows = frozenset(p.name for p in placements if p.picture.meets(view.part))
            self._hand({n: self._last[n] for n in self._shows - before if n in self._last})

    def hand_over(self, pictures: Mapping[str, Any]) -> None:
        """Take the pictures of one presentation set; see `Wall.present`."""
        if self._sheet is not None:
            self._sheet.show_pictures(pictures)
        elif self._view is None:
            self._hand(pictures)
        else:
            self._last.update(pictures)
            self._hand({name: one for name, one in pictures.items() if name in self._shows})

    def _hand(self, pictures: Mapping[str, Any]) -> None:
        if not pictures:
            return  # as always where software draws, which needs no QtMultimedia
        no_frame = multimedia().frame
        for name, payload in pictures.items():
            self._side.sinks[name].setVideoFrame(no_frame() if payload is None else payload)

    def close(self) -> None:
        """Take it down."""
        self._sheet = None
        self._side.sinks.clear()
        self._last.clear()
        self.window.unload()


def new_windows(screens: int, *, is_painted: bool) -> Sequence[AnyWindow]:
    """As many windows as there are screens; where several are painted, in one go."""
    if screens < 2 or not is_painted:
        return [SceneWindow() for _ in range(max(1, screens))]
    from installation.wall.painted import painted_windows

    return painted_windows(screens)
