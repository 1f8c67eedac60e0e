"""Windows that software paints, on several screens: all are painted, and then all show it.

Left to itself Qt would paint one window, show it, and paint the next: for as long as that takes one
screen would be a film frame ahead. Here the pictures reach the window system one right after the
other.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QSizeF, QUrl, Signal
from PySide6.QtGui import (
    QBackingStore,
    QColor,
    QExposeEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QRegion,
    QResizeEvent,
    QSurface,
    QWindow,
)
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickItem, QQuickRenderControl, QQuickRenderTarget, QQuickWindow

from installation.wall.model import TileModel
from installation.wall.punctual import punctual
from installation.wall.stage import Stage
from installation.wall.windows import QML, ScreenView

SOON_MS = 2
"""What changes meanwhile is painted with it."""


class Painter(QObject):
    """Paints the windows together. GUI thread only."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[PaintedWindow] = []
        self._soon = punctual(self._paint, self)
        self._soon.setInterval(SOON_MS)

    def paint_soon(self) -> None:
        """Something has changed in a window."""
        if not self._soon.isActive():
            self._soon.start()

    def forget(self, window: PaintedWindow) -> None:
        """It is closed."""
        self._soon.stop()
        self.windows = [other for other in self.windows if other is not window]

    def _paint(self) -> None:
        painted = [window for window in self.windows if window.paint()]
        for window in painted:
            window.flush()
        for window in painted:
            window.frameSwapped.emit()


class PaintedWindow(QWindow):
    """A window whose scene is painted when the `Painter` says."""

    key_pressed = Signal(int)
    clicked = Signal(float, float)
    resized = Signal()
    frameSwapped = Signal()  # noqa: N815

    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.setSurfaceType(QSurface.SurfaceType.RasterSurface)
        self._painter = painter
        self._store = QBackingStore(self)
        self._control = QQuickRenderControl()
        self._scene = QQuickWindow(self._control)
        self._engine = QQmlEngine()
        self._component: QQmlComponent | None = None  # the scene goes with it
        self._root: QQuickItem | None = None
        self._is_stale = True
        self._everything = QRegion()
        self._control.renderRequested.connect(self.update)
        self._control.sceneChanged.connect(self.update)

    def set_background(self, color: QColor) -> None:
        """See `SceneWindow`."""
        self._scene.setColor(color)
        self.update()

    def load(self, stage: Stage, tiles: TileModel, view: ScreenView) -> QQuickItem:
        """See `SceneWindow`."""
        component = self._component = QQmlComponent(self._engine, QUrl.fromLocalFile(str(QML)))
        given = {"wall": stage, "tiles": tiles, "view": view}
        root = component.createWithInitialProperties(given)
        if not isinstance(root, QQuickItem):
            raise RuntimeError(component.errorString())
        self._root = root
        root.setParentItem(self._scene.contentItem())
        self._fit()
        return root

    def unload(self) -> None:
        """See `SceneWindow`."""
        self._painter.forget(self)
        self.close()
        if self._root is not None:
            self._root.setParentItem(None)  # type: ignore[arg-type]
            self._root.deleteLater()
            self._root = None
        self._engine.deleteLater()
        self._scene.deleteLater()
        self._control.deleteLater()
        self.deleteLater()

    def effectiveDevicePixelRatio(self) -> float:  # noqa: N802
        """See `QQuickWindow`."""
        return self.devicePixelRatio()

    def update(self) -> None:
        """Have it painted soon."""
        self._is_stale = True
        self._painter.paint_soon()

    def grabWindow(self) -> QImage:  # noqa: N802
        """See `QQuickWindow`."""
        return self._scene.grabWindow()

    def paint(self) -> bool:
        """Paint what has changed, unseen yet; False where there is nothing to show."""
        if not self._is_stale or self._root is None or not self.isExposed():
            return False
        self._is_stale = False
        self._store.beginPaint(self._everything)
        target = QQuickRenderTarget.fromPaintDevice(self._store.paintDevice())
        target.setDevicePixelRatio(self.devicePixelRatio())
        self._scene.setRenderTarget(target)
        self._control.polishItems()
        self._control.sync()
        self._control.render()
        self._store.endPaint()
        return True

    def flush(self) -> None:
        """Show what is painted."""
        self._store.flush(self._everything)

    def _fit(self) -> None:
        self._everything = QRegion(QRect(QPoint(0, 0), self.size()))
        self._store.resize(self.size())
        self._scene.setGeometry(QRect(QPoint(0, 0), self.size()))
        if self._root is not None:
            self._root.setSize(QSizeF(self.size()))
        self.update()

    def exposeEvent(self, event: QExposeEvent) -> None:  # noqa: N802
        """See Qt."""
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """See Qt."""
        self._fit()
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """See Qt."""
        self.key_pressed.emit(event.key())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """See Qt."""
        self.clicked.emit(event.position().x(), event.position().y())


def painted_windows(count: int) -> list[PaintedWindow]:
    """So many windows, painted together."""
    painter = Painter()
    painter.windows = [PaintedWindow(painter) for _ in range(count)]
    return painter.windows
