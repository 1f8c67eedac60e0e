"""A kiosk's upkeep: each trouble is answered with its own step, and one version's with no other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QWindow

from installation.config import Config, load_config
from installation.film import MasterClock
from installation.kiosk import memory
from installation.kiosk.exits import RESTART
from installation.kiosk.ladder import FIRST_REBUILD_NS, LONGEST_REBUILD_NS, MOST_ABANDONED
from installation.kiosk.restarts import Restarts
from installation.kiosk.state import kept_folder
from installation.upkeep import Upkeep
from tests.fakes import FakeClock

S = 1_000_000_000
TICKS_A_SECOND = 5


class FakeCast:
    """Versions that are on air or not, and who was asked to be read anew."""

    def __init__(self, clock: FakeClock) -> None:
        film = MasterClock(Fraction(24), 240)
        film.start(clock.now_ns())
        self.on_air = {"well": True, "ill": True}
        self.abandoned = 0
        self.read: list[str] = []
        self.tally = SimpleNamespace(shown=0)
        self.wall = SimpleNamespace(windows=[QWindow()])
        self.player = SimpleNamespace(
            clock=film,
            abandoned=lambda name: self.abandoned,
            presenter=SimpleNamespace(tally=self.tally),
        )

    def read_anew(self, name: str, now_ns: int) -> None:
        self.read.append(name)


class Kept:
    """An upkeep that is ticked."""

    def __init__(self, config: Config) -> None:
        self.clock = FakeClock()
        self.cast = FakeCast(self.clock)
        self.config = config
        self.ends: list[tuple[int, str]] = []
        self.swaps = 0
        self.upkeep = Upkeep(
            config,
            cast(Any, self.cast),
            self.clock,
            lambda code, why: self.ends.append((code, why)),
        )

    def run(self, seconds: int, *, draws: bool = True, moves: bool = True) -> None:
        player = self.cast.player
        for _ in range(seconds * TICKS_A_SECOND):
            self.clock.jump_ns(S // TICKS_A_SECOND)
            self.cast.tally.shown += 5
            self.swaps += 5 * draws
            player.channels = [
                SimpleNamespace(name=name, is_on_air=is_on)
                for name, is_on in self.cast.on_air.items()
            ]
            self.upkeep.tend(
                self.config, self.swaps, has_picture=True, is_moving=moves, is_seen=True
            )


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "film").mkdir()
    path = tmp_path / "wall.yaml"
    path.write_text("film: {versions: film}\nkiosk: {memory_limit: 1 GB}\n")
    return load_config(path)


@pytest.fixture
def kept(qapp: QGuiApplication, config: Config) -> Iterator[Kept]:
    made = Kept(config)
    yield made
    made.upkeep.stop()


def test_a_version_that_stays_off_air_gets_new_readers_and_nothing_else_happens(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.run(60)
    assert kept.cast.read == []
    kept.cast.on_air["ill"] = False
    kept.run(FIRST_REBUILD_NS // S * 7 + 5)
    assert kept.cast.read == ["ill"] * 3  # after one, two and four times as long
    kept.run(2 * LONGEST_REBUILD_NS // S)
    assert set(kept.cast.read) == {"ill"}
    assert kept.ends == []
    told = [r for r in caplog.records if "built anew" in r.message]
    assert len(told) == len(kept.cast.read)


def test_all_versions_off_air_start_nothing_anew_either(kept: Kept) -> None:
    kept.cast.on_air = {"well": False, "ill": False}
    kept.run(600)
    assert {*kept.cast.read} == {"well", "ill"}
    assert kept.ends == []


def test_at_night_nobody_is_missed(kept: Kept) -> None:
    kept.cast.on_air["ill"] = False
    kept.run(3600, moves=False)
    assert kept.cast.read == []
    kept.run(FIRST_REBUILD_NS // S + 5)
    assert kept.cast.read == ["ill"]


def test_a_version_that_hangs_in_every_reader_gets_no_more_threads(kept: Kept) -> None:
    kept.cast.on_air["ill"] = False
    kept.cast.abandoned = MOST_ABANDONED
    kept.run(600)
    assert kept.cast.read == []
    kept.cast.abandoned = 0  # its share is back
    kept.run(3600)
    assert kept.cast.read == ["ill"] * len(kept.cast.read) != []


def test_where_nothing_is_drawn_the_process_starts_anew_and_not_again_at_once(
    kept: Kept, config: Config
) -> None:
    kept.run(12)
    kept.run(8, draws=False)
    assert kept.ends[0][0] == RESTART
    assert len(kept.ends) == 1  # the next one waits
    now_ns = kept.upkeep._calendar.now_ns()
    assert Restarts(kept_folder(config.path), now_ns).wait_ns(now_ns) > 0


def test_one_that_is_too_large_waits_for_a_seam(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "process_bytes", lambda: 2 * 10**9)
    monkeypatch.setattr("installation.upkeep.CAN_REPLACE", False)
    kept.upkeep.settle_in()
    kept.run(14)
    assert not kept.upkeep._seam.isActive()  # it may be a peak
    kept.run(2)
    at_seam_ms = kept.upkeep._seam.remainingTime()
    into_loop_ms = (kept.clock.now_ns() - 5 * S) // 10**6
    planned_ms = into_loop_ms + at_seam_ms
    assert abs((planned_ms + 5000) % 10_000 - 5000) < 2500  # ticks, and a timer's own time
    assert kept.upkeep._seam.timerType() == Qt.TimerType.PreciseTimer
    assert kept.upkeep._soon.timerType() == Qt.TimerType.PreciseTimer
    assert kept.ends == []
    kept.upkeep._seam.timeout.emit()
    assert [code for code, _ in kept.ends] == [RESTART]
