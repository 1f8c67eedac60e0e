"""Tiles are found by what they show, wherever they hang."""

from __future__ import annotations

import numpy as np

from tests.wall_e2e import blockcode
from tests.wall_e2e.finder import Rect, find_tiles

HUNG = {
    Rect(152, 14, 484, 272): (0, 0),
    Rect(643, 14, 484, 272): (7, 1),
    Rect(212, 363, 363, 272): (95, 2),
    Rect(808, 300, 153, 335): (4000, 15),  # its neighbour's caption lies beside it
}


def wall(brightness: float = 1) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    light = np.zeros((720, 1280), np.uint8)
    for (x, y, width, height), code in HUNG.items():
        light[y : y + height, x : x + width] = blockcode.luma(*code, width, height) * brightness
    light[640:652, 300:420:3] = 200  # captions
    light[300:312, 220:420:5] = 200
    return light


def test_tiles_are_found_in_reading_order_to_the_pixel() -> None:
    assert find_tiles(wall()) == HUNG
    assert list(find_tiles(wall())) == sorted(HUNG, key=lambda rect: (rect.y_px, rect.x_px))


def test_a_wall_that_fades_in_shows_its_tiles_where_they_are_or_not_at_all() -> None:
    for percent in range(0, 101, 5):
        assert find_tiles(wall(percent / 100)) in ({}, HUNG)
    assert find_tiles(wall(0.3)) == {}


def test_a_picture_without_a_code_is_no_tile() -> None:
    light = wall()
    light[14:286, 152:636] = 128
    assert set(find_tiles(light)) == set(HUNG) - {Rect(152, 14, 484, 272)}


def test_nothing_is_found_in_the_dark() -> None:
    assert find_tiles(np.zeros((72, 128), np.uint8)) == {}
