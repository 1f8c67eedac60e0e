"""Screens are put to sleep and woken by what the machine has, and no trouble of it is felt."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.kiosk import screen_sleep
from installation.kiosk.screen_sleep import NoSwitch, ScreenSleep, Switch, find_switch

PATIENCE_S = 20.0


class Monitor:
    """Something to switch, that remembers and may refuse."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.asked: list[str] = []
        self.error: Exception | None = None

    def switch(self) -> Switch:
        return Switch(lambda: self._note("off"), lambda: self._note("on"))

    def _note(self, what: str) -> None:
        with self._changed:
            self.asked.append(what)
            self._changed.notify_all()
        if self.error is not None:
            raise self.error

    def wait(self, claim: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(claim, PATIENCE_S), self.asked


def settled(screens: ScreenSleep, claim: Callable[[], bool]) -> bool:
    """Ends it, and so waits for what it was doing."""
    screens.stop()
    return claim()


def test_screens_sleep_and_wake_when_asked_and_once() -> None:
    monitor = Monitor()
    screens = ScreenSleep(monitor.switch)
    for asleep, count in ((False, 1), (False, 1), (True, 2), (True, 2), (False, 3)):
        screens.want(asleep=asleep)
        monitor.wait(lambda count=count: len(monitor.asked) == count)  # type: ignore[misc]
    screens.stop()
    assert monitor.asked == ["on", "off", "on"]
    assert not screens.is_asleep


def test_no_screen_is_left_asleep_at_the_end() -> None:
    monitor = Monitor()
    screens = ScreenSleep(monitor.switch)
    screens.want(asleep=True)
    monitor.wait(lambda: monitor.asked == ["off"])
    assert settled(screens, lambda: monitor.asked == ["off", "on"])
    ScreenSleep(monitor.switch).stop()  # one that was never asked does nothing
    assert monitor.asked == ["off", "on"]


def test_a_screen_that_somebody_woke_is_put_to_sleep_again() -> None:
    monitor = Monitor()
    screens = ScreenSleep(monitor.switch, again_s=0.01)
    screens.want(asleep=True)
    monitor.wait(lambda: len(monitor.asked) >= 3)
    assert settled(screens, lambda: set(monitor.asked[:-1]) == {"off"})


def test_trouble_is_a_sentence_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    monitor = Monitor()
    monitor.error = subprocess.CalledProcessError(1, ["xset"], stderr="no display\nusage: ...")
    screens = ScreenSleep(monitor.switch, again_s=0.01)
    with caplog.at_level(logging.WARNING):
        screens.want(asleep=True)
        monitor.wait(lambda: len(monitor.asked) >= 4)
        screens.stop()
    assert screens.trouble == "xset says: no display"
    assert not screens.is_asleep
    assert [record.getMessage() for record in caplog.records] == [
        "the screens cannot be switched: xset says: no display"
    ]


def test_a_tool_that_comes_later_is_found_and_the_trouble_is_over() -> None:
    monitor, tries = Monitor(), []

    def find() -> Switch:
        tries.append(1)
        if len(tries) < 3:
            raise NoSwitch("xset is not installed")
        return monitor.switch()

    screens = ScreenSleep(find, again_s=0.01)
    screens.want(asleep=True)
    monitor.wait(lambda: len(monitor.asked) >= 2)
    assert screens.trouble == ""
    screens.stop()


def test_a_command_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_sleep, "PATIENCE_S", 0.2)
    monkeypatch.setattr(screen_sleep, "LAST_WORD_S", PATIENCE_S)
    tool = tmp_path / "xset"
    tool.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    screens = ScreenSleep(lambda: find_switch("xcb", {}, platform="linux"))
    screens.want(asleep=True)
    assert settled(screens, lambda: screens.trouble == "xset does not answer")


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("exit(0)", ""),
        ("print('no DPMS', file=sys.stderr)", "xset says: no DPMS"),  # and no error, as xset does
        ("exit(3)", "xset says: error 3"),
    ],
)
def test_what_a_tool_says_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, trouble: str
) -> None:
    tool, notes = tmp_path / "xset", tmp_path / "notes"
    noting = f"open({str(notes)!r}, 'a').write(str(sys.argv[1:]))"
    tool.write_text(f"#!{sys.executable}\nimport sys\n{noting}\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(screen_sleep, "LAST_WORD_S", PATIENCE_S)
    screens = ScreenSleep(lambda: find_switch("xcb", {}, platform="linux"))
    screens.want(asleep=True)
    assert settled(screens, lambda: screens.trouble == trouble)
    assert notes.read_text().startswith("['dpms', 'force', 'off']['dpms', 'force', 'on', '-dpms']")


def found(windowing: str, platform: str, tools: str, **environment: str) -> list[str]:
    """The commands for off and on, as they would be run."""
    commands: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen_sleep, "_run", lambda command: commands.append(" ".join(command)))
        switch = find_switch(
            windowing,
            environment,
            platform=platform,
            which=lambda name: name if name in tools.split() else None,
        )
        switch.off()
        switch.on()
    return commands


def test_each_platform_has_its_own_means() -> None:
    assert found("xcb", "linux", "xset") == ["xset dpms force off", "xset dpms force on -dpms"]
    assert found("cocoa", "darwin", "") == ["pmset displaysleepnow", "caffeinate -u -t 2"]
    assert found("wayland", "linux", "wlopm") == ["wlopm --off *", "wlopm --on *"]
    assert found("wayland", "linux", "swaymsg wlopm", SWAYSOCK="x") == [
        "swaymsg output * dpms off", "swaymsg output * dpms on",
    ]  # fmt: skip
    kde = found("wayland-egl", "linux", "kscreen-doctor", XDG_CURRENT_DESKTOP="KDE")
    assert kde == ["kscreen-doctor --dpms off", "kscreen-doctor --dpms on"]
    gnome = found("wayland", "linux", "busctl", XDG_CURRENT_DESKTOP="ubuntu:GNOME")
    assert [one.rsplit(" ", 3)[1:] for one in gnome] == [
        ["PowerSaveMode", "i", "3"], ["PowerSaveMode", "i", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("windowing", "said"),
    [("xcb", "xset is not installed; install"), ("wayland", "wlopm"), ("eglfs", "'eglfs'")],
)
def test_a_machine_without_says_what_would_help(windowing: str, said: str) -> None:
    with pytest.raises(NoSwitch, match=said):
        find_switch(windowing, {}, platform="linux", which=lambda name: None)
