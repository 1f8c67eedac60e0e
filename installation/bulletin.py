"""What is told of a running wall: on its board, for `installation status`, in its play log, and of
mistakes, in its window.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from installation.cast import Cast
from installation.doors import Doors
from installation.errors import InstallationError
from installation.film import Clock
from installation.hearing import Hearing, in_words
from installation.intake import Intake
from installation.kiosk.play_log import PlayLog
from installation.programme import Programme
from installation.screening import Screening
from installation.subtitling import asked_for
from installation.wall.glyphs import LettersCheck
from installation.wall.hanging import Hanging
from installation.wall.video_frame import Drawing

if TYPE_CHECKING:
    from installation.board import Board, Circumstances
    from installation.chronicle import Chronicle

logger = logging.getLogger(__name__)

POST_EVERY_TICKS = 5
"""How often the board looks whether there is something new to say."""


@dataclass(frozen=True)
class Informants:
    """Who is asked how the wall stands."""

    cast: Cast
    programme: Programme
    intake: Intake
    hanging: Hanging
    drawing: Drawing
    screening: Screening
    hearing: Hearing
    doors: Doors


class Bulletin:
    """Begins once the wall plays; keeps what is wrong until it is mended. GUI thread only, but for
    `settle_in`.
    """

    def __init__(
        self,
        log: PlayLog,
        informants: Informants,
        time: Clock,
        started_ns: int,
        *,
        is_rehearsal: bool,
    ) -> None:
        """A rehearsal, in a window, tells of mistakes there, and is no part of the play log."""
        self.has_news = False
        """True lets the board look at the next tick."""
        self.at_next_start: tuple[str, ...] = ()
        """What was saved and is not in effect."""
        self._mistake: InstallationError | None = None  # of the config saved last
        self._misfit: InstallationError | None = None  # of what the folder holds with the layout
        self._log = log
        self._of = informants
        self._time = time
        self._started_ns = started_ns
        self._is_rehearsal = is_rehearsal
        self._letters = LettersCheck()
        self._board: Board | None = None
        self._chronicle: Chronicle | None = None
        self._ticks = 0

    def settle_in(self) -> None:
        """Put up the board, and open the play log; on a thread, while the wall plays."""
        from installation.board import new_board

        config = self._of.programme.config
        self._board = new_board(config.path, self._time.now_ns() - self._started_ns)
        if self._is_rehearsal:
            return
        from installation.chronicle import new_chronicle

        self._chronicle = new_chronicle(
            self._log,
            config,
            self._of.cast.player,
            self._time,
            self._started_ns,
            drawing=self._of.drawing.value,
            screen=self._of.hanging.described,
            refresh_hz=round(self._of.screening.refresh.stated_hz, 3),
        )

    # -- what is right, and what is wrong

    def accept(self, at_next_start: Sequence[str]) -> None:
        """A config was saved, and is in effect but for these settings."""
        said = [f"{name} takes effect at the next start" for name in at_next_start]
        for sentence in said:
            logger.warning("%s", sentence)
        self._mistake = self._misfit = None
        self.at_next_start, self.has_news = tuple(at_next_start), True
        self._show("\n".join(said))

    def refuse(self, mistake: InstallationError) -> None:
        """A config was saved that is wrong."""
        self._mistake, self.has_news = mistake, True
        self._warn(mistake)

    def note_misfit(self, misfit: InstallationError | None) -> None:
        """The folder holds something else; why that has no place on the wall, where it has none."""
        self._misfit, self.has_news = misfit, True
        if misfit is not None:
            self._warn(misfit)

    def _warn(self, error: InstallationError) -> None:
        logger.warning("the last good config plays on:\n%s", error)
        self._show(str(error))

    def _show(self, sentence: str) -> None:
        if self._is_rehearsal:  # never onto a wall in a gallery
            self._of.cast.wall.stage.set_notice(sentence)

    # -- how it stands

    def tend(self) -> None:
        """Five times a second."""
        self._ticks += 1
        if self._chronicle is not None:
            self._chronicle.watch(
                self._of.cast,
                self._of.programme.config,
                self._of.programme.library,
                self._of.intake.told,
                self._of.screening.first_picture_ns,
                is_to_play=not self._of.doors.is_resting,
                mistake=" ".join(_lines(self._mistake or self._misfit)),
                at_next_start=self.at_next_start,
                conforming=self._of.programme.progress,
                sound_trouble=self._sound_trouble,
                screen_troubles=self._screen_troubles,
            )
        if self.has_news or self._ticks % POST_EVERY_TICKS == 0:
            self._post()

    def end(self, why: str, *, is_for_good: bool) -> None:
        """The wall ends."""
        if self._board is not None:
            self._board.close()
        if self._chronicle is not None:
            self._chronicle.end(why, is_for_good=is_for_good)
        self._log.close()

    def stop(self) -> None:
        """Wait for what goes on for it still."""
        self._letters.stop()

    def _post(self) -> None:
        if self._board is None or not self._of.intake.is_watching:
            return
        config, library = self._of.programme.config, self._of.programme.library
        family = self._of.cast.wall.stage.spoken.family
        self._letters.want(asked_for(config, library), family)
        circumstances = self._circumstances()
        self.has_news = False
        entries, now = self._of.intake.entries, self._time.now_ns()
        self._board.post(config, library, entries, self._of.cast.player, circumstances, now)

    def _circumstances(self) -> Circumstances:
        from installation.board import Circumstances

        hz, source = self._of.screening.refresh.known_hz
        return Circumstances(
            self._of.drawing.value,
            hz,
            source,
            mistakes=_lines(self._mistake),
            at_next_start=self.at_next_start,
            notices=(
                *_lines(self._misfit),
                *self._of.programme.mistakes(),
                *self._letters.mistakes,
                *self._screen_troubles,
                *([self._sound_trouble] if self._sound_trouble else []),
            ),
            conforming=self._of.programme.progress(),
            live=self._of.cast.lives.states(),
            sound=in_words(self._of.hearing.report),
            hours=self._of.doors.in_words,
            is_closed=self._of.doors.is_closed,
        )

    @property
    def _screen_troubles(self) -> tuple[str, ...]:
        """What screens lack. One that sleeps may seem to be away, and its loudspeaker with it."""
        return () if self._of.doors.is_asleep else self._of.hanging.troubles

    @property
    def _sound_trouble(self) -> str:
        return "" if self._of.doors.is_asleep else self._of.hearing.report.trouble


def _lines(error: InstallationError | None) -> tuple[str, ...]:
    return () if error is None else tuple(str(error).splitlines())
