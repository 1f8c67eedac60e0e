"""What changes while the wall plays: a config is saved, the film's folder holds something else,
other files are to be played. Told on any thread, done on the GUI's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from installation import heap
from installation.bulletin import Bulletin
from installation.cast import Cast
from installation.config import Config, ConfigWatch, keeping_what_needs_a_start
from installation.errors import ConfigError, InstallationError
from installation.film import Clock
from installation.intake import Intake
from installation.library import Library
from installation.nudge import Nudging
from installation.programme import Programme
from installation.screening import Screening

if TYPE_CHECKING:
    from installation.library.catalog import Entry
    from installation.upkeep import Upkeep

logger = logging.getLogger(__name__)

TIDY_AFTER_MS = 20_000
"""So long after a change what was freed is given back; by then all of it is."""


class Changes(QObject):
    """Brings the wall in line with them. GUI thread only; the signals may be emitted on any.

    `on_idle` is called where a start would help: for what was saved needs one, and nothing plays.
    """

    config_saved = Signal(object)
    config_mistaken = Signal(object)
    library_found = Signal(object, object)
    copies_changed = Signal()

    def __init__(
        self,
        programme: Programme,
        cast: Cast,
        nudging: Nudging,
        screening: Screening,
        intake: Intake,
        bulletin: Bulletin,
        upkeep: Upkeep | None,
        time: Clock,
        on_idle: Callable[[], None],
    ) -> None:
        super().__init__()
        self._programme = programme
        self._cast, self._player, self._nudging = cast, cast.player, nudging
        self._screening = screening
        self._intake = intake
        self._bulletin = bulletin
        self._upkeep = upkeep
        self._time = time
        self._on_idle = on_idle
        config = programme.config
        self._tidying = QTimer(self)
        self._tidying.setSingleShot(True)
        self._tidying.timeout.connect(self._tidy)
        self._tidier: threading.Thread | None = None
        self._config_watch = ConfigWatch(
            config.path, self.config_saved.emit, self.config_mistaken.emit, config.edition
        )

    def start(self) -> None:
        """Listen, and look at the config's file from now on."""
        self.config_saved.connect(self._take_config)
        self.config_mistaken.connect(self._take_mistake)
        self.library_found.connect(self._take_library)
        self.copies_changed.connect(self.reconsider)
        self._config_watch.start()

    def stop(self) -> None:
        """Look at it no more."""
        self._config_watch.stop()
        self._tidying.stop()
        if self._tidier is not None:
            self._tidier.join()

    def reconsider(self) -> None:
        """Other files may be there to play, or more room."""
        try:
            self._change(self._programme.config, self._programme.library)
        except ConfigError as error:
            logger.warning("%s", error)

    def _take_config(self, config: Config) -> None:
        """A config has been saved, and is right."""
        config, later = keeping_what_needs_a_start(self._programme.config, config)
        if config.film.order != self._programme.config.film.order:
            self._intake.reorder(config.film)
        try:
            self._change(config, self._programme.library)
        except ConfigError as error:
            self._bulletin.refuse(error)
            return
        self._bulletin.accept(later)
        self._intake.write_receipts(config.film)
        if later and not (self._player.channels or self._cast.lives):
            self._on_idle()

    def _take_mistake(self, error: InstallationError) -> None:
        """A config has been saved that is wrong: the last good one plays on."""
        self._bulletin.refuse(error)

    def _take_library(self, found: Library, entries: tuple[Entry, ...]) -> None:
        """The film's folder holds something else than before."""
        config, before = self._programme.config, self._programme.library.versions
        library = self._intake.take(config, before, found, entries)
        try:
            self._change(config, library)
        except ConfigError as error:
            self._bulletin.note_misfit(error)
        else:
            self._bulletin.note_misfit(None)

    def _change(self, config: Config, library: Library) -> None:
        """See `Programme.change`; a film that has come where there was none begins."""
        now, upkeep = self._time.now_ns(), self._upkeep
        if self._programme.change(config, library, self._cast, self._nudging, now):
            if upkeep is not None:
                upkeep.note_changed()
            if not self._tidying.isActive():
                self._tidying.start(TIDY_AFTER_MS)
            self._screening.look_again()
        if self._player.channels and not self._player.has_begun:
            if upkeep is not None:
                upkeep.take_up()
            self._player.prime()
            self._screening.begin_soon()

    def _tidy(self) -> None:
        """Windows, readers and queues have come and gone."""
        self._tidier = threading.Thread(target=heap.give_back, name="tidying")
        self._tidier.start()
