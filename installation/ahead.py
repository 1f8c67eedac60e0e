"""What `installation conform` does: all versions conformed ahead of an opening."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from installation.app import scan_film, sentences
from installation.config import load_config
from installation.control.statefile import standing_of, walls
from installation.control.status import Standing, moment
from installation.errors import InstallationError
from installation.film import CalendarClock, SystemClock
from installation.layout import Size
from installation.levels import measure_ahead
from installation.library import KnownFilms
from installation.library.conform import ConformQueue
from installation.library.conform_apart import conform_apart
from installation.library.conform_progress import AT_REST, ConformState, Progress
from installation.library.digest import Digest
from installation.library.digest_apart import digest_apart
from installation.library.fixity import FixityRecords
from installation.library.maker import Tools
from installation.library.mezzanine import MezzanineFacts
from installation.library.names import said
from installation.mezzanines import cache_of, placements_on, prepare, sizes_for
from installation.parts import films, shown

LOOK_S = 0.25
"""How often the bar is drawn."""
BAR_COLUMNS = 64
"""What the bar takes of a line."""
LAST_WORDS_S = 10.0
"""How long ending may take: a process is killed, what it wrote is thrown away."""
Say = Callable[[str], None]


def conform_all(path: Path, canvas: tuple[int, int], jobs: int, say: Say, complain: Say) -> int:
    """Conform all versions of a config to what a wall of so many pixels shows; the exit code.

    Raises InstallationError where there is nothing to begin with.
    """
    config = load_config(path)
    known = KnownFilms(config.film.versions)
    library = scan_film(config, known)
    known.keep()
    for sentence in sentences(config, library):
        complain(sentence)
    if config.conform.mode == "never":
        complain(f"{config.where('conform', 'mode')}: the wall will not use these: mode is never")
    versions = shown(config, library.versions)
    sizes = sizes_for(placements_on(Size(*canvas), config, versions), versions)
    cache = cache_of(config)
    prepare(cache, config)
    conformable = [version for version in films(versions) if version.opened_by == "av"]
    records = FixityRecords(config.film.versions, CalendarClock())
    queue = ConformQueue(
        cache,
        records,
        SystemClock(),
        Tools(_conform, _read),
        jobs=jobs,
        back_off_s=(),
    )
    for version in conformable:
        queue.want(version, sizes[version.name])
    ended = _followed(queue, say)
    if config.sound.is_on and config.sound.normalize:
        measure_ahead(conformable, records)
    failed = [one for one in ended if one.state is not ConformState.DONE]
    for one in failed:
        complain(one.sentence)
    count = sum(version.opened_by == "av" for version in films(library.versions))
    count += len(library.rejected)
    say(f"{len(ended) - len(failed)} of {count} versions are"
        f" conformed, in {cache.folder}")  # fmt: skip
    return 1 if failed or library.rejected else 0


def _conform(*film: Any, **how: Any) -> MezzanineFacts:
    return conform_apart(*film, **how, is_urgent=not _does_a_wall_play())


def _read(path: Path, *, stop: threading.Event | None = None) -> Digest:
    return digest_apart(path, stop=stop, is_urgent=not _does_a_wall_play())


def _does_a_wall_play() -> bool:
    """Then all this is done only while the wall leaves the machine idle."""
    now = moment(CalendarClock().now_ns())
    try:
        return any(standing_of(wall, now) is not Standing.GONE for wall in walls())
    except InstallationError:
        return True  # of another release


def _followed(queue: ConformQueue, say: Say) -> tuple[Progress, ...]:
    """Work until all jobs are at rest; a bar on a terminal, a line for each that is done."""
    told: set[str] = set()
    frames = sum(one.frames for one in queue.progress())
    is_terminal = sys.stderr.isatty()
    queue.start()
    try:
        with click.progressbar(length=frames, file=sys.stderr, item_show_func=_at_work) as bar:
            for now in _moments(queue):
                done = sum(one.frames * one.percent // 100 for one in now)
                bar.update(max(0, done - bar.pos), now)
                if not is_terminal:
                    _tell(now, told, say)
    finally:
        queue.stop()
        queue.join(LAST_WORDS_S)
    _tell(now, told, say)
    return now


def _moments(queue: ConformQueue) -> Iterator[tuple[Progress, ...]]:
    """How far all are, every now and then, until nothing happens by itself any more."""
    pause = threading.Event()
    while True:
        now = queue.progress()
        yield now
        if all(one.state in AT_REST for one in now):
            return
        pause.wait(LOOK_S)


def _at_work(now: Sequence[Progress] | None) -> str:
    """Beside the bar, on what is left of the line: a longer one could not be drawn over again."""
    at_work = [one for one in now or () if one.state is ConformState.CONFORMING]
    told = "; ".join(f"{said(one.name)} {one.percent} %{_speed(one)}" for one in at_work)
    return told[: max(0, shutil.get_terminal_size().columns - BAR_COLUMNS)]


def _speed(one: Progress) -> str:
    return "" if one.speed is None else f", {float(one.speed):.1f}x"


def _tell(now: Sequence[Progress], told: set[str], say: Say) -> None:
    for one in now:
        if one.state is ConformState.DONE and one.name not in told:
            told.add(one.name)
            say(one.sentence)
