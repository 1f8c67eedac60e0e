"""Which part of the canvas each screen shows, bezels and turned screens and all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.layout import HungScreen, Size, View, canvas_over, whole
from installation.layout.geometry import Rect

HD = Size(1920, 1080)


def seen_at(view: View, x: float, y: float) -> tuple[float, float]:
    """Where on the window a point of the canvas is."""
    m11, m12, m21, m22, dx, dy = view.affine()
    return m11 * x + m21 * y + dx, m12 * x + m22 * y + dy


def test_the_picture_runs_on_behind_the_bezel() -> None:
    left = HungScreen((0, 0, 1209.6, 680.4), HD)
    right = HungScreen((1213.1, 0, 1209.6, 680.4), HD)
    canvas, views = canvas_over([left, right])
    hidden_px = round(3.5 * 1920 / 1209.6)
    assert canvas == Size(2 * 1920 + hidden_px, 1080)
    assert views[0].part == Rect(0, 0, 1920, 1080)
    assert views[1].part == Rect(1920 + hidden_px, 0, 1920, 1080)
    assert not any(view.is_scaled for view in views)
    assert seen_at(views[1], 1920 + hidden_px, 0) == (0, 0)


def test_pixels_serve_as_well_as_millimetres() -> None:
    millimetres = [HungScreen((0, 0, 1210, 680), HD), HungScreen((1214, 0, 1210, 680), HD)]
    pixels = [HungScreen((0, 0, 1920, 1079), HD), HungScreen((1926.35, 0, 1920, 1079), HD)]
    assert canvas_over(millimetres) == canvas_over(pixels)


def test_a_measure_that_is_a_little_off_costs_no_sharpness() -> None:
    canvas, (view,) = canvas_over([HungScreen((0, 0, 1200, 680), HD)])
    assert view == whole(HD)
    assert canvas == HD


def test_a_coarser_screen_scales_and_a_finer_one_sets_the_canvas() -> None:
    fine = HungScreen((0, 0, 1200, 675), Size(3840, 2160))
    coarse = HungScreen((1200, 0, 1200, 675), HD)
    canvas, (first, second) = canvas_over([fine, coarse])
    assert canvas == Size(7680, 2160)
    assert not first.is_scaled
    assert second.is_scaled
    assert seen_at(second, 3840, 0) == (0, 0)
    assert seen_at(second, 7680, 2160) == (1920, 1080)


@pytest.mark.parametrize(
    ("rotate_deg", "top_left", "top_right"),
    [
        (0, (0, 0), (1920, 0)),
        (90, (0, 1080), (0, 0)),  # turned clockwise: its foot is at the visitor's left
        (180, (1920, 1080), (0, 1080)),
        (270, (1920, 0), (1920, 1080)),
    ],
)
def test_on_a_turned_screen_the_picture_stands_upright(
    rotate_deg: int, top_left: tuple[int, int], top_right: tuple[int, int]
) -> None:
    is_portrait = rotate_deg in (90, 270)
    area = (50, 20, 540, 960) if is_portrait else (50, 20, 960, 540)
    canvas, (view,) = canvas_over([HungScreen(area, HD, rotate_deg)])
    assert canvas == (Size(1080, 1920) if is_portrait else HD)
    assert seen_at(view, 0, 0) == top_left
    assert seen_at(view, canvas.width_px, 0) == top_right


def test_an_area_of_another_shape_is_told() -> None:
    assert HungScreen((0, 0, 1210, 680), HD).is_true
    assert not HungScreen((0, 0, 680, 1210), HD).is_true
    assert HungScreen((0, 0, 680, 1210), HD, 90).is_true
    assert HungScreen((0, 0, 680, 1210), None).is_true


def test_a_screen_that_was_never_there_keeps_its_place() -> None:
    there, away = HungScreen((0, 0, 1200, 675), HD), HungScreen((1210, 0, 1200, 675), None)
    canvas, views = canvas_over([there, away])
    assert canvas == Size(1920 + 16 + 1920, 1080)
    assert views[1].pixels == HD


AREAS = st.tuples(
    st.integers(-5000, 5000), st.integers(-5000, 5000), st.integers(50, 5000), st.integers(50, 5000)
)
SCREENS = st.builds(
    HungScreen,
    AREAS,
    st.one_of(st.none(), st.builds(Size, st.integers(64, 4000), st.integers(64, 4000))),
    st.sampled_from([0, 90, 180, 270]),
)


@given(st.lists(SCREENS, min_size=1, max_size=4))
def test_every_part_fills_its_window_and_lies_on_the_canvas(screens: list[HungScreen]) -> None:
    canvas, views = canvas_over(screens)
    for screen, view in zip(screens, views, strict=True):
        part, window = view.part, view.pixels
        assert screen.pixels in (None, window)
        assert part.within(canvas) == part
        wide, high = window.width_px, window.height_px
        corners = {
            tuple(round(at) for at in seen_at(view, x, y))
            for x in (part.x_px, part.x_px + part.width_px)
            for y in (part.y_px, part.y_px + part.height_px)
        }
        assert corners == {(0, 0), (0, high), (wide, 0), (wide, high)}
