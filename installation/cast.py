"""Who plays: keeps the player and the wall in line with the config and with what the folder holds.

Versions that are new, or whose file is new, come on air in step; their tiles hang from the very
picture on at which they do. One that is given other times is read anew beside itself, and changes
at a film frame.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest

from installation.config import Config
from installation.film import SILENCE, MasterClock, Spoken, TimeMap, Version
from installation.library import Library
from installation.lives import Lives
from installation.parts import caption_of, film_frames, films, framing_of, shown, time_map_of
from installation.playback import DEFAULT_DEPTH, Feed, Player, PresentationSet
from installation.subtitling import Subtitling
from installation.wall.wall import TileContent, Wall

logger = logging.getLogger(__name__)

MAX_QUEUE_DEPTH = 12
MOST_SHIFTS = 4
"""Versions read twice at a time until they shift; where more are to, all wait for a seam."""


MakeFeed = Callable[[Version, int], Feed]
"""Makes a version's feed, for a wall of about so many versions."""


class Cast:
    """The versions on the wall and those to come. GUI thread only."""

    def __init__(
        self,
        config: Config,
        versions: Sequence[Version],
        feeds: Mapping[str, Feed],
        make_feed: MakeFeed,
        captions: Mapping[str, str],
        make_wall: Callable[[Sequence[TileContent]], Wall],
        lives: Lives,
    ) -> None:
        self._config = config
        self._everyone = tuple(versions)  # as they hang
        self._versions = films(versions)
        self.lives = lives
        lives.keep(versions)
        self._version_of = {feeds[version.name]: version for version in self._versions}
        self._make_feed = make_feed
        self._captions = dict(captions)
        self._on_air: dict[str, bool] = {}
        self._to_shift: set[str] = set()
        """Who is given other times again as soon as the last ones are on the wall."""
        self.wall = make_wall([self._tile(version) for version in versions])
        clock = MasterClock(config.film.rate, film_frames(config, versions))
        patience_ns = config.playback.patience_ms * 1_000_000
        for feed, version in self._version_of.items():
            self._assign_times(feed, version, clock)
        self.player = Player(clock, list(self._version_of), patience_ns=patience_ns)
        self._hung = self._hanging()
        self._subtitling = Subtitling()
        self._presented: PresentationSet | None = None

    def make_ready(self) -> None:
        """Let the feeds decode; the wall must have been placed."""
        for feed, version in self._version_of.items():
            self._assign_drawing(feed, version)
        self._have_lives_drawn()
        self.player.prime()

    def present(self, due: int, now_ns: int) -> PresentationSet | None:
        """See `Player.present`; hangs who has come on air with it, and takes down who has left."""
        found = self.player.present(due, now_ns)
        self._presented = found or self._presented
        self._hang()
        if self._to_shift - self.player.presenter.coming.keys():
            self._time(now_ns)
        return found

    def choose_subtitles(self, library: Library) -> None:
        """Let these be said from now on, with the film frame on the wall as well."""
        self._subtitling.update(self._config, self._everyone, library.subtitles)
        if self._presented is not None:
            self.wall.say(self.spoken(self._presented))

    def spoken(self, found: PresentationSet) -> Spoken:
        """What is said at the film frame of a set."""
        if not self._subtitling.is_wanted:
            return SILENCE
        loop, channels = found.position.loop, self.player.presenter.channels
        there = {name: frame for name, frame in found.frames.items() if name in channels}
        found = PresentationSet(found.position, there)
        return self._subtitling.at(found, lambda name: channels[name].feed.time_map(loop))

    def live_pictures(self) -> dict[str, object]:
        """What is new of live versions, for the wall; hangs them in the shape they now have."""
        if not self.lives:
            return {}
        self._hang()
        pictures = self.lives.take()
        for name, is_showing in self.lives.showing().items():
            self.wall.set_slate(name, not is_showing)
        return pictures

    def update(self, config: Config, library: Library, now_ns: int) -> None:
        """Be in line with these from now on, in step. Raises LayoutError and changes nothing where
        the layout cannot show all versions.
        """
        before = self._config, self._everyone, self._versions, self._captions
        names = self._newest()
        self._config, self._everyone = config, shown(config, library.versions)
        self._versions = films(self._everyone)
        self._captions = {v.name: caption_of(config, v) for v in self._everyone}
        try:
            self._arrange([v for v in self._hanging() if v.name in self._captions])
        except Exception:
            self._config, self._everyone, self._versions, self._captions = before
            raise
        self.lives.keep(self._everyone)
        for name in names.keys() - {version.name for version in self._versions}:
            self.player.remove(name)
        for version in self._versions:
            for feed in [f for f, v in self._version_of.items() if _plays_alike(v, version)]:
                self._version_of[feed] = version
            feed_to_be = names.get(version.name)
            if feed_to_be is None or self._version_of[feed_to_be] is not version:
                has_failed = feed_to_be is not None and feed_to_be.fault is not None
                at_seam = config.playback.join == "seam" and not has_failed
                self.player.add(self._made_feed(version), now_ns, at_seam=at_seam)
        self._forget_the_gone()
        for feed, version in self._version_of.items():
            feed.queue.depth = self._depth(self._tile(version))
        self.player.set_patience(config.playback.patience_ms * 1_000_000)
        self._time(now_ns)
        self._hang(always=True)
        self.choose_subtitles(library)

    def retime(self, config: Config, now_ns: int) -> None:
        """Be in line with a config in which nothing but the versions' times is another."""
        self._config = config
        self._time(now_ns)

    def read_anew(self, name: str, now_ns: int) -> None:
        """Let a version be read by another reader, from where that comes on air."""
        feed = self._newest().get(name)
        if feed is not None:
            made = self._made_feed(self._version_of[feed])
            made.learn_from(feed)
            self.player.add(made, now_ns, at_seam=False)

    def states(self) -> Iterator[tuple[Version, bool]]:
        """Every version that has been on air, and whether it is now."""
        for channel in self.player.channels:
            yield self._version_of[channel.feed], channel.is_on_air
        showing = self.lives.showing()
        for version in self.lives.versions():
            yield version, showing[version.name]

    def on_air(self) -> Iterator[tuple[Version, Feed]]:
        """The film's versions on air as they hang, each with the feed that shows it."""
        feeds = {c.name: c.feed for c in self.player.channels if c.is_on_air}
        for version in self._hung:
            feed = feeds.get(version.name)
            if feed is not None:
                yield self._version_of[feed], feed

    def faulty(self) -> Iterator[Version]:
        """Those whose file cannot be read on, or not at all."""
        for feed in self.player.feeds:
            if feed.fault is not None:
                yield self._version_of[feed]

    # -- the player's side

    def _newest(self) -> dict[str, Feed]:
        """Of each version, the feed that is to be seen in the end."""
        channels = {c.name: c.feed for c in self.player.channels}
        return channels | {name: c.feed for name, c in self.player.presenter.coming.items()}

    def _made_feed(self, version: Version) -> Feed:
        feed = self._make_feed(version, len(self._versions))
        self._version_of[feed] = version
        self._assign_times(feed, version, self.player.clock)
        self._assign_drawing(feed, version)
        return feed

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

    def _time(self, now_ns: int) -> None:
        """Give the film another length, or versions other times, where they have changed.

        The length changes at a seam, for everybody. A version that is to show something else before
        it shifts at once, unless too many do or the machine is too slow: then at a seam as well.
        """
        self._to_shift.clear()
        if not self._versions:
            return
        newest = self._newest()
        length = film_frames(self._config, self._versions)
        if length != self.player.clock.lengths()[-1][1]:
            self._plan_from_a_seam(length)
        late = [v for v in self._versions if not self._is_on_time(newest[v.name], v)]
        if late:
            self._plan_from_a_seam(length)
        for version in late if len(late) <= MOST_SHIFTS else ():
            self._shift(version, newest[version.name], now_ns)

    def _plan_from_a_seam(self, length: int) -> None:
        def time_map(feed: Feed) -> TimeMap:
            return time_map_of(self._config, self._version_of[feed], length)

        self.player.change_film(length, time_map)

    def _is_on_time(self, feed: Feed, version: Version) -> bool:
        """True where a feed shows a version as it is to be, in every loop from this one on."""
        due = self.player.presenter.due
        now = 0 if due is None else due.loop
        eras = self.player.clock.lengths()
        ends = [since for since, _ in eras[1:]]
        return all(
            feed.time_map(max(since, now)) == time_map_of(self._config, version, length)
            for (since, length), end in zip_longest(eras, ends)
            if end is None or end > now
        )

    def _shift(self, version: Version, feed: Feed, now_ns: int) -> None:
        """Let a version go on with its new times as soon as another feed of it is ready.

        One at a time: whoever changes them often sees each come on air, and none pile up.
        """
        coming = self.player.presenter.coming.get(version.name)
        at_seam = coming is not None and coming.waits_for_seam
        if coming is not None and not at_seam and coming.feed.fault is None:
            self._to_shift.add(version.name)
            return
        shifted = self._made_feed(version)
        shifted.learn_from(feed)
        self.player.add(shifted, now_ns, at_seam=at_seam)

    def _forget_the_gone(self) -> None:
        feeds = self.player.feeds
        self._version_of = {f: v for f, v in self._version_of.items() if f in feeds}

    # -- the wall's side

    def _tile(self, version: Version) -> TileContent:
        caption = self._captions.get(version.name, "")
        fit, focus = framing_of(self._config, version)
        return TileContent(version.name, version.picture, caption, fit, focus)

    def _hanging(self) -> tuple[Version, ...]:
        """The versions that have been on air and all live ones, in the order in which they hang."""
        places = {version.name: place for place, version in enumerate(self._everyone)}
        lives = {v.name: self.lives.seen(v) for v in self._everyone if v.is_live}
        hanging = [self._version_of[channel.feed] for channel in self.player.channels]
        hanging = [version for version in hanging if version.name not in lives] + [*lives.values()]
        return tuple(sorted(hanging, key=lambda v: places.get(v.name, len(places))))

    def _arrange(self, hanging: Sequence[Version]) -> None:
        self.wall.arrange(
            self._config.wall,
            [self._tile(version) for version in hanging],
            [self._tile(self.lives.seen(version)) for version in self._everyone],
            self._config.subtitles,
        )

    def _hang(self, *, always: bool = False) -> None:
        hanging = self._hanging()
        if len(self._version_of) != len(self.player.channels):
            self._forget_the_gone()
        if always or hanging != self._hung:
            self._hung = hanging
            self._arrange(hanging)
            self._have_lives_drawn()
            self.wall.stage.set_slate("" if hanging else self._config.film.title)
        for channel in self.player.channels:
            if self._on_air.get(channel.name, True) != channel.is_on_air:
                self.wall.set_on_air(channel.name, channel.is_on_air)
        self._on_air = {channel.name: channel.is_on_air for channel in self.player.channels}

    def _have_lives_drawn(self) -> None:
        for version, source in self.lives.undrawn():
            tile = self._tile(version)
            source.assign(
                version.picture, self.wall.image_target(tile), self.wall.payload_maker(tile)
            )


def _plays_alike(one: Version, other: Version) -> bool:
    """True where a feed of one serves for the other."""
    return one.is_same_film(other) and one.decoding == other.decoding
