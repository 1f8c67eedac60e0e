"""Where pictures hang, whatever the wall and however many they are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.config import (
    ColumnLayout,
    CustomLayout,
    GridLayout,
    LayoutConfig,
    Length,
    RowLayout,
    SpotlightLayout,
)
from installation.film import Fit, Point
from installation.layout import (
    MIDDLE,
    CaptionSpace,
    Crop,
    LayoutError,
    Placement,
    Rect,
    Size,
    TileSpec,
    arrange,
)
from installation.layout.arrange import best_columns
from installation.layout.geometry import crop_for, fitted

ASPECTS = st.sampled_from([Fraction(16, 9), Fraction(1), Fraction(9, 16), Fraction(7, 3)])
TILES = st.lists(ASPECTS, min_size=1, max_size=20).map(
    lambda aspects: [TileSpec(f"v{i}", aspect) for i, aspect in enumerate(aspects)]
)
PARTS = st.fractions(0, 1, max_denominator=1000)
OWN_FITS: st.SearchStrategy[Fit | None] = st.sampled_from([None, "contain", "cover"])
FRAMED = st.lists(
    st.tuples(ASPECTS, OWN_FITS, st.tuples(PARTS, PARTS)), min_size=1, max_size=12
).map(lambda tiles: [TileSpec(f"v{i}", *tile) for i, tile in enumerate(tiles)])
CANVASES = st.builds(Size, st.integers(320, 4000), st.integers(240, 2500))
TINY = st.builds(Size, st.integers(1, 40), st.integers(1, 40))
CAPTIONS = st.builds(
    CaptionSpace,
    st.integers(0, 3),
    st.sampled_from([Length.parse("3%"), Length.parse("14px")]),
    st.sampled_from(["below", "bottom-left", "top-right"]),
)
FITS = st.sampled_from(["contain", "cover"])
ROOM = st.sampled_from([Length.parse(text) for text in ("0%", "1%", "12px", "30%", "100%")])
LAYOUTS = st.one_of(
    st.builds(GridLayout, fit=FITS, gap=ROOM, margin=ROOM),
    st.builds(GridLayout, columns=st.integers(1, 9), fit=FITS, gap=ROOM, margin=ROOM),
    st.builds(RowLayout, kind=st.just("row"), fit=FITS, gap=ROOM, margin=ROOM),
    st.builds(ColumnLayout, kind=st.just("column"), fit=FITS, gap=ROOM, margin=ROOM),
    st.builds(
        SpotlightLayout,
        kind=st.just("spotlight"),
        strip=st.sampled_from(["right", "bottom"]),
        share=st.sampled_from([Length.parse(f"{n}%") for n in (1, 50, 75, 95, 100)]),
        fit=FITS,
        gap=ROOM,
        margin=ROOM,
    ),
)


def overlap(a: Rect, b: Rect) -> bool:
    return (
        a.x_px < b.x_px + b.width_px
        and b.x_px < a.x_px + a.width_px
        and a.y_px < b.y_px + b.height_px
        and b.y_px < a.y_px + a.height_px
    )


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x_px >= outer.x_px
        and inner.y_px >= outer.y_px
        and inner.x_px + inner.width_px <= outer.x_px + outer.width_px
        and inner.y_px + inner.height_px <= outer.y_px + outer.height_px
    )


def area(placements: tuple[Placement, ...]) -> int:
    return sum(p.picture.width_px * p.picture.height_px for p in placements)


@given(CANVASES, TILES, LAYOUTS, CAPTIONS)
def test_tiles_stay_on_the_wall_apart_and_in_order(
    canvas: Size, tiles: list[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> None:
    placements = arrange(canvas, tiles, layout, captions)
    assert [p.name for p in placements] == [t.name for t in tiles]
    wall = Rect(0, 0, canvas.width_px, canvas.height_px)
    for p in placements:
        assert p.picture.width_px > 0
        assert p.picture.height_px > 0
        assert inside(p.picture, p.tile), p
        assert inside(p.tile, wall), p
    for a, b in combinations(placements, 2):
        assert not overlap(a.tile, b.tile), (a, b)


@given(CANVASES, TILES, LAYOUTS, CAPTIONS)
def test_contain_keeps_a_pictures_shape_and_cover_fills_its_room(
    canvas: Size, tiles: list[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> None:
    for tile, p in zip(tiles, arrange(canvas, tiles, layout, captions), strict=True):
        shown = Fraction(p.picture.width_px, p.picture.height_px)
        if layout.fit == "contain":
            off_px = abs(p.picture.width_px - p.picture.height_px * tile.aspect)
            assert off_px <= (1 + tile.aspect) / 2  # both sides are rounded
            assert p.source.width == p.source.height == 1
        else:
            cropped = tile.aspect * Fraction(p.source.width) / Fraction(p.source.height)
            assert abs(cropped / shown - 1) < 1e-9
            assert max(p.source.width, p.source.height) == 1
            assert p.source.x == pytest.approx((1 - p.source.width) / 2)
            assert p.source.y == pytest.approx((1 - p.source.height) / 2)


@given(
    st.fractions(Fraction(1, 20), 20, max_denominator=100),
    st.integers(1, 4000),
    st.integers(1, 4000),
    st.tuples(PARTS, PARTS),
)
def test_a_crop_lies_in_the_picture_has_the_rooms_shape_and_keeps_the_focus(
    aspect: Fraction, width: int, height: int, focus: Point
) -> None:
    crop = crop_for(aspect, width, height, "cover", focus)
    for begin, part, at in ((crop.x, crop.width, focus[0]), (crop.y, crop.height, focus[1])):
        assert begin >= 0
        assert begin + part <= 1 + 1e-12
        assert begin - 1e-12 <= at <= begin + part + 1e-12
        # in the middle, but where the picture ends before it
        ends_there = begin == 0 if at < Fraction(1, 2) else begin + part > 1 - 1e-12
        assert ends_there or begin + part / 2 == pytest.approx(float(at))
    assert max(crop.width, crop.height) == 1
    assert crop.width * aspect / crop.height == pytest.approx(width / height)


@given(
    st.fractions(Fraction(1, 20), 20, max_denominator=100),
    st.integers(1, 4000),
    st.integers(1, 4000),
)
def test_a_crop_is_centred_when_its_focus_is_the_middle(
    aspect: Fraction, width: int, height: int
) -> None:
    crop = crop_for(aspect, width, height, "cover", MIDDLE)
    assert crop == crop_for(aspect, width, height, "cover")
    assert (crop.x + crop.width / 2, crop.y + crop.height / 2) == pytest.approx((0.5, 0.5))


def fit_of(tile: TileSpec, layout: LayoutConfig) -> str:
    """How a tile is to stand: in a row or column of whole pictures each has its own shape."""
    is_line = layout.kind in ("row", "column") and layout.fit == "contain"
    return "contain" if is_line else tile.fit or layout.fit


@given(CANVASES, FRAMED, LAYOUTS, CAPTIONS)
def test_each_version_fits_its_own_way_and_the_tiles_stay_apart(
    canvas: Size, tiles: list[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> None:
    placements = arrange(canvas, tiles, layout, captions)
    wall = Rect(0, 0, canvas.width_px, canvas.height_px)
    for tile, p in zip(tiles, placements, strict=True):
        assert inside(p.picture, p.tile)
        assert inside(p.tile, wall)
        if fit_of(tile, layout) == "cover":
            assert p.picture.width_px == p.tile.width_px  # it fills its cell
            shown = tile.aspect * Fraction(p.source.width) / Fraction(p.source.height)
            assert abs(shown / Fraction(p.picture.width_px, p.picture.height_px) - 1) < 1e-9
            assert p.source.x - 1e-9 <= tile.focus[0] <= p.source.x + p.source.width + 1e-9
            assert p.source.y - 1e-9 <= tile.focus[1] <= p.source.y + p.source.height + 1e-9
        else:
            assert p.source == Crop()
            off_px = abs(p.picture.width_px - p.picture.height_px * tile.aspect)
            assert off_px <= (1 + tile.aspect) / 2
    for a, b in combinations(placements, 2):
        assert not overlap(a.tile, b.tile), (a, b)


@given(CANVASES, TILES, LAYOUTS, CAPTIONS)
def test_saying_of_every_version_what_the_layout_says_changes_nothing(
    canvas: Size, tiles: list[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> None:
    said = [replace(tile, fit=layout.fit) for tile in tiles]
    assert arrange(canvas, said, layout, captions) == arrange(canvas, tiles, layout, captions)


def test_one_that_covers_among_whole_ones_fills_its_own_cell() -> None:
    square, captions = Fraction(1), CaptionSpace(0, Length.parse("3%"))
    tiles = [TileSpec("a", square), TileSpec("b", square, "cover", (Fraction(1, 4), Fraction(1)))]
    layout = GridLayout(columns=2, gap=Length.parse("0"), margin=Length.parse("0"))
    a, b = arrange(Size(1000, 400), tiles, layout, captions)
    assert a.picture == Rect(50, 0, 400, 400)  # whole, in the middle of what its column has left
    assert b.picture == Rect(450, 0, 500, 400)
    assert (b.source.x, b.source.width) == (0, 1)
    assert (b.source.y, b.source.height) == pytest.approx((0.2, 0.8))


@given(CANVASES, TILES, FITS)
def test_captions_stand_under_their_own_picture(
    canvas: Size, tiles: list[TileSpec], fit: str
) -> None:
    captions = CaptionSpace(2, Length.parse("3%"))
    for p in arrange(canvas, tiles, GridLayout(fit=fit), captions):
        if p.font_px:
            assert p.caption.x_px == p.picture.x_px
            assert p.caption.y_px >= p.picture.y_px + p.picture.height_px
            assert inside(p.caption, p.tile)


@given(st.fractions(Fraction(1, 20), 20), st.integers(1, 4000), st.integers(1, 4000))
def test_a_whole_picture_is_as_large_as_its_room_allows(
    aspect: Fraction, width: int, height: int
) -> None:
    w, h = fitted(aspect, width, height, "contain")
    assert 1 <= w <= width
    assert 1 <= h <= height
    exact = min(Fraction(width), height * aspect)
    assert w == 1 or exact - 2 < w <= exact + 1
    next_fits = w + 2 <= width and round((w + 2) / aspect) <= height
    assert w == 1 or w > exact - 1 or not next_fits
    assert w == 1 or w % 2 == 0  # an odd one costs four times as much to scale
    assert h == 1 or abs(h - (exact if exact < 2 else w) / aspect) <= Fraction(1, 2)


@settings(max_examples=60)
@given(CANVASES, st.lists(ASPECTS, min_size=1, max_size=9), ROOM, ROOM, CAPTIONS)
def test_auto_columns_show_the_most_picture(
    canvas: Size, aspects: list[Fraction], gap: Length, margin: Length, captions: CaptionSpace
) -> None:
    tiles = [TileSpec(str(i), aspect) for i, aspect in enumerate(aspects)]
    auto = arrange(canvas, tiles, GridLayout(gap=gap, margin=margin), captions)
    # A picture that is drawn together with others is rounded once more: half a pixel each way.
    rounded_px = sum(p.picture.width_px + p.picture.height_px + 2 for p in auto) / 2
    for columns in range(1, len(tiles) + 1):
        layout = GridLayout(columns=columns, gap=gap, margin=margin)
        assert area(auto) + rounded_px >= area(arrange(canvas, tiles, layout, captions))


def test_where_two_numbers_of_columns_show_the_same_the_fewer_are_taken() -> None:
    tiles = [TileSpec(name, Fraction(1)) for name in "ab"]
    captions = CaptionSpace(0, Length.parse("3%"))
    layout = GridLayout(gap=Length.parse("0"), margin=Length.parse("0"))
    a, b = arrange(Size(1000, 1000), tiles, layout, captions)
    assert (a.picture, b.picture) == (Rect(250, 0, 500, 500), Rect(250, 500, 500, 500))


@given(CANVASES, TILES, ROOM)
def test_pictures_of_a_row_stand_on_one_ground_line_and_those_of_a_column_are_centred(
    canvas: Size, tiles: list[TileSpec], gap: Length
) -> None:
    captions = CaptionSpace(1, Length.parse("12px"))
    placements = arrange(canvas, tiles, GridLayout(columns=3, gap=gap), captions)
    for index, p in enumerate(placements):
        foot = p.picture.y_px + p.picture.height_px
        first = placements[index // 3 * 3]
        assert foot == first.picture.y_px + first.picture.height_px
        left = p.picture.x_px - p.tile.x_px
        right = p.tile.width_px - p.picture.width_px - left
        assert right - left in (0, 1)


@given(CANVASES, st.lists(ASPECTS, min_size=4, max_size=20))
def test_a_newcomer_makes_no_tile_change_its_row_or_column(
    canvas: Size, aspects: list[Fraction]
) -> None:
    captions = CaptionSpace(1, Length.parse("12px"))
    tiles = [TileSpec(str(i), aspect) for i, aspect in enumerate(aspects)]
    old, new = (
        arrange(canvas, tiles[:count], GridLayout(columns=3), captions)
        for count in (len(tiles) - 1, len(tiles))
    )
    for placements in (old, new):
        for index, p in enumerate(placements):
            row, column = divmod(index, 3)
            assert p.tile.y_px == placements[row * 3].tile.y_px
            assert p.tile.x_px == placements[column].tile.x_px


@given(TINY, TILES, LAYOUTS, CAPTIONS)
def test_no_wall_is_too_small_to_lay_out(
    canvas: Size, tiles: list[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> None:
    placements = arrange(canvas, tiles, layout, captions)
    assert [p.name for p in placements] == [t.name for t in tiles]
    for p in placements:
        for rect in (p.tile, p.picture):
            assert rect.width_px > 0
            assert rect.height_px > 0
        assert p.caption.width_px >= 0
        assert p.caption.height_px >= 0
        assert inside(p.picture, p.tile)
        assert inside(p.caption, p.tile) or not p.font_px


@given(TINY, TILES, LAYOUTS, CAPTIONS)
def test_nothing_leaves_the_wall_however_small_it_is(
    canvas: Size, tiles: list[TileSpec], layout: LayoutConfig, captions: CaptionSpace
) -> None:
    wall = Rect(0, 0, canvas.width_px, canvas.height_px)
    for p in arrange(canvas, tiles, layout, captions):
        assert all(inside(rect, wall) for rect in (p.tile, p.picture, p.caption)), p


@given(
    st.one_of(CANVASES, TINY),
    st.lists(st.tuples(*(st.floats(0, 1) for _ in range(4))), min_size=1, max_size=5),
    CAPTIONS,
)
def test_no_rectangle_a_curator_writes_leaves_the_wall(
    canvas: Size, rectangles: list[tuple[float, float, float, float]], captions: CaptionSpace
) -> None:
    tiles = [TileSpec(str(i), Fraction(16, 9)) for i in range(len(rectangles))]
    layout = CustomLayout(kind="custom", tiles=tuple(rectangles))
    wall = Rect(0, 0, canvas.width_px, canvas.height_px)
    for p in arrange(canvas, tiles, layout, captions):
        assert all(inside(rect, wall) for rect in (p.tile, p.picture, p.caption)), p


@settings(max_examples=60)
@given(
    CANVASES,
    st.lists(ASPECTS, min_size=20, max_size=40),
    st.sampled_from(["right", "bottom"]),
    ROOM,
    FITS,
)
def test_many_versions_beside_a_large_one_stay_on_the_wall(
    canvas: Size, aspects: list[Fraction], strip: str, gap: Length, fit: str
) -> None:
    tiles = [TileSpec(str(i), aspect) for i, aspect in enumerate(aspects)]
    layout = SpotlightLayout.model_validate(
        {"kind": "spotlight", "strip": strip, "share": "95%", "gap": gap, "fit": fit}
    )
    placements = arrange(canvas, tiles, layout, CaptionSpace(0, Length.parse("3%")))
    wall = Rect(0, 0, canvas.width_px, canvas.height_px)
    assert all(inside(p.tile, wall) for p in placements)
    assert not any(overlap(a.tile, b.tile) for a, b in combinations(placements, 2))


def test_two_hundred_versions_hang_on_one_wall() -> None:
    tiles = [TileSpec(str(i), Fraction(16, 9)) for i in range(200)]
    captions = CaptionSpace(2, Length.parse("3%"))
    placements = arrange(Size(3840, 2160), tiles, GridLayout(), captions)
    wall = Rect(0, 0, 3840, 2160)
    assert all(inside(p.tile, wall) for p in placements)
    assert not any(overlap(a.tile, b.tile) for a, b in combinations(placements, 2))


def test_one_row_is_of_one_height_and_a_spotlight_is_large() -> None:
    shapes = {"a": Fraction(1), "b": Fraction(16, 9), "c": Fraction(9, 16)}
    tiles = [TileSpec(name, aspect) for name, aspect in shapes.items()]
    captions = CaptionSpace(2, Length.parse("3%"))
    row = arrange(Size(1920, 1080), tiles, RowLayout(kind="row"), captions)
    assert max(p.picture.height_px for p in row) - min(p.picture.height_px for p in row) <= 1
    spot = arrange(Size(1920, 1080), tiles, SpotlightLayout(kind="spotlight", focus="b"), captions)
    assert area(spot[1:2]) > 2 * (area(spot[:1]) + area(spot[2:]))


def test_custom_rectangles_are_where_they_were_written() -> None:
    layout = CustomLayout(kind="custom", tiles=((0, 0, 0.5, 1), (0.5, 0.5, 0.5, 0.5)))
    tiles = [TileSpec("a", Fraction(1)), TileSpec("b", Fraction(16, 9))]
    captions = CaptionSpace(0, Length.parse("3%"))
    a, b = arrange(Size(1000, 1000), tiles, layout, captions)
    assert (a.tile, b.tile) == (Rect(0, 0, 500, 1000), Rect(500, 500, 500, 500))
    named = CustomLayout(kind="custom", tiles={"b": (0, 0, 1, 1)})
    with pytest.raises(LayoutError, match='no rectangle for "a"'):
        arrange(Size(1000, 1000), tiles, named, captions)


def test_no_versions_need_no_room() -> None:
    captions = CaptionSpace(1, Length.parse("3%"))
    assert arrange(Size(10, 10), [], GridLayout(), captions) == ()
    assert best_columns(Rect(0, 0, 99, 99), [TileSpec("a", Fraction(1))], 0, captions) == 1
