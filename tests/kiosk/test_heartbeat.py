"""The heartbeat beats for pictures that were seen to come, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from installation.kiosk.heartbeat import BEAT_NS, HANG_NS, Heartbeat, Pulse
from installation.kiosk.notify import ALIVE, READY, STOPPING

FIRST = Pulse(presented=1, swaps=1, has_picture=True, is_moving=True, is_seen=True)
TICK_NS = 200_000_000


class Told:
    """A notifier that remembers."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def tell(self, *words: str) -> None:
        self.words += words

    @property
    def beats(self) -> int:
        return self.words.count(ALIVE)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def heartbeat(told: Told) -> Heartbeat:
    return Heartbeat(told)


def test_it_is_ready_with_its_first_picture_and_says_so_once(
    heartbeat: Heartbeat, told: Told
) -> None:
    heartbeat.tick(replace(FIRST, has_picture=False, swaps=7), 0)
    assert told.words == []
    for tick in range(1, 4):
        heartbeat.tick(replace(FIRST, presented=tick, swaps=tick), tick * TICK_NS)
    assert told.words == [READY, ALIVE]


def test_a_wall_that_plays_beats_once_a_second(heartbeat: Heartbeat, told: Told) -> None:
    for tick in range(50):
        heartbeat.tick(replace(FIRST, presented=tick, swaps=tick), tick * TICK_NS)
    assert told.beats == 10


@pytest.mark.parametrize(
    "stuck",
    [
        replace(FIRST, presented=99),  # handed over, and never drawn
        replace(FIRST, swaps=99),  # drawn again and again, and always the same film frame
        FIRST,
    ],
)
def test_a_process_that_lives_while_its_picture_stands_does_not_beat(
    heartbeat: Heartbeat, told: Told, stuck: Pulse
) -> None:
    heartbeat.tick(stuck, 0)
    last = stuck
    for tick in range(1, HANG_NS // TICK_NS):
        still = stuck.presented == FIRST.presented
        drawn = stuck.swaps if stuck.swaps == FIRST.swaps else last.swaps + 1
        last = replace(
            last, presented=stuck.presented if still else last.presented + 1, swaps=drawn
        )
        heartbeat.tick(last, tick * TICK_NS)
    assert told.beats == 1


def test_a_wall_that_rightly_stands_is_drawn_once_more_for_each_beat(
    heartbeat: Heartbeat, told: Told
) -> None:
    pulse = replace(FIRST, is_moving=False)
    asked = 0
    for tick in range(50):
        if heartbeat.tick(pulse, tick * TICK_NS):
            asked += 1
            pulse = replace(pulse, swaps=pulse.swaps + 1)
    assert (told.beats, asked) == (10, 10)


def test_a_render_loop_that_draws_no_more_is_noticed_on_a_still_wall(
    heartbeat: Heartbeat, told: Told
) -> None:
    pulse = replace(FIRST, is_moving=False)
    asked = [heartbeat.tick(pulse, tick * TICK_NS) for tick in range(50)]
    assert told.beats == 1
    assert all(asked[1:])


def test_a_sleeping_screen_is_no_reason_to_restart(heartbeat: Heartbeat, told: Told) -> None:
    pulse = replace(FIRST, is_moving=False, is_seen=False)
    assert not any(heartbeat.tick(pulse, tick * TICK_NS) for tick in range(50))
    assert told.beats == 10


def test_it_beats_faster_for_who_is_less_patient(told: Told) -> None:
    heartbeat = Heartbeat(told, patience_ns=2 * BEAT_NS)
    for tick in range(50):
        heartbeat.tick(replace(FIRST, presented=tick, swaps=tick), tick * TICK_NS)
    assert told.beats > 15


def test_how_it_stands_is_said_when_that_changes(heartbeat: Heartbeat, told: Told) -> None:
    for tick in range(30):
        said = "2 of 2 versions\non air" if tick < 15 else "1 of 2 versions on air"
        heartbeat.tick(replace(FIRST, presented=tick, swaps=tick), tick * TICK_NS, said)
    assert [word for word in told.words if word.startswith("STATUS")] == [
        "STATUS=2 of 2 versions on air",
        "STATUS=1 of 2 versions on air",
    ]


def test_its_start_and_its_end_are_told(heartbeat: Heartbeat, told: Told) -> None:
    heartbeat.progress()
    heartbeat.end()
    assert told.words == ["EXTEND_TIMEOUT_USEC=30000000", STOPPING]
