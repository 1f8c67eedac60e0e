"""Which file each version plays from: its original, or its mezzanine.

The wall's cost is to follow its pixels. So mezzanines are made in the background at the size that
the layout needs, and whoever has a better one changes over to it, as to a film that was replaced.
What has no mezzanine yet plays from its original, as far as the machine has room for that.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from installation.config import Config
from installation.errors import InstallationError
from installation.film import CalendarClock, Clock, Version
from installation.library.places import mezzanines_folder
from installation.parts import films
from installation.room import Room

# The first picture waits for what is imported here; the rest comes where it is needed.
if TYPE_CHECKING:
    from installation.library.cached import Mezzanine
    from installation.library.conform import ConformQueue
    from installation.library.conform_progress import Progress
    from installation.library.fixity import FixityRecords
    from installation.library.maker import Tools
    from installation.library.mezzanine import Size
    from installation.library.mezzanine_cache import MezzanineCache

logger = logging.getLogger(__name__)

TOUCH_S = 300.0
"""How often the cache is told what is on air; see `mezzanine_cache.JUST_SHOWN_NS`."""
LOOK_S = 5.0
"""How often it is looked whether what is on air is in the cache still."""
BAD_KEPT = 100
MOST_REFUSALS, REFUSALS_S = 2, 3600
"""A mezzanine that cannot be played so often in so short a time is not made again until later."""
_NS = 1_000_000_000
WORTH_IT = 1.5
"""Times the pixels that are needed: what has fewer is good enough, and costs about as much."""
_Original = tuple[Path, tuple[int, ...]]
"""What tells an original from one that took its place: its path and its edition."""


class Copies:
    """Any thread may ask; `playing` and `note_load` are for the thread that has the wall."""

    def __init__(self, config: Config, clock: Clock, tools: Tools | None = None) -> None:
        self._mode = config.conform.mode
        self._on_change: Callable[[], None] = lambda: None
        self._config = config
        self._clock = clock
        self._given_tools = tools
        self._room = Room()
        self._queue: ConformQueue | None = None
        self._lock = threading.Lock()
        self._chosen: dict[_Original, Mezzanine] = {}
        self._refused: dict[_Original, list[int]] = {}  # when, in ns
        self._discarded: list[tuple[_Original, Mezzanine]] = []  # to be taken out of the cache
        self._bad: deque[tuple[Path, int]] = deque(maxlen=BAD_KEPT)  # some may be told of yet
        self._stale: set[str] = set()
        self._lost: dict[str, Mezzanine] = {}
        self._originals: dict[str, Version] = {}
        self._wanted: dict[str, Size] = {}
        self._is_new = False
        self._changed = threading.Condition(self._lock)
        self._entries: list[Mezzanine] | None = None  # at the start
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="copies", daemon=True)
        folder = mezzanines_folder(config.conform.cache)
        self._may_find_some = self._mode != "never" and folder.is_dir()
        if self._may_find_some:
            _load()

    @cached_property
    def _cache(self) -> MezzanineCache:
        from installation.mezzanines import cache_of

        return cache_of(self._config)

    @cached_property
    def _records(self) -> FixityRecords:
        from installation.library.fixity import FixityRecords

        return FixityRecords(self._config.film.versions, CalendarClock())

    @cached_property
    def _tools(self) -> Tools:
        from installation.library.conform_apart import conform_apart
        from installation.library.digest_apart import digest_apart
        from installation.library.maker import Tools

        return self._given_tools or Tools(conform_apart, digest_apart)

    # -- what plays

    def look_up(self, version: Version) -> Version:
        """Before the start: a version as it is to be played by what is there already, which is the
        mezzanine shown last. Reads the cache's notes.
        """
        if not self._may_find_some:
            return version
        if self._entries is None:
            from installation.library.mezzanine import RECIPE

            found = self._cache.entries()
            self._entries = [entry for entry in found if entry.key.recipe == RECIPE]
        sha256 = self._known_sha256(version) if self._entries else None
        ours = [entry for entry in self._entries if entry.key.sha256 == sha256]
        if not ours:
            return version
        made = max(ours, key=lambda entry: entry.shown_ns)
        with self._lock:
            self._chosen[_key(version)] = made
        return conformed_version(version, made)

    def playing(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        """The same versions as they are to be played, without those that wait for a mezzanine."""
        with self._lock:
            chosen = {v.name: made for v in versions if (made := self._chosen.get(_key(v)))}
        hopeless = {one.name for one in self.progress() if one.is_hopeless}
        played: list[Version] = []
        for version in versions:
            if version.is_live:
                played.append(version)
                continue
            made = chosen.get(version.name)
            conformed = version if made is None else conformed_version(version, made)
            is_worth_waiting = made is None and self._is_to_conform(version)
            can_wait = is_worth_waiting and version.name not in hopeless
            if can_wait and self._mode == "always":
                continue
            if self._room.admits(conformed, must=not can_wait or not films(played)):
                played.append(conformed)
        self._room.forget_all_but(played)
        return tuple(played)

    def distrust(self, version: Version) -> None:
        """A mezzanine could not be played: back to the original, and have it made anew, unless that
        happens again and again.
        """
        with self._changed:
            found = [key for key, made in self._chosen.items() if made.path == version.path]
            for key in found:
                bad = self._chosen.pop(key)
                self._bad.append((bad.path, bad.made_ns))
                self._discarded.append((key, bad))
                self._stale.add(version.name)
            self._is_new |= bool(found)
            self._changed.notify_all()
        if found:
            logger.warning("version=%s its mezzanine cannot be played", version.name)
            self._tell()

    # -- what is wanted

    def start(self, on_change: Callable[[], None]) -> None:
        """Begin to record and to conform originals, in the background.

        `on_change` is called, on one of our threads, when other files are to be played.
        """
        self._on_change, self._entries = on_change, None
        self._thread.start()

    def _begin_to_conform(self) -> None:
        from installation.library.conform import ConformQueue
        from installation.mezzanines import prepare

        try:
            prepare(self._cache, self._config)
        except InstallationError as error:
            logger.warning("%s; until then the originals play", error)
        queue = ConformQueue(
            self._cache,
            self._records,
            self._clock,
            self._tools,
            on_done=self._take,
            on_damaged=self._drop,
            on_air=self._on_air,
        )
        with self._lock:
            if not self._ending.is_set():
                queue.start()
                self._queue = queue

    def want(self, versions: Sequence[Version], sizes: Mapping[str, Size]) -> None:
        """These originals hang, or are to; each in the size of its mezzanine. Returns at once."""
        with self._changed:
            originals = {version.name: version for version in versions}
            if (originals, sizes) != (self._originals, self._wanted):
                self._originals, self._wanted, self._is_new = originals, dict(sizes), True
                self._changed.notify_all()

    def progress(self) -> tuple[Progress, ...]:
        """How far each version's mezzanine is."""
        return () if self._queue is None else self._queue.progress()

    def note_load(self, now_ns: int, cpu_ns: int) -> None:
        """What this process has used so far: tells how much room there is."""
        self._room.note_load(now_ns, cpu_ns)

    def stop(self) -> None:
        """End; what is half made is thrown away."""
        with self._changed:
            self._ending.set()
            self._changed.notify_all()
        if self._queue is not None:
            self._queue.stop()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False where a disk or a process holds it up."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        has_ended = self._queue is None or self._queue.join(timeout_s)
        return has_ended and not self._thread.is_alive()

    # -- on threads of our own

    def _work(self) -> None:
        if self._mode != "never":
            self._begin_to_conform()
        ordered: dict[str, Version] = {}
        touched_ns = self._clock.now_ns()
        while (news := self._wait()) is not None:
            originals, sizes, is_new = news
            now_ns = self._clock.now_ns()
            is_new |= now_ns - touched_ns >= TOUCH_S * _NS
            lost = {name for name, version in originals.items() if self._has_lost(version)}
            self._stale |= lost
            if not is_new and not lost:
                continue
            touched_ns = now_ns
            self._order(originals, sizes, ordered)
            ordered = originals
            self._touch()
            for version in originals.values():
                self._record(version)

    def _wait(self) -> tuple[dict[str, Version], dict[str, Size], bool] | None:
        """What is wanted, when that has changed (True) and now and then; None at the end."""
        with self._changed:
            if not self._is_new and not self._ending.is_set():
                self._changed.wait(LOOK_S)
            is_new, self._is_new = self._is_new, False
            return None if self._ending.is_set() else (self._originals, self._wanted, is_new)

    def _touch(self) -> None:
        with self._lock:
            chosen = list(self._chosen.values())
        for made in chosen:
            self._cache.touch(made)

    def _record(self, version: Version) -> None:
        """Keep the SHA-256 of an original as it came in; see `fixity`."""
        if self._ending.is_set() or self._known_sha256(version) is not None:
            return
        from installation.library.short_lived import Killed

        try:
            self._records.sha256_of(
                version.path, lambda path: self._tools.read(path, stop=self._ending)
            )
        except (InstallationError, OSError) as error:
            logger.info("version=%s its fixity is not recorded: %s", version.name, error)
        except (CancelledError, Killed):
            pass  # that is for the next time

    def _on_air(self) -> list[Path]:
        with self._lock:
            return [made.path for made in self._chosen.values()]

    def _order(
        self, originals: Mapping[str, Version], sizes: Mapping[str, Size], before: Iterable[str]
    ) -> None:
        """Use what is there, and have made what is not."""
        if self._queue is None:
            return
        for name in set(before) - originals.keys():
            self._queue.unwant(name)
        with self._lock:
            discarded, self._discarded = self._discarded, []
        for original, bad in discarded:
            if self._cache.still_holds(bad):  # one taken away just then is not to blame
                self._refused.setdefault(original, []).append(self._clock.now_ns())
            self._cache.discard(bad)
        for name, version in originals.items():
            size = sizes.get(name)
            refused = self._refused_lately(version)
            if size is None or refused >= MOST_REFUSALS or not self._is_to_conform(version, size):
                continue
            if name in self._stale:
                self._stale.discard(name)
                self._queue.unwant(name)  # it is done, for all the queue knows
            sha256 = self._known_sha256(version)
            made = self._cache.find(sha256, size) if sha256 else None
            if made is not None:
                self._choose(version, made)
            if made is None or not _is_right(made.key.size, size):
                self._queue.want(version, size)

    def _refused_lately(self, version: Version) -> int:
        since_ns = self._clock.now_ns() - REFUSALS_S * _NS
        return sum(when > since_ns for when in self._refused.get(_key(version), ()))

    def _has_lost(self, version: Version) -> bool:
        """Whether the mezzanine that plays is not in the cache any more.

        One that is gone plays on from the open file until there is another, because nobody knows
        whether there is room for the original. One that somebody wrote to is not trusted.
        """
        with self._lock:
            made = self._chosen.get(_key(version))
        if made is None or made == self._lost.get(version.name) or self._cache.still_holds(made):
            return False
        self._lost[version.name] = made  # said once, and ordered once
        logger.warning("version=%s its mezzanine was taken out of the cache", version.name)
        if made.path.exists():
            self._cache.discard(made)
            self._drop(version.name, made)
        return True

    def _is_to_conform(self, version: Version, size: Size | None = None) -> bool:
        """Whether a mezzanine would be of use; by `auto` only where it is much smaller."""
        if version.opened_by != "av":
            return False  # conforming reads with PyAV
        if self._mode != "auto":
            return self._mode == "always"
        size = size or self._wanted.get(version.name)
        if size is None:
            return True  # until it is known
        from installation.library.mezzanine import display_size

        width, height = display_size(version.picture)
        return width * height >= WORTH_IT * size[0] * size[1]

    def _take(self, name: str, made: Mezzanine) -> None:
        with self._lock:
            version = self._originals.get(name)
        if version is not None:
            self._choose(version, made)

    def _choose(self, version: Version, made: Mezzanine) -> None:
        with self._lock:
            if (made.path, made.made_ns) in self._bad or self._chosen.get(_key(version)) == made:
                return
            self._chosen[_key(version)] = made
        self._tell()

    def _drop(self, name: str, was: Mezzanine) -> None:
        with self._lock:
            found = [key for key, made in self._chosen.items() if made.key == was.key]
            for key in found:
                del self._chosen[key]
        if found:
            self._tell()

    def _tell(self) -> None:
        if not self._ending.is_set():
            self._on_change()

    def _known_sha256(self, version: Version) -> str | None:
        """The original's, where it was read before and is the same file still."""
        try:
            return self._records.known_sha256(version.path)
        except (InstallationError, OSError):
            return None


def _load() -> None:
    """Import what `look_up` needs: it works while Qt is imported, when nothing else may be."""
    from installation import mezzanines  # noqa: F401
    from installation.library import fixity, mezzanine, mezzanine_cache  # noqa: F401


def conformed_version(version: Version, made: Mezzanine) -> Version:
    """A version that plays from its mezzanine; its times are the original's."""
    from installation.library.mezzanine import CONTAINER

    return replace(
        version,
        path=made.path,
        container=CONTAINER,
        picture=made.facts.film.picture,
        codec=made.facts.film.codec,
        pixel_format=made.facts.film.pixel_format,
        edition=made.digest.edition,
        original=version,
    )


def _is_right(made: Size, wanted: Size) -> bool:
    """Large enough, and not so large that another would cost much less."""
    fills = made[0] >= wanted[0] and made[1] >= wanted[1]
    return fills and made[0] * made[1] < WORTH_IT * wanted[0] * wanted[1]


def _key(version: Version) -> _Original:
    return version.path, version.edition
