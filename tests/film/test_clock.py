"""The master clock is exact, however long it runs, and never goes back by itself."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film import Clock, FilmPosition, MasterClock, SystemClock
from tests.fakes import FakeClock

NS = 1_000_000_000
NTSC_FILM = Fraction(24000, 1001)
YEAR_NS = 366 * 24 * 60 * 60 * NS
RATES = st.sampled_from([Fraction(24), NTSC_FILM, Fraction(12), Fraction(25, 2), Fraction(240)])
LENGTHS = st.integers(1, 200_000)
MOMENTS = st.integers(0, YEAR_NS)
INDICES = st.integers(1, 366 * 24 * 60 * 60 * 24)


@st.composite
def running_clocks(draw: st.DrawFn) -> MasterClock:
    """One that runs, perhaps after pauses and steps."""
    master = MasterClock(draw(RATES), draw(LENGTHS))
    now = draw(MOMENTS)
    for run_ns, frames in draw(st.lists(st.tuples(st.integers(0, NS * 100), st.integers(-50, 50)))):
        master.start(now)
        now += run_ns
        master.pause(now)
        master.step(frames)
    master.start(now)
    return master


def index(master: MasterClock, at_ns: int) -> int:
    return master.index(master.position(at_ns))


@given(running_clocks(), MOMENTS, MOMENTS)
def test_film_time_never_goes_back(master: MasterClock, one: int, other: int) -> None:
    start = master.due_ns(int(master.elapsed_frames(0)))
    first, second = sorted((one, other))
    assert index(master, start + first) <= index(master, start + second)


@given(running_clocks(), INDICES)
def test_due_is_the_first_nanosecond_of_a_film_frame(master: MasterClock, ahead: int) -> None:
    due = int(master.elapsed_frames(0)) + ahead
    moment = master.due_ns(due)
    assert index(master, moment) == due
    assert index(master, moment - 1) == due - 1


@given(running_clocks(), st.integers(0, NS), st.integers(1, NS))
def test_a_film_that_is_to_run_on_later_stands_till_then(
    master: MasterClock, run_ns: int, wait_ns: int
) -> None:
    paused_ns = master.due_ns(int(master.elapsed_frames(0))) + run_ns
    master.pause(paused_ns)
    shown = master.elapsed_frames(paused_ns)
    master.start(paused_ns + wait_ns)
    assert master.elapsed_frames(paused_ns) == shown
    assert master.elapsed_frames(paused_ns + wait_ns) == shown


@given(RATES, LENGTHS, st.integers(0, 10**9))
def test_position_and_index_say_the_same(rate: Fraction, length: int, count: int) -> None:
    master = MasterClock(rate, length)
    position = master.position_of(count)
    assert 0 <= position.frame < length
    assert master.index(position) == count


@given(RATES, LENGTHS, MOMENTS, st.lists(st.integers(0, 30 * NS), max_size=20))
def test_the_path_to_a_moment_does_not_matter(
    rate: Fraction, length: int, start: int, questions: list[int]
) -> None:
    asked, unasked = MasterClock(rate, length), MasterClock(rate, length)
    asked.start(start)
    unasked.start(start)
    for moment in questions:
        asked.position(start + moment)
    assert asked.position(start + YEAR_NS) == unasked.position(start + YEAR_NS)


def test_ntsc_film_is_exact_after_months(clock: FakeClock) -> None:
    master = MasterClock(NTSC_FILM, length=24)
    master.start(clock.now_ns())
    half_a_year = 1001 * 15_600  # seconds; 1001 s are 24000 film frames exactly
    clock.jump(half_a_year)
    assert master.elapsed_frames(clock.now_ns()) == 24000 * 15_600
    assert master.position(clock.now_ns()) == FilmPosition(1000 * 15_600, 0)
    assert master.position(clock.now_ns() - 1) == FilmPosition(1000 * 15_600 - 1, 23)


def test_a_film_that_has_not_begun_stands_at_its_first_frame(clock: FakeClock) -> None:
    master = MasterClock(Fraction(24), length=48)
    assert master.position(clock.now_ns()) == FilmPosition(0, 0)
    first_picture = clock.now_ns() + NS
    master.start(first_picture)
    assert master.position(clock.now_ns()) == FilmPosition(0, 0)
    assert master.due_ns(0) == first_picture


def test_starting_what_runs_changes_nothing(clock: FakeClock) -> None:
    master = MasterClock(Fraction(24), length=48)
    master.start(clock.now_ns())
    clock.jump(1)
    master.start(clock.now_ns())
    assert master.position(clock.now_ns()) == FilmPosition(0, 24)


def test_a_paused_film_stands_and_runs_on_from_there(clock: FakeClock) -> None:
    master = MasterClock(Fraction(24), length=48)
    master.start(clock.now_ns())
    clock.jump(Fraction(121, 48))  # in the middle of a film frame
    master.pause(clock.now_ns())
    assert not master.is_running
    clock.jump(1000)
    assert master.position(clock.now_ns()) == FilmPosition(1, 12)
    master.start(clock.now_ns())
    assert master.is_running
    assert master.elapsed_frames(clock.now_ns()) == 60  # the frame's own beginning
    assert master.position(clock.jump(1)) == FilmPosition(1, 36)


def test_a_pause_can_name_the_film_frame_on_the_wall(clock: FakeClock) -> None:
    master = MasterClock(Fraction(24), length=48)
    master.start(clock.now_ns())
    master.pause(clock.jump(3), at=FilmPosition(1, 20))
    assert master.position(clock.now_ns()) == FilmPosition(1, 20)


def test_steps_go_over_the_seam_but_not_before_the_first_frame(clock: FakeClock) -> None:
    master = MasterClock(Fraction(24), length=48)
    master.step(49)
    assert master.position(clock.now_ns()) == FilmPosition(1, 1)
    master.step(-2)
    assert master.position(clock.now_ns()) == FilmPosition(0, 47)
    master.step(-100)
    assert master.position(clock.now_ns()) == FilmPosition(0, 0)
    master.step(1)
    assert master.position(clock.now_ns()) == FilmPosition(0, 1)


def test_a_running_film_cannot_be_stepped_nor_a_paused_one_be_due(clock: FakeClock) -> None:
    master = MasterClock(Fraction(24), length=48)
    with pytest.raises(RuntimeError, match="no due times"):
        master.due_ns(1)
    master.start(clock.now_ns())
    with pytest.raises(RuntimeError, match="only while paused"):
        master.step(1)


def test_a_film_has_at_least_one_frame(clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        MasterClock(Fraction(24), 0)
    still = MasterClock(Fraction(24), 1)
    still.start(clock.now_ns())
    assert still.position(clock.jump(1)) == FilmPosition(24, 0)


def test_the_machine_s_clock_and_the_fake_one_never_go_back(clock: FakeClock) -> None:
    clocks: list[Clock] = [SystemClock(), clock]
    for each in clocks:
        assert each.now_ns() <= each.now_ns()
    with pytest.raises(ValueError, match="never goes back"):
        clock.jump_ns(-1)


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 50)), max_size=6),
    st.integers(0, 2000),
)
def test_loops_of_changed_lengths_follow_each_other_without_a_gap(
    length: int, changes: list[tuple[int, int]], index: int
) -> None:
    master = MasterClock(Fraction(24), length)
    lengths, loop = {0: length}, 0
    for loops, changed in changes:
        loop += loops
        lengths[loop] = changed
        master.change_length(loop, changed)
    loop, first = 0, 0
    now = length
    while True:  # count it out
        now = lengths.get(loop, now)
        assert master.length_in(loop) == now
        if index < first + now:
            break
        loop, first = loop + 1, first + now
    assert master.position_of(index) == FilmPosition(loop, index - first)
    assert master.index(FilmPosition(loop, index - first)) == index
    master.forget_before(loop)
    assert master.position_of(index) == FilmPosition(loop, index - first)


def test_a_later_change_takes_the_place_of_one_that_has_not_come_yet() -> None:
    master = MasterClock(Fraction(24), 10)
    master.change_length(5, 20)
    master.change_length(3, 4)
    assert [master.length_in(loop) for loop in range(7)] == [10, 10, 10, 4, 4, 4, 4]
