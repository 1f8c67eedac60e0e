"""The judge lets a whole lock pass and catches every way to break it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film.timeline import picture_at
from tests.wall_e2e.capture import Codes, Seen
from tests.wall_e2e.judge import Expected, Judgement, judge

RATE, LENGTH, LOOPS = Fraction(24), 48, 3
FRAME_NS = 1_000_000_000 // 24
CAPTURE_NS = 8_000_000
VERSIONS = [Expected([Fraction(i, rate) for i in range(2 * rate)]) for rate in (24, 30, 12)]


def codes(*film_frames: int) -> Codes:
    """What the tiles show when each is at its own film frame (all at one, where one is given)."""
    frames = film_frames if len(film_frames) > 1 else film_frames * len(VERSIONS)
    return tuple(
        (picture_at(v.pts, k / RATE, Fraction(0)), number)
        for number, (v, k) in enumerate(zip(VERSIONS, frames, strict=True))
    )


def seen(pictures: Sequence[Codes], *, hold_ns: int = FRAME_NS) -> list[Seen]:
    return [
        Seen(i * hold_ns, picture, i * hold_ns - CAPTURE_NS) for i, picture in enumerate(pictures)
    ]


def whole_run() -> list[Codes]:
    return [codes(k) for _ in range(LOOPS) for k in range(LENGTH)]


def verdict(pictures: Sequence[Codes]) -> Judgement:
    return judge(seen(pictures), VERSIONS, RATE, LENGTH)


def test_a_whole_run_is_found_whole() -> None:
    judgement = verdict(whole_run())
    assert judgement.broken == ()
    assert judgement.unread == 0
    assert judgement.pictures == len(judgement.sightings) == LOOPS * LENGTH
    assert judgement.seams == LOOPS - 1
    assert judgement.missing() == 0
    assert judgement.seam_holds_ns() == [FRAME_NS] * (2 * LOOPS - 1)


@pytest.mark.parametrize("tile", [0, 1, 2])
@pytest.mark.parametrize("late", [1, 2, -1])
def test_one_tile_out_of_step_is_caught(tile: int, late: int) -> None:
    frames = [10, 10, 10]
    frames[tile] -= late * (2 if tile == 2 else 1)  # at 12 fps a film frame may show no change
    pictures = whole_run()
    pictures[10] = codes(*frames)
    assert [picture.codes for picture in verdict(pictures).broken] == [pictures[10]]


@given(st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_tiles_are_in_step_where_one_film_frame_explains_them_all(a: int, b: int, c: int) -> None:
    explained = any(codes(k) == codes(a, b, c) for k in range(LENGTH))
    pictures = [*whole_run(), codes(a, b, c)]
    assert bool(verdict(pictures).broken) == (not explained)


def test_a_picture_that_no_film_frame_shows_is_caught() -> None:
    pictures = whole_run()
    fifth_at_thirty_fps = 4
    pictures[3] = (codes(3)[0], (fifth_at_thirty_fps, 1), codes(3)[2])
    assert len(verdict(pictures).broken) == 1


def test_tiles_out_of_step_are_caught_beside_one_that_cannot_be_read() -> None:
    pictures = whole_run()
    pictures[10] = (*codes(10, 9, 10)[:2], None)
    judgement = verdict(pictures)
    assert len(judgement.broken) == 1
    assert judgement.unread == 1


def test_a_tile_that_shows_another_version_is_caught() -> None:
    pictures = whole_run()
    first, second, third = codes(10)
    pictures[10] = (second, first, third)
    assert len(verdict(pictures).broken) == 1
    pictures[10] = (first, first, third)
    assert len(verdict(pictures).broken) == 1


def test_a_wall_without_one_of_its_versions_is_caught() -> None:
    pictures: list[Codes] = [(c[0], c[0], c[2]) for c in whole_run()]
    assert len(verdict(pictures).broken) == len(pictures)


def test_an_unknown_version_is_caught() -> None:
    pictures = whole_run()
    pictures[10] = (*codes(10)[:2], (5, 9))
    assert len(verdict(pictures).broken) == 1


def test_unread_pictures_are_counted_apart() -> None:
    fading: list[Codes] = [(None, None, None), (codes(0)[0], None, None)]
    judgement = verdict([*fading, *whole_run()])
    assert judgement.unread == 2
    assert judgement.broken == ()
    assert judgement.missing() == 0


@pytest.mark.parametrize("lost", [[1], [70], [71, 72], [47, 48, 49], [LENGTH * LOOPS - 2]])
def test_missing_film_frames_are_counted_in_every_loop(lost: list[int]) -> None:
    pictures = [picture for i, picture in enumerate(whole_run()) if i not in lost]
    judgement = verdict(pictures)
    assert judgement.missing() == len(lost)
    assert [gap.blind_ns for gap in judgement.gaps()] == [CAPTURE_NS]


def test_a_step_back_is_not_taken_for_a_loop() -> None:
    pictures = whole_run()
    pictures[60:60] = [codes(59 % LENGTH - 1)]
    assert verdict(pictures).missing() >= LENGTH - 1


def test_a_film_frame_seen_in_pieces_is_one() -> None:
    pictures = whole_run()
    pictures[10:11] = [codes(10), (None, None, None), codes(10)]
    judgement = verdict(pictures)
    assert judgement.missing() == 0
    assert len(judgement.sightings) == LOOPS * LENGTH


def test_a_stop_at_the_seam_is_measured() -> None:
    stopped = [
        Seen(s.ns + (150_000_000 if i >= LENGTH else 0), s.codes, s.before_ns)
        for i, s in enumerate(seen(whole_run()))
    ]
    judgement = judge(stopped, VERSIONS, RATE, LENGTH)
    assert max(judgement.seam_holds_ns()) == FRAME_NS + 150_000_000
    assert sum(ns > 2 * FRAME_NS for _, ns in judgement.holds_ns()) == 1


def test_an_even_cadence_shows_two_lengths_only() -> None:
    refresh_ns = 1_000_000_000 // 60
    at = [int(k * 2.5 + 0.5) * refresh_ns for k in range(LENGTH)]
    pictures = [Seen(ns, codes(k), ns - CAPTURE_NS) for k, ns in enumerate(at)]
    cadence = judge(pictures, VERSIONS, RATE, LENGTH).cadence(refresh_ns)
    assert set(cadence) == {2, 3}
    assert abs(cadence[2] - cadence[3]) <= 1


def test_no_pictures_at_all_are_judged_too() -> None:
    judgement = verdict([])
    assert (judgement.pictures, judgement.seams, judgement.missing()) == (0, 0, 0)
