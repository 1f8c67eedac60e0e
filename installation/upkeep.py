"""What a wall does for itself in order to live for months: where the film is, readers, the window,
memory, and that nobody can touch it.

`show.py` builds it for a kiosk, ticks it, and asks it whether the process is to be replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from installation.cast import Cast
from installation.config import Config
from installation.film import CalendarClock, Clock, FilmPosition
from installation.handover import CAN_REPLACE, Cover, Inherited
from installation.kiosk.anchor import FilmAnchor
from installation.kiosk.exits import ENDED, RESTART
from installation.kiosk.ladder import MOST_ABANDONED, Drawing, Readers, Step
from installation.kiosk.restarts import Restarts
from installation.kiosk.state import kept_folder
from installation.wall.punctual import punctual
from installation.wall.rebuild import rebuild
from installation.wall.untouchable import Untouchable

if TYPE_CHECKING:
    from installation.kiosk.memory import Growth

logger = logging.getLogger(__name__)

PRIMING_NS = 200_000_000
"""How long a wall takes, about, to have its first pictures decoded and its scene loaded: the film
frame due by then is the first."""
EVERY_TICKS = 5
MEMORY_EVERY_TICKS = 25
COVER_LEAD_NS = 4_000_000_000
"""How long before the seam the cover is made ready; it plays on meanwhile."""
_NS_PER_MS = 1_000_000


class Upkeep:
    """One wall's. GUI thread only."""

    def __init__(
        self,
        config: Config,
        cast: Cast,
        time: Clock,
        end: Callable[[int, str], None],
        note: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """`note` is told each step that is taken, for the play log."""
        self._config = config
        self._cast = cast
        self._player = cast.player
        self._time = time
        self._end, self._note = end, note
        self._calendar = CalendarClock()
        self._folder = kept_folder(config.path)
        self._anchor = FilmAnchor(self._folder, time, self._calendar)
        self._restarts = Restarts(self._folder, self._calendar.now_ns())
        self._readers = Readers()
        self._drawing = Drawing()
        self._growth: Growth | None = None  # once the wall plays
        self._untouchable = Untouchable(
            config.kiosk.exit_chord, lambda: end(ENDED, "asked to by the exit chord")
        )
        self._soon, self._seam = punctual(self._make_cover), punctual(self._give_way)
        self._ticks = 0
        self._is_told_large = False
        self._cover: Cover | None = None  # where the process is to be replaced
        self.inherited = Inherited.take()

    # -- the start

    def guard(self) -> None:
        """Before any window is shown: no cursor, always on top, dead to the touch."""
        self._untouchable.guard(self._cast.wall.windows)
        if len(self.inherited.pictures) == len(self._cast.wall.windows):
            self._cast.wall.hold(self.inherited.pictures)

    def take_up(self) -> None:
        """Before the film begins: let it be where the calendar says."""
        now_ns, film = self._time.now_ns(), self._player.clock
        rate, length = film.rate, film.lengths()[-1][1]
        began_ns = self._anchor.began_ns(rate, length) if self._player.channels else None
        if film.is_running or began_ns is not None:
            self._player.take_up(began_ns or 0, now_ns + PRIMING_NS)

    def settle_in(self) -> None:
        """Load what is needed later; on a thread, while the wall plays."""
        from installation.kiosk.memory import Growth, machine_bytes

        self._growth = Growth(machine_bytes(), self._time.now_ns())

    # -- while it plays

    def tend(
        self, config: Config, swaps: int, *, has_picture: bool, is_moving: bool, is_seen: bool
    ) -> None:
        """Five times a second. Where nothing is to move, nobody is missed."""
        if config.kiosk.exit_chord != self._config.kiosk.exit_chord:
            self._untouchable.set_chord(config.kiosk.exit_chord)
        self._config = config
        self._ticks += 1
        if not has_picture:
            return
        self.inherited.let_go()
        self._mend_drawing(swaps, is_seen=is_seen)
        if self._ticks % EVERY_TICKS == 0:
            if is_moving:
                self._mend_readers()
            self._anchor.keep(self._player.clock)
        if self._ticks % MEMORY_EVERY_TICKS == 0:
            self._watch_memory()

    def note_changed(self) -> None:
        """The wall shows other versions, or in another way: it may be of another size."""
        if self._growth is not None:
            self._growth.begin_anew(self._time.now_ns())

    def stop(self, timeout_s: float = 1.0) -> None:
        """The windows are to be closed."""
        self._soon.stop()
        self._seam.stop()
        self._untouchable.stand_down()
        self.inherited.let_go()
        self._anchor.join(timeout_s)

    # -- readers

    def _mend_readers(self) -> None:
        now_ns = self._time.now_ns()
        on_air = {channel.name: channel.is_on_air for channel in self._player.channels}
        for name in self._readers.look(on_air, now_ns):
            if self._player.abandoned(name) >= MOST_ABANDONED:
                logger.warning(
                    "version=%s hangs in %d readers; it gets no more", name, MOST_ABANDONED
                )
                continue
            logger.warning("version=%s off air for long; its reader is built anew", name)
            self._note(f"“{name}” was off air for long: its reader was built anew.")
            self._cast.read_anew(name, now_ns)

    # -- the window

    def _mend_drawing(self, swaps: int, *, is_seen: bool) -> None:
        now_ns = self._time.now_ns()
        match self._drawing.look(
            presented=self._player.presenter.tally.shown,
            swaps=swaps,
            is_seen=is_seen,
            to_seam_ns=self._to_seam_ns(now_ns),
            now_ns=now_ns,
        ):
            case Step.REBUILD_WINDOW:
                logger.warning("pictures are handed over and none is drawn; the window is rebuilt")
                self._note("Pictures were handed over and none was drawn: the window was rebuilt.")
                rebuild(self._cast.wall.windows)
            case Step.RESTART if self._may_restart():
                logger.warning("nothing is drawn in the new window either; the wall starts anew")
                self._restarts.note(self._calendar.now_ns())
                self._end(RESTART, "nothing was drawn any more")
            case _:
                pass

    def _to_seam_ns(self, now_ns: int) -> int:
        film = self._player.clock
        if not film.is_running:
            return 0
        loop = film.position(now_ns).loop
        return film.due_ns(film.index(FilmPosition(loop + 1, 0))) - now_ns

    def _may_restart(self) -> bool:
        return self._restarts.wait_ns(self._calendar.now_ns()) == 0

    # -- memory

    def _watch_memory(self) -> None:
        if self._growth is None:
            return
        from installation.kiosk.memory import machine_bytes, process_bytes

        now_ns = self._time.now_ns()
        wanted = self._config.kiosk.memory_limit
        most = None if wanted is None else wanted.bytes_of(machine_bytes())
        size = process_bytes()
        if not self._growth.is_too_large(size, most, now_ns):
            self._is_told_large = False
            return
        if not self._is_told_large:
            self._is_told_large = True
            limit = self._growth.limit(most) // 1_000_000
            logger.warning(
                "the wall has grown to %d MB, beyond %d MB; it starts anew at a seam",
                size // 1_000_000, limit,
            )  # fmt: skip
        if self._may_restart() and not self._seam.isActive():
            self._plan_to_give_way(now_ns)

    def _plan_to_give_way(self, now_ns: int) -> None:
        """Make a cover ready, and wait for a seam that it is ready by."""
        film = self._player.clock
        wait_ns = self._to_seam_ns(now_ns)
        while wait_ns < COVER_LEAD_NS and film.is_running:
            loop = film.position(now_ns + wait_ns).loop
            wait_ns = film.due_ns(film.index(FilmPosition(loop + 1, 0))) - now_ns
        self._seam.start(-(-wait_ns // _NS_PER_MS))
        if CAN_REPLACE:
            self._soon.start(max(0, (wait_ns - COVER_LEAD_NS) // _NS_PER_MS))

    def _make_cover(self) -> None:
        try:
            self._cover = Cover(self._folder)
        except OSError as error:
            logger.warning("the last picture cannot be held: %s", error)

    def _give_way(self) -> None:
        """At the seam: the picture that stands is held, and a fresh process takes over."""
        self._restarts.note(self._calendar.now_ns())
        if self._cover is not None and self._cover.show(self._cast.wall.windows):
            self._cover.hand_on()
        elif self._cover is not None:
            self._cover.drop()
        logger.warning("the wall starts anew")
        self._end(RESTART, "it had grown too large")
