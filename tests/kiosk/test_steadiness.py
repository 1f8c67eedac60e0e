"""A wall that stands still is noticed, and so is a calendar that somebody sets."""

from __future__ import annotations

from installation.kiosk.steadiness import CalendarWatch, Standstill, StandstillWatch

TICK_NS = 200_000_000


def look_on(pictures: list[int]) -> list[Standstill]:
    """Looked at five times a second, with so many pictures shown by then."""
    watch = StandstillWatch()
    found = [
        watch.look(place * TICK_NS, count, is_expected=True) for place, count in enumerate(pictures)
    ]
    return [one for one in found if one is not None]


def test_a_wall_that_plays_stands_never_still() -> None:
    assert look_on([place * 5 for place in range(100)]) == []
    assert look_on([place // 4 for place in range(100)]) == [], "one picture each 0.8 s"


def test_a_standstill_is_told_when_it_is_over() -> None:
    assert look_on([0, 5, *[10] * 11, 15, 20]) == [Standstill(2200, True, False)]


def test_a_long_standstill_is_told_while_it_lasts_too() -> None:
    told = look_on([0, 5, *[10] * 100, 15])
    assert told == [Standstill(10_000, False, False), Standstill(20_000, True, False)]


def test_a_process_that_was_stopped_is_told_from_pictures_that_did_not_come() -> None:
    watch = StandstillWatch()
    watch.look(0, 0, is_expected=True)
    watch.look(TICK_NS, 5, is_expected=True)
    told = watch.look(TICK_NS + 20 * 10**9, 5, is_expected=True)
    assert told == Standstill(20_000, True, True)
    assert watch.look(2 * TICK_NS + 20 * 10**9, 10, is_expected=True) is None


def test_nothing_is_expected_of_a_wall_that_is_paused_or_closed() -> None:
    watch = StandstillWatch()
    for place in range(100):
        assert watch.look(place * TICK_NS, 7, is_expected=place < 3 or place > 80) is None or (
            place >= 86
        )


def test_a_calendar_that_was_set_is_noticed_and_one_that_drifts_is_not() -> None:
    watch = CalendarWatch()
    assert watch.look(0, 10**18) == 0
    assert watch.look(10**9, 10**18 + 10**9 + 400_000_000) == 0
    assert watch.look(2 * 10**9, 10**18 + 3602 * 10**9 + 400_000_000) == 3_600_000
    assert watch.look(3 * 10**9, 10**18 + 3 * 10**9 + 400_000_000) == -3_600_000
