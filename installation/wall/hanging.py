"""Where the wall hangs: each window on its screen, whatever becomes of the screens.

A screen that goes takes its window with it: the film plays on unseen, and is seen again, at the
film frame that is due, as soon as the screen is back, in whatever resolution. It never goes to
another screen that is there: that may be the technician's. Only a wall that names no screen goes
to the main one meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen, QWindow

from installation.config import Config
from installation.errors import InstallationError
from installation.layout import HungScreen, Size, canvas_over
from installation.wall.screens import Wanted, connected, find_screens
from installation.wall.surveying import Standing, Survey
from installation.wall.wall import Wall

logger = logging.getLogger(__name__)

SETTLING_MS = 50
"""A screen that changes says so several times."""
MOST_TRIES = 5
"""A window manager that puts a window elsewhere is not fought for ever."""


class Hanging(QObject):
    """Keeps the windows of a wall on their screens. GUI thread only.

    Raises InstallationError where a screen is not connected, unless it waits for it.
    """

    changed = Signal()
    """The first window's screen is another, or of another kind."""

    def __init__(
        self, config: Config, windowed: tuple[int, int] | None, *, waits: bool = False
    ) -> None:
        super().__init__()
        self._config = config
        self._windowed = windowed
        self._screens = () if windowed is not None else config.screens
        self._wanted: list[Wanted] = [one.screen for one in self._screens] or [config.wall.screen]
        self._found = find_screens(self._wanted)
        if not waits:
            self._refuse_absent()
        self._survey = Survey()
        self._paced = self._survey.standing(self._first())
        self._homes = [screen.name() if screen is not None else None for screen in self._found]
        self._last = [screen.geometry() if screen is not None else None for screen in self._found]
        self._tries = 0
        self._standing: list[Standing | None] | None = None
        self._wall: Wall | None = None
        self._is_missed: set[int] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLING_MS)
        self._soon.timeout.connect(self.look)

    @property
    def count(self) -> int:
        """How many windows the wall needs."""
        return len(self._wanted)

    @property
    def is_away(self) -> bool:
        """True where none of its screens is there."""
        return all(screen is None for screen in self._found)

    @property
    def refresh_hz(self) -> float:
        """As the screen states it that paces the wall: the first that is there, or was."""
        return self._paced.refresh_hz

    @property
    def described(self) -> str:
        """That screen, in a word or two."""
        at = self._paced.geometry
        return f"{self._paced.name}, {at.width()}x{at.height()}"

    @property
    def canvas(self) -> Size:
        """The wall's size in pixels."""
        if self._screens:
            return canvas_over(self._hung())[0]
        return Size(self._paced.geometry.width(), self._paced.geometry.height())

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is to be mended, for people to read."""
        return (*self._absences(), *self._distortions())

    def hang(self, wall: Wall) -> None:
        """Show the wall's windows, and keep them where they belong."""
        self._wall = wall
        for window, screen in zip(wall.windows, self._found, strict=True):
            window.setTitle(self._config.film.title)
            if screen is None:  # its pictures are of some size, until it is there
                window.resize(self._paced.geometry.size())
        if self._windowed is not None:
            window = wall.windows[0]
            window.setScreen(self._first())
            window.setPosition(self._first().geometry().topLeft())
            window.resize(*self._windowed)
            window.show()
            return
        self._put()
        qt = QGuiApplication.instance()
        assert isinstance(qt, QGuiApplication)
        qt.screenAdded.connect(self._meet)
        qt.screenRemoved.connect(self._miss)
        qt.primaryScreenChanged.connect(self._look_soon)
        for screen in QGuiApplication.screens():
            self._attend_to(screen)

    def look(self) -> None:
        """Put each window where it belongs, if the screens are not as they were."""
        if self._wall is None or self._windowed is not None:
            return
        self._survey.look()
        found = find_screens(self._wanted, self._homes)
        is_astray = any(
            window.screen() != screen
            for window, screen in zip(self._wall.windows, found, strict=True)
            if screen is not None
        )
        is_as_before = self._standing == self._standing_of(found)
        if is_as_before and (not is_astray or self._tries == MOST_TRIES):
            return
        self._tries = self._tries + 1 if is_as_before else 0
        self._found = found
        self._put()
        paced = self._survey.standing(self._first())
        if self._paced != paced and not self.is_away:
            self._paced = paced
            self.changed.emit()

    def stop(self) -> None:
        """The windows are to be closed."""
        self._soon.stop()
        self._wall = None
        self._survey.close()

    def _first(self) -> QScreen:
        """The first that is there; where none is, the main one. Ask anew: Qt deletes those gone."""
        there = (screen for screen in self._found if screen is not None)
        return next(there, QGuiApplication.primaryScreen())

    def _put(self) -> None:
        assert self._wall is not None
        self._standing = self._standing_of(self._found)
        self._tell()
        for place, standing in enumerate(self._standing):
            if standing is not None:
                self._homes[place], self._last[place] = standing.name, standing.geometry
        if self._screens:
            self._span(self._wall)
        for place, window in enumerate(self._wall.windows):
            _put_on(window, self._found[place], self._last[place])
        if not self._screens:
            self._wall.fit()
        there = [place for place, screen in enumerate(self._found) if screen is not None]
        self._wall.pace_by(there[0] if there else 0)
        QGuiApplication.setQuitOnLastWindowClosed(bool(there))

    def _span(self, wall: Wall) -> None:
        canvas, views = canvas_over(self._hung())
        wall.span(canvas, views)
        logger.info("canvas=%dx%d screens=%d", canvas.width_px, canvas.height_px, len(views))

    def _hung(self) -> list[HungScreen]:
        hung = []
        for place, one in enumerate(self._screens):
            at = self._last[place]
            pixels = None if at is None else Size(at.width(), at.height())
            area = one.area
            if area is None:  # as on the desktop
                here = self._paced.geometry if at is None else at
                size = here.transposed().size() if one.rotate in (90, 270) else here.size()
                area = (here.x(), here.y(), size.width(), size.height())
            hung.append(HungScreen(area, pixels, one.rotate))
        return hung

    def _standing_of(self, screens: Sequence[QScreen | None]) -> list[Standing | None]:
        return [None if screen is None else self._survey.standing(screen) for screen in screens]

    # -- noticing

    def _meet(self, screen: QScreen) -> None:
        """A screen has come."""
        self._attend_to(screen)
        self._look_soon()

    def _attend_to(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._look_soon)
        screen.refreshRateChanged.connect(self._look_soon)
        screen.logicalDotsPerInchChanged.connect(self._look_soon)

    def _miss(self, _: QScreen) -> None:
        """A screen is gone: at once, or Qt takes its windows to another."""
        self._survey.has_news = True
        self.look()

    def _look_soon(self, _: object = None) -> None:
        self._survey.has_news = True
        self._soon.start()

    # -- telling

    def _name(self, place: int) -> str:
        wanted = self._wanted[place]
        if wanted is None:
            return "the main screen"
        return f"screen {wanted}" if isinstance(wanted, int) else f'screen "{wanted}"'

    def _where(self, place: int) -> str:
        keys = ("screens", place, "screen") if self._screens else ("wall", "screen")
        return self._config.where(*keys)

    def _refuse_absent(self) -> None:
        for place, screen in enumerate(self._found):
            if screen is None:
                raise InstallationError(
                    f"there is no {self._name(place)}",
                    where=self._where(place),
                    remedy=f"connected: {connected()}; `installation screens` tells more",
                )

    def _absences(self) -> list[str]:
        return [
            f"{self._where(place)}: {self._name(place)} is not connected; the wall plays on unseen"
            " there, and is back when it is"
            for place, screen in enumerate(self._found)
            if screen is None
        ]

    def _distortions(self) -> list[str]:
        return [
            f"{self._config.where('screens', place, 'area')}: the area of {self._name(place)} has"
            " another shape than its pixels; measure it anew, or set rotate if it hangs turned"
            for place, hung in enumerate(self._hung())
            if not hung.is_true
        ]

    def _tell(self) -> None:
        missed = {place for place, screen in enumerate(self._found) if screen is None}
        for place in sorted(missed - self._is_missed):
            logger.warning("%s is not connected; the wall plays on unseen there", self._name(place))
        for place in sorted(self._is_missed - missed):
            logger.warning("%s is back", self._name(place))
        self._is_missed = missed
        for place, standing in enumerate(self._standing or ()):
            if standing is not None:
                logger.info("%s: %s", self._name(place), standing)
        for sentence in self._distortions():
            logger.warning("%s", sentence)


def _put_on(window: QWindow, screen: QScreen | None, at: QRect | None) -> None:
    """Fill a screen with a window; without one it is hidden."""
    if screen is None or at is None:
        window.hide()
        return
    if window.isVisible() and window.screen() != screen:
        window.hide()  # a window manager moves no window that fills a screen
    window.setScreen(screen)
    window.setGeometry(at)
    if not window.isVisible():
        window.showFullScreen()
