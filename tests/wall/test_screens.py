"""Which screen, and which way to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen

from installation.errors import InstallationError
from installation.wall.screens import (
    choose_drawing,
    choose_screen,
    find_screens,
    may_have_gpu,
    told_screens,
)
from installation.wall.video_frame import Drawing


def test_screens_are_found_by_position_and_by_name(qapp: Any) -> None:
    main = choose_screen(None)
    assert choose_screen(0).name() == main.name()
    assert choose_screen(main.name()).name() == main.name()


@pytest.mark.parametrize("wanted", [7, "HDMI-9"])
def test_a_missing_screen_is_told_with_those_connected(qapp: Any, wanted: int | str) -> None:
    with pytest.raises(InstallationError, match=r"wall\.screen: there is no screen .*connected: 0"):
        choose_screen(wanted)


def test_drawing_is_what_the_config_says() -> None:
    assert choose_drawing("gpu") is Drawing.GPU
    assert choose_drawing("software") is Drawing.SOFTWARE


def test_where_there_is_no_gpu_auto_draws_in_software(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not may_have_gpu()
    assert choose_drawing("auto") is Drawing.SOFTWARE


@dataclass(frozen=True, eq=False)
class Connected:
    """A screen as Qt tells of it."""

    label: str
    at: tuple[int, int, int, int]
    serial: str = ""

    def name(self) -> str:
        return self.label

    def serialNumber(self) -> str:  # noqa: N802
        return self.serial

    def geometry(self) -> QRect:
        return QRect(*self.at)


LEFT = Connected("DP-1", (0, 0, 1920, 1080), "same")
RIGHT = Connected("HDMI-1", (1920, 0, 1920, 1080), "same")
BELOW = Connected("HDMI-2", (0, 1080, 1280, 720), "A1")


def found(wanted: list[Any], among: list[Connected], homes: tuple[str | None, ...] = ()) -> Any:
    names = find_screens(wanted, homes, cast("list[QScreen]", among))
    return [None if screen is None else screen.name() for screen in names]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (None, "DP-1"),
        (1, "HDMI-1"),
        ("HDMI-2", "HDMI-2"),
        ("A1", "HDMI-2"),
        ("same", "DP-1"),
        ("left", "HDMI-2"),
        ("right", "HDMI-1"),
        ("top", "DP-1"),
        ("bottom", "HDMI-2"),
        ("1920x1080+1920+0", "HDMI-1"),
        ("+0+1080", "HDMI-2"),
        ("1280x720+1920+0", None),
        (3, None),
        ("HDMI-9", None),
        ("", None),
    ],
)
def test_a_screen_is_found_by_all_that_tells_it_from_others(wanted: Any, name: str | None) -> None:
    assert found([wanted], [LEFT, RIGHT, BELOW]) == [name]


def test_two_screens_of_one_serial_number_are_two() -> None:
    assert found(["same", "same", "same"], [RIGHT, BELOW, LEFT]) == ["DP-1", "HDMI-1", None]


def test_a_wall_that_names_no_screen_stays_where_it_hung() -> None:
    assert found([None], [LEFT, RIGHT], ("HDMI-1",)) == ["HDMI-1"]  # the other became the main one
    assert found([None], [LEFT], ("HDMI-1",)) == ["DP-1"]
    assert found([0], [LEFT, RIGHT], ("HDMI-1",)) == ["HDMI-1"]
    assert found(["right"], [LEFT, RIGHT], ("DP-1",)) == ["DP-1"]


def test_a_wall_goes_with_the_screen_whose_number_it_names_to_another_plug() -> None:
    elsewhere = Connected("DP-3", (1920, 0, 1920, 1080), "A1")
    other = Connected("HDMI-2", (0, 0, 1920, 1080), "B2")
    assert found(["A1"], [other, elsewhere], ("HDMI-2",)) == ["DP-3"]


def test_a_named_screen_that_is_away_is_no_other() -> None:
    assert found(["HDMI-1"], [LEFT, BELOW], ("HDMI-1",)) == [None]


def test_a_stand_in_without_size_is_no_screen() -> None:
    assert found([None], [Connected("", (0, 0, 0, 0))]) == [None]


def test_the_screens_are_listed_with_what_they_are_called(qapp: Any) -> None:
    head, *rows = told_screens()
    assert head.split()[:2] == ["name", "serial"]
    assert len(rows) == len(qapp.screens())
    size = qapp.primaryScreen().geometry().size()
    assert f"{size.width()}x{size.height()}+0+0" in rows[0]
    assert "(main)" in rows[0]
