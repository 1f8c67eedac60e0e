"""Answers `installation status`: for people or for programs, with the exit code for scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from installation.control.statefile import as_json, standing_of, walls
from installation.control.status import Standing, WallStatus
from installation.control.table import table


class Code(IntEnum):
    """The exit codes; of several walls the highest one counts."""

    WELL = 0
    TO_MEND = 1
    NO_WALL = 3
    NOT_PLAYING = 4
    """It stands still, or ended without being asked."""


def answer(
    config: Path | None, now: datetime, *, in_json: bool, width: int, folder: Path | None = None
) -> tuple[Code, str]:
    """How the wall of a config stands, or every wall of this user."""
    found = [(status, standing_of(status, now)) for status in walls(config, folder)]
    code = max((_code(*one) for one in found), default=Code.NO_WALL)
    return code, _in_json(found) if in_json else _in_words(found, config, now, width)


def _code(status: WallStatus, standing: Standing) -> Code:
    if standing is not Standing.PLAYING:
        return Code.NOT_PLAYING
    return Code.WELL if status.is_well else Code.TO_MEND


def _in_json(found: Sequence[tuple[WallStatus, Standing]]) -> str:
    told = [{"standing": standing.value, **as_json(status)} for status, standing in found]
    return json.dumps(told, indent=2, ensure_ascii=False)


def _in_words(
    found: Sequence[tuple[WallStatus, Standing]], config: Path | None, now: datetime, width: int
) -> str:
    if found:
        return "\n\n".join(table(status, standing, now, width) for status, standing in found)
    if config is None:
        return "no wall plays; ask as the user who plays it"
    if not config.exists():
        return f"{config}: there is no such file; correct the name, or leave it out for all walls"
    start = f'start it with: installation play "{config}"'
    return f"{config.name}: no wall plays it; {start}; or ask as the user who plays it"
