"""The programme: the config and the library in effect, and what each version plays from: original
or mezzanine, by which engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from installation.cast import Cast
from installation.config import Config
from installation.copies import Copies
from installation.engines import Engines
from installation.errors import ConfigError, InstallationError
from installation.film import Version, WorkClock
from installation.layout import LayoutError, Size
from installation.library import Library
from installation.nudge import Nudging
from installation.parts import films, shown

if TYPE_CHECKING:
    from installation.library.conform_progress import Progress


class Programme:
    """One wall's. GUI thread only, but for `settle_in`."""

    def __init__(self, config: Config, library: Library, copies: Copies, engines: Engines) -> None:
        self.config = config
        self.library = library
        self._copies, self._engines = copies, engines
        self.playing = self._chosen(config, library)
        """Who plays, as they hang."""
        self._wanted_for: tuple[Size, Config, tuple[Version, ...]] | None = None
        self._work = WorkClock()

    def change(
        self, config: Config, library: Library, cast: Cast, nudging: Nudging, now_ns: int
    ) -> bool:
        """Bring the wall in line with these, in step; True where it shows something else then.

        Raises ConfigError, and changes nothing, where the layout cannot show all versions.
        """
        before, now = (self.config, self.library.versions), (config, library.versions)
        playing = self._chosen(config, library)
        has_changed = (self.config, self.playing) != (config, playing)
        if has_changed:
            nudges = nudging.nudges.kept(before, now)
            try:
                nudged = nudges.over(config, library.versions)
                cast.update(nudged, replace(library, versions=playing), now_ns)
            except LayoutError as error:
                raise layout_mistake(config, error) from error
            nudging.adopt(nudges)
        elif library.subtitles != self.library.subtitles:
            cast.choose_subtitles(library)
        self.config, self.library, self.playing = config, library, playing
        return has_changed

    def _chosen(self, config: Config, library: Library) -> tuple[Version, ...]:
        playing = self._copies.playing(shown(config, library.versions))
        return self._engines.assigned(config, playing)

    # -- what it plays from

    def settle_in(self) -> None:
        """Load what is needed later; on a thread, while the wall plays."""
        from installation import mezzanines  # noqa: F401

    def start(self, on_change: Callable[[], None]) -> None:
        """Begin to conform and to measure. `on_change` is called, on one of their threads, when it
        may be chosen otherwise.
        """
        self._copies.start(on_change)
        self._engines.start(on_change)

    def note_load(self, now_ns: int) -> None:
        """What playing takes just now says how much room there is."""
        self._copies.note_load(now_ns, self._work.now_ns())

    def give_way(self, cast: Cast) -> None:
        """Where a mezzanine cannot be read on, its original is to play."""
        for version in cast.faulty():
            if version.original is not None:
                self._copies.distrust(version)

    def want_copies(self, canvas: Size) -> None:
        """Have mezzanines made for what hangs on a wall of this size."""
        from installation.mezzanines import placements_on, sizes_for

        versions = shown(self.config, self.library.versions)
        wanted_for = canvas, self.config, versions
        if not canvas.width_px or not versions or self._wanted_for == wanted_for:
            return
        self._wanted_for = wanted_for
        try:
            placements = placements_on(canvas, self.config, versions)
        except InstallationError:
            return  # not all fit; what hangs has what it needs
        conformed = films(versions)
        self._copies.want(conformed, sizes_for(placements, conformed))

    def want_figures(self) -> None:
        """Have measured what decoding costs."""
        self._engines.want(self.config, self.playing)

    def progress(self) -> tuple[Progress, ...]:
        """How far each version's mezzanine is."""
        return self._copies.progress()

    def mistakes(self) -> list[str]:
        """Who cannot be decoded as somebody wants."""
        return self._engines.mistakes(self.config, self.playing)


def layout_mistake(config: Config, error: LayoutError) -> ConfigError:
    """The same, with its line."""
    return ConfigError([f"{config.where('wall', 'layout', 'tiles')}: {error}"])
