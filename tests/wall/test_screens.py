"""Which screen, and which way to draw."""

from __future__ import annotations

from typing import Any

import pytest

from installation.errors import InstallationError
from installation.wall.screens import choose_drawing, choose_screen, may_have_gpu
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
