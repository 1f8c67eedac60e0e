"""A wall in several windows: each shows its part of the canvas, to the pixel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QTransform

from installation.config import SubtitlesConfig, WallConfig
from installation.decode import QueuedFrame
from installation.film import FilmPosition, Picture, Spoken, TextBlock
from installation.layout import Crop, HungScreen, Placement, Rect, Size, View, canvas_over
from installation.playback import PresentationSet
from installation.wall.snapshot import forget_closed_walls, one_more_wall, settled_picture
from installation.wall.video_frame import Drawing, SheetPicture
from installation.wall.wall import TileContent, Wall
from installation.wall.windows import Hung, ScreenView

AT = FilmPosition(0, 0)
SCREEN, BEZEL_PX = Size(400, 300), 20
SIDE_BY_SIDE = [
    HungScreen((0, 0, 400, 300), SCREEN),
    HungScreen((400 + BEZEL_PX, 0, 400, 300), SCREEN),
]
SETTINGS = WallConfig.model_validate(
    {"layout": {"kind": "row"}, "fade_in_ms": 0, "transition_ms": 0, "captions": {"size": "14px"}}
)
TILES = [TileContent(f"202{i} V", Picture(160, 90), f"Caption {i}") for i in range(3)]


def noise(width: int, height: int, seed: int) -> SheetPicture:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return SheetPicture(image, pixels)


def pixels_of(picture: QImage) -> NDArray[np.uint8]:
    """(height, width, 3)"""
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(picture.constBits(), np.uint8)
    return flat.reshape(picture.height(), picture.bytesPerLine() // 4, 4)[..., :3].copy()


@contextmanager
def hanging(
    place: Callable[[Wall], None],
    screens: int,
    subtitles: SubtitlesConfig | None = None,
) -> Iterator[Wall]:
    """A wall of three, a picture of noise in each, placed so."""
    with one_more_wall():
        wall = Wall(SETTINGS, TILES, Drawing.SOFTWARE, subtitles or SubtitlesConfig(), screens)
    try:
        wall.place(lambda _: place(wall))
        wall.load()
        wall.stage.raise_curtain()
        frames = {}
        for number, tile in enumerate(TILES):
            size = wall.image_target(tile)().size_px
            assert size is not None
            frames[tile.name] = QueuedFrame(AT, AT, Fraction(0), noise(*size, number))
        wall.present(PresentationSet(AT, frames))
        yield wall
    finally:
        wall.close()
        forget_closed_walls()


def over(screens: list[HungScreen]) -> tuple[Callable[[Wall], None], tuple[View, ...], Size]:
    canvas, views = canvas_over(screens)

    def place(wall: Wall) -> None:
        wall.span(canvas, views)
        for window, view in zip(wall.windows, views, strict=True):
            window.resize(view.pixels.width_px, view.pixels.height_px)
            window.show()

    return place, views, canvas


def whole_picture(canvas: Size) -> NDArray[np.uint8]:
    """The same wall in one window as large as the canvas."""

    def place(wall: Wall) -> None:
        (window,) = wall.windows
        window.resize(canvas.width_px, canvas.height_px)
        window.show()

    with hanging(place, 1) as wall:
        return pixels_of(settled_picture(wall.window))


def seen_in(wall: Wall) -> list[NDArray[np.uint8]]:
    return [pixels_of(settled_picture(hung.window)) for hung in wall._hung]


def part_of(picture: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    part = view.part
    return picture[part.y_px : part.y_px + part.height_px, part.x_px : part.x_px + part.width_px]


def test_two_windows_show_one_canvas_to_the_pixel_with_the_bezel_left_out(qapp: Any) -> None:
    place, views, canvas = over(SIDE_BY_SIDE)
    assert canvas == Size(820, 300)
    expected = whole_picture(canvas)
    assert expected[:, 400 : 400 + BEZEL_PX].any(), "something hangs behind the bezel"
    with hanging(place, 2) as wall:
        for picture, view in zip(seen_in(wall), views, strict=True):
            assert np.array_equal(picture, part_of(expected, view))


@pytest.mark.parametrize("rotate_deg", [90, 180, 270])
def test_a_turned_screen_shows_the_same_turned_back(qapp: Any, rotate_deg: int) -> None:
    area = (420, 0, 300, 400) if rotate_deg in (90, 270) else (420, 0, 400, 300)
    turned = [SIDE_BY_SIDE[0], HungScreen(area, SCREEN, rotate_deg)]
    place, views, canvas = over(turned)
    expected = whole_picture(canvas)
    with hanging(place, 2) as wall:
        shown = settled_picture(wall._hung[1].window)
        picture = pixels_of(shown.transformed(QTransform().rotate(rotate_deg)))
        tiles = [p.picture for p in wall.placements]
    part = part_of(expected, views[1])
    assert picture.shape == part.shape
    checked = 0
    for at in tiles:  # type is set otherwise when it is turned
        x, right = max(0, at.x_px - 420), at.x_px + at.width_px - 420
        y, foot = at.y_px, at.y_px + at.height_px
        assert np.array_equal(picture[y:foot, x : max(0, right)], part[y:foot, x : max(0, right)])
        checked += max(0, right - x)
    assert checked > 100


def test_a_picture_that_comes_later_is_shown_where_it_hangs(qapp: Any) -> None:
    place, _, _ = over(SIDE_BY_SIDE)
    with hanging(place, 2) as wall:
        before = seen_in(wall)
        size = wall.image_target(TILES[2])().size_px
        assert size is not None
        frame = QueuedFrame(AT, AT, Fraction(0), noise(*size, 77))
        wall.present(PresentationSet(AT, {TILES[2].name: frame}))
        after = seen_in(wall)
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])


def test_words_in_the_middle_are_said_by_each_screen(qapp: Any) -> None:
    place, _, _ = over(SIDE_BY_SIDE)
    subtitles = SubtitlesConfig.model_validate({"language": "en", "per": "wall", "size": "14px"})
    with hanging(place, 2, subtitles) as wall:
        silent = seen_in(wall)
        wall.say(Spoken(wall=(TextBlock("As good as new"),)))
        speaking = seen_in(wall)
        wall.stage.set_slate("The Kiss")
        titled = seen_in(wall)
    for before, after in ((silent, speaking), (speaking, titled)):
        changed = [np.argwhere((a != b).any(axis=2)) for a, b in zip(before, after, strict=True)]
        left, right = (spots[:, 1] for spots in changed)
        assert left.size
        assert right.size
        for across in (left, right):  # whole, and in the middle of its screen
            assert across.min() > 20
            assert across.max() < 380
            assert abs((across.min() + across.max()) / 2 - 200) < 8


def test_black_comes_over_every_window(qapp: Any) -> None:
    place, _, _ = over(SIDE_BY_SIDE)
    with hanging(place, 2) as wall:
        wall.stage.set_closed(True, 0)
        assert not any(picture.any() for picture in seen_in(wall))


def test_one_window_is_not_told_of_parts(qapp: Any) -> None:
    with hanging(lambda wall: wall.windows[0].resize(400, 300), 1) as wall:
        assert len(wall.windows) == 1
        assert wall.canvas == Size(400, 300)


class Sink:
    """What a `VideoOutput` draws from."""

    def __init__(self) -> None:
        self.frames: list[Any] = []

    def setVideoFrame(self, frame: Any) -> None:  # noqa: N802
        self.frames.append(frame)


class SceneOfSinks:
    """A window as the GPU draws it: a sink for each tile, and no sheet."""

    def __init__(self, names: list[str]) -> None:
        self.sinks = {name: Sink() for name in names}

    def load(self, stage: Any, tiles: Any, view: ScreenView) -> Any:
        for name, sink in self.sinks.items():
            view.sinkCreated(name, sink)
        return self

    def findChild(self, kind: Any, name: str) -> None:  # noqa: N802
        return None


def standing(name: str, x_px: int) -> Placement:
    at = Rect(x_px, 0, 100, 100)
    return Placement(name, at, at, Crop(), at, 0)


def test_where_the_gpu_draws_each_window_gets_what_it_shows_and_no_more() -> None:
    window: Any = SceneOfSinks(["here", "both", "there"])
    hung = Hung(window)
    hung.load(cast(Any, None), cast(Any, None))
    hung.show(View(Rect(300, 0, 300, 100), Size(300, 100)))
    black = QColor("black")
    placements = [standing("there", 0), standing("both", 250), standing("here", 400)]
    hung.place(placements, black)
    hung.hand_over({"here": 1, "both": 2, "there": 3})
    frames = {name: sink.frames for name, sink in window.sinks.items()}
    assert frames == {"here": [1], "both": [2], "there": []}
    # one that comes over shows the film frame that all others show, at once
    hung.place([standing("there", 300), *placements[1:]], black)
    assert frames == {"here": [1], "both": [2], "there": [3]}
    hung.hand_over({"there": 4})
    assert frames["there"] == [3, 4]
