"""Has each version decoded by the engine and the device chosen for it, and measures what it takes
to choose (see `engine_choice`).
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

from installation.config import Config
from installation.decode.hardware import kinds_here
from installation.engine_choice import (
    VLC_ON_HARDWARE,
    decoding_of,
    engine_mistakes,
    wanted_engine,
    what_libvlc_lacks,
)
from installation.film import IN_SOFTWARE, Decoding, Version
from installation.library.decoding_costs import SMALL, Cost, DecodingCosts, size_class

logger = logging.getLogger(__name__)

Measure = Callable[[Version, Decoding, threading.Event], Cost | None]


class Engines:
    """Decides by the notes of earlier runs, and has measured what they lack. Any thread may ask.

    Loading libVLC takes a while, so once `start` was called, it is done on a thread of our own.
    """

    def __init__(
        self,
        costs: DecodingCosts | None = None,
        *,
        kinds: Sequence[str] | None = None,
        measure: Measure | None = None,
    ) -> None:
        self._costs = costs or DecodingCosts()
        self._kinds = kinds_here() if kinds is None else tuple(kinds)
        self._measure = measure or _measure_apart
        self._missing: str | None = None  # what libVLC lacks
        self._has_asked = False
        self._on_change: Callable[[], None] = lambda: None
        self._changed = threading.Condition()
        self._playing: tuple[Config, tuple[Version, ...]] | None = None
        self._is_new = False
        self._tried: set[tuple[Path, Decoding]] = set()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def assigned(self, config: Config, versions: Iterable[Version]) -> tuple[Version, ...]:
        """The same versions, each with how it is decoded."""
        return tuple(self._assigned(config, version) for version in versions)

    def mistakes(self, config: Config, versions: Iterable[Version]) -> list[str]:
        """See `engine_mistakes`; nothing of libVLC before it was asked for."""
        return engine_mistakes(config, versions, lambda: self._missing)

    def wants_vlc(self, config: Config, version: Version) -> bool:
        """Whether libVLC is to decode a version, if it is there. Loads nothing."""
        engine = wanted_engine(config, version)
        return not version.is_live and self._decoding(config, version, engine).engine == "vlc"

    def _assigned(self, config: Config, version: Version) -> Version:
        if version.is_live:
            return version
        decoding = self._decoding(config, version, wanted_engine(config, version))
        if decoding.engine == "vlc" and version.opened_by == "av" and not self._has_vlc():
            decoding = self._decoding(config, version, "av")
        return version if decoding == version.decoding else replace(version, decoding=decoding)

    def _decoding(self, config: Config, version: Version, engine: str) -> Decoding:
        hwaccel = config.playback.hwaccel
        is_by_figures = hwaccel == "auto" and size_class(version) != SMALL
        costs = self._costs.of(version) if is_by_figures else {}
        return decoding_of(version, engine, hwaccel, costs)

    def _has_vlc(self) -> bool:
        """Before anything plays it may take its time; then it is there once it was asked for."""
        if self._thread is None:
            self._ask_for_vlc()
        return self._has_asked and self._missing is None

    def _ask_for_vlc(self) -> None:
        if not self._has_asked:
            self._missing = what_libvlc_lacks()
            from installation.decode import vlc_reader  # noqa: F401  later it would hold the wall up

            self._has_asked = True

    # -- measuring

    def start(self, on_change: Callable[[], None]) -> None:
        """Begin to measure, in the background. `on_change` is called, on our thread, when it may be
        decided otherwise.
        """
        self._on_change = on_change
        self._thread = threading.Thread(target=self._work, name="decoding costs", daemon=True)
        self._thread.start()

    def want(self, config: Config, versions: Sequence[Version]) -> None:
        """These play: find out what it takes to decide for them. Returns at once."""
        with self._changed:
            playing = (config, tuple(versions))
            if playing != self._playing:
                self._playing, self._is_new = playing, True
                self._changed.notify_all()

    def stop(self) -> None:
        """End; what is being measured is given up."""
        with self._changed:
            self._ending.set()
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """After `stop`, wait for the end; False where it takes longer."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def missing(
        self, config: Config, versions: Iterable[Version]
    ) -> list[tuple[Version, Decoding]]:
        """What was not measured yet: one version of a kind, and a way to decode it, each."""
        if config.playback.hwaccel != "auto":
            return []
        found: dict[tuple[str, str, str, Decoding], tuple[Version, Decoding]] = {}
        for version in versions:
            ways = self._ways(wanted_engine(config, version), version)
            known = self._costs.of(version) if ways else {}
            for way in ways:
                kind = (version.codec, version.pixel_format, size_class(version), way)
                if way not in known and (version.path, way) not in self._tried:
                    found.setdefault(kind, (version, way))
        return list(found.values())

    def _ways(self, engine: str, version: Version) -> list[Decoding]:
        """Nothing where there is no choice: without a device, for small pictures."""
        if version.is_live or version.opened_by == "vlc" or size_class(version) == SMALL:
            return []
        ways = [] if engine == "vlc" else [Decoding("av", kind) for kind in self._kinds]
        if engine != "av" and version.original is None and may_have_hardware():
            self._ask_for_vlc()
            ways += [VLC_ON_HARDWARE] if self._missing is None else []
        return [IN_SOFTWARE, *ways] if ways else []

    def measure(self, version: Version, way: Decoding) -> bool:
        """Measure one way now, and note it; False where that could not be tried."""
        self._tried.add((version.path, way))
        try:
            cost = self._measure(version, way, self._ending)
        except (OSError, CancelledError) as error:
            logger.info("version=%s %s was not measured: %s", version.name, way, error)
            return False
        logger.info("version=%s %s costs %s", version.name, way, cost)
        self._costs.note(version, way, cost)
        return True

    def _work(self) -> None:
        while (playing := self._next()) is not None:
            self._settle_vlc(*playing)
            for version, way in self.missing(*playing):
                if not self._is_new and not self._ending.is_set() and self.measure(version, way):
                    self._on_change()

    def _next(self) -> tuple[Config, tuple[Version, ...]] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_new or self._ending.is_set())
            self._is_new = False
            return None if self._ending.is_set() else self._playing

    def _settle_vlc(self, config: Config, versions: Iterable[Version]) -> None:
        is_wanted = any(wanted_engine(config, version) == "vlc" for version in versions)
        if is_wanted and not self._has_asked:
            self._ask_for_vlc()
            self._on_change()


def may_have_hardware(root: Path = Path("/")) -> bool:
    """Whether libVLC may find a device: by a cheap look on Linux; other systems always may."""
    return sys.platform != "linux" or any(root.glob("dev/dri/renderD*"))


def _measure_apart(version: Version, way: Decoding, stop: threading.Event) -> Cost | None:
    from installation.library.cost_apart import cost_apart

    return cost_apart(version, way, stop=stop)
