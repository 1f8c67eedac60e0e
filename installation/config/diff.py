"""What changed between two configs, so that only that is changed on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_origin

from installation.config.model import Config
from installation.config.setting import Setting

NEEDS_A_START = frozenset(
    {"film.rate", "film.versions", "wall.screen", "playback.drawing", "film.watch", "film.settle_s"}
    | {"playback.allow_protocols", "screens", "log.folder", "log.limit", "log.days"}
    | {"conform.mode", "conform.cache", "conform.limit"}
)
"""What a saved config cannot change on a running wall."""


def diff(old: Config, new: Config) -> frozenset[str]:
    """Dotted names of the settings that differ: `wall.layout.gap`, `versions.2024-03 Sora.caption`.

    A setting that only one of the two has, as another kind of layout brings, differs.
    """
    before, after = dict(_settings(old)), dict(_settings(new))  # None is as good as not written
    return frozenset(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))


def keeping_what_needs_a_start(old: Config, new: Config) -> tuple[Config, list[str]]:
    """The new config with what cannot change while the wall plays as it was; and its names."""
    later = sorted(diff(old, new) & NEEDS_A_START)
    sections = {name: getattr(new, name) for name in (n.split(".")[0] for n in later)}
    for name in later:
        section, _, setting = name.partition(".")
        kept = getattr(old, section)
        if setting:
            update = {setting: getattr(kept, setting)}
            kept = sections[section].model_copy(update=update)
        sections[section] = kept
    return new.model_copy(update=sections), later


def _settings(section: Setting, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting of a section and those below it; sections themselves are none."""
    for field, info in type(section).model_fields.items():
        value, name = getattr(section, field), prefix + (info.alias or field)
        if isinstance(value, Setting):
            yield from _settings(value, f"{name}.")
        elif get_origin(info.annotation) is dict:  # by a name the curator gave
            for key, inner in value.items():
                if isinstance(inner, Setting):
                    yield from _settings(inner, f"{name}.{key}.")
                else:
                    yield f"{name}.{key}", inner
        else:
            yield name, value
