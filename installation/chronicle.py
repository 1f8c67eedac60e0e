"""The chronicle: watches the wall play, and notes in its play log what becomes of it.

It compares how things stand with how they stood a fifth of a second ago, so that nobody who
changes something has to think of the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from installation.config import Config, diff
from installation.film import CalendarClock, Clock
from installation.kiosk.log_line import Field
from installation.kiosk.play_log import PlayLog
from installation.kiosk.steadiness import CalendarWatch, StandstillWatch
from installation.kiosk.totals import LoopCount, Totals
from installation.library import Library
from installation.library.catalog import Entry
from installation.library.conform_progress import ConformState, Progress
from installation.particulars import files_of_log, of_config, of_playing, of_start, of_version
from installation.parts import wishes_for
from installation.playback import Player
from installation.sight import Seen, Sight, seen_on

if TYPE_CHECKING:
    from installation.cast import Cast

logger = logging.getLogger(__name__)

BEAT_NS = 2_000_000_000
"""After a crash it is known to this much until when the wall played."""
SUM_UP_NS = 300_000_000_000
"""How often is noted what was counted: some thirty megabytes a year, however short the loop."""
CONFORMED_EVERY_LOOKS = 25
MOST_CHANGES = 40
"""Settings named of one saved config."""


class Chronicle:
    """GUI thread only; a look costs next to nothing, and waits for nothing."""

    def __init__(self, log: PlayLog, player: Player, clock: Clock, calendar: Clock) -> None:
        self._log = log
        self._player = player
        self._clock = clock
        self._calendar = calendar
        self._before: Sight | None = None
        self._looks = 0
        self._library: Library | None = None
        self._known: frozenset[str] = frozenset()
        self._conformed: frozenset[str] = frozenset()
        self._hung: dict[str, Seen] = {}
        self._loops = LoopCount()
        self._standstill = StandstillWatch()
        self._calendar_watch = CalendarWatch()
        self._mismatches = 0
        self._beaten_ns = self._summed_up_ns = clock.now_ns()

    def begin(self, config: Config, started_ns: int, **told: Field) -> None:
        """The program was started at that moment; more is to be told of it."""
        age_ms = (self._clock.now_ns() - started_ns) // 1_000_000
        self._log.note("started", age_ms=age_ms, **of_start(config), **told)

    def look(self, now: Sight) -> None:
        """Note what has changed."""
        now_ns = self._clock.now_ns()
        before, self._before = self._before, now
        if stepped_ms := self._calendar_watch.look(now_ns, self._calendar.now_ns()):
            self._log.note("clock_stepped", ms=stepped_ms)
        if before is not None:
            self._note_config(before, now)
            self._note_folder(before, now)
            self._note_others(before, now)
        if (before is None or before.is_to_play) != now.is_to_play:
            self._log.note("opened" if now.is_to_play else "closed")
        if now.first_picture_ns is not None:
            if before is None or before.first_picture_ns is None:
                age_ms = (now_ns - now.first_picture_ns) // 1_000_000
                self._log.note("first_picture", age_ms=age_ms)
            self._note_versions(now)
            self._count(now, now_ns)

    def watch(
        self,
        cast: Cast,
        config: Config,
        library: Library,
        entries: Mapping[str, Entry],
        first_picture_ns: int | None,
        *,
        is_to_play: bool,
        mistake: str,
        at_next_start: tuple[str, ...],
        conforming: Callable[[], Iterable[Progress]],
        sound_trouble: str,
        screen_troubles: tuple[str, ...],
    ) -> None:
        """Look at a wall."""
        self._looks += 1
        if self._looks % CONFORMED_EVERY_LOOKS == 1:
            done = (one.name for one in conforming() if one.state is ConformState.DONE)
            self._conformed = frozenset(done)
        if library is not self._library:
            self._library = library
            self._known = frozenset(version.name for version in library.versions)
        sight = Sight(
            config=config,
            known=self._known,
            seen=seen_on(cast),
            first_picture_ns=first_picture_ns,
            is_to_play=is_to_play,
            entries=entries,
            mistake=mistake,
            at_next_start=at_next_start,
            conformed=self._conformed,
            sound_trouble=sound_trouble,
            screen_troubles=screen_troubles,
        )
        self.look(sight)

    def end(self, why: str, *, is_for_good: bool = True) -> None:
        """The wall ends because it was asked to; or in order to start anew."""
        self._sum_up()
        self._log.note("ended", why=why, is_for_good=is_for_good)

    def totals(self) -> Totals:
        """What was counted so far."""
        ledger, tally = self._player.ledger, self._player.presenter.tally
        return Totals(
            loops=self._loops.loops,
            pictures=ledger.pictures,
            tiles=ledger.tiles,
            unproved=ledger.unproved,
            mismatches=ledger.mismatches,
            shown=tally.shown,
            held=tally.held,
            dropped=tally.dropped,
            late=tally.late,
        )

    # -- what the wall counts

    def _count(self, now: Sight, now_ns: int) -> None:
        player, shown = self._player, self._player.presenter.shown
        if shown is not None:
            length = player.clock.length_in(shown.loop)
            self._loops.look(shown.loop, player.presenter.tally.shown, length)
        is_on_air = any(seen.is_on_air for seen in now.seen if not seen.version.is_live)
        is_expected = now.is_to_play and player.clock.is_running and is_on_air
        stood = self._standstill.look(now_ns, player.ledger.pictures, is_expected=is_expected)
        if stood is not None:
            event = "stood_still" if stood.is_over else "stands_still"
            self._log.note(event, ms=stood.ms, was_process=stood.was_process)
        if player.ledger.mismatches > self._mismatches:
            self._note_mismatches()
        if now_ns - self._summed_up_ns >= SUM_UP_NS:
            self._summed_up_ns = now_ns
            self._sum_up()
        if now_ns - self._beaten_ns >= BEAT_NS:
            self._beaten_ns = now_ns
            self._log.beat("played", **self.totals()._asdict())

    def _sum_up(self) -> None:
        self._log.note("played", **self.totals()._asdict())

    def _note_mismatches(self) -> None:
        """The ledger keeps the first ones in full; so does the log."""
        ledger = self._player.ledger
        for one in ledger.first_mismatches[self._mismatches :]:
            self._log.note(
                "mismatched",
                version=one.version,
                loop=one.position.loop,
                film_frame=one.position.frame,
                shown=_seconds(one.shown_pts),
                expected=_seconds(one.expected_pts),
            )
        self._mismatches = ledger.mismatches

    # -- who is on the wall

    def _note_versions(self, now: Sight) -> None:
        hung, self._hung = self._hung, {seen.version.name: seen for seen in now.seen}
        for name, seen in self._hung.items():
            before = hung.get(name)
            if seen.is_on_air:
                self._note_on_air(before, seen)
            elif before is None or before.is_on_air:
                self._log.note("off_air", version=name, reason=seen.reason)
        for name, before in hung.items():
            if before.is_on_air and name not in self._hung:
                self._log.note("off_air", version=name, reason=_why_gone(before, now), is_gone=True)

    def _note_on_air(self, before: Seen | None, seen: Seen) -> None:
        if before is seen:
            return
        how = of_playing(seen.version, seen.decoding)
        if before is not None and before.is_on_air:
            if before.version.edition == seen.version.edition and before.decoding == seen.decoding:
                return
            self._log.note("changed_over", version=seen.version.name, **how)
        else:
            self._log.note("on_air", version=seen.version.name, **how)
        self._log.enter(of_version(seen.version))

    # -- what is done to it

    def _note_config(self, before: Sight, now: Sight) -> None:
        if now.config is not before.config:
            changed = sorted(diff(before.config, now.config))[:MOST_CHANGES]
            later = list(now.at_next_start)
            if changed or later:
                told = of_config(now.config)
                self._log.note("config_changed", **told, changed=changed, at_next_start=later)
        if now.mistake and now.mistake != before.mistake:
            self._log.note("config_refused", mistake=now.mistake)
        elif before.mistake and not now.mistake:
            self._log.note("config_mended")

    def _note_folder(self, before: Sight, now: Sight) -> None:
        if now.entries is before.entries:
            return
        for name, was in before.entries.items():
            if name not in now.entries and (was.version or was.rejection) is not None:
                self._log.note("version_removed", version=name)
        for name, entry in now.entries.items():
            known = before.entries.get(name)
            film = None if known is None else known.version
            if entry.rejection is not None:
                if known is None or known.rejection != entry.rejection:
                    self._log.note("version_rejected", version=name, why=entry.rejection.message)
            elif entry.version is None:
                continue
            elif film is None and name not in before.known:
                self._log.note("version_added", version=name)
            elif film is not None and not entry.version.is_same_film(film):
                self._log.note("version_replaced", version=name)

    def _note_others(self, before: Sight, now: Sight) -> None:
        for name in sorted(now.conformed - before.conformed):
            self._log.note("conformed", version=name)
        if now.sound_trouble and now.sound_trouble != before.sound_trouble:
            self._log.note("sound_lost", why=now.sound_trouble)
        elif before.sound_trouble and not now.sound_trouble:
            self._log.note("sound_back")
        for trouble in now.screen_troubles:
            if trouble not in before.screen_troubles:
                self._log.note("screen_lost", why=trouble)
        for trouble in before.screen_troubles:
            if trouble not in now.screen_troubles:
                self._log.note("screen_back", why=trouble)


def _why_gone(seen: Seen, now: Sight) -> str:
    name = seen.version.name
    entry = now.entries.get(name)
    if wishes_for(now.config, seen.version).hidden:
        return "the config hides it"
    if entry is not None and entry.rejection is not None:
        return entry.rejection.message
    if name not in now.known:
        return "its folder was taken away"
    return "it waits to be conformed"


def _seconds(pts: Fraction | None) -> float | None:
    return None if pts is None else round(float(pts), 6)


def new_chronicle(
    log: PlayLog, config: Config, player: Player, clock: Clock, started_ns: int, **told: Field
) -> Chronicle:
    """The chronicle of a wall whose program was started at that moment; opens its play log. On any
    thread, for it may wait for a disk.
    """
    chronicle = Chronicle(log, player, clock, CalendarClock())
    chronicle.begin(config, started_ns, **told)
    try:
        log.open(files_of_log(config))
    except OSError as error:
        logger.warning("there is no play log: %s", error)
    return chronicle
