"""Who is to be heard, by the config and by who is on air: keeps the sound in line with the wall."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from installation.cast import Cast
from installation.config import Config, SpotlightLayout
from installation.film import Loudness, TimeMap, Version
from installation.levels import Levels
from installation.parts import films, shown, wishes_for
from installation.playback import Feed
from installation.sound import NO_SOUND, Heard, SoundReport, Speaking, Wanted
from installation.sound.playing import Playing

LOOPS_AHEAD = 3
"""So many loops' times are handed over: the sound is read ahead."""
METER_DB, METER_STEPS = 48, 16


class Hearing:
    """The sound of a wall. GUI thread only; none of its calls takes time."""

    def __init__(self) -> None:
        self._playing: Playing | None = None
        self._levels: Levels | None = None

    def tend(self, config: Config, cast: Cast, there: Iterable[Version] = ()) -> None:
        """Let be heard what is to be heard from now on. Begins with the first config that wants
        sound; a wall without loads nothing of it. Those that are `there` may come on air.
        """
        if self._playing is None and not config.sound.is_on:
            return
        if config.sound.is_on and config.sound.normalize:
            self._levels = self._levels or Levels(config.film.versions)
            self._levels.want(_by_urgency(config, cast, there))
        wanted = wanted_of(config, cast, nobody_knows if self._levels is None else self._levels.of)
        if self._playing is None:
            self._playing = Playing()
            self._playing.want(wanted)
            self._playing.start()
        else:
            self._playing.want(wanted)

    @property
    def report(self) -> SoundReport:
        """How the sound stands."""
        return NO_SOUND if self._playing is None else self._playing.report

    def stop(self) -> None:
        """Fall silent."""
        if self._playing is not None:
            self._playing.stop()
        if self._levels is not None:
            self._levels.stop()


def nobody_knows(version: Version) -> None:
    """How loud it is."""


def wanted_of(
    config: Config, cast: Cast, loudness: Callable[[Version], Loudness | None] = nobody_knows
) -> Wanted:
    """Who is to be heard, and how."""
    sound = config.sound
    speaking, named = _speaking(config)
    player = cast.player
    due = player.presenter.due
    loop = 0 if due is None else due.loop
    on_air = list(cast.on_air())
    ages = sorted((version.sort_key, version.name) for version, _ in on_air if version.credit.date)
    ranks = {name: rank for rank, (_, name) in enumerate(ages, 1)}
    versions = (
        Heard(
            name=version.name,
            path=version.path,
            container=version.container,
            edition=(version.original or version).edition,
            maps=_maps(feed, loop),
            gain_db=wishes_for(config, version).gain_db or 0.0,
            age=ranks.get(version.name, 0),
            loudness=loudness(version),
        )
        for version, feed in on_air
    )
    return Wanted(
        clock=player.clock.as_it_stands(),
        versions=tuple(versions),
        speaking=speaking,
        named=named,
        volume_db=sound.volume,
        crossfade_s=sound.crossfade,
        device=sound.device,
        delay_ms=sound.delay_ms,
        normalize=sound.normalize,
    )


def _speaking(config: Config) -> tuple[Speaking, str]:
    name, layout = config.sound.speaker, config.wall.layout
    if config.sound.follow == "focus" and isinstance(layout, SpotlightLayout):
        name = layout.focus
    match name:
        case "latest" | "rotate" | "mix":
            return Speaking(name), ""
    return Speaking.ONE, name  # none is nobody's name


def _by_urgency(config: Config, cast: Cast, there: Iterable[Version]) -> list[Version]:
    """Whose loudness is wanted first: whoever is named, then who is on air, the latest first."""
    _, named = _speaking(config)
    on_air = {version.name for version, _ in cast.on_air()}
    everyone = {v.name: v for v in films(shown(config, there))}
    everyone |= {version.name: version for version, _ in cast.on_air()}
    latest = sorted(
        everyone.values(), key=lambda v: (v.credit.date is not None, v.sort_key), reverse=True
    )
    return sorted(latest, key=lambda v: (v.name != named, v.name not in on_air))


def _maps(feed: Feed, loop: int) -> tuple[tuple[int, TimeMap], ...]:
    """A feed's time maps from a loop on, as far as is asked for."""
    maps: list[tuple[int, TimeMap]] = []
    for number in range(loop, loop + LOOPS_AHEAD):
        time_map = feed.time_map(number)
        if not maps or maps[-1][1] != time_map:
            maps.append((number, time_map))
    return tuple(maps)


# -- in words


def in_words(report: SoundReport) -> str:
    """How the sound stands, for `status`; "" where there is none."""
    if report.trouble or not report.device:
        return ""
    if report.offset_ms is None:
        return f"{report.device}, silent"
    who = ", ".join(report.speakers) or "nobody"
    side = "ahead of" if report.offset_ms > 0 else "behind"
    return f"{who} on {report.device}, {abs(report.offset_ms):.1f} ms {side} the film"


def meter(report: SoundReport) -> str:
    """A line for the overlay: who speaks, how loud; "" where there is no sound."""
    said = in_words(report)
    if not said:
        return f"sound: {report.trouble}" if report.trouble else ""
    level = report.level_db
    full = 0 if level is None else round((1 + max(level, -METER_DB) / METER_DB) * METER_STEPS)
    bar = "#" * min(full, METER_STEPS)
    figure = "   -inf" if level is None else f"{level:7.1f}"
    return f"sound {bar:.<{METER_STEPS}} {figure} dB  {said}"
