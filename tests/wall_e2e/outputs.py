"""A real X server with several screens that can be plugged in, out, and changed, for real windows.

Xorg's `dummy` driver has sixteen outputs without a monitor. What is done to them here is what a
person does to plugs and settings, and reaches Qt through RandR as that does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

MODES = {"640x360": (640, 360), "640x480": (640, 480), "360x640": (360, 640)}
"""Pixels by name; their timings are of no consequence."""
DESKTOP = "1280x720"
"""Stays as large whatever is on, so that it can be captured throughout."""
_REMEDY = (
    "install it with: sudo apt-get install -y xserver-xorg-core xserver-xorg-video-dummy"
    " x11-xserver-utils"
)
_CONFIG = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "AllowMouseOpenFail" "true"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
EndSection
Section "Device"
  Identifier "device"
  Driver "dummy"
  VideoRam 131072
EndSection
Section "Screen"
  Identifier "screen"
  Device "device"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 1280 720
  EndSubSection
EndSection
"""


class XorgScreens:
    """Xorg on a display of its own, with the outputs DUMMY0, DUMMY1 … of which the first is on."""

    def __init__(self) -> None:
        self.display = ""
        self._known: set[tuple[str, str]] = set()
        self._on: dict[str, tuple[str, tuple[int, int]]] = {}

    def __enter__(self) -> XorgScreens:
        missing = [name for name in ("Xorg", "xrandr") if shutil.which(name) is None]
        if missing:
            raise RuntimeError(f"{' and '.join(missing)} missing; {_REMEDY}")
        self._folder = Path(tempfile.mkdtemp(prefix="installation-xorg-"))
        (self._folder / "xorg.conf").write_text(_CONFIG)
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xorg", "-config", str(self._folder / "xorg.conf"), "-displayfd", str(write_end),
             "-logfile", str(self._folder / "xorg.log"), "-nolisten", "tcp", "-noreset",
             "-novtswitch", "-sharevts", "-keeptty"],
            pass_fds=[write_end],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write_end)
        with os.fdopen(read_end) as ready:
            self.display = f":{ready.readline().strip()}"
        if len(self.display) < 2:
            log = (self._folder / "xorg.log").read_text()
            raise RuntimeError(f"Xorg did not start; {_REMEDY}\n{log}")
        for name, (width, height) in MODES.items():
            if name not in self.xrandr():
                timings = [width, width + 8, width + 16, width + 32]
                timings += [height, height + 2, height + 4, height + 8]
                clock = f"{timings[3] * timings[7] * 60 / 1e6:.6f}"
                self.xrandr("--newmode", name, clock, *map(str, timings))
        return self

    def xrandr(self, *arguments: str) -> str:
        """Run xrandr; what it says."""
        done = subprocess.run(
            ["xrandr", *arguments], env=self.environment, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def plug(self, output: str, mode: str, at: tuple[int, int], *more: str) -> None:
        """Switch an output on, or to another mode or place."""
        if (output, mode) not in self._known:
            self._known.add((output, mode))
            command = ["xrandr", "--addmode", output, mode]
            subprocess.run(command, env=self.environment, stderr=subprocess.DEVNULL)
        self._on[output] = mode, at
        self._set("--output", output, "--mode", mode, "--pos", _place(at), *more)

    def unplug(self, *outputs: str) -> None:
        """Switch outputs off."""
        for output in outputs:
            self._on.pop(output, None)
            self._set("--output", output, "--off")

    def _set(self, *arguments: str) -> None:
        """Change this, with all else where it belongs; one that is alone xrandr moves to 0, 0."""
        others = [name for name in self._on if name not in arguments]
        kept = [["--output", name, "--pos", _place(self._on[name][1])] for name in others]
        self.xrandr("--fb", DESKTOP, *arguments, *(word for words in kept for word in words))

    def stand(self, outputs: Sequence[tuple[str, str, tuple[int, int]]]) -> None:
        """Have just these on, the first of them the main one."""
        wanted = [output for output, _, _ in outputs]
        for line in self.xrandr("--listactivemonitors").splitlines()[1:]:
            if line.split()[-1] not in wanted:
                self.unplug(line.split()[-1])
        for number, (output, mode, at) in enumerate(outputs):
            self.plug(output, mode, at, *([] if number else ["--primary"]))

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that shows its windows here."""
        kept = {
            k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        }
        return {**kept, "DISPLAY": self.display}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.terminate()
        self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _place(at: tuple[int, int]) -> str:
    return f"{at[0]}x{at[1]}"
