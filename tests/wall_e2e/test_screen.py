"""The screen without a monitor comes and goes, and says what is missing."""

from __future__ import annotations

import mss
import pytest

from tests.wall_e2e.screen import XvfbScreen


def test_a_screen_has_the_size_asked_for() -> None:
    with XvfbScreen(640, 360) as screen, mss.MSS(display=screen.display) as grabber:
        assert (grabber.monitors[0]["width"], grabber.monitors[0]["height"]) == (640, 360)


def test_screens_do_not_meet(screen: XvfbScreen) -> None:
    with XvfbScreen() as other:
        assert other.display != screen.display


def test_programs_on_it_open_real_windows(
    screen: XvfbScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert screen.environment["DISPLAY"] == screen.display
    assert not {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"} & screen.environment.keys()


def test_the_server_is_gone_afterwards() -> None:
    with XvfbScreen(64, 64) as screen:
        server = screen._server
        assert server.poll() is None
    assert server.poll() is not None


def test_without_xvfb_it_fails_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="sudo apt-get install -y xvfb"):
        XvfbScreen().__enter__()
