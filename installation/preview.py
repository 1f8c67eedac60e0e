"""A picture of the wall at one film frame, without a screen: what `installation preview` does.

It asks what `play` asks, the same readers, time maps, wall and scene, but once and in order. Beside
`app` and `show` the third place that builds across rooms; all in the main thread but for decoding.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from installation.app import scan_film, sentences
from installation.config import (
    ColumnLayout,
    Config,
    GridLayout,
    LayoutConfig,
    RowLayout,
    SpotlightLayout,
    load_config,
)
from installation.decode import Frame, QueuedFrame, ReaderFault
from installation.errors import ConfigError, InstallationError
from installation.film import (
    SILENCE,
    FilmPosition,
    Spoken,
    Version,
    format_timecode,
    parse_timecode,
)
from installation.film.timeline import Moment
from installation.layout import LayoutError
from installation.library import KnownFilms, Library
from installation.library.names import said
from installation.parts import (
    caption_of,
    film_frames,
    films,
    framing_of,
    reader_of,
    shown,
    time_map_of,
)
from installation.playback import PresentationSet
from installation.subtitling import Subtitling, asked_for, sample_of
from installation.wall.contact_sheet import contact_sheet
from installation.wall.glyphs import letters_mistakes
from installation.wall.snapshot import (
    LONGEST_PX,
    MOST_PX,
    forget_closed_walls,
    one_more_wall,
    settled_picture,
    start_qt_without_display,
    write_png,
)
from installation.wall.stage import bundled_family
from installation.wall.video_frame import Drawing
from installation.wall.wall import TileContent, Wall
from installation.wall.windows import AnyWindow

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shot:
    """What one version has at the film frame: a picture, no picture (black), or a fault."""

    frame: Frame | None = None
    fault: str | None = None


def preview(
    path: Path,
    output: Path,
    *,
    at: str,
    size: tuple[int, int],
    layouts: bool,
    say: Callable[[str], None],
) -> str:
    """Write what the wall of a config shows at timecode `at` to a PNG; the sentence about it.

    `layouts` makes a contact sheet of every kind of layout instead. `say` is told what a person
    should know of the folder. Raises InstallationError.
    """
    config = load_config(path)
    _refuse_output(output)
    _refuse_size(size)
    known = KnownFilms(config.film.versions)
    library = scan_film(config, known)
    for sentence in sentences(config, library):
        say(sentence)
    versions = shown(config, library.versions)
    film_frame = _film_frame(at, config, versions)
    shots = shots_at(film_frame, config, versions)
    known.keep()
    for version in versions:
        if fault := shots[version.name].fault:
            say(f"off air: {said(version.name)}/{said(version.path.name)}: {fault}")
    start_qt_without_display()
    spoken, is_sample = _spoken(config, library, film_frame)
    for sentence in _without_letters(config, library):
        say(sentence)
    scene = Scene(config, versions, shots, film_frame, size, spoken)
    picture = _sheet(scene) if layouts else scene.picture(config.wall.layout)
    write_png(picture, output)
    timecode = format_timecode(film_frame, config.film.rate)
    what = f"every layout of {config.film.title}" if layouts else config.film.title
    count = "1 version" if len(versions) == 1 else f"{len(versions)} versions"
    told = f"{output}: {what} at {timecode}, {count}, {picture.width()}x{picture.height()}"
    return told + "; nothing is said then, so it shows sample subtitles" * is_sample


def _refuse_output(output: Path) -> None:
    """Say what can be said of the file before anything is drawn."""
    if output.suffix.casefold() != ".png":
        raise InstallationError("is no name for a PNG", where=str(output), remedy="end it in .png")
    if output.is_dir():
        raise InstallationError("is a folder", where=str(output), remedy="name a file in it")
    if not output.parent.is_dir():
        remedy = "make it, or write the picture elsewhere"
        raise InstallationError("there is no such folder", where=str(output.parent), remedy=remedy)


def _refuse_size(size: tuple[int, int]) -> None:
    if max(size) > LONGEST_PX or size[0] * size[1] > MOST_PX:
        what = f"a picture of {size[0]}x{size[1]} cannot be drawn"
        remedy = f"write at most {LONGEST_PX} pixels a side, {MOST_PX // 10**6} million in all"
        raise InstallationError(what, where="--size", remedy=remedy)


def _film_frame(at: str, config: Config, versions: Sequence[Version]) -> int:
    """The film frame of a timecode. Raises InstallationError where the film has none there."""
    rate = config.film.rate
    try:
        frame = parse_timecode(at, rate)
    except ValueError as error:
        raise InstallationError(str(error), where="--at") from error
    length = film_frames(config, versions)
    if frame >= length and films(versions):
        last = format_timecode(length - 1, rate)
        raise InstallationError(
            f"{at} lies beyond the film's end", where="--at", remedy=f"its last frame is {last}"
        )
    return frame


# -- reading


def shots_at(film_frame: int, config: Config, versions: Sequence[Version]) -> dict[str, Shot]:
    """Each version's picture at a film frame, by the versions' names."""
    length = film_frames(config, versions)

    def shot(version: Version) -> Shot:
        if version.is_live:
            return Shot()
        return _shot(version, time_map_of(config, version, length).moment(film_frame))

    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="preview") as pool:
        return dict(zip((v.name for v in versions), pool.map(shot, versions), strict=True))


def _shot(version: Version, moment: Moment | None) -> Shot:
    if moment is None:
        return Shot()
    reader = reader_of(version, 1)
    try:
        reader.open()
        frames = reader.frames(moment.time, moment.time)
        return Shot(next(frame for frame in frames if frame is not None))
    except ReaderFault as fault:
        return Shot(fault=str(fault))
    except Exception:
        logger.exception("version=%s decoding failed unexpectedly", version.name)
        return Shot(fault="decoding failed unexpectedly; the log says more")
    finally:
        reader.close()


# -- subtitles


def _spoken(config: Config, library: Library, film_frame: int) -> tuple[Spoken, bool]:
    """What is said at a film frame; a sample, and True, where nothing is."""
    versions = films(shown(config, library.versions))
    length = film_frames(config, versions)
    maps = {version.name: time_map_of(config, version, length) for version in versions}
    subtitling = Subtitling()
    subtitling.update(config, versions, library.subtitles)
    at = FilmPosition(0, film_frame)
    frames = {name: QueuedFrame(at, at, None, None) for name in maps}
    spoken = subtitling.at(PresentationSet(at, frames), maps.__getitem__)
    if spoken.tiles or any(block.text for block in spoken.wall) or not config.subtitles.language:
        return spoken, False
    return sample_of(config, versions, library.subtitles), True


def _without_letters(config: Config, library: Library) -> list[str]:
    """What no font here can show, a sentence each; Qt must be there."""
    tracks = asked_for(config, library)
    family = config.subtitles.font or bundled_family("en")
    return letters_mistakes(tracks, family) if tracks else []


# -- drawing


@dataclass(frozen=True)
class Scene:
    """One film frame of one film, to be drawn in any layout. Main thread only."""

    config: Config
    versions: Sequence[Version]
    shots: Mapping[str, Shot]
    film_frame: int
    size: tuple[int, int]
    spoken: Spoken = SILENCE

    def picture(self, layout: LayoutConfig) -> QImage:
        """The wall in this layout. Raises ConfigError where it cannot show all versions."""
        # no curtain rises over a picture that does not move
        settings = self.config.wall.model_copy(update={"layout": layout, "fade_in_ms": 0})
        config = self.config
        tiles = [
            TileContent(v.name, v.picture, caption_of(config, v), *framing_of(config, v))
            for v in self.versions
        ]
        with one_more_wall():
            wall = Wall(settings, tiles, Drawing.SOFTWARE, config.subtitles)
        try:
            return self._drawn(wall, tiles)
        except LayoutError as error:
            where = self.config.where("wall", "layout", "tiles")
            raise ConfigError([f"{where}: {error}"]) from error
        finally:
            wall.close()
            forget_closed_walls()

    def _drawn(self, wall: Wall, tiles: Sequence[TileContent]) -> QImage:
        def place_window(window: AnyWindow) -> None:
            window.resize(*self.size)
            window.show()

        wall.place(place_window)
        for name, shot in self.shots.items():
            wall.set_on_air(name, shot.fault is None)
        wall.load()
        if not self.versions:
            wall.stage.set_slate(self.config.film.title)
        lives = {version.name for version in self.versions if version.is_live}
        for name in lives:
            wall.set_slate(name, True)
        queued = {tile.name: self._queued(wall, tile) for tile in tiles if tile.name not in lives}
        frames = {name: frame for name, frame in queued.items() if not self.shots[name].fault}
        found = PresentationSet(FilmPosition(0, self.film_frame), frames)
        wall.present(found, spoken=self.spoken)
        wall.stage.raise_curtain()
        return settled_picture(wall.window)

    def _queued(self, wall: Wall, tile: TileContent) -> QueuedFrame:
        at, frame = FilmPosition(0, self.film_frame), self.shots[tile.name].frame
        if frame is None:
            return QueuedFrame(at, at, None, None)
        image = frame.image(wall.image_target(tile)())
        return QueuedFrame(at, at, frame.pts, wall.payload_maker(tile)(image))


# -- every layout


def every_layout(own: LayoutConfig) -> list[LayoutConfig]:
    """A layout of each kind: the config's own as it is, the others with its gap, margin and fit.

    Custom rectangles can only be the config's own.
    """
    shared = {"gap": own.gap, "margin": own.margin, "fit": own.fit}
    layouts: list[LayoutConfig] = [
        GridLayout.model_validate({"kind": "grid", **shared}),
        RowLayout.model_validate({"kind": "row", **shared}),
        ColumnLayout.model_validate({"kind": "column", **shared}),
        SpotlightLayout.model_validate({"kind": "spotlight", **shared}),
    ]
    if own.kind not in [layout.kind for layout in layouts]:
        return [*layouts, own]
    return [own if layout.kind == own.kind else layout for layout in layouts]


def _sheet(scene: Scene) -> QImage:
    """The wall in every kind of layout, the config's own said so."""
    own = scene.config.wall.layout
    here = f"{own.kind}, as in {scene.config.path.name}"
    return contact_sheet(
        [
            (here if layout is own else layout.kind, scene.picture(layout))
            for layout in every_layout(own)
        ]
    )
