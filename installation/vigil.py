"""Watches over a wall that nobody watches: its heartbeat, its last good config, in one place.

`show.py` ticks it; whoever started the wall hears from it (`kiosk/notify.py`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence

from installation.config import Config, GridLayout, LayoutConfig
from installation.film import Version
from installation.kiosk.heartbeat import Heartbeat, Pulse
from installation.kiosk.last_good import Good, LastGood
from installation.kiosk.supervisor import PLAYED_WELL_NS
from installation.layout import CaptionSpace, LayoutError, Size, TileSpec, arrange
from installation.parts import shown
from installation.playback import Player

logger = logging.getLogger(__name__)

_CANVAS = Size(1920, 1080)
"""Whether a layout has a place for each version does not depend on how large it is."""


class Vigil:
    """One wall's vigil. GUI thread only, but for `note_progress`; it writes on a thread."""

    def __init__(self, heartbeat: Heartbeat, last_good: LastGood) -> None:
        self._heartbeat = heartbeat
        self._last_good = last_good
        self._config: Config | None = None
        self._since_ns = self._at_presented = self._at_swaps = 0
        self._is_kept: Good | None = None
        self._is_another_layout = False
        self._keeping: threading.Thread | None = None

    def note_progress(self) -> None:
        """The start is getting somewhere; any thread may say so."""
        self._heartbeat.progress()

    def fitting(self, config: Config, versions: Sequence[Version]) -> Config:
        """The config, in a layout that has a place for each version: its own, or that of the last
        good one, or a grid.
        """
        specs = [TileSpec(v.name, v.picture.display_aspect) for v in shown(config, versions)]
        for layout in self._layouts(config):
            wall = config.wall.model_copy(update={"layout": layout})
            fitting = config.model_copy(update={"wall": wall})
            try:
                arrange(_CANVAS, specs, layout, CaptionSpace(0, wall.captions.size))
            except LayoutError as error:
                where = config.where("wall", "layout", "tiles")
                logger.error("%s: %s; another layout is shown until it is mended", where, error)
                continue
            return config if layout is config.wall.layout else fitting
        return config

    def _layouts(self, config: Config) -> Iterator[LayoutConfig]:
        yield config.wall.layout
        self._is_another_layout = True
        good = self._last_good.load(Good.PLAYED)
        if good is not None and good.wall.layout != config.wall.layout:
            yield good.wall.layout
        yield GridLayout()

    def tick(self, now_ns: int, pulse: Pulse, config: Config | None, player: Player) -> bool:
        """Look at the wall; True where its scene is to be drawn for the heartbeat.

        `config` is what it plays, if all of it is in effect.
        """
        if config is not self._config:
            self._is_another_layout &= self._config is None
            self._config, self._since_ns, self._is_kept = config, now_ns, None
            self._at_presented, self._at_swaps = pulse.presented, pulse.swaps
        if config is not None and pulse.has_picture and not self._is_another_layout:
            self._keep(config, pulse, now_ns)
        return self._heartbeat.tick(pulse, now_ns, _said(config, player))

    def end(self, *, is_for_good: bool = True) -> None:
        """The wall was asked to end; or its process is replaced, which takes a moment."""
        if is_for_good:
            self._heartbeat.end()
        else:
            self._heartbeat.give_way()

    def _keep(self, config: Config, pulse: Pulse, now_ns: int) -> None:
        """Once it is seen to play, and again once it has played well."""
        has_played_well = now_ns - self._since_ns >= PLAYED_WELL_NS
        good = Good.PLAYED_WELL if has_played_well else Good.PLAYED
        has_shown = (
            pulse.presented != self._at_presented
            if pulse.is_moving
            else pulse.swaps != self._at_swaps
        )
        is_writing = self._keeping is not None and self._keeping.is_alive()
        if good is self._is_kept or not has_shown or is_writing:
            return
        self._is_kept = good
        self._keeping = threading.Thread(
            target=self._last_good.keep, args=(config, good), name="last good config", daemon=True
        )
        self._keeping.start()


def _said(config: Config | None, player: Player) -> str:
    """How it stands in a few words, which change only when that does."""
    on_air = sum(channel.is_on_air for channel in player.channels)
    title = config.film.title if config is not None else "the wall"
    return f"{title}: {on_air} of {len(player.channels)} versions on air"
