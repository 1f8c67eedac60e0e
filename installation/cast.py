"""Who plays: keeps the player and the wall in line with the config and with what the folder holds.

Versions that are new, or whose file is new, come on air in step; their tiles hang from the very
picture on at which they do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from installation.config import Config
from installation.film import MasterClock, Version
from installation.library import Library
from installation.parts import caption_of, feed_of, film_frames, shown, time_map_of
from installation.playback import DEFAULT_DEPTH, Feed, Player, PresentationSet
from installation.wall.wall import TileContent, Wall

logger = logging.getLogger(__name__)

MAX_QUEUE_DEPTH = 12


class Cast:
    """The versions on the wall and those to come. GUI thread only."""

    def __init__(
        self,
        config: Config,
        versions: Sequence[Version],
        feeds: Mapping[str, Feed],
        captions: Mapping[str, str],
        make_wall: Callable[[Sequence[TileContent]], Wall],
    ) -> None:
        self._config = config
        self._versions = tuple(versions)  # as they hang
        self._version_of = {feeds[version.name]: version for version in versions}
        self._captions = dict(captions)
        self._on_air: dict[str, bool] = {}
        self.wall = make_wall([self._tile(version) for version in versions])
        clock = MasterClock(config.film.rate, film_frames(config, versions))
        patience_ns = config.playback.patience_ms * 1_000_000
        for feed, version in self._version_of.items():
            self._assign_times(feed, version, clock)
        self.player = Player(clock, list(self._version_of), patience_ns=patience_ns)
        self._hung = self._hanging()

    def make_ready(self) -> None:
        """Let the feeds decode; the wall must have been placed."""
        for feed, version in self._version_of.items():
            self._assign_drawing(feed, version)
        self.player.prime()

    def present(self, due: int, now_ns: int) -> PresentationSet | None:
        """See `Player.present`; hangs who has come on air with it, and takes down who has left."""
        found = self.player.present(due, now_ns)
        self._hang()
        return found

    def update(self, config: Config, library: Library, now_ns: int) -> None:
        """Be in line with these from now on, in step. Raises LayoutError and changes nothing where
        the layout cannot show all versions.
        """
        before = self._config, self._versions, self._captions
        names = self._newest()
        self._config, self._versions = config, shown(config, library.versions)
        self._captions = {v.name: caption_of(config, v) for v in self._versions}
        try:
            self._arrange([v for v in self._hanging() if v.name in self._captions])
        except Exception:
            self._config, self._versions, self._captions = before
            raise
        for name in names.keys() - self._captions.keys():
            self.player.remove(name)
        for version in self._versions:
            feed = names.get(version.name)
            if feed is not None and self._version_of[feed].is_same_film(version):
                self._version_of[feed] = version
            else:
                self._admit(version, now_ns)
        self._forget_the_gone()
        for feed, version in self._version_of.items():
            feed.queue.depth = self._depth(self._tile(version))
        self.player.set_patience(config.playback.patience_ms * 1_000_000)
        self._time()
        self._hang(always=True)

    def states(self) -> Iterator[tuple[Version, bool]]:
        """Every version that has been on air, and whether it is now."""
        for channel in self.player.channels:
            yield self._version_of[channel.feed], channel.is_on_air

    # -- the player's side

    def _newest(self) -> dict[str, Feed]:
        """Of each version, the feed that is to be seen in the end."""
        channels = {c.name: c.feed for c in self.player.channels}
        return channels | {name: c.feed for name, c in self.player.presenter.coming.items()}

    def _admit(self, version: Version, now_ns: int) -> None:
        feed = feed_of(version, len(self._versions))
        self._version_of[feed] = version
        self._assign_times(feed, version, self.player.clock)
        self._assign_drawing(feed, version)
        self.player.add(feed, now_ns, at_seam=self._config.playback.join == "seam")

    def _assign_times(self, feed: Feed, version: Version, clock: MasterClock) -> None:
        for since, length in clock.lengths():
            feed.plan_loops(since, time_map_of(self._config, version, length))

    def _assign_drawing(self, feed: Feed, version: Version) -> None:
        tile = self._tile(version)
        feed.assign(
            image_target=self.wall.image_target(tile), make_payload=self.wall.payload_maker(tile)
        )
        feed.queue.depth = self._depth(tile)

    def _depth(self, tile: TileContent) -> int:
        """How many pictures may be queued for one version, of the wall's memory for them."""
        budget = self._config.playback.queue_mb * 1_048_576 // max(1, len(self._versions))
        depth = budget // max(1, self.wall.picture_bytes(tile))
        return max(DEFAULT_DEPTH, min(depth, MAX_QUEUE_DEPTH))

    def _time(self) -> None:
        """Give the film another length, or versions other times, where they have changed."""
        if not self._versions:
            return
        config, clock = self._config, self.player.clock
        length = film_frames(config, self._versions)
        time_maps = {f: time_map_of(config, v, length) for f, v in self._version_of.items()}
        last_length = clock.lengths()[-1][1]
        has_changed = any(feed.latest_time_map != plan for feed, plan in time_maps.items())
        if length != last_length or has_changed:
            self.player.change_film(length, lambda feed: time_maps[feed])

    def _forget_the_gone(self) -> None:
        playing = {c.feed for c in (*self.player.channels, *self.player.presenter.coming.values())}
        self._version_of = {f: v for f, v in self._version_of.items() if f in playing}

    # -- the wall's side

    def _tile(self, version: Version) -> TileContent:
        return TileContent(version.name, version.picture, self._captions.get(version.name, ""))

    def _hanging(self) -> tuple[Version, ...]:
        """The versions that have been on air, in the order in which they hang."""
        places = {version.name: place for place, version in enumerate(self._versions)}
        hanging = [self._version_of[channel.feed] for channel in self.player.channels]
        return tuple(sorted(hanging, key=lambda v: places.get(v.name, len(places))))

    def _arrange(self, hanging: Sequence[Version]) -> None:
        self.wall.arrange(
            self._config.wall,
            [self._tile(version) for version in hanging],
            [self._tile(version) for version in self._versions],
        )

    def _hang(self, *, always: bool = False) -> None:
        hanging = self._hanging()
        if always or hanging != self._hung:
            self._hung = hanging
            self._arrange(hanging)
            self._forget_the_gone()
            self.wall.stage.set_slate("" if hanging else self._config.film.title)
        for channel in self.player.channels:
            if self._on_air.get(channel.name, True) != channel.is_on_air:
                self.wall.set_on_air(channel.name, channel.is_on_air)
        self._on_air = {channel.name: channel.is_on_air for channel in self.player.channels}
