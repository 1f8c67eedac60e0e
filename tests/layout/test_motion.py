"""Tiles on their way begin where they were, end where they belong, and stay between the two."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from installation.config.layouts import GridLayout
from installation.layout import CaptionSpace, Size, TileSpec, arrange, between
from installation.layout.geometry import Placement

CANVAS = Size(1280, 720)


def hung(*names: str) -> tuple[Placement, ...]:
    layout = GridLayout()
    tiles = [TileSpec(name, Fraction(16, 9)) for name in names]
    return arrange(CANVAS, tiles, layout, CaptionSpace(2, layout.gap))


def test_a_move_begins_where_the_tiles_were_and_ends_where_they_belong() -> None:
    before, after = hung("a", "b", "c"), hung("c", "a", "d", "b", "e")
    places = {placement.name: placement for placement in before}
    for placement in between(before, after, 0):
        if placement.name in places:
            assert placement.picture == places[placement.name].picture
    assert between(before, after, 1) == after


def test_a_tile_that_was_not_there_is_in_its_place_at_once() -> None:
    before, after = hung("a"), hung("a", "b")
    assert between(before, after, 0)[1] == after[1]


@given(st.floats(0, 1))
def test_on_the_way_a_tile_is_between_its_places_and_on_the_wall(progress: float) -> None:
    before, after = hung("a", "b", "c"), hung("c", "b", "a", "d", "e")
    places = {placement.name: placement for placement in before}
    for moved, to in zip(between(before, after, progress), after, strict=True):
        start = places.get(moved.name, to)
        low, high = sorted((start.picture.x_px, to.picture.x_px))
        assert low <= moved.picture.x_px <= high
        assert moved.picture.x_px >= 0
        assert moved.picture.x_px + moved.picture.width_px <= CANVAS.width_px + 1
