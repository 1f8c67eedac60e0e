"""A show's mezzanines, by the config: how large each is to be, and which cache keeps them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from installation.config import Config
from installation.errors import InstallationError
from installation.film import CalendarClock, Version
from installation.layout import (
    CaptionSpace,
    LayoutError,
    Placement,
    Size,
    TileSpec,
    arrange_beside,
    strip_on,
)
from installation.library import mezzanine
from installation.library.mezzanine_cache import MezzanineCache
from installation.parts import caption_of, framing_of


def placements_on(canvas: Size, config: Config, versions: Sequence[Version]) -> Sequence[Placement]:
    """Where the versions hang on a wall of this size. Raises InstallationError."""
    captions, layout = config.wall.captions, config.wall.layout
    texts = [caption_of(config, version) for version in versions]
    lines = max((text.count("\n") + 1 for text in texts if text), default=0)
    tiles = [TileSpec(v.name, v.picture.display_aspect, *framing_of(config, v)) for v in versions]
    space = CaptionSpace(lines, captions.size, captions.position)
    strip = strip_on(canvas, config.subtitles)
    try:
        return arrange_beside(strip, tiles, layout, space)
    except LayoutError as error:
        where = config.where("wall", "layout", "tiles")
        raise InstallationError(error.what, where=where, remedy=error.remedy) from error


def sizes_for(
    placements: Iterable[Placement], versions: Iterable[Version]
) -> dict[str, mezzanine.Size]:
    """The size of each version's mezzanine, by its name; those that do not hang need none.

    Of a picture that is cropped the whole counts.
    """
    hanging = {placement.name: placement for placement in placements}
    return {
        version.name: mezzanine.mezzanine_size(
            mezzanine.display_size(version.picture), _whole_picture(hanging[version.name])
        )
        for version in versions
        if version.name in hanging
    }


def _whole_picture(placement: Placement) -> mezzanine.Size:
    picture, shown = placement.picture, placement.source
    width, height = picture.width_px / shown.width, picture.height_px / shown.height
    return math.ceil(round(width, 3)), math.ceil(round(height, 3))


def cache_of(config: Config) -> MezzanineCache:
    """The cache that the config names. Raises InstallationError where that is no place for one."""
    folder, films = config.conform.cache, config.film.versions
    if folder is not None and Path(os.path.realpath(folder)).is_relative_to(
        os.path.realpath(films)
    ):
        raise InstallationError(
            f'conform.cache: "{folder}" lies in the film\'s folder, among the versions',
            where=config.where("conform", "cache"),
            remedy="set it to a folder elsewhere",
        )
    return MezzanineCache(config.conform.cache, config.conform.limit, CalendarClock())


def prepare(cache: MezzanineCache, config: Config) -> None:
    """Have the cache's folder there. Raises InstallationError, in a sentence with its line."""
    where = config.where("conform", "cache")
    try:
        cache.prepare()
    except FileNotFoundError as error:
        raise InstallationError(
            f'conform.cache: there is no folder "{cache.folder.parent}" to make the cache in',
            where=where,
            remedy="plug its disk in, make the folder, or mend the setting",
        ) from error
    except OSError as error:
        raise InstallationError(
            f'conform.cache: "{cache.folder}" cannot be used ({error.strerror})',
            where=where,
            remedy="set it to a folder that the user who plays the wall may write to",
        ) from error
