"""The composition root: builds every room in order, and connects them.

The wall, and Qt with it, is loaded last (`show`): while FFmpeg looks into the films and opens
them, and because PySide6 makes every import after its own slower.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from installation import heap
from installation.config import Config, load_config
from installation.copies import Copies
from installation.engine_choice import engine_mistakes
from installation.engines import Engines
from installation.errors import ConfigError, InstallationError
from installation.film import CalendarClock, SystemClock, Version
from installation.kiosk.exits import ENDED, RESTART
from installation.library import KnownFilms, Library, scan
from installation.library.either_engine import facts_of
from installation.library.probe_apart import LOOK, probe_apart
from installation.library.scan import Found, Measure, ReadCredentials, look_into, read_apart
from installation.parts import (
    caption_of,
    feed_of,
    nameless_overrides,
    shown,
    sound_mistakes,
    timing_mistakes,
)
from installation.playback import DecodePool, Feed
from installation.prepared import PlayOptions, Prepared
from installation.subtitling import subtitle_mistakes

JOIN_TIMEOUT_S = 5.0
if TYPE_CHECKING:
    from installation.library.catalog import Entry
    from installation.library.facts import Facts
    from installation.library.watch import OnChange, Watch
    from installation.vigil import Vigil

FIRST_LOOK_S = 15.0
"""How long the start waits for one film to be measured; the watch looks at it again, for longer."""
GIL_SWITCH_S = 0.001
"""How long a thread that FFmpeg has answered waits, at most, for one that runs Python."""


def play(
    path: Path,
    *,
    windowed: tuple[int, int] | None,
    loops: int | None,
    report: Path | None,
    started_ns: int,
    say: Callable[[str], None],
    is_kiosk: bool = False,
    known_config: Config | None = None,
    vigil: Vigil | None = None,
) -> int:
    """Play the wall of a config file until asked to end; the process's exit code.

    In a window of so many pixels or fullscreen, for so many loops or for ever; `report` is the
    file for what was shown, `say` is told what a person should know of the folder. A kiosk has read
    its config already, is told of by its `vigil`, and comes up where there is no film folder yet.
    Raises InstallationError before the wall is shown.
    """
    sys.setswitchinterval(GIL_SWITCH_S)
    heap.keep_few()
    config = load_config(path) if known_config is None else known_config
    known = KnownFilms(config.film.versions)
    # a film that nobody has measured yet may be anything: it must not take the wall with it
    limits = replace(LOOK, wall_s=FIRST_LOOK_S)
    first_look = partial(probe_apart, limits=limits, is_urgent=True)
    decoding = DecodePool()
    make_feed = partial(feed_of, pool=decoding)
    feeds: dict[str, Feed] = {}
    later: list[tuple[Version, int]] = []
    code = ENDED
    copies, engines = Copies(config, SystemClock()), Engines()

    def measure(film: Path, container: str) -> Facts:
        if vigil is not None:
            vigil.note_progress()
        return facts_of(film, container, by_pyav=first_look)

    def open_feed(version: Version, folders: int) -> None:
        if version.is_live:
            return
        found = copies.look_up(version)
        if engines.wants_vlc(config, found):
            later.append((found, folders))  # nothing may be imported while Qt is
        else:
            begin_feed(found, folders)

    def begin_feed(version: Version, folders: int) -> None:
        (played,) = engines.assigned(config, [version])
        feeds[version.name] = make_feed(played, folders)

    def look() -> tuple[Library, dict[str, str]]:
        # the first picture does not wait for Content Credentials: the watch reads new ones
        try:
            library = scan_film(config, known, open_feed, measure=measure, read_credentials=None)
        except ConfigError as error:
            if not is_kiosk:
                raise
            library = Library((), notices=(str(error),))  # a share that is not there yet
        return library, {version.name: caption_of(config, version) for version in library.versions}

    try:
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(look)
            from installation.show import show

            library, captions = looking.result()
        if vigil is not None:
            config = vigil.fitting(config, library.versions)
        for found in later:
            begin_feed(*found)
        for sentence in sentences(config, library):
            say(sentence)
        on_the_wall = {v.name for v in copies.playing(shown(config, library.versions))}
        for name in feeds.keys() - on_the_wall:
            feeds.pop(name).stop()
        keeping = threading.Thread(target=known.keep, name="known films")
        keeping.start()  # disks can be slow
        options = PlayOptions(windowed, loops, report, started_ns, is_kiosk, vigil)
        make_watch = watch_of(config, known)
        prepared = Prepared(library, feeds, captions, make_feed, make_watch, copies, engines)
        code = show(config, prepared, options)
    finally:
        copies.stop()
        engines.stop()
        for feed in feeds.values():
            feed.stop()
        patience_s = 0 if code == RESTART else JOIN_TIMEOUT_S
        for feed in feeds.values():
            patience_s = patience_s if feed.join(patience_s) else 0
        engines.join(JOIN_TIMEOUT_S)
        decoding.stop()
    if code == RESTART:
        from installation.handover import replace_process

        replace_process()
    return code


def scan_film(
    config: Config,
    known: KnownFilms | None = None,
    on_found: Callable[[Version, int], None] | None = None,
    measure: Measure = facts_of,
    read_credentials: ReadCredentials | None = read_apart,
) -> Library:
    """What the film's folder holds. Raises ConfigError where there is no such folder."""
    film = config.film
    try:
        return scan(
            film.versions,
            order=film.order,
            known=known,
            on_found=on_found,
            measure=measure,
            read_credentials=read_credentials,
            protocols=config.playback.allow_protocols,
        )
    except InstallationError as error:
        where = config.where("film", "versions")
        raise ConfigError([f"{where}: {error}"]) from error


def watch_of(config: Config, known: KnownFilms) -> Callable[[OnChange], Watch]:
    """Makes the watch over the film's folder. Newcomers are rehearsed whole, in processes of
    their own, before they count.
    """
    film = config.film

    def look(folder: Path, stop: threading.Event) -> Found:
        from installation.library.credentials_apart import credentials_apart

        rehearse = partial(probe_apart, rehearsal="whole", stop=stop)
        return look_into(
            folder,
            film.versions,
            known,
            partial(facts_of, by_pyav=rehearse, stop=stop),
            partial(credentials_apart, stop=stop),
            config.playback.allow_protocols,
        )

    def make(on_change: OnChange) -> Watch:
        from installation.library.receipts import Receipts
        from installation.library.watch import Watch

        def tell(library: Library, entries: tuple[Entry, ...]) -> None:
            known.keep()
            on_change(library, entries)

        return Watch(
            film.versions,
            clock=SystemClock(),
            calendar=CalendarClock(),
            on_change=tell,
            order=film.order,
            settle_s=film.settle_s,
            mode=film.watch,
            known=known,
            look=look,
            receipts=Receipts(film.versions, CalendarClock(), is_wanted=film.receipts),
        )

    return make


def sentences(config: Config, library: Library) -> list[str]:
    """What a person should know of the folder: rejected versions, notices, names without one."""
    known = {v.name for v in library.versions} | {r.name for r in library.rejected}
    rejected = [f"not shown: {rejection.message}" for rejection in library.rejected]
    timing = timing_mistakes(config, library.versions)
    engines = engine_mistakes(config, library.versions)
    names = [*nameless_overrides(config, known), *sound_mistakes(config, known)]
    written = subtitle_mistakes(config, library)
    return [*rejected, *library.notices, *names, *timing, *engines, *written]
