"""Which subtitles are shown at a film frame, by the config: the whole film's, or a version's own.

The film's own are chosen by film time, a version's through the same time map as its picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from installation.config import Config, SubtitlesConfig
from installation.film import (
    SILENCE,
    Spoken,
    Subtitles,
    TextBlock,
    TimeMap,
    Version,
    in_blocks,
    in_language,
)
from installation.library import Library
from installation.parts import films, shown
from installation.playback import PresentationSet

Tracks = tuple[Subtitles | None, ...]
"""One for each language asked for, in their order."""


class Subtitling:
    """Chooses what is said at each presentation set. GUI thread only."""

    def __init__(self) -> None:
        self._per = "wall"
        self._rate = Fraction(24)
        self._of_film: Tracks = ()
        self._of_version: dict[str, Tracks] = {}

    def update(
        self, config: Config, versions: Iterable[Version], loose: Sequence[Subtitles]
    ) -> None:
        """Choose among these from now on: the versions as they hang, and the whole film's."""
        settings = config.subtitles
        self._per, self._rate = settings.per, config.film.rate
        self._of_film = _chosen(settings, loose)
        chosen = {v.name: _chosen(settings, v.subtitles) for v in films(versions)}
        self._of_version = {name: tracks for name, tracks in chosen.items() if any(tracks)}

    @property
    def is_wanted(self) -> bool:
        """False where nothing is ever said."""
        return bool(self._of_film)

    def at(self, found: PresentationSet, time_map: Callable[[str], TimeMap]) -> Spoken:
        """What is said at this film frame; `time_map` has a version's times in this loop."""
        if not self.is_wanted:
            return SILENCE
        frame = found.position.frame
        film_s = frame / self._rate

        def own_blocks(name: str, track: Subtitles) -> tuple[TextBlock, ...]:
            time = time_map(name).own_time(frame)
            return () if time is None else in_blocks(track.at(time))

        def blocks(language: int, names: Iterable[str]) -> tuple[TextBlock, ...]:
            """The film's own or the first version's on the wall; in a tile the other way round."""
            film = self._of_film[language]
            if film is not None and self._per == "wall":
                return in_blocks(film.at(film_s))
            for name in names:
                own = self._of_version[name][language] if name in self._of_version else None
                if own is not None:
                    return own_blocks(name, own)
            return () if film is None else in_blocks(film.at(film_s))

        languages = range(len(self._of_film))
        if self._per == "wall":
            names = [name for name in self._of_version if name in found.frames]
            return Spoken(tuple(_one(blocks(language, names)) for language in languages))
        tiles = {
            name: tuple(block for language in languages for block in blocks(language, (name,)))
            for name in found.frames
        }
        return Spoken(tiles={name: said for name, said in tiles.items() if said})


def _chosen(settings: SubtitlesConfig, tracks: Sequence[Subtitles]) -> Tracks:
    return tuple(next(iter(_sayable(tracks, code)), None) for code in settings.language)


def _sayable(tracks: Sequence[Subtitles], language: str) -> list[Subtitles]:
    """Those in a language that have anything to say, the one to be shown first."""
    return [track for track in in_language(tracks, language) if track.cues]


def _one(blocks: Sequence[TextBlock]) -> TextBlock:
    """In the strip all stand in one place."""
    if not blocks:
        return TextBlock("")
    return TextBlock("<br>".join(block.text for block in blocks), align=blocks[0].align)


def sample_of(config: Config, versions: Sequence[Version], loose: Sequence[Subtitles]) -> Spoken:
    """A line in each language, to see what subtitles look like: the first of those there are."""
    settings = config.subtitles

    def block(code: str, tracks: Sequence[Subtitles]) -> TextBlock:
        said = (cue.text for track in in_language(tracks, code) for cue in track.cues)
        return TextBlock(next(said, f"{code}: a line of subtitles"))

    if settings.per == "wall":
        everything = [*loose, *(track for v in films(versions) for track in v.subtitles)]
        return Spoken(tuple(block(code, everything) for code in settings.language))
    return Spoken(
        tiles={
            version.name: tuple(block(c, [*version.subtitles, *loose]) for c in settings.language)
            for version in films(versions)
        }
    )


def subtitle_mistakes(config: Config, library: Library) -> list[str]:
    """What keeps subtitles that are asked for from being shown, a sentence each."""
    languages = config.subtitles.language
    if not languages:
        return []
    places = [library.subtitles, *(v.subtitles for v in films(shown(config, library.versions)))]
    said = [sentence for tracks in places for sentence in _mistakes_in(tracks, languages)]
    every = [track for tracks in places for track in tracks]
    where = config.where("subtitles", "language")
    said += [
        f'{where}: there are no subtitles in "{code}"; put them, as film.{code}.srt, beside a film'
        for code in languages
        if not in_language(every, code)
    ]
    return said


def _mistakes_in(tracks: Sequence[Subtitles], languages: Sequence[str]) -> Iterator[str]:
    for track in tracks:
        if not track.language:
            ending = track.file.rpartition(".")[2]
            yield (
                f"{track.file}: does not say its language; write it into the name, such as"
                f" film.{languages[0]}.{ending}"
            )
    for code in languages:
        found, sayable = in_language(tracks, code), _sayable(tracks, code)
        for track in found:
            if not track.cues or track in sayable[:1]:
                yield from track.complaints
        for other in sayable[1:]:
            shown = sayable[0].file
            yield f'{other.file}: is not shown; "{shown}" is in {code} as well, so keep one'


def counted(tracks: Sequence[Subtitles]) -> str:
    """The subtitles there are, for a person: `de (12), en (11)`."""
    return ", ".join(f"{track.language or 'no language'} ({len(track.cues)})" for track in tracks)


def asked_for(config: Config, library: Library) -> tuple[Subtitles, ...]:
    """All subtitles, of the film and of versions, in the languages to be shown."""
    versions = films(shown(config, library.versions))
    places = [library.subtitles, *(version.subtitles for version in versions)]
    return tuple(
        track
        for tracks in places
        for track in _chosen(config.subtitles, tracks)
        if track is not None
    )
