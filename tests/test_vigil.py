"""The vigil keeps a config that is seen to play, and knows a layout with a place for everyone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation.config import Config, CustomLayout, GridLayout, RowLayout, load_config
from installation.film import MasterClock
from installation.kiosk.heartbeat import Heartbeat, Pulse
from installation.kiosk.last_good import Good, LastGood
from installation.kiosk.notify import ALIVE, READY
from installation.kiosk.supervisor import PLAYED_WELL_NS
from installation.library import scan
from installation.playback import Player
from installation.vigil import Vigil
from tests.clips import make_clip

S = 1_000_000_000
PATIENCE_S = 30


class Told:
    def __init__(self) -> None:
        self.words: list[str] = []

    def tell(self, *words: str) -> None:
        self.words += words


class Kiosk:
    """A vigil over a wall that shows what the test says."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "wall.yaml"
        self.kept = LastGood(self.file, folder / "state")
        self.told = Told()
        self.vigil = Vigil(Heartbeat(self.told), self.kept)
        self.player = Player(MasterClock(Fraction(24), 1), [], patience_ns=0)
        self.now_ns = 0
        self.pulse = Pulse(0, 0, has_picture=True, is_moving=True, is_seen=True)

    def config(self, title: str, layout: str = "{kind: row}") -> Config:
        self.file.write_text(
            f"film: {{title: {title}, versions: film}}\nwall: {{layout: {layout}}}\n"
        )
        return load_config(self.file)

    def show(self, config: Config | None, nanoseconds: int = S, *, new: int = 1) -> bool:
        self.now_ns += nanoseconds
        self.pulse = replace(
            self.pulse, presented=self.pulse.presented + new, swaps=self.pulse.swaps + new
        )
        return self.vigil.tick(self.now_ns, self.pulse, config, self.player)

    def title(self, good: Good) -> str:
        found = self.kept._load(good, None)
        return found.film.title if found is not None else ""

    def wait_for(self, claim: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not claim():
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path)


def test_a_config_is_kept_once_its_pictures_come_and_again_when_it_played_well(
    kiosk: Kiosk,
) -> None:
    first = kiosk.config("First")
    kiosk.show(first, new=0)
    assert kiosk.vigil._keeping is None, "validated, but nothing was seen yet"
    kiosk.show(first)
    kiosk.wait_for(lambda: kiosk.title(Good.PLAYED) == "First")
    assert kiosk.title(Good.PLAYED_WELL) == ""
    kiosk.show(first, PLAYED_WELL_NS)
    kiosk.wait_for(lambda: kiosk.title(Good.PLAYED_WELL) == "First")

    second = kiosk.config("Second")
    kiosk.show(second)
    kiosk.show(second)
    kiosk.wait_for(lambda: kiosk.title(Good.PLAYED) == "Second")
    kiosk.show(second, PLAYED_WELL_NS // 2)
    assert kiosk.title(Good.PLAYED_WELL) == "First"


def test_what_takes_effect_later_is_not_kept(kiosk: Kiosk) -> None:
    for _ in range(3):
        kiosk.show(None)
    assert kiosk.title(Good.PLAYED) == ""


def test_a_slate_that_is_drawn_will_do(kiosk: Kiosk) -> None:
    kiosk.pulse = replace(kiosk.pulse, is_moving=False)
    config = kiosk.config("Empty")
    kiosk.show(config, new=0)
    kiosk.show(config)
    kiosk.wait_for(lambda: kiosk.title(Good.PLAYED) == "Empty")


def test_it_beats_and_says_how_the_wall_stands(kiosk: Kiosk) -> None:
    config = kiosk.config("The Kiss")
    kiosk.show(config)
    assert kiosk.told.words == [READY, ALIVE, "STATUS=The Kiss: 0 of 0 versions on air"]
    kiosk.show(config)
    assert kiosk.told.words[3:] == [ALIVE]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    for year in (2021, 2022):
        make_clip(tmp_path / "film" / f"{year} V" / "film.mp4", frames=2)
    return tmp_path / "film"


def test_a_layout_without_a_place_for_all_gives_way_to_one_that_has(
    kiosk: Kiosk, film: Path
) -> None:
    versions = scan(film, order="date").versions
    right = kiosk.config("Right")
    assert kiosk.vigil.fitting(right, versions) is right

    one_place = kiosk.config("One place", "{kind: custom, tiles: [[0, 0, 1, 1]]}")
    fitting = kiosk.vigil.fitting(one_place, versions)
    assert isinstance(fitting.wall.layout, GridLayout)
    for _ in range(3):
        kiosk.show(fitting)
    assert kiosk.title(Good.PLAYED) == "", "what is written there did not play"

    mended = kiosk.config("Mended")
    for _ in range(3):
        kiosk.show(mended)
    kiosk.wait_for(lambda: kiosk.title(Good.PLAYED) == "Mended")
    assert isinstance(kiosk.vigil.fitting(one_place, versions).wall.layout, RowLayout)
    assert isinstance(one_place.wall.layout, CustomLayout)
