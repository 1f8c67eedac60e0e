"""A real X server without a monitor, for real windows."""

from __future__ import annotations

import os
import shutil
import subprocess
from types import TracebackType


class XvfbScreen:
    """Xvfb on a display of its own. Missing, it is a failure with its remedy, not a skip."""

    def __init__(self, width: int = 1280, height: int = 720) -> None:
        self.width, self.height = width, height
        self.display = ""

    def __enter__(self) -> XvfbScreen:
        if shutil.which("Xvfb") is None:
            raise RuntimeError("Xvfb is missing; install it with: sudo apt-get install -y xvfb")
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0",
             f"{self.width}x{self.height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write_end)
        with os.fdopen(read_end) as ready:
            self.display = f":{ready.readline().strip()}"
        assert len(self.display) > 1, "Xvfb did not start"
        return self

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
