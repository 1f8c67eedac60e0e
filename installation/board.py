"""The board: how the running wall stands, gathered and posted for `installation status`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from installation.config import Config
from installation.control.statefile import BEAT_NS, StateFile, make_ready
from installation.control.status import Now, VersionStatus, WallStatus, moment
from installation.decode.live_source import LiveState
from installation.decode.live_stream import parse_address
from installation.film import CalendarClock, Clock, Picture, Version, format_rate, format_timecode
from installation.library import Library
from installation.library.catalog import Entry, State
from installation.library.conform_progress import ConformState, Progress
from installation.library.names import plain, said
from installation.parts import nameless_overrides, sound_mistakes, timing_mistakes, wishes_for
from installation.playback import Player
from installation.subtitling import subtitle_mistakes


@dataclass(frozen=True)
class Circumstances:
    """What the board cannot ask the player for."""

    drawing: str
    refresh_hz: float
    refresh_source: str
    mistakes: tuple[str, ...] = ()
    """Why the config that was saved last is not what plays."""
    at_next_start: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    conforming: tuple[Progress, ...] = ()
    live: Mapping[str, LiveState] = field(default_factory=dict)
    """How each live version's source stands."""
    sound: str = ""
    """Who is heard where, and how far from the film."""
    hours: str = ""
    """Whether the wall is open, and until when; empty without a schedule."""
    is_closed: bool = False


class _Seen(NamedTuple):
    """What the wall says of one version."""

    is_on_air: bool | None = None
    """None for one that has not been on the wall."""
    reason: str = ""
    late: int = 0
    times_off_air: int = 0
    picture: Picture | None = None
    """For a live one, as it is received."""
    decoding: str = ""


_Basis = tuple[Entry, Version | None, _Seen, Progress | None]
CONFORMING = "conforming"
"""The state of one that waits for its mezzanine, because there is no room for its original."""


class Board:
    """Gathers, and posts what changed at once and what moves all the time now and then.

    GUI thread only; the state file is written on a thread of its own. `calendar` tells the time
    as people have it.
    """

    def __init__(self, config: Path, file: StateFile, calendar: Clock, started_ns: int) -> None:
        self._path = plain(os.path.realpath(config))
        self._file = file
        self._calendar = calendar
        self._started = moment(started_ns)
        self._posted: WallStatus | None = None
        self._posted_ns = 0
        self._of: tuple[Config, Library] | None = None
        self._timing: list[str] = []
        self._made: dict[str, tuple[_Basis, VersionStatus]] = {}

    def post(
        self,
        config: Config,
        library: Library,
        entries: Sequence[Entry],
        player: Player,
        circumstances: Circumstances,
        now_ns: int,
    ) -> None:
        """Say how the wall stands, unless the same was said a moment ago."""
        self._forget_what_was_asked(config, library)
        status = WallStatus(
            title=config.film.title,
            config=self._path,
            pid=os.getpid(),
            started=self._started,
            rate=format_rate(config.film.rate),
            length=format_timecode(player.clock.lengths()[-1][1], config.film.rate),
            layout=config.wall.layout.kind,
            now=self._now(player, circumstances.sound),
            versions=tuple(self._versions(config, library, entries, player, circumstances)),
            drawing=circumstances.drawing,
            refresh_hz=circumstances.refresh_hz,
            refresh_source=circumstances.refresh_source,
            hours=circumstances.hours,
            is_closed=circumstances.is_closed,
            mistakes=tuple(plain(mistake) for mistake in circumstances.mistakes),
            at_next_start=circumstances.at_next_start,
            notices=(
                *circumstances.notices,
                *self._notices_for(config, library, {entry.name for entry in entries}),
            ),
        )
        is_new = self._posted is None or status.differs_from(self._posted)
        if is_new or now_ns - self._posted_ns >= BEAT_NS:
            self._posted, self._posted_ns = status, now_ns
            self._file.offer(status)

    def close(self) -> None:
        """The wall has ended well; nothing is posted any more."""
        self._file.close()

    def _now(self, player: Player, sound: str) -> Now:
        shown, tally, ledger = player.presenter.shown, player.presenter.tally, player.ledger
        frame = 0 if shown is None else shown.frame
        return Now(
            seen=moment(self._calendar.now_ns()),
            is_running=player.clock.is_running,
            loop=0 if shown is None else shown.loop + 1,
            film_frame=frame,
            timecode=format_timecode(frame, player.clock.rate),
            pictures=ledger.pictures,
            mismatches=ledger.mismatches,
            shown=tally.shown,
            held=tally.held,
            dropped=tally.dropped,
            late=tally.late,
            sound=sound,
        )

    def _versions(
        self,
        config: Config,
        library: Library,
        entries: Sequence[Entry],
        player: Player,
        circumstances: Circumstances,
    ) -> Iterator[VersionStatus]:
        """As they hang, then the others by name; made anew only where something has changed."""
        entered = {entry.name: entry for entry in entries}
        for gone in library.rejected:  # what the start found, until the watch has its own say
            entered.setdefault(gone.name, Entry(gone.name, State.REJECTED, rejection=gone))
        versions = {version.name: version for version in library.versions}
        seen = {
            channel.name: _Seen(
                channel.is_on_air,
                channel.reason,
                channel.late,
                channel.times_off_air,
                decoding=channel.feed.reader.decoding,
            )
            for channel in player.channels
        }
        seen |= {name: _seen_live(state) for name, state in circumstances.live.items()}
        at_work = [one for one in circumstances.conforming if one.state is not ConformState.DONE]
        progress = {one.name: one for one in at_work}
        before, self._made = self._made, {}
        for name in [*versions, *sorted(entered.keys() - versions.keys())]:
            entry = entered.get(name) or Entry(name, State.READY)
            version = versions.get(name) or entry.version
            basis = entry, version, seen.get(name, _Seen()), progress.get(name)
            made = before.get(name)
            status = made[1] if made and made[0] == basis else _version(config, *basis)
            self._made[name] = basis, status
            yield status

    def _notices_for(self, config: Config, library: Library, entered: set[str]) -> tuple[str, ...]:
        known = entered | {v.name for v in library.versions} | {r.name for r in library.rejected}
        named = [*nameless_overrides(config, known), *sound_mistakes(config, known)]
        return (*library.notices, *named, *self._timing)

    def _forget_what_was_asked(self, config: Config, library: Library) -> None:
        """What follows from the config or the library is worked out once for each."""
        if self._of is None or self._of[0] is not config or self._of[1] is not library:
            self._of, self._made = (config, library), {}
            self._timing = timing_mistakes(config, library.versions)
            self._timing += subtitle_mistakes(config, library)


def new_board(config: Path, age_ns: int) -> Board:
    """The board of a wall that was started so long ago; takes a while, on any thread."""
    calendar = CalendarClock()
    make_ready()
    return Board(config, StateFile(config), calendar, calendar.now_ns() - age_ns)


def _seen_live(state: LiveState) -> _Seen:
    reason = "" if state.is_live else state.trouble or "its first picture has not come yet"
    return _Seen(state.is_live, reason, 0, state.times_lost, state.picture)


def _version(
    config: Config,
    entry: Entry,
    version: Version | None,
    seen: _Seen,
    progress: Progress | None,
) -> VersionStatus:
    facts = {} if version is None else _facts(config, version, seen)
    state, sentence = _state(config, entry, version, seen)
    name = state.value
    if progress is not None and entry.rejection is None:
        if seen.is_on_air is None and not progress.is_hopeless:
            name, sentence = CONFORMING, progress.sentence
        else:
            sentence += f"; {progress.sentence.removeprefix(f'{said(entry.folder)}: ')}"
    return VersionStatus(
        name=said(entry.folder),
        state=name,
        sentence=sentence,
        **facts,
        late=seen.late,
        times_off_air=seen.times_off_air,
        off_air_reason=seen.reason,
    )


def _state(config: Config, entry: Entry, version: Version | None, seen: _Seen) -> tuple[State, str]:
    """The wall knows best who is on air; of all others the catalog does."""
    if entry.rejection is None and seen.is_on_air is not None:
        state = State.ON_AIR if seen.is_on_air else State.OFF_AIR
        sentence = replace(entry, state=state).sentence
        if version is not None and version.is_live and seen.is_on_air:
            sentence += ", live: shown as it comes, out of the lock"
        if seen.reason:
            sentence += f": {seen.reason}; it comes back by itself once it is well"
        return state, sentence
    if version is not None and wishes_for(config, version).hidden:
        return State.READY, f"{said(entry.folder)}: is kept off the wall (hidden: true)"
    return entry.state, entry.sentence


def _facts(config: Config, version: Version, seen: _Seen) -> dict[str, Any]:
    credit, rate = version.credit, config.film.rate
    credited = {
        "model": credit.model,
        "date": str(credit.date or ""),
        "credit_from": credit.source,
    }
    if version.source is not None:
        credited["live"] = str(parse_address(version.source))
        return credited if seen.picture is None else {**credited, **_size(seen.picture)}
    return {
        **credited,
        **_size(version.picture),
        "rate": format_rate(version.rate),
        "length": format_timecode(round(version.duration * rate), rate),
        "codec": version.codec,
        "decoding": seen.decoding,
    }


def _size(picture: Picture) -> dict[str, int]:
    return {"width_px": picture.width_px, "height_px": picture.height_px}
