"""A process that a supervisor holds: told through its stdin, which also keeps it alive, and heard
line by line through its stdout.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence


class Child:
    """One such process. `on_line` is called on a thread of its own; with "" at the end."""

    def __init__(
        self,
        command: Sequence[str],
        on_line: Callable[[Child, str], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._on_line = on_line
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        threading.Thread(target=self._listen, name="child", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def code(self) -> int | None:
        """See `Ward.code`."""
        code = self._process.poll()
        if code is not None:
            self.end()  # months of restarts must not use up the pipes
        return code

    def tell(self, line: str) -> None:
        """Say a line to it; one that is gone hears nothing."""
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            pipe.write(f"{line}\n".encode())
            pipe.flush()

    def end(self) -> None:
        """See `Ward.end`."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def kill(self) -> None:
        """See `Ward.kill`."""
        self._process.kill()

    def wait(self, timeout_s: float) -> None:
        """Until it has ended; it is killed where that takes too long."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self.end()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError), self._process.stdout as lines:
            for line in lines:
                self._on_line(self, line.decode("utf-8", "replace").strip())
        self._on_line(self, "")  # it has ended, or closed its stdout
