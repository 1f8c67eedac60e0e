"""Puts the screens to sleep and wakes them, by the platform's own means.

On a thread of its own, with commands in processes of their own: the wall feels neither one that
hangs nor one that fails. A machine without such means stays black, and says so once.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

AGAIN_S = 60.0
"""Screens that somebody woke by a mouse are put to sleep again within this time."""
PATIENCE_S = 10.0
"""How long a command may take."""
LAST_WORD_S = 3.0
"""How long the end waits for screens to be woken."""

Command = Sequence[str]


class NoSwitch(Exception):
    """There is nothing to switch screens with; says what would help."""


@dataclass(frozen=True)
class Switch:
    """How this machine's screens are switched."""

    off: Callable[[], None]
    on: Callable[[], None]
    """Both raise OSError or SubprocessError where it fails; the on may be called at any time."""


class ScreenSleep:
    """The GUI thread's; none of its calls takes time, but for `stop` where screens are asleep."""

    def __init__(self, find: Callable[[], Switch], again_s: float = AGAIN_S) -> None:
        self._find = find
        self._again_s = again_s
        self._changed = threading.Condition()
        self._wanted: bool | None = None  # asleep
        self._is_ending = False
        self._trouble = ""
        self._is_asleep = False
        self._thread = threading.Thread(target=self._work, name="screen sleep", daemon=True)

    @property
    def is_asleep(self) -> bool:
        """True where the screens were told to sleep, and obeyed as far as is known."""
        return self._is_asleep

    @property
    def trouble(self) -> str:
        """Why they do not sleep, or wake, in a sentence; empty where nothing is wrong."""
        return self._trouble

    def want(self, *, asleep: bool) -> None:
        """Have them asleep, or awake, from now on. What is so already costs nothing."""
        if asleep == self._wanted:
            return
        with self._changed:
            self._wanted = asleep
            self._changed.notify_all()
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """Leave no screen asleep."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(LAST_WORD_S)

    # -- on its thread

    def _work(self) -> None:
        switch: Switch | None = None
        done: bool | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda done=done: self._is_due(done), self._again_s)  # type: ignore[misc]
                wanted, is_ending = bool(self._wanted) and not self._is_ending, self._is_ending
            if is_ending and not done:
                return
            if wanted or wanted != done:
                try:
                    switch = switch or self._find()
                    (switch.off if wanted else switch.on)()
                    self._note(wanted, "")
                except NoSwitch as error:
                    self._note(False, str(error))
                except (OSError, subprocess.SubprocessError) as error:
                    self._note(False, _in_words(error))
            done = wanted

    def _is_due(self, done: bool | None) -> bool:
        return self._is_ending or self._wanted != done

    def _note(self, asleep: bool, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            logger.warning("the screens cannot be switched: %s", trouble)
        if asleep != self._is_asleep:
            logger.info("screens %s", "asleep" if asleep else "awake")
        self._is_asleep, self._trouble = asleep, trouble


def _in_words(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{error.cmd[0]} does not answer"
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr or error.stdout or "").strip().splitlines()
        return f"{error.cmd[0]} says: {lines[0] if lines else f'error {error.returncode}'}"
    return str(error)


# -- each platform's means


def find_switch(
    windowing: str,
    environment: Mapping[str, str],
    *,
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> Switch:
    """For Qt's platform of this name (`xcb`, `wayland`, `cocoa` ...). Raises NoSwitch."""
    if platform == "darwin":
        return _by(["pmset", "displaysleepnow"], ["caffeinate", "-u", "-t", "2"])
    if platform == "win32":
        return Switch(_windows_off, _windows_on)
    if windowing == "xcb":
        if which("xset") is None:
            raise NoSwitch("xset is not installed; install it with: apt install x11-xserver-utils")
        # forcing turns DPMS's own timers on; they must not put an open wall to sleep
        return _by(["xset", "dpms", "force", "off"], ["xset", "dpms", "force", "on", "-dpms"])
    if windowing.startswith("wayland"):
        return _on_wayland(environment, which)
    raise NoSwitch(f"nothing is known to do it where Qt draws by {windowing!r}")


def _on_wayland(environment: Mapping[str, str], which: Callable[[str], str | None]) -> Switch:
    """By the compositor's own protocol, or by its own tool."""
    desktop = environment.get("XDG_CURRENT_DESKTOP", "").casefold()
    if environment.get("SWAYSOCK") and which("swaymsg"):
        return _by(
            ["swaymsg", "output * dpms off"], ["swaymsg", "output * dpms on"]
        )  # `power` is newer than Debian 12's sway
    if "kde" in desktop and which("kscreen-doctor"):
        return _by(["kscreen-doctor", "--dpms", "off"], ["kscreen-doctor", "--dpms", "on"])
    if "gnome" in desktop and which("busctl"):
        mutter = ("org.gnome.Mutter.DisplayConfig", "/org/gnome/Mutter/DisplayConfig")
        setting = [
            "busctl", "--user", "set-property", *mutter, mutter[0], "PowerSaveMode", "i",
        ]  # fmt: skip
        return _by([*setting, "3"], [*setting, "0"])
    if which("wlopm"):
        return _by(["wlopm", "--off", "*"], ["wlopm", "--on", "*"])
    raise NoSwitch("on Wayland it takes wlopm, with a compositor that it can ask; install wlopm")


def _by(off: Command, on: Command) -> Switch:
    return Switch(lambda: _run(off), lambda: _run(on))


def _run(command: Command) -> None:
    """What a tool says of a mistake counts, for xset calls none of its own an error."""
    told = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=True,
        text=True,
        errors="replace",
    )
    if told.stderr.strip():
        raise subprocess.CalledProcessError(0, command, stderr=told.stderr)


def _windows_off() -> None:
    """WM_SYSCOMMAND, SC_MONITORPOWER, 2 for off; posted to all windows, never waited for."""
    _user32().PostMessageW(0xFFFF, 0x0112, 0xF170, 2)


def _windows_on() -> None:
    """A mouse that moves wakes screens; MOUSEEVENTF_MOVE by one pixel, and back."""
    user32 = _user32()
    user32.mouse_event(0x0001, 1, 0, 0, 0)
    user32.mouse_event(0x0001, -1, 0, 0, 0)


def _user32() -> Any:
    import ctypes

    return ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
