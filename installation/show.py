"""One run of the wall: the window, the player and the pacer, built, connected, and stopped in
reverse. The part of the composition root that needs Qt.

Nothing on the way to the first picture asks for a name of `PySide6.QtCore.Qt`: the first one makes
PySide6 build all its 170 enumerations, a tenth of a second on a small machine.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from installation.cast import Cast, MakeFeed
from installation.config import Config, ConfigWatch, diff
from installation.errors import ConfigError, InstallationError
from installation.film import CalendarClock, Clock, SystemClock, Version, WorkClock
from installation.hearing import Hearing, in_words, meter
from installation.kiosk.exits import BUG, ENDED, RESTART
from installation.kiosk.heartbeat import Pulse
from installation.kiosk.play_log import PlayLog
from installation.layout import LayoutError, Size
from installation.library import Library
from installation.library.scan import in_order
from installation.lives import Lives
from installation.nudge import Nudging
from installation.parts import films, live_source_of, shown
from installation.playback import Feed
from installation.playback.player import JOIN_TIMEOUT_S
from installation.playback.report import playback_report
from installation.subtitling import asked_for, subtitle_mistakes
from installation.wall.cadence import RefreshGrid
from installation.wall.glyphs import LettersCheck
from installation.wall.hanging import Hanging
from installation.wall.overlay import overlay_text
from installation.wall.pacer import Pacer
from installation.wall.refresh import SWAPS_NEEDED, measured_refresh
from installation.wall.screens import Wakefulness, choose_drawing
from installation.wall.video_frame import Drawing
from installation.wall.wall import TileContent, Wall
from installation.whole import write_whole

if TYPE_CHECKING:
    from installation.board import Board
    from installation.chronicle import Chronicle
    from installation.copies import Copies
    from installation.engines import Engines
    from installation.library.catalog import Entry
    from installation.library.watch import OnChange, Watch
    from installation.opening import Opening
    from installation.upkeep import Upkeep
    from installation.vigil import Vigil

    MakeWatch = Callable[[OnChange], Watch]

logger = logging.getLogger(__name__)

PRIMING_POLL_MS = 3
PRIMING_PATIENCE_NS = 3_000_000_000
"""How long the first film frame waits for versions that are not ready when others are."""
HOUSEKEEPING_MS = 200
LIVE_MS, LIVE_ALONE_NS = 40, 100_000_000
"""How often live pictures are shown by themselves, while no film frame has come for so long."""
WATCH_AFTER_TICKS = 10
"""The first picture comes before the watch, but one that does not come is not waited for."""
WATCH_JOIN_S = 2.0
MOST_SENTENCES = 20
"""Said at once in the log of what a folder holds that is not shown; `status` lists all."""
COPIES_EVERY_TICKS = 10
"""How often it is looked whether other files should be played."""
MEASURE_EVERY_TICKS = 100
"""How often it is looked whether it was measured what decoding costs: not while a wall begins."""
POST_EVERY_TICKS = 5
"""How often the board looks whether there is something new to say."""
USUAL_REFRESH_HZ = 60.0
EMPTY_WALL_LOOP_MS = 1000
NEEDS_A_START = frozenset(
    {"film.rate", "film.versions", "wall.screen", "playback.drawing", "film.watch", "film.settle_s"}
    | {"playback.allow_protocols", "screens", "log.folder", "log.limit", "log.days"}
    | {"conform.mode", "conform.cache", "conform.limit"}
)
"""What a saved config cannot change on a running wall."""


@dataclass(frozen=True)
class PlayOptions:
    """What the command line adds to the config."""

    windowed: tuple[int, int] | None
    """The window's size in pixels; None is fullscreen."""
    loops: int | None
    report: Path | None
    started_ns: int
    """When the program started."""
    is_kiosk: bool = False
    """Nobody is there: neither keys nor mouse do anything, but for the exit chord."""
    vigil: Vigil | None = None
    """Who then tells that it lives, and keeps what is good."""


@dataclass(frozen=True)
class Prepared:
    """What is there when the wall is built."""

    library: Library
    feeds: Mapping[str, Feed]
    """By the versions' names; they open their files already."""
    captions: Mapping[str, str]
    make_feed: MakeFeed
    """For newcomers."""
    make_watch: MakeWatch
    copies: Copies
    engines: Engines


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
    sys.excepthook = _crash
    run = Show(qt, config, prepared, options, SystemClock())
    sys.excepthook = partial(_crash, log=run.play_log)
    try:
        run.run()
    finally:
        run.stop()
    if options.report is not None:
        write_report(options.report, run.report())
    return run.exit_code


def _crash(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    log: PlayLog | None = None,
) -> None:
    """A bug must end the process, which can be started again; Qt would go on without us."""
    logger.critical("a bug in Installation", exc_info=(kind, error, trace))
    if log is not None:
        log.note("crashed", sentence=f"The program met a bug in itself ({kind.__name__}: {error}).")
        log.close()
    logging.shutdown()
    os._exit(BUG)


def _keeping_what_needs_a_start(old: Config, new: Config) -> tuple[Config, list[str]]:
    """The new config with what cannot change while the wall plays as it was; and its names."""
    later = sorted(diff(old, new) & NEEDS_A_START)
    sections = {name: getattr(new, name) for name in (n.split(".")[0] for n in later)}
    for name in later:
        section, _, setting = name.partition(".")
        kept = getattr(old, section)
        if setting:
            update = {setting: getattr(kept, setting)}
            kept = sections[section].model_copy(update=update)
        sections[section] = kept
    return new.model_copy(update=sections), later


def _print(lines: str) -> None:
    """For a person to copy, where the wall was started from."""
    sys.stdout.write(lines)
    sys.stdout.flush()


def _joined(error: InstallationError | None) -> str:
    return " ".join(_lines(error))


def _lines(error: InstallationError | None) -> tuple[str, ...]:
    return () if error is None else tuple(str(error).splitlines())


def _layout_mistake(config: Config, error: LayoutError) -> ConfigError:
    return ConfigError([f"{config.where('wall', 'layout', 'tiles')}: {error}"])


def refuse_without_display() -> None:
    """Qt would abort; say it in a sentence instead."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        raise InstallationError(
            "there is no display to show the wall on",
            remedy="start it in a graphical session, or set DISPLAY to the X server's",
        )


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    write_whole(path, (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode())


class Show(QObject):
    """One run of the wall, from opening the window to closing it. GUI thread only.

    The signals may be emitted on any thread.
    """

    config_saved = Signal(object)
    config_mistaken = Signal(object)
    library_found = Signal(object, object)
    copies_changed = Signal()

    def __init__(
        self,
        qt: QGuiApplication,
        config: Config,
        prepared: Prepared,
        options: PlayOptions,
        time: Clock,
    ) -> None:
        super().__init__()
        self._qt = qt
        self._config = config
        self._library = library = prepared.library
        self._said = {f"not shown: {r.message}" for r in library.rejected} | {*library.notices}
        self._said |= {*subtitle_mistakes(config, library)}
        self._letters = LettersCheck()
        self._options = options
        self._time = time
        self._first_picture_ns: int | None = None
        self._swaps_ns: list[int] = []
        self._swaps = 0
        self._measured_hz: float | None = None
        self._shows_overlay = False
        self.exit_code = ENDED
        self._is_ending, self._why_it_ends = False, ""
        self._housekeeping = QTimer(self)
        self._priming = QTimer(self)
        self._live = QTimer(self)
        self._presented_ns = 0
        self.library_found.connect(self._take_library)
        self._make_watch = prepared.make_watch
        self._is_settling_in = False
        self._made_watch: Watch | None = None  # on a thread
        self._watch: Watch | None = None  # once the wall plays
        self._entries: dict[str, Entry] = {}
        self._board: Board | None = None  # once the wall plays, too
        self.play_log = PlayLog(time, CalendarClock())
        self._chronicle: Chronicle | None = None  # once the wall plays, too
        self._has_news = False
        self._mistake: InstallationError | None = None  # of the config saved last
        self._misfit: InstallationError | None = None  # of what the folder holds with the layout
        self._at_next_start: tuple[str, ...] = ()
        self.config_saved.connect(self._take_config)
        self.config_mistaken.connect(self._take_mistake)
        self._config_watch = ConfigWatch(
            config.path, self.config_saved.emit, self.config_mistaken.emit, config.edition
        )
        self._is_cursor_hidden = False
        self._ticks = 0  # of housekeeping
        self._hanging = Hanging(config, options.windowed, waits=options.is_kiosk)
        self._drawing = choose_drawing(config.playback.drawing)
        self._copies, self._engines = prepared.copies, prepared.engines
        self._wanted_for: tuple[Size, Config, tuple[Version, ...]] | None = None
        self._work = WorkClock()
        self.copies_changed.connect(self._reconsider)
        self._playing = self._to_play(config, library)
        self.cast = Cast(
            config,
            self._playing,
            prepared.feeds,
            prepared.make_feed,
            prepared.captions,
            self._make_wall,
            Lives(partial(live_source_of, allowed=config.playback.allow_protocols, clock=time)),
        )
        self.wall, self.player = self.cast.wall, self.cast.player
        self._nudging = Nudging(self.cast, self._tell, _print)
        self._hearing = Hearing()
        self._opening: Opening | None = None  # once there is a schedule
        self._upkeep = self._kept_up() if options.is_kiosk else None
        if options.windowed is not None:
            self.wall.clicked.connect(self._nudging.click)
            self.wall.stage.show_cursor()
        try:
            self.wall.place(lambda _: self._hanging.hang(self.wall))
        except LayoutError as error:
            raise _layout_mistake(config, error) from error
        self.cast.choose_subtitles(library)
        if self._upkeep is not None:
            self._upkeep.take_up()
        self.cast.make_ready()  # the feeds decode while the scene is loaded
        self.wall.load()
        self.pacer = Pacer(time, self.player.clock, self._stated_grid(), self._present)
        self._tend_hours()  # a wall that is closed is black from the start

    # -- building

    def _make_wall(self, tiles: Sequence[TileContent]) -> Wall:
        count = self._hanging.count
        wall = Wall(self._config.wall, tiles, self._drawing, self._config.subtitles, count)
        wall.key_pressed.connect(self._key)
        return wall

    def _kept_up(self) -> Upkeep:
        from installation.upkeep import Upkeep

        escalated = partial(self.play_log.note, "escalated")
        upkeep = Upkeep(
            self._config, self.cast, self._time, self._end_with, lambda s: escalated(sentence=s)
        )
        upkeep.guard()
        return upkeep

    def _stated_hz(self) -> float:
        stated = self._hanging.refresh_hz
        return stated if 20 <= stated <= 500 else USUAL_REFRESH_HZ

    def _stated_grid(self) -> RefreshGrid:
        return RefreshGrid(
            self._time.now_ns(), 1_000_000_000 / Fraction(self._stated_hz()).limit_denominator(1001)
        )

    # -- running

    def run(self) -> None:
        """Show the wall until its end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda n, _: self.end(f"asked to by {signal.Signals(n).name}"))
        self._housekeeping.timeout.connect(self._keep_house)
        self._housekeeping.start(HOUSEKEEPING_MS)
        self._config_watch.start()
        self._watch_swaps()
        self._priming.timeout.connect(self._begin_when_primed)
        self._live.timeout.connect(self._show_live)
        if self.player.channels:
            self._begin_soon()
        else:
            self.wall.stage.set_slate("" if self.cast.lives else self._config.film.title)
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
        self.pacer.stop()
        self._qt.exit()  # which no window can refuse

    def _end_with(self, code: int, why: str) -> None:
        self.exit_code = code
        self.end(why)

    def stop(self) -> None:
        """Stop what was built, in reverse."""
        if self._options.vigil is not None:
            self._options.vigil.end(is_for_good=self.exit_code == ENDED)
        if self._board is not None:
            self._board.close()
        if self._chronicle is not None:
            self._chronicle.end(self._why_it_ends, is_for_good=self.exit_code == ENDED)
        self.play_log.close()
        self._hearing.stop()
        if self._opening is not None:
            self._opening.stop()
        if self._watch is not None:
            self._watch.stop()
        self._config_watch.stop()
        self._housekeeping.stop()
        self._priming.stop()
        self._live.stop()
        self.pacer.stop()
        self.cast.lives.stop()
        self._letters.stop()
        self.player.stop(JOIN_TIMEOUT_S if self.exit_code == ENDED else 0)
        if self._upkeep is not None:
            self._upkeep.stop()
        self._hanging.stop()
        self.wall.close()
        if self._watch is not None and not self._watch.join(WATCH_JOIN_S):
            logger.warning("the film's folder is still being read: its disk or share is slow")

    def _begin_soon(self) -> None:
        self._priming_since_ns = self._time.now_ns()
        self._priming.start(PRIMING_POLL_MS)
        self._begin_when_primed()

    def _begin_when_primed(self) -> None:
        now = self._time.now_ns()
        has_waited = now - self._priming_since_ns >= PRIMING_PATIENCE_NS
        if not self.player.is_primed and not (has_waited and self.player.has_a_start):
            return
        self._priming.stop()
        self.player.begin(self.pacer.first_picture_ns())
        self.pacer.start()
        gc.freeze()  # what plays now stays; it need not be looked through again
        gc.enable()

    def _present(self, due: int, now_ns: int) -> bool:
        loops = self._options.loops
        if loops is not None and self.player.clock.position_of(due).loop >= loops:
            self.end("it has played as many loops as it was to")
            return False
        shown = self.cast.present(due, now_ns)
        if shown is not None:
            self.wall.present(shown, self.cast.live_pictures(), self.cast.spoken(shown))
            self._presented_ns = now_ns
            self.player.note_presented(shown)
            if not self.wall.stage.isCurtainUp:
                self.wall.stage.raise_curtain()
        if self.player.presenter.is_failing:
            self._give_way()  # at once: what was decoded before lasts half a second
        return self.player.is_waiting

    def _show_live(self) -> None:
        """Live versions go on where the film stands; else they come with its film frames."""
        if self._time.now_ns() - self._presented_ns > LIVE_ALONE_NS:
            pictures = self.cast.live_pictures()
            if pictures:
                self.wall.show_live(pictures)

    # -- what changes while it plays

    def _take_config(self, config: Config) -> None:
        """A config has been saved, and is right."""
        config, later = _keeping_what_needs_a_start(self._config, config)
        if config.film.order != self._config.film.order and self._watch is not None:
            self._watch.reorder(config.film.order)  # which tells the library anew
        try:
            self.update(config, self._library)
        except ConfigError as error:
            self._take_mistake(error)
            return
        for name in later:
            logger.warning("%s takes effect at the next start", name)
        said = [f"{name} takes effect at the next start" for name in later]
        self._mistake = self._misfit = None
        self._at_next_start, self._has_news = tuple(later), True
        if self._watch is not None:
            self._watch.write_receipts(config.film.receipts)
        self._tell("\n".join(said))
        if later and self._options.is_kiosk and not (self.player.channels or self.cast.lives):
            self._end_with(RESTART, "what was saved needs a start, and nothing plays")

    def _take_library(self, library: Library, entries: tuple[Entry, ...]) -> None:
        """The film's folder holds something else than before."""
        sentences = [f"not shown: {rejection.message}" for rejection in library.rejected]
        sentences += [*library.notices, *subtitle_mistakes(self._config, library)]
        news = [sentence for sentence in sentences if sentence not in self._said]
        for sentence in news[:MOST_SENTENCES]:
            logger.warning("%s", sentence)
        if len(news) > MOST_SENTENCES:
            more = len(news) - MOST_SENTENCES
            logger.warning("and %d more like these; `installation status` lists them all", more)
        self._entries = {entry.name: entry for entry in entries}
        is_decided = all(e.version is not None or e.rejection is not None for e in entries)
        self._said = {*sentences} if is_decided else self._said | {*sentences}
        library = self._with_the_undecided(library)
        self._misfit, self._has_news = None, True
        try:
            self.update(self._config, library)
        except ConfigError as error:
            self._misfit = error
            self._warn(error)

    def _tell_the_watch(self) -> None:
        """Who is on air: their folders may change without their leaving the wall."""
        from installation.library.catalog import State

        if self._watch is None:
            return
        entries = {entry.name: entry for entry in self._watch.entries}
        for version, is_on_air in self.cast.states():
            entry = entries.get(version.name)
            state = State.ON_AIR if is_on_air else State.OFF_AIR
            if entry is None or entry.version is None or entry.state is state:
                continue
            if not entry.version.is_same_film(version.original or version):
                continue
            if is_on_air:
                self._watch.note_on_air(entry)
            else:
                self._watch.note_off_air(entry)

    def _with_the_undecided(self, library: Library) -> Library:
        """What plays already plays on while the watch has not made up its mind about it."""
        undecided = {
            name for name, e in self._entries.items() if e.version is None and e.rejection is None
        }
        kept = [version for version in self._library.versions if version.name in undecided]
        if not kept:
            return library
        versions = in_order([*library.versions, *kept], self._config.film.order)
        return replace(library, versions=tuple(versions))

    def _take_mistake(self, error: InstallationError) -> None:
        """A config has been saved that is wrong: the last good one plays on."""
        self._mistake, self._has_news = error, True
        self._warn(error)

    def _warn(self, error: InstallationError) -> None:
        logger.warning("the last good config plays on:\n%s", error)
        self._tell(str(error))

    def _tell(self, sentence: str) -> None:
        if self._options.windowed is not None:  # never onto a wall in a gallery
            self.wall.stage.set_notice(sentence)

    def update(self, config: Config, library: Library) -> None:
        """Be in line with a new config or with what the folder holds now, in step.

        Raises ConfigError, and changes nothing, where the layout cannot show all versions.
        """
        before, now = (self._config, self._library.versions), (config, library.versions)
        playing = self._to_play(config, library)
        if (self._config, self._playing) != (config, playing):
            nudges = self._nudging.nudges.kept(before, now)
            try:
                nudged = nudges.over(config, library.versions)
                self.cast.update(nudged, replace(library, versions=playing), self._time.now_ns())
            except LayoutError as error:
                raise _layout_mistake(config, error) from error
            self._playing = playing
            if self._upkeep is not None:
                self._upkeep.note_changed()
            self._nudging.adopt(nudges)
            self._look_again()
        elif library.subtitles != self._library.subtitles:
            self.cast.choose_subtitles(library)
        self._config, self._library = config, library
        if self.player.channels and not self.player.has_begun:
            if self._upkeep is not None:
                self._upkeep.take_up()
            self.player.prime()
            self._begin_soon()

    def _to_play(self, config: Config, library: Library) -> tuple[Version, ...]:
        """Who is to play, from which file and by which engine."""
        playing = self._copies.playing(shown(config, library.versions))
        return self._engines.assigned(config, playing)

    def _look_again(self) -> None:
        """While paused nobody asks for pictures, though the one on the wall may be another now."""
        if self.player.has_begun and not self.player.clock.is_running:
            self.pacer.start()

    def _watch_swaps(self) -> None:
        """Told in the GUI thread, a moment later where another thread draws. Python on that thread
        would wait for this one, which waits for it when the window closes.
        """
        self.wall.swapped.connect(self._swapped)
        self._hanging.changed.connect(self._take_screen)

    def _take_screen(self) -> None:
        """The wall hangs on another screen, or on one that has become another."""
        self._swaps_ns, self._measured_hz = [], None
        self.pacer.follow(self._stated_grid())
        self._has_news = True

    def _swapped(self) -> None:
        now = self._time.now_ns()
        self._swaps += 1
        if self._first_picture_ns is None and self.wall.stage.isCurtainUp:
            self._first_picture_ns = now
        if len(self._swaps_ns) < SWAPS_NEEDED:
            self._swaps_ns.append(now)
        elif self._measured_hz is not None:
            self.pacer.swapped(now)

    def _keep_house(self) -> None:
        """Five times a second; also lets Python see a signal while nothing else happens."""
        is_fullscreen = self._options.windowed is None
        if is_fullscreen and not self._is_cursor_hidden and self._first_picture_ns is not None:
            self._is_cursor_hidden = True
            self.wall.hide_cursor()
        self._hanging.look()
        is_unseen = self._hanging.is_away and self.wall.stage.isCurtainUp
        if self._first_picture_ns is None and is_unseen:
            self._first_picture_ns = self._time.now_ns()  # it plays, though nobody can see it
        self._ticks += 1
        if not self._is_settling_in and (
            self.wall.stage.isCurtainUp or self._ticks > WATCH_AFTER_TICKS
        ):
            self._is_settling_in = True
            self.cast.lives.start()
            threading.Thread(target=self._settle_in, name="settling in", daemon=True).start()
        self._tend_hours()
        is_live_due = bool(self.cast.lives) and not self._is_resting
        if self._is_settling_in and is_live_due != self._live.isActive():
            self._live.stop() if self._live.isActive() else self._live.start(LIVE_MS)
        if self._watch is None and self._made_watch is not None:
            self._watch = self._made_watch
            self._watch.reorder(self._config.film.order)
            self._watch.write_receipts(self._config.film.receipts)
            self._watch.start()
            self._copies.start(self.copies_changed.emit)
            self._engines.start(self.copies_changed.emit)
        self._tell_the_watch()
        self._tend_copies()
        self._tend_sound()
        self._tend_vigil()
        if self._upkeep is not None:
            has_picture = self._first_picture_ns is not None
            is_seen = self.wall.window.isExposed() and not self._is_asleep
            self._upkeep.tend(self._config, self._swaps, has_picture=has_picture, is_seen=is_seen)
        self._tell_the_chronicle()
        if self._has_news or self._ticks % POST_EVERY_TICKS == 0:
            self._post()
        if self._shows_overlay:
            self.wall.stage.set_overlay(self._overlay())
        if self._drawing is Drawing.GPU and len(self._swaps_ns) == SWAPS_NEEDED:
            self._take_measured_refresh()

    def _tend_vigil(self) -> None:
        """Say that the wall lives, to whoever starts it again when it does not."""
        vigil, player, now = self._options.vigil, self.player, self._time.now_ns()
        if vigil is None:
            return
        pulse = Pulse(
            self._presented_ns,
            self._swaps,
            has_picture=self._first_picture_ns is not None,
            is_moving=player.has_begun
            and player.clock.is_running
            and bool(player.channels)
            and not self._is_resting,
            is_seen=self.wall.window.isExposed() and not self._is_asleep,
        )
        in_effect = None if self._at_next_start else self._config
        if vigil.tick(now, pulse, in_effect, player):
            self.wall.window.update()

    def _tend_hours(self) -> None:
        """Follow the schedule, once there is one; in a window it is only told."""
        if self._opening is None:
            if self._config.schedule.is_always_open:
                return
            from installation.opening import new_opening

            windowing = self._qt.platformName() if self._options.windowed is None else None
            self._opening = new_opening(
                self.wall.stage, self.player, self.pacer, self._time, windowing
            )
        self._opening.tick(self._config.schedule)

    @property
    def _is_resting(self) -> bool:
        """True outside opening hours, when nothing is to move."""
        return self._opening is not None and self._opening.is_resting

    @property
    def _is_asleep(self) -> bool:
        """True while the screens sleep."""
        return self._opening is not None and self._opening.is_asleep

    def _tend_sound(self) -> None:
        """Who is heard follows who is on air, and the film; never before the first picture."""
        if self._first_picture_ns is not None:
            opening = self._opening
            heard = self._config if opening is None else opening.heard(self._config)
            self._hearing.tend(heard, self.cast, self._library.versions)
            is_marked = self._config.wall.captions.speaker
            self.wall.stage.set_heard(self._hearing.report.speakers if is_marked else ())

    def _overlay(self) -> str:
        lines = overlay_text(self.player), meter(self._hearing.report)
        return "\n".join(line for line in lines if line)

    def _tend_copies(self) -> None:
        """Have mezzanines made for what hangs, and let in who waits for room."""
        if self._watch is None:
            return
        if not self._is_resting:  # which says nothing of what playing takes
            self._copies.note_load(self._time.now_ns(), self._work.now_ns())
        self._give_way()
        if self._ticks % COPIES_EVERY_TICKS == 0:
            self._reconsider()
            self._want_copies()
        if self._ticks % MEASURE_EVERY_TICKS == 0:
            self._engines.want(self._config, self._playing)

    def _give_way(self) -> None:
        """Where a mezzanine cannot be read on, its original is to play."""
        for version in self.cast.faulty():
            if version.original is not None:
                self._copies.distrust(version)

    def _want_copies(self) -> None:
        from installation.mezzanines import placements_on, sizes_for

        canvas = self.wall.canvas
        versions = shown(self._config, self._library.versions)
        wanted_for = canvas, self._config, versions
        if not canvas.width_px or not versions or self._wanted_for == wanted_for:
            return
        self._wanted_for = wanted_for
        try:
            placements = placements_on(canvas, self._config, versions)
        except InstallationError:
            return  # not all fit; what hangs has what it needs
        conformed = films(versions)
        self._copies.want(conformed, sizes_for(placements, conformed))

    def _reconsider(self) -> None:
        """Other files may be there to play, or more room."""
        try:
            self.update(self._config, self._library)
        except ConfigError as error:
            logger.warning("%s", error)

    def _settle_in(self) -> None:
        """Make ready what comes after the first picture. On a thread: what it imports takes a
        while, and the wall plays.
        """
        from installation import mezzanines  # noqa: F401
        from installation.board import new_board

        self._board = new_board(self._config.path, self._time.now_ns() - self._options.started_ns)
        if self._options.windowed is None:  # a wall in a window is a rehearsal
            self._chronicle = self._begin_chronicle()
        if self._upkeep is not None:
            self._upkeep.settle_in()
        self._made_watch = self._make_watch(self.library_found.emit)

    def _begin_chronicle(self) -> Chronicle:
        from installation.chronicle import new_chronicle

        return new_chronicle(
            self.play_log,
            self._config,
            self.player,
            self._time,
            self._options.started_ns,
            drawing=self._drawing.value,
            screen=self._hanging.described,
            refresh_hz=round(self._stated_hz(), 3),
        )

    @property
    def _screen_troubles(self) -> tuple[str, ...]:
        """What screens lack. One that sleeps may seem to be away, and its loudspeaker with it."""
        return () if self._is_asleep else self._hanging.troubles

    @property
    def _sound_trouble(self) -> str:
        return "" if self._is_asleep else self._hearing.report.trouble

    def _tell_the_chronicle(self) -> None:
        if self._chronicle is not None:
            self._chronicle.watch(
                self.cast,
                self._config,
                self._library,
                self._entries,
                self._first_picture_ns,
                is_to_play=not self._is_resting,
                mistake=_joined(self._mistake or self._misfit),
                at_next_start=self._at_next_start,
                conforming=self._copies.progress,
                sound_trouble=self._sound_trouble,
                screen_troubles=self._screen_troubles,
            )

    def _post(self) -> None:
        """Say how the wall stands, for `installation status`."""
        if self._board is None or self._watch is None:
            return
        from installation.board import Circumstances

        family = self.wall.stage.spoken.family
        self._letters.want(asked_for(self._config, self._library), family)

        hz, source = self._refresh()
        circumstances = Circumstances(
            self._drawing.value,
            hz,
            source,
            mistakes=_lines(self._mistake),
            at_next_start=self._at_next_start,
            notices=(
                *_lines(self._misfit),
                *self._engines.mistakes(self._config, self._playing),
                *self._letters.mistakes,
                *self._screen_troubles,
                *([self._sound_trouble] if self._sound_trouble else []),
            ),
            conforming=self._copies.progress(),
            live=self.cast.lives.states(),
            sound=in_words(self._hearing.report),
            hours="" if self._opening is None else self._opening.in_words,
            is_closed=self._opening is not None and self._opening.is_closed,
        )
        self._has_news = False
        entries, now = self._watch.entries, self._time.now_ns()
        self._board.post(self._config, self._library, entries, self.player, circumstances, now)

    def _refresh(self) -> tuple[float, str]:
        """Hertz, and where we know it from."""
        if self._measured_hz is None:
            return self._stated_hz(), "stated by the screen"
        return self._measured_hz, "measured"

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
        is_tried_out = self._options.windowed is not None and self._first_picture_ns is not None
        now, versions = self._time.now_ns(), self._library.versions
        if is_tried_out and self._nudging.press(key, self._config, versions, now):
            self._look_again()
            return
        from PySide6.QtCore import Qt

        if key == Qt.Key.Key_Escape:
            self.end("Esc was pressed")
        elif key == Qt.Key.Key_I:
            self._shows_overlay = not self._shows_overlay
            self.wall.stage.set_overlay(self._overlay() if self._shows_overlay else "")
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
        self._tend_sound()

    # -- afterwards

    def report(self) -> dict[str, Any]:
        """What `--report` writes."""
        first = self._first_picture_ns
        hz, source = self._refresh()
        return {
            "film": {
                "title": self._config.film.title,
                "rate": str(self._config.film.rate),
                "length_frames": self.player.clock.lengths()[-1][1],
            },
            "drawing": self._drawing.value,
            "refresh": {
                "hz": hz,
                "source": source,
                "slips": self.pacer.cadence.slips,
            },
            "first_picture_s": None if first is None else (first - self._options.started_ns) / 1e9,
            "live": self.cast.lives.report(),
            **playback_report(self.player),
        }
