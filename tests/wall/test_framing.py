"""What a crop keeps reaches the window, with the pictures that are there already."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from installation.config import CustomLayout, WallConfig
from installation.decode import QueuedFrame
from installation.film import FilmPosition, Picture, Point
from installation.playback import PresentationSet
from installation.wall.snapshot import forget_closed_walls, one_more_wall, settled_picture
from installation.wall.video_frame import Drawing, SheetPicture
from installation.wall.wall import TileContent, Wall
from installation.wall.windows import AnyWindow

COLOURS = ("#c82828", "#28b43c", "#323cc8", "#ebebe1")
"""Of the picture's quarters, from left to right."""
AT = FilmPosition(0, 0)
LAYOUT = CustomLayout(kind="custom", tiles=((0, 0, 0.5, 1), (0.5, 0, 0.5, 1)))
SETTINGS = WallConfig.model_validate(
    {"layout": LAYOUT.model_dump(), "fade_in_ms": 0, "transition_ms": 0, "captions": "none"}
)


def stripes(width: int, height: int) -> SheetPicture:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    for x in range(width):
        colour = QColor(COLOURS[x * 4 // width])
        for y in range(height):
            image.setPixelColor(x, y, colour)
    return SheetPicture(image, None)


def columns(width: int, height: int) -> QImage:
    """Each column a little more blue than the one before."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    for x in range(width):
        for y in range(height):
            image.setPixelColor(x, y, QColor(0, 0, x % 256))
    return image


def seen(wall: Wall) -> dict[str, list[str]]:
    """The colours along the middle of each tile, from left to right, each once."""
    picture = settled_picture(wall.window)
    found = {}
    for placement in wall.placements:
        at = placement.picture
        row = [
            picture.pixelColor(x, at.y_px + at.height_px // 2).name()
            for x in range(at.x_px, at.x_px + at.width_px)
        ]
        found[placement.name] = list(dict.fromkeys(row))
    return found


def tile(name: str, focus: Point | None) -> TileContent:
    picture = Picture(160, 40)
    if focus is None:
        return TileContent(name, picture, "")
    return TileContent(name, picture, "", "cover", focus)


@pytest.fixture
def wall(qapp: Any) -> Any:
    with one_more_wall():
        wall = Wall(SETTINGS, [tile("a", None), tile("b", None)], Drawing.SOFTWARE)

    def place(window: AnyWindow) -> None:
        window.resize(160, 80)
        window.show()

    wall.place(place)
    wall.load()
    wall.stage.raise_curtain()
    yield wall
    wall.close()
    forget_closed_walls()


def show(wall: Wall) -> None:
    """One set, each picture as large as its tile asks for."""
    frames = {}
    for name in ("a", "b"):
        size = wall.image_target(tile(name, None))().size_px
        assert size is not None
        frames[name] = QueuedFrame(AT, AT, Fraction(0), stripes(*size))
    wall.present(PresentationSet(AT, frames))


def test_an_edit_shows_with_the_pictures_that_are_there(wall: Wall) -> None:
    show(wall)
    assert seen(wall) == {"a": list(COLOURS), "b": list(COLOURS)}
    for focus, colours in (
        ((Fraction(0), Fraction(1, 2)), COLOURS[:1]),
        ((Fraction(1), Fraction(1, 2)), COLOURS[3:]),
        ((Fraction(1, 2), Fraction(1, 2)), COLOURS[1:3]),
    ):
        wall.arrange(SETTINGS, [tile("a", None), tile("b", focus)])
        assert seen(wall) == {"a": list(COLOURS), "b": list(colours)}
    wall.arrange(SETTINGS, [tile("a", None), tile("b", None)])
    assert seen(wall) == {"a": list(COLOURS), "b": list(COLOURS)}


@pytest.mark.parametrize("eighth", range(9))
def test_a_picture_made_for_its_crop_is_shown_pixel_by_pixel(wall: Wall, eighth: int) -> None:
    focus = Fraction(eighth, 8), Fraction(1, 2)
    wall.arrange(SETTINGS, [tile("a", None), tile("b", focus)])
    show(wall)
    colours = seen(wall)["b"]
    assert set(colours) <= set(COLOURS)  # none in between: nothing was scaled
    assert COLOURS[min(3, eighth // 2)] in colours


@pytest.mark.parametrize("width", [162, 166, 170])  # halves of 81, 83, 85
def test_a_tile_an_odd_number_of_pixels_wide_is_filled_pixel_by_pixel(
    wall: Wall, qtbot: QtBot, width: int
) -> None:
    with qtbot.waitSignal(wall.window.resized):
        wall.window.resize(width, 80)
    wide = TileContent("b", Picture(400, 100), "", "cover", (Fraction(1, 2), Fraction(1, 2)))
    high = TileContent("b", Picture(100, 400), "", "cover", (Fraction(1, 2), Fraction(1, 2)))
    for content in (wide, high):
        wall.arrange(SETTINGS, [tile("a", None), content])
        (at,) = (p.picture for p in wall.placements if p.name == "b")
        assert at.width_px == width // 2
        size = wall.image_target(content)().size_px
        assert size is not None
        assert size[0] % 2 == 0  # what is cheap to scale to
        picture = SheetPicture(columns(*size), None)
        wall.present(PresentationSet(AT, {"b": QueuedFrame(AT, AT, Fraction(0), picture)}))
        shown = settled_picture(wall.window)
        row = [shown.pixelColor(at.x_px + x, at.height_px // 2).blue() for x in range(at.width_px)]
        assert row == [(row[0] + x) % 256 for x in range(at.width_px)]  # none twice, none missing


def test_a_selected_tile_has_a_thin_line_around_its_picture(wall: Wall) -> None:
    show(wall)
    plain = settled_picture(wall.window)
    wall.stage.set_selected("b")
    outlined = settled_picture(wall.window)
    line = QColor(SETTINGS.captions.color)
    changed = {
        (x, y) for x in range(160) for y in range(80)
        if plain.pixelColor(x, y) != outlined.pixelColor(x, y)
    }  # fmt: skip
    (at,) = (p.picture for p in wall.placements if p.name == "b")
    assert all(outlined.pixelColor(*point) == line for point in changed)
    assert {(at.x_px, at.y_px), (at.x_px + at.width_px - 1, at.y_px + at.height_px - 1)} <= changed
    inner = {
        (x, y) for x, y in changed
        if at.x_px + 2 <= x < at.x_px + at.width_px - 2
        and at.y_px + 2 <= y < at.y_px + at.height_px - 2
    }  # fmt: skip
    assert inner == set()
    wall.stage.set_selected("")
    assert settled_picture(wall.window) == plain


def test_a_point_of_the_window_belongs_to_the_tile_there(wall: Wall) -> None:
    assert wall.tile_at(1.0, 1.0) == "a"
    assert wall.tile_at(159.5, 79.5) == "b"
    assert wall.tile_at(80, 40) == "b"
    assert wall.tile_at(160, 40) is None
