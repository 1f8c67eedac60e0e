"""The wall with its subtitles one film frame late, on purpose: the check must notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from installation.cli import main
from installation.film import SILENCE, Spoken
from installation.playback import PresentationSet
from installation.wall.wall import NOTHING, Wall

_present = Wall.present
_late = [SILENCE]


def _present_late(
    self: Wall,
    shown: PresentationSet,
    live: Mapping[str, Any] = NOTHING,
    spoken: Spoken = SILENCE,
) -> None:
    _late.append(spoken)
    _present(self, shown, live, _late.pop(0))


if __name__ == "__main__":
    Wall.present = _present_late  # type: ignore[method-assign]
    main()
