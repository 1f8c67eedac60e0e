"""The screening: one presentation set after the other onto the wall, paced by its screen; and live
pictures, where no film frame comes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from installation.cast import Cast
from installation.film import Clock
from installation.wall.hanging import Hanging
from installation.wall.pacer import Pacer
from installation.wall.refresh import ScreenRefresh
from installation.wall.video_frame import Drawing

PRIMING_POLL_MS = 3
PRIMING_PATIENCE_NS = 3_000_000_000
"""How long the first film frame waits for versions that are not ready when others are."""
LIVE_MS, LIVE_ALONE_NS = 40, 100_000_000
"""How often live pictures are shown by themselves, while no film frame has come for so long."""


class Screening(QObject):
    """GUI thread only.

    `give_way` is called as soon as a version cannot be read on; `on_end` after so many loops.
    """

    def __init__(
        self,
        cast: Cast,
        hanging: Hanging,
        drawing: Drawing,
        time: Clock,
        loops: int | None,
        *,
        give_way: Callable[[], None],
        on_end: Callable[[], None],
    ) -> None:
        super().__init__()
        self.first_picture_ns: int | None = None
        """When it was seen."""
        self.presented_ns = 0
        """When the last set was handed over."""
        self._cast, self._wall, self._player = cast, cast.wall, cast.player
        self._drawing = drawing
        self._time = time
        self._loops = loops
        self._give_way, self._on_end = give_way, on_end
        self._priming_since_ns = 0
        self._priming, self._live = QTimer(self), QTimer(self)
        self.refresh = ScreenRefresh(lambda: hanging.refresh_hz)
        grid = self.refresh.stated_grid(time.now_ns())
        self.pacer = Pacer(time, self._player.clock, grid, self._present)

    def listen(self) -> None:
        """Listen to the timers, and to swaps: told in the GUI thread, a moment later where another
        thread draws. Python on that thread would wait for this one, which waits for it when the
        window closes.
        """
        self._wall.swapped.connect(self._swapped)
        self._priming.timeout.connect(self._begin_when_primed)
        self._live.timeout.connect(self._show_live)

    # -- the film

    @property
    def is_running(self) -> bool:
        """True where the film moves on, unless the wall is closed."""
        player = self._player
        return player.has_begun and player.clock.is_running and bool(player.channels)

    def begin_soon(self) -> None:
        """Begin as soon as the first pictures are there."""
        self._priming_since_ns = self._time.now_ns()
        self._priming.start(PRIMING_POLL_MS)
        self._begin_when_primed()

    def look_again(self) -> None:
        """While paused nobody asks for pictures, though the one on the wall may be another now."""
        if self._player.has_begun and not self._player.clock.is_running:
            self.pacer.start()

    def stop(self) -> None:
        """Ask for no more pictures."""
        self._priming.stop()
        self._live.stop()
        self.pacer.stop()

    def _begin_when_primed(self) -> None:
        now = self._time.now_ns()
        has_waited = now - self._priming_since_ns >= PRIMING_PATIENCE_NS
        if not self._player.is_primed and not (has_waited and self._player.has_a_start):
            return
        self._priming.stop()
        self._player.begin(self.pacer.first_picture_ns())
        self.pacer.start()
        gc.freeze()  # what plays now stays; it need not be looked through again
        gc.enable()

    def _present(self, due: int, now_ns: int) -> bool:
        if self._loops is not None and self._player.clock.position_of(due).loop >= self._loops:
            self._on_end()
            return False
        shown = self._cast.present(due, now_ns)
        if shown is not None:
            self._wall.present(shown, self._cast.live_pictures(), self._cast.spoken(shown))
            self.presented_ns = now_ns
            self._player.note_presented(shown)
            if not self._wall.stage.isCurtainUp:
                self._wall.stage.raise_curtain()
        if self._player.presenter.is_failing:
            self._give_way()  # at once: what was decoded before lasts half a second
        return self._player.is_waiting

    # -- the live versions

    def tend_live(self, *, is_due: bool) -> None:
        """Let them go on between film frames, or not."""
        if is_due != self._live.isActive():
            self._live.stop() if self._live.isActive() else self._live.start(LIVE_MS)

    def _show_live(self) -> None:
        """Live versions go on where the film stands; else they come with its film frames."""
        if self._time.now_ns() - self.presented_ns > LIVE_ALONE_NS:
            pictures = self._cast.live_pictures()
            if pictures:
                self._wall.show_live(pictures)

    # -- the screen

    def follow_screen(self) -> None:
        """The wall hangs on another screen, or on one that has become another."""
        self.refresh.forget()
        self.pacer.follow(self.refresh.stated_grid(self._time.now_ns()))

    def measure_screen(self) -> None:
        """Pace by what was measured, as soon as it was."""
        measured = self.refresh.measure() if self._drawing is Drawing.GPU else None
        if measured is not None:
            self.pacer.follow(measured)

    def note_unseen(self) -> None:
        """It plays, though nobody can see it."""
        if self.first_picture_ns is None and self._wall.stage.isCurtainUp:
            self.first_picture_ns = self._time.now_ns()

    def report(self, started_ns: int) -> dict[str, Any]:
        """What `--report` writes of it."""
        hz, source = self.refresh.known_hz
        first = self.first_picture_ns
        return {
            "drawing": self._drawing.value,
            "refresh": {"hz": hz, "source": source, "slips": self.pacer.cadence.slips},
            "first_picture_s": None if first is None else (first - started_ns) / 1e9,
        }

    def _swapped(self) -> None:
        now = self._time.now_ns()
        if self.first_picture_ns is None and self._wall.stage.isCurtainUp:
            self.first_picture_ns = now
        if self.refresh.swapped(now):
            self.pacer.swapped(now)
        self._player.refill()
