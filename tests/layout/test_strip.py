"""The strip of subtitles: on the wall, beside all tiles, the same whatever is said."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from installation.config import GridLayout, Length, RowLayout, SubtitlesConfig
from installation.layout import (
    CaptionSpace,
    Rect,
    Size,
    TileSpec,
    arrange,
    arrange_beside,
    strip_on,
)

SIZES = st.builds(Size, st.integers(80, 8000), st.integers(80, 8000))
SETTINGS = st.builds(
    SubtitlesConfig,
    language=st.lists(st.sampled_from(["de", "en", "fr", "zh"]), unique=True),
    per=st.just("wall"),
    position=st.sampled_from(["top", "bottom"]),
    size=st.sampled_from([Length.parse(size) for size in ("1%", "4%", "20%", "30px", "400px")]),
    lines=st.integers(1, 6),
)
TILES = st.lists(st.sampled_from([Fraction(16, 9), Fraction(9, 16), Fraction(1)]), max_size=9)
CAPTIONS = CaptionSpace(2, Length.parse("3%"))


def overlap(one: Rect, other: Rect) -> bool:
    across = one.x_px < other.x_px + other.width_px and other.x_px < one.x_px + one.width_px
    down = one.y_px < other.y_px + other.height_px and other.y_px < one.y_px + one.height_px
    return across and down


@given(SIZES, SETTINGS, TILES, st.sampled_from([GridLayout(), RowLayout(kind="row")]))
def test_no_tile_reaches_into_the_strip_and_both_lie_on_the_wall(
    canvas: Size, settings: SubtitlesConfig, aspects: list[Fraction], layout: GridLayout | RowLayout
) -> None:
    strip = strip_on(canvas, settings)
    wall = Rect(0, 0, canvas.width_px, canvas.height_px)
    for rect in (strip.text, strip.tiles):
        assert rect == rect.within(canvas)
    assert not overlap(strip.text, strip.tiles)
    assert 2 * strip.tiles.height_px > wall.height_px
    tiles = [TileSpec(f"{n}", aspect) for n, aspect in enumerate(aspects)]
    for placement in arrange_beside(strip, tiles, layout, CAPTIONS):
        for rect in (placement.tile, placement.picture):
            assert rect == rect.within(canvas)
            assert not overlap(rect, strip.text)


@given(SIZES, SETTINGS)
def test_without_languages_the_tiles_have_the_whole_wall(
    canvas: Size, settings: SubtitlesConfig
) -> None:
    in_tiles = settings.model_copy(update={"per": "tile"})
    silent = settings.model_copy(update={"language": ()})
    tiles = [TileSpec("a", Fraction(16, 9)), TileSpec("b", Fraction(1))]
    for settings in (in_tiles, silent):
        placed = arrange_beside(strip_on(canvas, settings), tiles, GridLayout(), CAPTIONS)
        assert placed == arrange(canvas, tiles, GridLayout(), CAPTIONS)


def test_the_strip_has_room_for_the_lines_of_each_language() -> None:
    strip = strip_on(Size(1920, 1080), SubtitlesConfig(language=("de", "en"), lines=2))
    assert strip.type_px == round(0.04 * 1080)
    assert strip.text.height_px >= 4 * 1.3 * strip.type_px
    assert strip.text.y_px + strip.text.height_px < 1080
