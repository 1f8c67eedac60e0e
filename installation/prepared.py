"""What a run of the wall is built from: what the command line says, and what is there before Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from installation.library import Library
from installation.playback import Feed

if TYPE_CHECKING:
    from installation.cast import MakeFeed
    from installation.copies import Copies
    from installation.engines import Engines
    from installation.intake import MakeWatch
    from installation.vigil import Vigil


@dataclass(frozen=True)
class PlayOptions:
    """What the command line adds to the config."""

    windowed: tuple[int, int] | None
    """The window's size in pixels; None is fullscreen."""
    loops: int | None
    report: Path | None
    started_ns: int
    """When the program started."""
    is_kiosk: bool = False
    """Nobody is there: neither keys nor mouse do anything, but for the exit chord."""
    vigil: Vigil | None = None
    """Who then tells that it lives, and keeps what is good."""


@dataclass(frozen=True)
class Prepared:
    """What is there when the wall is built."""

    library: Library
    feeds: Mapping[str, Feed]
    """By the versions' names; they open their files already."""
    captions: Mapping[str, str]
    make_feed: MakeFeed
    """For newcomers."""
    make_watch: MakeWatch
    copies: Copies
    engines: Engines
