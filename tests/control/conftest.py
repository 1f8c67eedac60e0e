"""A wall as it could stand, to be changed by each test."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from installation.control import Now, VersionStatus, WallStatus

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MakeStatus = Callable[..., WallStatus]


@pytest.fixture(scope="session")
def noon() -> datetime:
    """The moment at which the wall was last heard of."""
    return NOON


@pytest.fixture(scope="session")
def status() -> MakeStatus:
    """`status(title=..., now={"loop": 3})`: a wall of two versions where all is well, but for."""

    def make(*, now: dict[str, Any] | None = None, **changes: Any) -> WallStatus:
        moving = Now(
            seen=NOON, is_running=True, loop=2, film_frame=31, timecode="00:00:01:07",
            pictures=1234, mismatches=0, shown=1234, held=3, dropped=2, late=1,
        )  # fmt: skip
        wall = WallStatus(
            title="The Kiss", config="/walls/kiss.yaml", pid=os.getpid(), started=NOON, rate="24",
            length="00:02:04:12", layout="grid", drawing="gpu", refresh_hz=59.94,
            refresh_source="measured", now=replace(moving, **(now or {})),
            versions=(version("2022 Sora"), version("2024 Veo")),
        )  # fmt: skip
        return replace(wall, **changes)

    return make


def version(name: str, **changes: Any) -> VersionStatus:
    """A version on air."""
    on_air = VersionStatus(
        name=name, state="on air", sentence=f"{name}: is on the wall", model=name.split()[-1],
        date=name.split()[0], credit_from="folder name", width_px=1920, height_px=1080, rate="24",
        length="00:02:04:12", codec="h264",
    )  # fmt: skip
    return replace(on_air, **changes)


@pytest.fixture(scope="session")
def make_version() -> Callable[..., VersionStatus]:
    """`make_version(name, state=...)`: a version on air, but for."""
    return version
