"""What changed between two configs, so that only that is changed on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from installation.config.model import Config


def diff(old: Config, new: Config) -> frozenset[str]:
    """Dotted names of the settings whose values differ, such as `wall.layout.gap`."""
    before, after = dict(_leaves(old.model_dump())), dict(_leaves(new.model_dump()))
    names = before.keys() | after.keys()
    missing = object()
    return frozenset(n for n in names if before.get(n, missing) != after.get(n, missing))


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value
