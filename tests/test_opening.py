"""Opening hours on a wall: when the black comes and lifts, the film rests, and screens sleep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from installation.config import Config, ScheduleConfig, load_config
from installation.decode import ImageTarget
from installation.film import MasterClock, TimeMap
from installation.opening import Opening
from installation.playback import Feed, Player
from tests.fakes.clock import FakeClock
from tests.fakes.reader import FakeReader
from tests.playback.test_player import wait_for

RATE, LENGTH = Fraction(24), 48
TICK_NS = 200_000_000
TARGET = ImageTarget(frozenset({"bgra"}))


class Calendar:
    """Goes with the clock that nobody sets, until somebody sets it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._ahead_ns = 0

    def set(self, moment: str) -> None:
        then = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
        self._ahead_ns = int(then) * 1_000_000_000 - self._clock.now_ns()

    def now_ns(self) -> int:
        return self._clock.now_ns() + self._ahead_ns


class Screens:
    """As `ScreenSleep`, at once."""

    is_asleep = False
    trouble = ""

    def want(self, *, asleep: bool) -> None:
        self.is_asleep = asleep

    def stop(self) -> None:
        self.is_asleep = False


class House:
    """A wall of one version, its cover, its screens, and time that passes as told."""

    def __init__(self, schedule: str, *, at: str, in_window: bool = False) -> None:
        self.clock = FakeClock()
        self.calendar = Calendar(self.clock)
        self.calendar.set(at)
        self.reader = FakeReader(24, LENGTH)
        feed = Feed("a", self.reader, depth=8)
        feed.plan_loops(0, TimeMap(RATE, LENGTH, Fraction(2)))
        feed.assign(image_target=lambda: TARGET, make_payload=lambda image: image)
        self.player = Player(MasterClock(RATE, LENGTH), [feed], patience_ns=250_000_000)
        self.screens = Screens()
        self.covered: list[tuple[bool, int]] = []
        self.is_paced = False
        self.opening = Opening(
            self,
            self.player,
            self,
            None if in_window else self.screens,  # type: ignore[arg-type]
            self.clock,
            self.calendar,
        )
        self.schedule = read(schedule)
        self.opening.tick(self.schedule)

    # what the wall offers

    def set_closed(self, is_closed: bool, fade_ms: int) -> None:
        self.covered.append((is_closed, fade_ms))

    def start(self) -> None:
        self.is_paced = True

    def stop(self) -> None:
        self.is_paced = False

    # what a test does

    def begin(self) -> None:
        self.player.prime()
        wait_for(lambda: self.player.is_primed)
        self.player.begin(self.clock.now_ns())
        self.start()
        self.look()

    def look(self) -> int | None:
        """Ask for what is due, as the pacer does; the film frame shown, from the very start."""
        due = int(self.player.clock.elapsed_frames(self.clock.now_ns()))
        found = self.player.present(due, self.clock.now_ns())
        self.player.refill()
        return None if found is None else self.player.clock.index(found.position)

    def due(self) -> int:
        return int(self.player.clock.elapsed_frames(self.clock.now_ns()))

    def pass_s(self, seconds: float) -> None:
        """Time goes by, and housekeeping with it."""
        for _ in range(round(seconds * 1_000_000_000 / TICK_NS)):
            self.clock.jump_ns(TICK_NS)
            self.opening.tick(self.schedule)
            if self.is_paced:
                self.look()


def read(schedule: str) -> ScheduleConfig:
    import yaml

    return ScheduleConfig.model_validate({"timezone": "UTC", **yaml.safe_load(f"{{{schedule}}}")})


@pytest.fixture
def houses() -> Iterator[list[House]]:
    made: list[House] = []
    yield made
    for house in made:
        house.reader.go_on()
        house.player.stop()


DAY = "hours: '10:00-18:00', fade: 2 s, wake: 60 s"


def test_a_wall_closes_rests_and_opens_where_its_clock_is(houses: list[House]) -> None:
    house = House(DAY, at="2026-11-24 17:59:58")
    houses.append(house)
    house.begin()
    assert house.opening.in_words == "open until 18:00 (UTC)"
    house.pass_s(1)
    assert house.covered == []
    house.pass_s(1.2)
    assert house.covered == [(True, 2000)]
    assert house.opening.is_closed
    assert (house.is_paced, house.screens.is_asleep) == (True, False)  # it fades
    house.pass_s(3)
    assert (house.is_paced, house.screens.is_asleep) == (False, True)
    assert house.opening.is_resting
    assert house.opening.in_words == "closed until Wed 10:00 (UTC); the screens sleep"
    tally = house.player.presenter.tally
    before = (tally.due, tally.dropped)

    house.calendar.set("2026-11-25 09:58:59")
    house.pass_s(0.8)
    assert house.screens.is_asleep
    house.pass_s(0.4)  # a minute before
    assert (house.is_paced, house.screens.is_asleep) == (True, False)
    assert house.covered == [(True, 2000)]
    aim = house.player.presenter.shown
    assert aim is not None
    first = house.player.clock.index(aim) + 1
    assert first > house.due() - 24  # ahead of the clock, not where it had stood
    house.player.channels[0].feed.wake()
    wait_for(lambda: house.player.channels[0].covers(house.player.clock.position_of(first)))
    house.clock.jump_to(max(house.clock.now_ns(), house.player.clock.due_ns(first)))
    assert house.look() == first
    assert tally.dropped == before[1]  # none was missed by anybody
    house.calendar.set("2026-11-25 10:00:00")
    house.pass_s(0.2)
    assert house.covered[1:] == [(False, 2000)]
    assert not house.opening.is_closed


def test_one_that_starts_closed_is_black_at_once(houses: list[House]) -> None:
    house = House(DAY, at="2026-11-24 20:00:00")
    houses.append(house)
    assert house.covered == [(True, 0)]
    house.pass_s(5)
    assert not house.opening.is_resting  # until it has begun
    house.begin()
    house.pass_s(0.2)
    assert house.opening.is_resting
    assert not house.is_paced


def test_a_film_that_rests_misses_nothing_and_its_clock_runs_on(houses: list[House]) -> None:
    house = House(DAY, at="2026-11-24 20:00:00")
    houses.append(house)
    house.begin()
    house.pass_s(3)
    assert house.opening.is_resting
    before = replace(house.player.presenter.tally)
    house.pass_s(60)
    shown = house.player.presenter.shown
    assert house.player.presenter.tally == before
    assert shown is not None
    assert house.player.clock.index(shown) == house.due() - 1
    assert not house.player.is_waiting


def test_a_calendar_that_is_set_is_followed_at_the_next_look(houses: list[House]) -> None:
    house = House("hours: '10:00-18:00', fade: 0, wake: 0", at="2026-11-24 17:30:00")
    houses.append(house)
    house.begin()
    house.calendar.set("2026-11-24 18:30:00")
    house.pass_s(0.2)
    assert house.covered == [(True, 0)]
    house.pass_s(0.2)
    house.calendar.set("2026-11-24 17:30:00")
    house.pass_s(0.2)
    assert house.covered == [(True, 0), (False, 0)]  # it had not rested: nothing to wait for


def test_black_that_lifts_waits_for_pictures_but_not_for_ever(houses: list[House]) -> None:
    house = House("hours: '10:00-18:00', fade: 0, wake: 0", at="2026-11-24 20:00:00")
    houses.append(house)
    house.begin()
    house.pass_s(3)
    assert house.opening.is_resting
    house.reader.hold()
    house.calendar.set("2026-11-24 12:00:00")
    house.pass_s(2)
    assert house.covered == [(True, 0)]
    assert house.opening.is_closed  # black is right
    house.pass_s(2)
    assert house.covered == [(True, 0), (False, 0)]


def test_a_schedule_that_is_saved_counts_at_once(houses: list[House]) -> None:
    house = House(DAY, at="2026-11-24 12:00:00")
    houses.append(house)
    house.begin()
    house.schedule = read(f"{DAY}, closed: '2026-11-24'")
    house.pass_s(0.2)
    assert house.covered == [(True, 2000)]
    house.schedule = ScheduleConfig()
    house.pass_s(0.2)
    assert house.covered == [(True, 2000), (False, 2000)]


def test_short_breaks_put_no_screen_to_sleep(houses: list[House]) -> None:
    house = House("hours: '10:00-13:00, 13:01-18:00', wake: 5 min", at="2026-11-24 12:59:59")
    houses.append(house)
    house.begin()
    house.pass_s(20)
    assert house.opening.is_closed
    assert not house.screens.is_asleep


def test_in_a_window_the_hours_are_only_told(houses: list[House]) -> None:
    house = House(DAY, at="2026-11-24 20:00:00", in_window=True)
    houses.append(house)
    house.begin()
    house.pass_s(10)
    assert house.covered == []
    assert house.is_paced
    assert not house.opening.is_closed
    assert house.opening.in_words.startswith("closed until Wed 10:00 (UTC); in a window")


def test_a_machine_that_cannot_switch_its_screens_says_why(houses: list[House]) -> None:
    house = House(DAY, at="2026-11-24 20:00:00")
    houses.append(house)
    house.screens.trouble = "xset is not installed"
    assert house.opening.in_words.endswith("; the screens stay on, black: xset is not installed")
    house.calendar.set("2026-11-24 12:00:00")
    house.pass_s(0.2)
    assert house.opening.in_words == "open until 18:00 (UTC)"


def config(tmp_path: Path, fade: str) -> Config:
    path = tmp_path / "wall.yaml"
    path.write_text(
        "film: {versions: x}\nsound: {from: latest, follow: focus, crossfade: 0.5}\n"
        f"schedule: {{hours: '10:00-18:00', timezone: UTC, fade: {fade}}}\n"
    )
    return load_config(path)


def test_the_sound_fades_with_the_picture(houses: list[House], tmp_path: Path) -> None:
    written = config(tmp_path, "3 s")
    house = House("fade: 3 s", at="2026-11-24 17:59:59")
    houses.append(house)
    house.schedule = written.schedule
    house.begin()

    def heard() -> tuple[Any, ...]:
        sound = house.opening.heard(written).sound
        return sound.is_on, sound.crossfade

    house.pass_s(0.2)
    assert house.opening.heard(written) is written
    house.pass_s(1)
    assert heard() == (False, 3.0)
    house.pass_s(60)
    assert heard() == (False, 3.0)
    house.calendar.set("2026-11-25 10:00:00")
    for _ in range(100):  # until there are pictures
        house.pass_s(0.2)
        if not house.opening.is_closed:
            break
    assert heard() == (True, 3.0)
    house.pass_s(4)
    assert house.opening.heard(written) is written
