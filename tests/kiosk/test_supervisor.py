"""The supervisor's decisions, with processes that do as the test says and a clock that jumps."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.kiosk.backoff import LONGEST_NS, Manner
from installation.kiosk.exits import BUG, ENDED, RESTART
from installation.kiosk.heartbeat import HANG_NS
from installation.kiosk.notify import ALIVE, READY
from installation.kiosk.supervisor import END_NS, PLAYED_WELL_NS, START_NS, Supervisor
from tests.fakes import FakeClock

TICK_NS = 200_000_000
S = 1_000_000_000


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


class FakeWard:
    """A wall that obeys, unless it hangs."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.exit: int | None = None
        self.is_asked = self.is_killed = False
        self.obeys = self.dies = True

    def code(self) -> int | None:
        return self.exit

    def end(self) -> None:
        self.is_asked = True
        if self.obeys:
            self.exit = ENDED

    def kill(self) -> None:
        self.is_killed = True
        if self.dies:
            self.exit = -9


class FakeBackdrop:
    """Remembers what stands there."""

    def __init__(self) -> None:
        self.is_there = self.is_slate = False
        self.was_ensured = 0

    def ensure(self) -> None:
        self.is_there = True
        self.was_ensured += 1

    def set_slate(self, is_slate: bool) -> None:
        self.is_slate = is_slate

    def end(self) -> None:
        self.is_there = False


class Gallery:
    """A supervisor and its surroundings."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.backdrop = FakeBackdrop()
        self.wards: list[FakeWard] = []
        self.edition = 1
        self.cannot_start = False
        self.supervisor = Supervisor(self.clock, self._start, self.backdrop, lambda: self.edition)
        self.supervisor.tick()

    def _start(self, manner: Manner) -> FakeWard:
        if self.cannot_start:
            raise OSError("no memory")
        assert self.backdrop.is_there, "a visitor would see the desktop"
        assert all(ward.exit is not None or ward.is_killed for ward in self.wards), "two walls"
        self.wards.append(FakeWard(manner))
        return self.wards[-1]

    @property
    def ward(self) -> FakeWard:
        return self.wards[-1]

    def say(self, *words: str) -> None:
        for word in words:
            self.supervisor.hear(self.ward, word)

    def run(self, nanoseconds: int, *, beating: bool = False) -> None:
        for _ in range(-(-nanoseconds // TICK_NS)):
            self.clock.jump_ns(TICK_NS)
            if beating and self.wards and self.ward.exit is None:
                self.say(ALIVE)
            self.supervisor.tick()

    def play(self, nanoseconds: int) -> None:
        self.say(READY, ALIVE)
        self.run(nanoseconds, beating=True)

    def crash(self, times: int = 1, code: int = -11) -> None:
        for _ in range(times):
            self.ward.exit = code
            started = len(self.wards)
            for _ in range(LONGEST_NS // TICK_NS + 2):
                self.run(TICK_NS)
                if len(self.wards) > started:
                    break
            assert len(self.wards) == started + 1, "it has given up"


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


@pytest.mark.parametrize("code", [-9, -11, BUG, RESTART, 1, 137])
def test_a_wall_that_ends_by_itself_is_started_again_at_once(gallery: Gallery, code: int) -> None:
    gallery.play(S)
    gallery.ward.exit = code
    gallery.run(TICK_NS)
    assert len(gallery.wards) == 2
    assert gallery.ward.manner is Manner.OWN


def test_a_wall_that_was_asked_to_end_is_left_so_and_nothing_stays(gallery: Gallery) -> None:
    gallery.play(S)
    gallery.ward.exit = ENDED
    gallery.run(TICK_NS)
    assert gallery.supervisor.is_over
    assert len(gallery.wards) == 1
    assert not gallery.backdrop.is_there


def test_a_wall_without_a_beat_is_killed_and_started_again(gallery: Gallery) -> None:
    gallery.play(10 * S)
    gallery.run(HANG_NS - 2 * TICK_NS)
    assert not gallery.ward.is_killed
    gallery.run(3 * TICK_NS)
    assert gallery.wards[0].is_killed
    assert len(gallery.wards) == 2


def test_other_words_are_no_sign_of_life(gallery: Gallery) -> None:
    gallery.play(S)
    for _ in range(-(-HANG_NS // S) + 1):
        gallery.say("STATUS=all is well", "EXTEND_TIMEOUT_USEC=30000000")
        gallery.run(S)
    assert gallery.wards[0].is_killed


def test_a_start_may_take_long_while_it_gets_somewhere(gallery: Gallery) -> None:
    for _ in range(5):
        gallery.run(START_NS - S)
        gallery.say("EXTEND_TIMEOUT_USEC=30000000")
    assert not gallery.ward.is_killed
    gallery.run(START_NS + S)
    assert gallery.wards[0].is_killed


def test_a_machine_that_stood_still_is_not_blamed_on_the_wall(gallery: Gallery) -> None:
    gallery.play(S)
    gallery.clock.jump(3600)
    gallery.supervisor.tick()
    gallery.run(HANG_NS - 2 * S)
    assert not gallery.wards[0].is_killed


def test_one_that_was_killed_is_started_again_whatever_its_code(gallery: Gallery) -> None:
    gallery.play(S)
    gallery.ward.dies = False
    gallery.run(HANG_NS + S)
    assert gallery.ward.is_killed
    gallery.ward.exit = ENDED  # it woke at the last moment
    gallery.run(TICK_NS)
    assert len(gallery.wards) == 2
    assert not gallery.supervisor.is_over


def test_what_a_wall_that_was_given_up_still_says_counts_for_nothing(gallery: Gallery) -> None:
    gallery.play(S)
    old = gallery.ward
    gallery.crash()
    gallery.say(READY, ALIVE)
    for _ in range(-(-HANG_NS // S) + 1):
        gallery.supervisor.hear(old, ALIVE)
        gallery.run(S)
    assert gallery.wards[1].is_killed


def test_one_that_cannot_be_killed_does_not_keep_the_next_from_playing(gallery: Gallery) -> None:
    gallery.play(S)
    gallery.ward.dies = False
    gallery.run(HANG_NS + END_NS + 2 * S)
    assert len(gallery.wards) == 2


def test_a_crash_loop_is_answered_by_the_last_good_config_then_by_a_slate(
    gallery: Gallery,
) -> None:
    gallery.crash(3)
    assert gallery.ward.manner is Manner.LAST_GOOD
    assert not gallery.backdrop.is_slate
    gallery.crash(3)
    assert gallery.backdrop.is_slate
    gallery.crash(20)  # and it has not given up
    assert {ward.manner for ward in gallery.wards[-2:]} == {*Manner}


def test_crashes_are_forgotten_once_it_has_played_well(gallery: Gallery) -> None:
    gallery.crash(7)
    assert gallery.backdrop.is_slate
    gallery.play(PLAYED_WELL_NS + S)
    assert not gallery.backdrop.is_slate
    gallery.ward.exit = -11
    gallery.run(TICK_NS)
    assert gallery.ward.exit is None, "at once again"
    assert gallery.ward.manner is Manner.OWN


def test_a_config_that_was_saved_is_tried_at_once(gallery: Gallery) -> None:
    gallery.crash(8)
    gallery.ward.exit = -11
    gallery.run(TICK_NS)
    started = len(gallery.wards)
    gallery.edition += 1
    gallery.run(TICK_NS)
    assert len(gallery.wards) == started + 1
    assert gallery.ward.manner is Manner.OWN
    assert not gallery.backdrop.is_slate


def test_a_machine_without_room_for_a_process_is_tried_again(gallery: Gallery) -> None:
    gallery.cannot_start = True
    gallery.ward.exit = -9
    gallery.run(10 * S)
    assert len(gallery.wards) == 1
    gallery.cannot_start = False
    gallery.run(LONGEST_NS)
    assert len(gallery.wards) == 2


def test_asked_to_end_it_ends_the_wall_first_and_the_black_last(gallery: Gallery) -> None:
    gallery.play(S)
    gallery.ward.obeys = False
    gallery.supervisor.end()
    gallery.run(S, beating=True)
    assert gallery.ward.is_asked
    assert gallery.backdrop.is_there
    gallery.ward.exit = ENDED
    gallery.run(TICK_NS)
    assert gallery.supervisor.is_over
    assert not gallery.backdrop.is_there


def test_a_wall_that_does_not_end_when_asked_is_killed_though_it_beats(gallery: Gallery) -> None:
    gallery.play(S)
    gallery.ward.obeys = False
    gallery.supervisor.end()
    gallery.run(END_NS + S, beating=True)
    assert gallery.ward.is_killed
    assert gallery.supervisor.is_over
    assert len(gallery.wards) == 1


def test_asked_to_end_while_it_waits_it_starts_nothing_more(gallery: Gallery) -> None:
    gallery.crash(5)
    gallery.ward.exit = -11
    gallery.run(TICK_NS)
    started = len(gallery.wards)
    gallery.supervisor.end()
    gallery.run(LONGEST_NS)
    assert gallery.supervisor.is_over
    assert len(gallery.wards) == started


EVENTS = st.sampled_from(["crash", "hang", "play", "play well", "save", "stay", "stall"])


@given(st.lists(EVENTS, max_size=30))
def test_whatever_befalls_it_a_wall_is_back_within_its_patience(events: list[str]) -> None:
    gallery = Gallery()
    for event in events:
        if event == "crash":
            gallery.ward.exit = -11
        elif event == "hang":
            gallery.say(READY)
            gallery.run(HANG_NS + S)
        elif event == "play":
            gallery.play(2 * S)
        elif event == "play well":
            gallery.say(READY)
            gallery.clock.jump_ns(PLAYED_WELL_NS)
            gallery.play(S)
        elif event == "save":
            gallery.edition += 1
        elif event == "stall":
            gallery.clock.jump(600)
        gallery.run(TICK_NS)
        assert gallery.backdrop.is_there
        assert not gallery.supervisor.is_over
    gallery.run(LONGEST_NS + S, beating=True)
    assert gallery.ward.exit is None
