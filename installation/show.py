"""One run of the wall: the window, the player and the pacer, built, connected, and stopped in
reverse. The part of the composition root that needs Qt.

Nothing on the way to the first picture asks for a name of `PySide6.QtCore.Qt`: the first one makes
PySide6 build all its 170 enumerations, a tenth of a second on a small machine.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from installation.bulletin import Bulletin, Informants
from installation.cast import Cast
from installation.changes import Changes
from installation.config import Config
from installation.doors import Doors
from installation.film import CalendarClock, Clock, SystemClock
from installation.hearing import Hearing
from installation.intake import Intake
from installation.keys import Keys
from installation.kiosk.crash import crash
from installation.kiosk.exits import BUG, ENDED, RESTART
from installation.kiosk.heartbeat import Pulse
from installation.kiosk.play_log import PlayLog
from installation.layout import LayoutError
from installation.lives import Lives
from installation.nudge import Nudging
from installation.parts import live_source_of
from installation.playback.player import JOIN_TIMEOUT_S
from installation.playback.report import playback_report, write_report
from installation.prepared import PlayOptions, Prepared
from installation.programme import Programme, layout_mistake
from installation.screening import Screening
from installation.wall.hanging import Hanging
from installation.wall.screens import Wakefulness, choose_drawing, refuse_without_display
from installation.wall.wall import TileContent, Wall

if TYPE_CHECKING:
    from installation.upkeep import Upkeep

logger = logging.getLogger(__name__)

HOUSEKEEPING_MS = 200
SETTLE_AFTER_TICKS = 10
"""The first picture comes before all that can wait, but for so long at most."""
COPIES_EVERY_TICKS = 10
"""How often it is looked whether other files should be played."""
MEASURE_EVERY_TICKS = 100
"""How often it is looked whether it was measured what decoding costs: not while a wall begins."""
EMPTY_WALL_LOOP_MS = 1000


def show(config: Config, prepared: Prepared, options: PlayOptions) -> int:
    """Show the wall until asked to end; the process's exit code.

    Raises InstallationError before.
    """
    if sys.platform != "darwin":  # the wall counts in the screen's own pixels
        os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")
    # saves 5 ms, and a damaged one, which Qt maps and trusts, would end every start in a crash
    os.environ.setdefault("QML_DISABLE_DISK_CACHE", "1")
    refuse_without_display()
    qt = QGuiApplication.instance() or QGuiApplication(["installation"])
    assert isinstance(qt, QGuiApplication)
    qt.setApplicationDisplayName(config.film.title)
    sys.excepthook = crash
    run = Show(qt, config, prepared, options, SystemClock())
    sys.excepthook = partial(crash, log=run.play_log)
    try:
        run.run()
    finally:
        run.stop()
    if options.report is not None:
        write_report(options.report, run.report())
    return run.exit_code


class Show(QObject):
    """One run of the wall, from opening the window to closing it. GUI thread only."""

    def __init__(
        self,
        qt: QGuiApplication,
        config: Config,
        prepared: Prepared,
        options: PlayOptions,
        time: Clock,
    ) -> None:
        super().__init__()
        self._qt, self._options, self._time = qt, options, time
        self.exit_code = ENDED
        self._is_ending, self._why_it_ends = False, ""
        self._is_settling_in = self._is_cursor_hidden = False
        self._housekeeping, self._ticks = QTimer(self), 0
        self.play_log = PlayLog(time, CalendarClock())
        self._intake = Intake(config, prepared.library, prepared.make_watch)
        self._hanging = Hanging(config, options.windowed, waits=options.is_kiosk)
        self._drawing = choose_drawing(config.playback.drawing)
        copies, engines = prepared.copies, prepared.engines
        self._programme = Programme(config, prepared.library, copies, engines)
        self.cast = self._new_cast(prepared)
        self.wall, self.player = self.cast.wall, self.cast.player
        self._nudging = Nudging(self.cast, self.wall.stage.set_notice, _print)
        self._hearing = Hearing()
        self._upkeep = self._new_upkeep() if options.is_kiosk else None
        self._open()
        self._screening = self._new_screening()
        self._doors = self._new_doors()
        self._keys = self._new_keys()
        self._bulletin = self._new_bulletin()
        self._changes = self._new_changes()
        self._doors.tick(config.schedule)  # a wall that is closed is black from the start

    # -- building

    def _new_cast(self, prepared: Prepared) -> Cast:
        config = self._programme.config
        protocols = config.playback.allow_protocols
        return Cast(
            config,
            self._programme.playing,
            prepared.feeds,
            prepared.make_feed,
            prepared.captions,
            self._new_wall,
            Lives(partial(live_source_of, allowed=protocols, clock=self._time)),
        )

    def _new_wall(self, tiles: Sequence[TileContent]) -> Wall:
        config, count = self._programme.config, self._hanging.count
        return Wall(config.wall, tiles, self._drawing, config.subtitles, count)

    def _new_upkeep(self) -> Upkeep:
        from installation.upkeep import Upkeep

        config, log = self._programme.config, self.play_log
        upkeep = Upkeep(
            config,
            self.cast,
            self._time,
            self._end_with,
            lambda sentence: log.note("escalated", sentence=sentence),
        )
        upkeep.guard()
        return upkeep

    def _open(self) -> None:
        """Show the window; the feeds decode while its scene is loaded."""
        if self._options.windowed is not None:
            self.wall.stage.show_cursor()
        try:
            self.wall.place(lambda _: self._hanging.hang(self.wall))
        except LayoutError as error:
            raise layout_mistake(self._programme.config, error) from error
        self.cast.choose_subtitles(self._programme.library)
        if self._upkeep is not None:
            self._upkeep.take_up()
        self.cast.make_ready()
        self.wall.load()

    def _new_screening(self) -> Screening:
        return Screening(
            self.cast,
            self._hanging,
            self._drawing,
            self._time,
            self._options.loops,
            give_way=lambda: self._programme.give_way(self.cast),
            on_end=lambda: self.end("it has played as many loops as it was to"),
        )

    def _new_doors(self) -> Doors:
        windowing = self._qt.platformName() if self._options.windowed is None else None
        pacer = self._screening.pacer
        return Doors(self.wall.stage, self.player, pacer, self._time, windowing)

    def _new_keys(self) -> Keys:
        return Keys(
            self.player,
            self._screening.pacer,
            self.wall.stage,
            self._hearing,
            self._time,
            end=self.end,
            on_pause=self._tend_sound,
        )

    def _new_bulletin(self) -> Bulletin:
        informants = Informants(
            self.cast,
            self._programme,
            self._intake,
            self._hanging,
            self._drawing,
            self._screening,
            self._hearing,
            self._doors,
        )
        return Bulletin(
            self.play_log,
            informants,
            self._time,
            self._options.started_ns,
            is_rehearsal=self._options.windowed is not None,
        )

    def _new_changes(self) -> Changes:
        return Changes(
            self._programme,
            self.cast,
            self._nudging,
            self._screening,
            self._intake,
            self._bulletin,
            self._upkeep,
            self._time,
            self._restart_if_unattended,
        )

    def _connect(self) -> None:
        self.wall.key_pressed.connect(self._press)
        if self._options.windowed is not None:
            self.wall.clicked.connect(self._nudging.click)
        self._housekeeping.timeout.connect(self._keep_house)
        self._hanging.changed.connect(self._take_screen)
        self._screening.listen()

    # -- running

    def run(self) -> None:
        """Show the wall until its end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda n, _: self.end(f"asked to by {signal.Signals(n).name}"))
        self._connect()
        self._housekeeping.start(HOUSEKEEPING_MS)
        self._changes.start()
        if self.player.channels:
            self._screening.begin_soon()
        else:
            title = self._programme.config.film.title
            self.wall.stage.set_slate("" if self.cast.lives else title)
            self.wall.stage.raise_curtain()
            if self._options.loops:
                QTimer.singleShot(self._options.loops * EMPTY_WALL_LOOP_MS, self.end)
        awake = Wakefulness() if self._options.windowed is None else None
        if not self._is_ending:
            self._note_end(self._qt.exec())
        if awake is not None:
            awake.release()

    def _note_end(self, code: int) -> None:
        """Qt ends by itself when the last window is closed, which in a window is as good as asking;
        and, not with 0, when the display is gone.
        """
        if self._is_ending:
            return
        is_asked = self._options.windowed is not None and not code
        self._why_it_ends = "its window was closed" if is_asked else "its display is gone"
        if not is_asked:
            logger.error("the display is gone: a wall cannot play without one")
            self.exit_code = BUG

    def end(self, why: str = "asked to") -> None:
        """End the run; may be called at any time in the GUI thread."""
        self._is_ending, self._why_it_ends = True, why
        self._screening.pacer.stop()
        self._qt.exit()  # which no window can refuse

    def _end_with(self, code: int, why: str) -> None:
        self.exit_code = code
        self.end(why)

    def stop(self) -> None:
        """Stop what was built, in reverse."""
        is_for_good = self.exit_code == ENDED
        if self._options.vigil is not None:
            self._options.vigil.end(is_for_good=is_for_good)
        self._bulletin.end(self._why_it_ends, is_for_good=is_for_good)
        self._hearing.stop()
        self._doors.stop()
        self._intake.stop()
        self._changes.stop()
        self._housekeeping.stop()
        self._screening.stop()
        self.cast.lives.stop()
        self._bulletin.stop()
        self.player.stop(JOIN_TIMEOUT_S if is_for_good else 0)
        if self._upkeep is not None:
            self._upkeep.stop()
        self._hanging.stop()
        self.wall.close()
        self._intake.join()

    def _restart_if_unattended(self) -> None:
        if self._options.is_kiosk:
            self._end_with(RESTART, "what was saved needs a start, and nothing plays")

    # -- what comes while it plays

    def _take_screen(self) -> None:
        """The wall hangs on another screen, or on one that has become another."""
        self._screening.follow_screen()
        self._bulletin.has_news = True

    def _press(self, key: int) -> None:
        """A key was pressed; in a window that shows pictures, some move versions."""
        now, programme = self._time.now_ns(), self._programme
        is_tried_out = self._options.windowed is not None and self._has_picture
        if is_tried_out and self._nudging.press(
            key, programme.config, programme.library.versions, now
        ):
            self._screening.look_again()
        else:
            self._keys.press(key)

    # -- housekeeping

    def _keep_house(self) -> None:
        """Five times a second; also lets Python see a signal while nothing else happens."""
        config = self._programme.config
        self._ticks += 1
        self._tend_windows()
        is_waited_for = not self.wall.stage.isCurtainUp and self._ticks <= SETTLE_AFTER_TICKS
        if not self._is_settling_in and not is_waited_for:
            self._is_settling_in = True
            self.cast.lives.start()
            threading.Thread(target=self._settle_in, name="settling in", daemon=True).start()
        self._doors.tick(config.schedule)
        if self._is_settling_in:
            is_due = bool(self.cast.lives) and not self._doors.is_resting
            self._screening.tend_live(is_due=is_due)
        if self._intake.begin(config.film):
            self._programme.start(self._changes.copies_changed.emit)
        self._intake.note_on_air(self.cast)
        self._tend_files()
        self._tend_sound()
        self._tend_vigil()
        self._tend_upkeep()
        self._bulletin.tend()
        self._keys.tend()
        self._screening.measure_screen()

    def _settle_in(self) -> None:
        """Make ready what comes after the first picture. On a thread: what it imports takes a
        while, and the wall plays.
        """
        self._programme.settle_in()
        self._bulletin.settle_in()
        if self._upkeep is not None:
            self._upkeep.settle_in()
        self._intake.settle_in(self._changes.library_found.emit)

    def _tend_windows(self) -> None:
        """Keep them on their screens, without a cursor."""
        is_fullscreen = self._options.windowed is None
        if is_fullscreen and not self._is_cursor_hidden and self._has_picture:
            self._is_cursor_hidden = True
            self.wall.hide_cursor()
        self._hanging.look()
        if self._hanging.is_away:
            self._screening.note_unseen()

    def _tend_files(self) -> None:
        """Have mezzanines made for what hangs, and let in who waits for room."""
        if not self._intake.is_watching:
            return
        if not self._doors.is_resting:  # which says nothing of what playing takes
            self._programme.note_load(self._time.now_ns())
        self._programme.give_way(self.cast)
        if self._ticks % COPIES_EVERY_TICKS == 0:
            self._changes.reconsider()
            self._programme.want_copies(self.wall.canvas)
        if self._ticks % MEASURE_EVERY_TICKS == 0:
            self._programme.want_figures()

    def _tend_sound(self) -> None:
        """Who is heard follows who is on air, and the film; never before the first picture."""
        if not self._has_picture:
            return
        config, versions = self._programme.config, self._programme.library.versions
        self._hearing.tend(self._doors.heard(config), self.cast, versions)
        is_marked = config.wall.captions.speaker
        self.wall.stage.set_heard(self._hearing.report.speakers if is_marked else ())

    def _tend_vigil(self) -> None:
        """Say that the wall lives, to whoever starts it again when it does not."""
        vigil = self._options.vigil
        if vigil is None:
            return
        pulse = Pulse(
            self._screening.presented_ns,
            self._screening.refresh.swaps,
            has_picture=self._has_picture,
            is_moving=self._is_moving,
            is_seen=self._is_seen,
        )
        in_effect = None if self._bulletin.at_next_start else self._programme.config
        if vigil.tick(self._time.now_ns(), pulse, in_effect, self.player):
            self.wall.window.update()

    def _tend_upkeep(self) -> None:
        if self._upkeep is not None:
            self._upkeep.tend(
                self._programme.config,
                self._screening.refresh.swaps,
                has_picture=self._has_picture,
                is_moving=self._is_moving,
                is_seen=self._is_seen,
            )

    @property
    def _has_picture(self) -> bool:
        return self._screening.first_picture_ns is not None

    @property
    def _is_moving(self) -> bool:
        """False where nothing is to: it is paused, closed, or has nothing to show."""
        return self._screening.is_running and not self._doors.is_resting

    @property
    def _is_seen(self) -> bool:
        """False where what is drawn reaches nobody."""
        return self.wall.window.isExposed() and not self._doors.is_asleep

    # -- afterwards

    def report(self) -> dict[str, Any]:
        """What `--report` writes."""
        film = self._programme.config.film
        return {
            "film": {
                "title": film.title,
                "rate": str(film.rate),
                "length_frames": self.player.clock.lengths()[-1][1],
            },
            **self._screening.report(self._options.started_ns),
            "live": self.cast.lives.report(),
            **playback_report(self.player),
        }


def _print(lines: str) -> None:
    """For a person to copy, where the wall was started from."""
    sys.stdout.write(lines)
    sys.stdout.flush()
