"""What a show is made of, by the config: a version's feed, its time map, its caption."""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from installation.config import Config
from installation.config.spelling import nearest
from installation.decode import AvReader, Reader
from installation.decode.live_source import LiveSource
from installation.decode.live_stream import LiveStream, parse_address
from installation.errors import InstallationError
from installation.film import (
    AS_IT_IS,
    Clock,
    Course,
    Fit,
    Knot,
    Point,
    TimeMap,
    Timing,
    Version,
    Wishes,
)
from installation.film.timeline import film_length
from installation.layout import MIDDLE
from installation.playback import DecodePool, Feed
from installation.wall.caption import caption_text

MAX_DECODER_THREADS = 8
SPEAKERS = ("none", "latest", "rotate", "mix")
"""What `sound.from` can be beside a version's name."""


def feed_of(version: Version, count: int, *, pool: DecodePool) -> Feed:
    """A version's feed, for a wall of about `count` versions; it opens its file at once."""
    cores = os.cpu_count() or 1
    reader = reader_of(version, max(1, min(cores // count, MAX_DECODER_THREADS)))
    feed = Feed(version.name, reader, pool=pool)
    feed.prepare()
    return feed


def reader_of(version: Version, threads: int) -> Reader:
    """What decodes a version, as it was decided; not opened yet."""
    engine: type[AvReader | VlcReader] = AvReader
    if "vlc" in (version.opened_by, version.decoding.engine):
        from installation.decode.vlc_reader import VlcReader

        engine = VlcReader
    return engine(
        version.path,
        version.container,
        duration=version.duration,
        rate=version.rate,
        threads=threads,
        is_sealed=version.original is not None,
        hardware=version.decoding.hardware,
    )


def wishes_for(config: Config, version: Version) -> Wishes:
    """How a version is to be played: what the curator says, else the artist."""
    override = config.versions.get(version.name)
    return override.wishes.over(version.wishes) if override else version.wishes


def shown(config: Config, versions: Iterable[Version]) -> tuple[Version, ...]:
    """Those that are not kept off the wall."""
    return tuple(version for version in versions if not wishes_for(config, version).hidden)


def films(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Those that take part in the lock: all but live ones."""
    return tuple(version for version in versions if not version.is_live)


def live_source_of(version: Version, *, allowed: Collection[str], clock: Clock) -> LiveSource:
    """What receives a live version, by these protocols only."""
    assert version.source is not None
    address = parse_address(version.source)
    return LiveSource(version.name, lambda: LiveStream(address, allowed), clock)


def timing_of(config: Config, version: Version) -> Timing:
    """When a version plays what. Raises InstallationError where its wishes leave nothing of it."""
    wishes, known = wishes_for(config, version), config.film.cue_times
    cues = sorted(Knot(known[name], at) for name, at in wishes.cues if name in known)
    speed = Fraction(1) if wishes.speed is None else wishes.speed
    try:
        timing = Timing(
            start=wishes.start or Fraction(0),
            stop=wishes.stop,
            offset=wishes.offset or Fraction(0),
            speed=None if speed == "fit" else speed,
            cues=tuple(cues),
        )
        Course(timing, version.duration, Fraction(1))
    except ValueError as error:
        raise InstallationError(
            str(error), where=version.name, remedy="until then it is played as it is"
        ) from error
    return timing


def timing_mistakes(config: Config, versions: Iterable[Version]) -> list[str]:
    """What is wrong with the wishes for versions, a sentence each."""
    said = []
    for version in films(versions):
        try:
            timing_of(config, version)
        except InstallationError as error:
            said.append(str(error))
        unknown = [n for n, _ in wishes_for(config, version).cues if n not in config.film.cues]
        said += [f'{version.name}: the film has no cue "{name}"; see film.cues' for name in unknown]
    return said


def nameless_overrides(config: Config, known: Container[str]) -> list[str]:
    """What the config says of versions that the film's folder does not hold, a sentence each."""
    return [
        f'{config.where("versions", name)}: versions: there is no folder "{name}"; '
        "correct the name or take it out"
        for name in config.versions
        if name not in known
    ]


def sound_mistakes(config: Config, known: Collection[str]) -> list[str]:
    """What is wrong with who is to be heard, where the film's folder holds these versions."""
    name = config.sound.speaker
    if name in SPEAKERS or name in known:
        return []
    close = nearest(name, [*SPEAKERS, *known])
    choices = f"write {', '.join(SPEAKERS)} or a folder's name"
    remedy = f'did you mean "{close}"?' if close else choices
    return [f'{config.where("sound", "from")}: sound.from: there is no version "{name}"; {remedy}']


def _timing(config: Config, version: Version) -> Timing:
    try:
        return timing_of(config, version)
    except InstallationError:
        return AS_IT_IS


def film_frames(config: Config, versions: Sequence[Version]) -> int:
    """The film's length in film frames: as configured, or the longest version's."""
    fixed = config.film.length_frames
    if fixed is not None:
        return fixed
    ends = []
    for version in films(versions):
        timing = _timing(config, version)
        if timing.speed is None:  # fits itself into what the others need
            timing = replace(timing, speed=Fraction(1))
        ends.append(Course(timing, version.duration, Fraction(1)).end)
    return max((film_length(end, config.film.rate) for end in ends), default=1)


def time_map_of(config: Config, version: Version, length: int) -> TimeMap:
    """Which moment of a version a film frame shows, in loops of so many film frames."""
    when_short = wishes_for(config, version).when_short or config.film.when_short
    timing = _timing(config, version)
    return TimeMap(config.film.rate, length, version.duration, when_short, timing)


def framing_of(config: Config, version: Version) -> tuple[Fit | None, Point]:
    """How a version's picture stands in its tile (None: as the layout says); what a crop keeps."""
    wishes = wishes_for(config, version)
    return wishes.fit, wishes.focus or MIDDLE


def caption_of(config: Config, version: Version) -> str:
    """The caption of one version, its override considered."""
    override = config.versions.get(version.name)
    template = config.wall.captions.text
    if override is not None and override.caption is not None:
        template = override.caption
    return caption_text(
        template,
        version.credit,
        name=version.name,
        film=config.film.title,
        language=config.wall.captions.language,
        date_format=config.wall.captions.date_format,
    )
