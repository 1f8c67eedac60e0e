"""The composition root: builds every room in order, connects them, and stops them in reverse."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtQuick import QQuickWindow

from installation.config import Config
from installation.decode import AvReader
from installation.errors import ConfigError, InstallationError
from installation.film import Clock, MasterClock, SystemClock, TimeMap, Version
from installation.film.timeline import film_length
from installation.layout import LayoutError
from installation.library import Library
from installation.playback import Feed, Player
from installation.playback.report import playback_report
from installation.wall.cadence import RefreshGrid
from installation.wall.caption import caption_text
from installation.wall.overlay import overlay_text
from installation.wall.pacer import Pacer
from installation.wall.refresh import SWAPS_NEEDED, measured_refresh
from installation.wall.screens import Wakefulness, choose_drawing, choose_screen
from installation.wall.video_frame import Drawing
from installation.wall.wall import TileContent, Wall

logger = logging.getLogger(__name__)

PRIMING_POLL_MS = 3
PRIMING_PATIENCE_NS = 3_000_000_000
HOUSEKEEPING_MS = 200
MIN_QUEUE_DEPTH, MAX_QUEUE_DEPTH = 4, 12
MAX_DECODER_THREADS = 8
USUAL_REFRESH_HZ = 60.0
EMPTY_WALL_LOOP_MS = 1000
GIL_SWITCH_S = 0.001
EXIT_BUG = 70  # EX_SOFTWARE of sysexits.h


@dataclass(frozen=True)
class PlayOptions:
    """What the command line adds to the config."""

    windowed: tuple[int, int] | None = None
    loops: int | None = None
    report: Path | None = None


def film_frames(config: Config, versions: Sequence[Version]) -> int:
    """The film's length in film frames: as configured, or the longest version's."""
    fixed = config.film.length_frames
    if fixed is not None:
        return fixed
    return max((film_length(v.duration, config.film.rate) for v in versions), default=1)


def caption_of(config: Config, version: Version) -> str:
    """The caption of one version, its override considered."""
    override = config.versions.get(version.name)
    template = config.wall.captions.text
    if override is not None and override.caption is not None:
        template = override.caption
    return caption_text(
        template,
        version.credit,
        name=version.name,
        film=config.film.title,
        language=config.wall.captions.language,
        date_format=config.wall.captions.date_format,
    )


def play(config: Config, library: Library, options: PlayOptions, started_ns: int) -> int:
    """Play until asked to end; the process's exit code. Raises InstallationError before."""
    if sys.platform != "darwin":  # the wall counts in the screen's own pixels
        os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")
    _refuse_without_display()
    sys.setswitchinterval(GIL_SWITCH_S)
    qt = QGuiApplication.instance() or QGuiApplication(["installation"])
    assert isinstance(qt, QGuiApplication)
    qt.setApplicationDisplayName(config.film.title)
    sys.excepthook = _crash
    show = Show(qt, config, library, options, SystemClock(), started_ns)
    try:
        show.run()
    finally:
        show.stop()
    if options.report is not None:
        write_report(options.report, show.report())
    return 0


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug must end the process, which can be started again; Qt would go on without us."""
    logger.critical("a bug in Installation", exc_info=(kind, error, trace))
    logging.shutdown()
    os._exit(EXIT_BUG)


def _refuse_without_display() -> None:
    """Qt would abort; say it in a sentence instead."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        raise InstallationError(
            "there is no display to show the wall on",
            remedy="start it in a graphical session, or set DISPLAY to the X server's",
        )


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(path)


class Show(QObject):
    """One run of the wall, from opening the window to closing it. GUI thread only."""

    def __init__(
        self,
        qt: QGuiApplication,
        config: Config,
        library: Library,
        options: PlayOptions,
        time: Clock,
        started_ns: int,
    ) -> None:
        super().__init__()
        self._qt = qt
        self._config = config
        self._options = options
        self._time = time
        self._started_ns = started_ns
        self._first_picture_ns: int | None = None
        self._swaps_ns: list[int] = []
        self._measured_hz: float | None = None
        self._shows_overlay = False
        self._is_ending = False
        versions = library.versions
        self._screen = choose_screen(config.wall.screen)
        self._drawing = choose_drawing(config.playback.drawing)
        contents = [TileContent(v.name, v.picture, caption_of(config, v)) for v in versions]
        self.wall = Wall(config.wall, contents, self._drawing)
        self.wall.key_pressed.connect(self._key)
        clock = MasterClock(config.film.rate, film_frames(config, versions))
        feeds = [self._feed(version, clock, len(versions)) for version in versions]
        patience_ns = config.playback.patience_ms * 1_000_000
        self.player = Player(clock, feeds, patience_ns=patience_ns)
        for feed in feeds:
            feed.prepare()
        try:
            self.wall.open(self._place_window)
        except LayoutError as error:
            where = config.where("wall", "layout", "tiles")
            self.player.stop()
            raise ConfigError([f"{where}: {error}"]) from error
        for feed in feeds:
            feed.queue.depth = self._depth(feed.name, len(feeds))
        self.pacer = Pacer(time, clock, self._stated_grid(), self._present)
        self._on_air = {version.name: True for version in versions}

    # -- building

    def _place_window(self, window: QQuickWindow) -> None:
        screen: QScreen = self._screen
        window.setScreen(screen)
        window.setTitle(self._config.film.title)
        if self._options.windowed is None:
            window.setGeometry(screen.geometry())
            window.showFullScreen()
        else:
            window.setPosition(screen.geometry().topLeft())
            window.resize(*self._options.windowed)
            window.show()

    def _feed(self, version: Version, clock: MasterClock, count: int) -> Feed:
        cores = os.cpu_count() or 1
        reader = AvReader(
            version.path,
            version.container,
            duration=version.duration,
            rate=version.rate,
            threads=max(1, min(cores // count, MAX_DECODER_THREADS)),
        )
        return Feed(
            version.name,
            reader,
            TimeMap(clock.rate, clock.length, version.duration, self._config.film.when_short),
            image_target=self.wall.image_target(version.name),
            make_payload=self.wall.payload_maker(version.name),
            depth=MIN_QUEUE_DEPTH,  # until the layout says how large its pictures are
        )

    def _depth(self, name: str, count: int) -> int:
        """How many pictures may be queued for one version, of the wall's memory for them."""
        budget = self._config.playback.queue_mb * 1_048_576 // count
        depth = budget // max(1, self.wall.picture_bytes(name))
        return max(MIN_QUEUE_DEPTH, min(depth, MAX_QUEUE_DEPTH))

    def _stated_hz(self) -> float:
        stated = self._screen.refreshRate()
        return stated if 20 <= stated <= 500 else USUAL_REFRESH_HZ

    def _stated_grid(self) -> RefreshGrid:
        return RefreshGrid(
            self._time.now_ns(), 1_000_000_000 / Fraction(self._stated_hz()).limit_denominator(1001)
        )

    # -- running

    def run(self) -> None:
        """Show the wall until its end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.end())
        housekeeping = QTimer(self)
        housekeeping.timeout.connect(self._keep_house)
        housekeeping.start(HOUSEKEEPING_MS)
        self.wall.window.frameSwapped.connect(self._swapped, Qt.ConnectionType.DirectConnection)
        if self.player.channels:
            self.player.prime()
            self._priming = QTimer(self)
            self._priming.timeout.connect(self._begin_when_primed)
            self._priming.start(PRIMING_POLL_MS)
        else:
            self.wall.stage.set_slate(self._config.film.title)
            self.wall.stage.raise_curtain()
            if self._options.loops:
                QTimer.singleShot(self._options.loops * EMPTY_WALL_LOOP_MS, self.end)
        awake = Wakefulness() if self._options.windowed is None else None
        if not self._is_ending:
            self._qt.exec()
        if awake is not None:
            awake.release()

    def end(self) -> None:
        """End the run; may be called at any time in the GUI thread."""
        self._is_ending = True
        self.pacer.stop()
        self._qt.quit()

    def stop(self) -> None:
        """Stop what was built, in reverse."""
        self.pacer.stop()
        self.player.stop()
        self.wall.close()

    def _begin_when_primed(self) -> None:
        now = self._time.now_ns()
        if not self.player.is_primed and now - self._started_ns < PRIMING_PATIENCE_NS:
            return
        self._priming.stop()
        self.player.begin(self.pacer.first_picture_ns())
        self.pacer.start()
        gc.freeze()  # what plays now stays; it need not be looked through again
        gc.enable()

    def _present(self, due: int, now_ns: int) -> bool:
        loops = self._options.loops
        if loops is not None and due >= loops * self.player.clock.length:
            self.end()
            return False
        shown = self.player.present(due, now_ns)
        if shown is not None:
            self.wall.present(shown)
            self.player.note_presented(shown)
            if not self.wall.stage.isCurtainUp:
                self.wall.stage.raise_curtain()
        self._show_who_is_on_air()
        return self.player.presenter.is_waiting

    def _show_who_is_on_air(self) -> None:
        for channel in self.player.channels:
            if self._on_air[channel.name] != channel.is_on_air:
                self._on_air[channel.name] = channel.is_on_air
                self.wall.set_on_air(channel.name, channel.is_on_air)

    def _swapped(self) -> None:
        """On the render thread, where there is one."""
        now = self._time.now_ns()
        if self._first_picture_ns is None and self.wall.stage.isCurtainUp:
            self._first_picture_ns = now
        if len(self._swaps_ns) < SWAPS_NEEDED:
            self._swaps_ns.append(now)
        elif self._measured_hz is not None:
            self.pacer.swapped(now)

    def _keep_house(self) -> None:
        """Five times a second; also lets Python see a signal while nothing else happens."""
        if self._shows_overlay:
            self.wall.stage.set_overlay(overlay_text(self.player))
        if self._drawing is Drawing.GPU and len(self._swaps_ns) == SWAPS_NEEDED:
            self._take_measured_refresh()

    def _take_measured_refresh(self) -> None:
        if self._measured_hz is not None:
            return
        measured = measured_refresh(self._swaps_ns, self._stated_hz())
        if measured is None:
            self._swaps_ns = []  # not steady yet: look again
            return
        self._measured_hz = float(measured)
        logger.info("refresh measured=%.3f Hz", self._measured_hz)
        self.pacer.follow(RefreshGrid(self._swaps_ns[-1], 1_000_000_000 / measured))

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key == Qt.Key.Key_I:
            self._shows_overlay = not self._shows_overlay
            self.wall.stage.set_overlay(overlay_text(self.player) if self._shows_overlay else "")
        elif not self.player.channels or self.player.presenter.shown is None:
            return
        elif key == Qt.Key.Key_Space:
            self._toggle_pause()
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Left) and not self.player.clock.is_running:
            self.player.step(1 if key == Qt.Key.Key_Right else -1)
            self.pacer.start()

    def _toggle_pause(self) -> None:
        if self.player.clock.is_running:
            self.player.pause(self._time.now_ns())
        else:
            self.player.resume(self.pacer.first_picture_ns())
            self.pacer.start()

    # -- afterwards

    def report(self) -> dict[str, Any]:
        """What `--report` writes."""
        first = self._first_picture_ns
        measured = self._measured_hz
        return {
            "film": {
                "title": self._config.film.title,
                "rate": str(self._config.film.rate),
                "length_frames": self.player.clock.length,
            },
            "drawing": self._drawing.value,
            "refresh": {
                "hz": measured if measured is not None else self._stated_hz(),
                "source": "measured" if measured is not None else "stated by the screen",
                "slips": self.pacer.cadence.slips,
            },
            "first_picture_s": None if first is None else (first - self._started_ns) / 1e9,
            **playback_report(self.player),
        }
