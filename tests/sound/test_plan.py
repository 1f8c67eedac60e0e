"""Each sample of the film's loop has its sample of the version, by the pictures' time map."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from installation.film import AS_IT_IS, Knot, MasterClock, TimeMap, Timing, WhenShort
from installation.sound.plan import first_sample, place_of, samples_in, segments

RATE = 48_000
FILM = Fraction(24)
eighths = st.integers(-80, 80).map(lambda n: Fraction(n, 8))


def plan(timing: Timing, *, duration: int = 4, length: int = 96, short: WhenShort) -> list[tuple]:  # type: ignore[type-arg]
    time_map = TimeMap(FILM, length, Fraction(duration), short, timing)
    return [tuple(part) for part in segments(time_map, RATE, length * RATE // 24)]


def test_a_version_as_it_is_is_heard_as_it_is() -> None:
    assert plan(AS_IT_IS, short=WhenShort.HOLD) == [(0, 4 * RATE, 0, 1)]


def test_a_version_that_ends_sooner_is_silent_then_unless_it_loops() -> None:
    for short in (WhenShort.HOLD, WhenShort.BLACK):
        assert plan(AS_IT_IS, duration=3, short=short) == [(0, 3 * RATE, 0, 1)]
    looped = plan(AS_IT_IS, duration=3, short=WhenShort.LOOP)
    assert looped == [(0, 3 * RATE, 0, 1), (3 * RATE, 4 * RATE, 0, 1)]


def test_offset_in_and_out_move_the_sound_with_the_picture() -> None:
    later = plan(Timing(offset=Fraction(1, 2)), short=WhenShort.HOLD)
    assert later == [(RATE // 2, 4 * RATE, 0, 1)]
    sooner = plan(Timing(offset=Fraction(-1, 2)), short=WhenShort.HOLD)
    assert sooner == [(0, 7 * RATE // 2, RATE // 2, 1)]
    cut = plan(Timing(start=Fraction(1), stop=Fraction(3)), short=WhenShort.HOLD)
    assert cut == [(0, 2 * RATE, RATE, 1)]


def test_speed_and_cues_bend_it() -> None:
    fitted = plan(Timing(speed=None), duration=5, short=WhenShort.HOLD)
    assert fitted == [(0, 4 * RATE, 0, Fraction(5, 4))]
    cued = plan(Timing(cues=(Knot(Fraction(1), Fraction(2)),)), short=WhenShort.HOLD)
    assert cued == [(0, RATE, RATE, 1), (RATE, 3 * RATE, 2 * RATE, 1)]


@given(
    offset=eighths,
    duration=st.integers(1, 9),
    length=st.integers(1, 300),
    short=st.sampled_from(WhenShort),
    speed=st.sampled_from((None, Fraction(1), Fraction(24, 25), Fraction(2))),
)
def test_what_is_heard_is_what_belongs_to_the_film_time(
    offset: Fraction, duration: int, length: int, short: WhenShort, speed: Fraction | None
) -> None:
    timing = Timing(offset=offset, speed=speed)
    time_map = TimeMap(FILM, length, Fraction(duration), short, timing)
    count = length * RATE // 24
    parts = segments(time_map, RATE, count)
    head = 0
    for part in parts:
        assert head <= part.start < part.stop <= count
        head = part.stop
    for frame in range(0, length, 7):
        moment, sample = time_map.moment(frame), frame * RATE // 24
        inside = next((p for p in parts if p.start <= sample < p.stop), None)
        course = time_map.course
        is_running = course.begin <= frame / FILM < course.end
        if is_running or (short is WhenShort.LOOP and frame / FILM >= course.end):
            assert moment is not None
            assert inside is not None
            heard = inside.version_start + (sample - inside.start) * inside.speed
            assert abs(heard - moment.time * RATE) <= 1
        else:
            assert inside is None


@given(
    rate=st.sampled_from((Fraction(24), Fraction(24000, 1001), Fraction(25, 2), Fraction(120))),
    device=st.sampled_from((44_100, 48_000, 22_050)),
    length=st.integers(1, 5000),
    later=st.integers(1, 5000),
    loop=st.integers(0, 100_000),
)
def test_no_sample_is_lost_or_repeated_over_any_number_of_loops(
    rate: Fraction, device: int, length: int, later: int, loop: int
) -> None:
    clock = MasterClock(rate, length)
    clock.change_length(loop + 1, later)
    for number in (loop, loop + 1):
        begin, count = first_sample(clock, number, device), samples_in(clock, number, device)
        assert place_of(clock, begin, device) == (number, 0)
        assert place_of(clock, begin + count - 1, device) == (number, count - 1)
        assert place_of(clock, begin + count, device) == (number + 1, 0)
        exact = clock.length_in(number) / rate * device
        assert abs(count - exact) < 1
