"""What a curator writes of several screens, and what is said of mistakes in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from installation.config import Config, ScreenConfig, diff
from installation.errors import ConfigError

Load = Callable[[str], Config]
FILM = "film: {versions: media}\n"


def test_a_wall_is_on_one_screen_unless_it_says_otherwise(load: Load) -> None:
    assert load(FILM).screens == ()
    assert load(FILM + "screens:\n").screens == ()


def test_screens_are_read_with_their_areas(load: Load) -> None:
    written = (
        "screens:\n- screen: HDMI-1\n  area: [0, 0, 1209.6, 680.4]\n"
        "- {screen: 1, area: [1213.1, -4, 1209.6, 680.4], rotate: 180}\n"
    )
    assert load(FILM + written).screens == (
        ScreenConfig(screen="HDMI-1", area=(0, 0, 1209.6, 680.4)),
        ScreenConfig(screen=1, area=(1213.1, -4, 1209.6, 680.4), rotate=180),
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("screens: 3", r"2:10: screens: is no list of screens; begin each with a dash"),
        ("screens: [{screen: a, rotat: 90}]", r'2:23: screens\.0\.rotat: .*did you mean "rotate"'),
        ("screens: [{area: [0, 0, 1, 1]}]", r"screens\.0\.screen: is missing"),
        (
            "screens: [{screen: a, area: [0, 0, 1]}]",
            r"2:29: screens\.0\.area: is no area; write \[",
        ),
        ("screens: [{screen: a, area: [0, 0, x, 1]}]", r"screens\.0\.area: is no area; write \["),
        ("screens: [{screen: a, area: [0, 0, 0, 1]}]", r"has no width or no height; write \["),
        ("screens: [{screen: a, area: [0, 0, 1, 2000000]}]", r"is larger than any wall; write \["),
        ("screens: [{screen: a, area: [0, 0, 1, .inf]}]", r"screens\.0\.area: is no area"),
        ("screens: [{screen: a, rotate: 45}]", r"not one of the choices; write 0, 90, 180, 270"),
        (
            "screens:\n- {screen: a, area: [0, 0, 1, 1]}\n- {screen: b}",
            r"4:3: screens\.1: has no area, and others have one; write it for all",
        ),
        (
            "screens:\n- {screen: a}\n- {screen: b, area: [0, 0, 1, 1]}",
            r"4:3: screens\.1: has an area, and the first has none; write it for all",
        ),
        ("screens: [{screen: a}, {screen: a}]", r'screens\.1: "a" is written twice; keep one'),
        (
            "wall: {screen: a}\nscreens: [{screen: b}]",
            r"3:10: screens: wall\.screen names a screen as well; take that away, or keep only",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(load: Load, written: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(FILM + written)


def test_another_list_of_screens_differs_as_one_setting(load: Load) -> None:
    texts = ["", "screens: [{screen: a}]", "screens: [{screen: a, area: [0, 0, 9, 5]}]"]
    configs = [load(FILM + text) for text in texts]
    for one in configs:
        for other in configs:
            expected = frozenset() if one is other else frozenset({"screens"})
            assert diff(one, other) == expected
