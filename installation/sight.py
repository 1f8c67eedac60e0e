"""How a wall stands at a moment, as the chronicle sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from installation.cast import Cast
from installation.config import Config
from installation.film import Version

if TYPE_CHECKING:
    from installation.library.catalog import Entry


@dataclass(frozen=True)
class Seen:
    """One version that hangs on the wall."""

    version: Version
    is_on_air: bool
    reason: str = ""
    """Why it is off air."""
    decoding: str = ""


@dataclass(frozen=True)
class Sight:
    """How things stand."""

    config: Config
    known: frozenset[str]
    """The versions that the film's folder holds and that can be shown."""
    seen: Sequence[Seen]
    first_picture_ns: int | None
    """When it was up."""
    is_to_play: bool = True
    """False while the wall is dark on purpose."""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    mistake: str = ""
    at_next_start: tuple[str, ...] = ()
    conformed: frozenset[str] = frozenset()
    sound_trouble: str = ""
    screen_troubles: tuple[str, ...] = ()


def seen_on(cast: Cast) -> tuple[Seen, ...]:
    """Every version that hangs."""
    channels = {channel.name: channel for channel in cast.player.channels}
    lives = cast.lives.states()
    found = []
    for version, is_on_air in cast.states():
        channel = channels.get(version.name)
        if version.is_live or channel is None:
            trouble = lives[version.name].trouble if version.name in lives else ""
            found.append(Seen(version, is_on_air, trouble))
        else:
            decoding = channel.feed.reader.decoding
            found.append(Seen(version, is_on_air, channel.reason, decoding))
    return tuple(found)
