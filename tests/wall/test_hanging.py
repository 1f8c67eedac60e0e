"""A wall that is to hang on a screen that is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication, QScreen

from installation.config import Config, WallConfig, load_config
from installation.errors import InstallationError
from installation.film import Picture
from installation.layout import Size
from installation.wall import hanging as module
from installation.wall.hanging import Hanging
from installation.wall.rebuild import rebuild
from installation.wall.snapshot import forget_closed_walls, one_more_wall
from installation.wall.video_frame import Drawing
from installation.wall.wall import TileContent, Wall


def config(folder: Path, text: str) -> Config:
    (folder / "film").mkdir()
    path = folder / "wall.yaml"
    path.write_text(f"film: {{versions: film}}\n{text}")
    return load_config(path)


def test_at_a_start_by_hand_it_is_a_mistake_with_its_line(qapp: Any, tmp_path: Path) -> None:
    wanted = config(tmp_path, "wall:\n  screen: HDMI-9\n")
    said = r'wall\.yaml:3:3: there is no screen "HDMI-9".*connected: 0 .*`installation screens`'
    with pytest.raises(InstallationError, match=said):
        Hanging(wanted, None)
    with pytest.raises(InstallationError, match=said):
        Hanging(wanted, (640, 360))


def test_of_several_the_one_that_is_missing_is_told(qapp: Any, tmp_path: Path) -> None:
    wanted = config(tmp_path, "screens:\n- screen: 0\n- screen: 7\n")
    with pytest.raises(InstallationError, match=r"wall\.yaml:4:3: there is no screen 7"):
        Hanging(wanted, None)


def test_a_kiosk_waits_for_it_and_says_so(qapp: Any, tmp_path: Path) -> None:
    hanging = Hanging(config(tmp_path, "screens: [{screen: 0}, {screen: X}]"), None, waits=True)
    assert hanging.count == 2
    size = qapp.primaryScreen().geometry().size()
    assert hanging.described.endswith(f", {size.width()}x{size.height()}")
    (trouble,) = hanging.troubles
    assert 'screen "X" is not connected; the wall plays on unseen there' in trouble


def test_in_a_window_a_wall_over_several_screens_is_one(qapp: Any, tmp_path: Path) -> None:
    hanging = Hanging(config(tmp_path, "screens: [{screen: X}, {screen: Y}]"), (640, 360))
    assert hanging.count == 1
    assert hanging.troubles == ()


@pytest.fixture(params=["", "screens: [{screen: 0}, {screen: 1}]\n"], ids=["one", "several"])
def hung(request: pytest.FixtureRequest, qapp: Any, tmp_path: Path) -> Any:
    """A wall that hangs, with its screen there; its second one, where it has two, is not."""
    hanging = Hanging(config(tmp_path, request.param), None, waits=True)
    with one_more_wall():
        wall = Wall(WallConfig(fade_in_ms=0), [], Drawing.SOFTWARE, screens=hanging.count)
    wall.place(lambda _: hanging.hang(wall))
    wall.load()
    wall.stage.raise_curtain()
    yield hanging, wall
    hanging.stop()
    wall.close()
    forget_closed_walls()


def test_a_window_goes_with_its_screen_and_comes_back_with_it(
    hung: tuple[Hanging, Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, wall = hung
    here: list[QScreen | None] = [QGuiApplication.primaryScreen()]
    rest: list[QScreen | None] = [None] * (hanging.count - 1)
    assert [window.isVisible() for window in wall.windows] == [True] + [False] * len(rest)
    assert wall.windows[0].geometry() == QGuiApplication.primaryScreen().geometry()
    changes: list[int] = []
    hanging.changed.connect(lambda: changes.append(1))
    monkeypatch.setattr(module, "find_screens", lambda *_: [None, *rest])
    hanging.look()
    assert not any(window.isVisible() for window in wall.windows)
    assert hanging.troubles
    assert not QGuiApplication.quitOnLastWindowClosed()
    monkeypatch.setattr(module, "find_screens", lambda *_: [*here, *rest])
    hanging.look()
    assert wall.windows[0].isVisible()
    assert wall.windows[0].geometry() == QGuiApplication.primaryScreen().geometry()
    assert len(hanging.troubles) == len(rest)
    assert QGuiApplication.quitOnLastWindowClosed()


def test_while_nothing_changes_nothing_is_touched(hung: tuple[Hanging, Wall]) -> None:
    hanging, wall = hung
    told: list[object] = []
    hanging.changed.connect(lambda: told.append("changed"))
    wall.windows[0].widthChanged.connect(told.append)
    wall.windows[0].visibleChanged.connect(told.append)
    wall.windows[0].resize(300, 200)
    told.clear()
    for _ in range(3):
        hanging.look()
    assert told == []


def test_an_area_of_another_shape_than_its_screen_is_told(qapp: Any, tmp_path: Path) -> None:
    wrong = "screens:\n- screen: 0\n  area: [0, 0, 100, 1000]\n"
    (trouble,) = Hanging(config(tmp_path, wrong), None).troubles
    assert trouble.startswith("wall.yaml:4:3: the area of screen 0 has another shape")
    assert "set rotate" in trouble


def test_the_wall_is_as_large_as_its_areas_reach(qapp: Any, tmp_path: Path) -> None:
    at = qapp.primaryScreen().geometry()
    areas = f"[{{screen: 0, area: [0, 0, {at.width()}, {at.height()}]}}"
    areas += f", {{screen: X, area: [{at.width() + 10}, 0, {at.width()}, {at.height()}]}}]"
    hanging = Hanging(config(tmp_path, f"screens: {areas}\n"), None, waits=True)
    assert hanging.canvas == Size(2 * at.width() + 10, at.height())


def test_a_wall_that_waits_for_its_screen_plays_unseen(qapp: Any, tmp_path: Path) -> None:
    hanging = Hanging(config(tmp_path, "wall: {screen: HDMI-9}\n"), None, waits=True)
    tile = TileContent("a", Picture(160, 90), "")
    with one_more_wall():
        wall = Wall(WallConfig(fade_in_ms=0), [tile], Drawing.SOFTWARE)
    wall.place(lambda _: hanging.hang(wall))
    wall.load()
    size = wall.image_target(tile)().size_px
    assert size is not None
    assert size[0] > qapp.primaryScreen().geometry().width() / 2
    assert not wall.windows[0].isVisible()
    rebuild(wall.windows)  # which must not bring it to light
    assert not wall.windows[0].isVisible()
    hanging.stop()
    wall.close()
    forget_closed_walls()
