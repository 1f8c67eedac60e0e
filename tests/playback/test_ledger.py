"""The ledger: what it counts as a wrong picture, and what it only leaves unproved."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.decode import QueuedFrame
from installation.film import FilmPosition, TimeMap, Timing, WhenShort
from installation.film.timeline import picture_at
from installation.playback.ledger import FIRST_MISMATCHES_KEPT, Account, Ledger, Mismatch

RATE = Fraction(24)
LENGTH = 48
WHOLE = TimeMap(RATE, LENGTH, Fraction(2))


class PacketTable:
    """What a container says of its pictures; `expected_pts` as a reader answers it."""

    def __init__(self, *pts: Fraction) -> None:
        self.pts = pts
        self.is_read = True

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """See `Reader.expected_pts`."""
        return self.pts[picture_at(self.pts, time, Fraction(0))] if self.is_read else None


def even(rate: int) -> PacketTable:
    return PacketTable(*(Fraction(i, rate) for i in range(2 * rate)))


def ledger_of(table: PacketTable, time_map: TimeMap = WHOLE) -> Ledger:
    ledger = Ledger()
    ledger.open_account("v", Account(lambda _: time_map, table.expected_pts))
    return ledger


def at(frame: int, loop: int = 0) -> FilmPosition:
    return FilmPosition(loop, frame)


def picture(first: FilmPosition, last: FilmPosition, pts: Fraction | None) -> QueuedFrame:
    return QueuedFrame(first, last, pts, None if pts is None else "pixels")


def test_a_right_picture_is_counted_and_is_no_mismatch() -> None:
    ledger = ledger_of(even(12))
    ledger.record(at(7), {"v": picture(at(6), at(7), Fraction(3, 12))})
    assert (ledger.pictures, ledger.tiles, ledger.mismatches, ledger.unproved) == (1, 1, 0, 0)
    assert ledger.first_mismatches == []


@pytest.mark.parametrize("shown", [Fraction(2, 12), Fraction(4, 12), Fraction(3, 12) + 1, None])
def test_a_picture_of_another_time_is_a_mismatch_that_says_what_was_due(
    shown: Fraction | None,
) -> None:
    ledger = ledger_of(even(12))
    ledger.record(at(0), {"v": picture(at(0), at(1), Fraction(0))})
    ledger.record(at(7), {"v": picture(at(6), at(7), shown)})
    assert (ledger.pictures, ledger.tiles, ledger.mismatches) == (2, 2, 1)
    assert ledger.first_mismatches == [Mismatch(1, at(7), "v", shown, Fraction(3, 12))]


@pytest.mark.parametrize(
    ("first", "last"),
    [(at(8), at(9)), (at(4), at(5)), (at(6, loop=1), at(7, loop=1)), (at(6), at(6))],
)
@pytest.mark.parametrize("is_read", [True, False])
def test_a_picture_of_another_film_frame_or_loop_is_a_mismatch_whatever_its_time(
    first: FilmPosition, last: FilmPosition, is_read: bool
) -> None:
    table = even(12)
    table.is_read = is_read
    ledger = ledger_of(table)
    ledger.record(at(7), {"v": picture(first, last, Fraction(3, 12))})
    assert ledger.mismatches == 1


def test_every_tile_of_a_picture_is_checked_by_its_own_version() -> None:
    ledger = ledger_of(even(24))
    ledger.open_account("w", Account(lambda _: WHOLE, even(12).expected_pts))
    right = {
        "v": picture(at(3), at(3), Fraction(3, 24)),
        "w": picture(at(2), at(3), Fraction(1, 12)),
    }
    ledger.record(at(3), right)
    assert (ledger.pictures, ledger.tiles, ledger.mismatches) == (1, 2, 0)
    ledger.record(at(4), {**right, "w": picture(at(4), at(5), Fraction(2, 12))})
    assert (ledger.pictures, ledger.tiles) == (2, 4)
    assert [m.version for m in ledger.first_mismatches] == ["v"]


def test_what_the_packet_table_does_not_know_yet_is_unproved_and_is_proved_once_it_does() -> None:
    table = even(24)
    table.is_read = False
    ledger = ledger_of(table)
    wrong = {"v": picture(at(5), at(5), Fraction(6, 24))}
    ledger.record(at(5), wrong)
    assert (ledger.tiles, ledger.unproved, ledger.mismatches) == (1, 1, 0)
    table.is_read = True
    ledger.record(at(5), wrong)
    assert (ledger.tiles, ledger.unproved, ledger.mismatches) == (2, 1, 1)


def test_a_version_opened_anew_is_checked_by_its_new_packet_table() -> None:
    ledger = ledger_of(PacketTable(Fraction(0), Fraction(5, 24)))
    ledger.open_account("w", Account(lambda _: WHOLE, even(24).expected_pts))
    shown = {
        "v": picture(at(5), at(6), Fraction(5, 24)),
        "w": picture(at(5), at(5), Fraction(5, 24)),
    }
    ledger.record(at(5), shown)
    assert ledger.mismatches == 0
    ledger.open_account(
        "v", Account(lambda _: WHOLE, PacketTable(Fraction(0), Fraction(4, 24)).expected_pts)
    )
    ledger.record(at(5), shown)
    assert [(m.version, m.expected_pts) for m in ledger.first_mismatches] == [
        ("v", Fraction(4, 24))
    ]


def test_black_is_right_after_a_short_version_and_nowhere_else() -> None:
    half = TimeMap(RATE, LENGTH, Fraction(1), WhenShort.BLACK)
    ledger = ledger_of(even(24), half)
    ledger.record(at(24), {"v": picture(at(24), at(47), None)})
    assert (ledger.mismatches, ledger.unproved) == (0, 0)
    ledger.record(at(24), {"v": picture(at(24), at(47), Fraction(23, 24))})
    ledger.record(at(23), {"v": picture(at(23), at(47), None)})
    told = [(m.shown_pts, m.expected_pts) for m in ledger.first_mismatches]
    assert told == [(Fraction(23, 24), None), (None, Fraction(23, 24))]


def test_all_mismatches_are_counted_and_the_first_ones_kept() -> None:
    ledger = ledger_of(even(24))
    shown = FIRST_MISMATCHES_KEPT + 15
    for frame in range(shown):
        ledger.record(at(frame), {"v": picture(at(frame), at(frame), Fraction(frame + 1, 24))})
    assert ledger.mismatches == shown
    assert [m.picture for m in ledger.first_mismatches] == list(range(FIRST_MISMATCHES_KEPT))


@given(
    ticks=st.lists(st.integers(1, 90), min_size=1, max_size=30),
    rate=st.sampled_from([RATE, Fraction(24000, 1001), Fraction(25)]),
    when_short=st.sampled_from(WhenShort),
    film_frames=st.lists(st.integers(0, LENGTH - 1), min_size=1, max_size=4),
    data=st.data(),
)
def test_exactly_the_picture_of_the_time_map_s_rule_is_no_mismatch(
    ticks: list[int],
    rate: Fraction,
    when_short: WhenShort,
    film_frames: list[int],
    data: st.DataObject,
) -> None:
    pts = [Fraction(sum(ticks[:i]), 240) for i in range(len(ticks))]
    time_map = TimeMap(rate, LENGTH, Fraction(sum(ticks), 240), when_short)
    ledger = ledger_of(PacketTable(*pts), time_map)
    wrong = 0
    for frame in (*film_frames, 0, *film_frames):  # looked up, and then remembered
        moment = time_map.moment(frame)
        due = None if moment is None else max(time for time in pts if time <= moment.time)
        shown = data.draw(st.sampled_from([due, due, None, *pts]))
        ledger.record(at(frame), {"v": picture(at(frame), at(frame), shown)})
        wrong += shown != due
    assert (ledger.mismatches, ledger.unproved) == (wrong, 0)


def test_black_where_a_picture_is_due_is_wrong_though_the_table_is_not_read_yet() -> None:
    table = even(24)
    table.is_read = False
    ledger = ledger_of(table)
    ledger.record(at(7), {"v": picture(at(7), at(7), None)})
    assert (ledger.mismatches, ledger.unproved) == (1, 1)


def test_a_version_with_other_times_from_a_loop_on_is_checked_by_those() -> None:
    table, later = even(24), TimeMap(RATE, LENGTH, Fraction(2), timing=Timing(offset=1 / RATE))
    ledger = Ledger()
    times = [WHOLE, later, WHOLE]
    ledger.open_account("v", Account(lambda loop: times[loop], table.expected_pts))
    for loop, pts in ((0, 7), (1, 6), (2, 7), (2, 6)):
        ledger.record(at(7, loop), {"v": picture(at(7, loop), at(7, loop), Fraction(pts, 24))})
    assert ledger.mismatches == 1
    (wrong,) = ledger.first_mismatches
    assert (wrong.position, wrong.expected_pts) == (at(7, 2), Fraction(7, 24))
