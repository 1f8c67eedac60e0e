"""The tiles as QML sees them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from installation.config import GridLayout, Length
from installation.film import TextBlock
from installation.layout import CaptionSpace, Placement, Size, TileSpec, arrange
from installation.wall.model import TileModel


def placed(*names: str) -> tuple[Placement, ...]:
    tiles = [TileSpec(name, Fraction(16, 9)) for name in names]
    return arrange(Size(1280, 720), tiles, GridLayout(), CaptionSpace(1, Length.parse("3%")))


def value(model: TileModel, row: int, field: str) -> Any:
    role = next(r for r, name in model.roleNames().items() if name == field.encode())
    return model.data(model.index(row), role)


def test_the_model_keeps_qts_rules(qtmodeltester: Any) -> None:
    model = TileModel()
    model.arrange(placed("a", "b"), ["A", "B"])
    qtmodeltester.check(model)


def test_every_field_of_a_placement_reaches_qml() -> None:
    model = TileModel()
    placement = placed("a")[0]
    model.arrange([placement], ["A caption"])
    assert value(model, 0, "name") == "a"
    assert value(model, 0, "caption") == "A caption"
    assert value(model, 0, "pictureWidth") == placement.picture.width_px
    assert value(model, 0, "captionY") == placement.caption.y_px
    assert value(model, 0, "cropWidth") == 1.0
    assert value(model, 0, "fontPx") == placement.font_px
    assert model.data(model.index(0), Qt.ItemDataRole.DisplayRole) is None


def test_the_same_versions_laid_out_anew_keep_their_rows(qtbot: Any) -> None:
    model = TileModel()
    model.arrange(placed("a", "b"), ["A", "B"])
    model.set_on_air("b", False)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.arrange(placed("a", "b"), ["A", "changed"])
    assert value(model, 1, "caption") == "changed"
    assert value(model, 1, "isOnAir") is False


def test_a_slate_stays_one_while_the_tiles_move(qtbot: Any) -> None:
    model = TileModel()
    model.arrange(placed("a", "b"), ["A", "B"])
    assert value(model, 1, "isSlate") is False
    with qtbot.waitSignal(model.dataChanged):
        model.set_slate("b", True)
    model.arrange(placed("b", "a"), ["B", "A"])
    assert [value(model, row, "isSlate") for row in range(2)] == [True, False]


@given(st.lists(st.permutations("abcde").flatmap(lambda p: st.integers(0, 5).map(lambda n: p[:n]))))
def test_whoever_comes_goes_or_moves_rows_that_stay_are_never_made_anew(
    walls: list[list[str]],
) -> None:
    model = TileModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    made: list[str] = []
    model.rowsInserted.connect(lambda _, row, __: made.append(value(model, row, "name")))
    model.modelReset.connect(lambda: made.append("all"))
    hanging: list[str] = []
    for names in walls:
        made.clear()
        model.arrange(placed(*names), [name.upper() for name in names])
        assert [value(model, row, "name") for row in range(model.rowCount())] == list(names)
        assert [value(model, row, "caption") for row in range(model.rowCount())] == [
            name.upper() for name in names
        ]
        assert sorted(made) == sorted(set(names) - set(hanging))
        hanging = list(names)
    assert tester is not None


def test_only_the_tile_that_goes_off_air_is_told_so(qtbot: Any) -> None:
    model = TileModel()
    model.arrange(placed("a", "b"), ["A", "B"])
    with qtbot.waitSignal(model.dataChanged) as change:
        model.set_on_air("b", False)
    assert change.args[0].row() == change.args[1].row() == 1
    assert (value(model, 0, "isOnAir"), value(model, 1, "isOnAir")) == (True, False)


def test_only_tiles_whose_subtitles_change_are_told(qtbot: Any) -> None:
    model = TileModel()
    model.arrange(placed("a", "b"), ["A", "B"])
    told: list[int] = []
    model.dataChanged.connect(lambda first, last, roles: told.append(first.row()))
    said = {"b": (TextBlock("nie", is_top=True, align="left"),)}
    model.say(said)
    model.say(said)
    (block,) = value(model, 1, "subtitles")
    assert (block["isTop"], block["align"]) == (True, "left")
    assert block["text"].strip("\u2068\u2069") == "nie"
    assert value(model, 0, "subtitles") == []
    model.say({})
    assert value(model, 1, "subtitles") == []
    assert told == [1, 1]
