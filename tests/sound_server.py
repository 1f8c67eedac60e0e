"""A real sound server without a sound card: PulseAudio with a null sink, recorded by parec."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

SINK = "wall"
RATE = 48_000
CAPTURE_MS = 5
"""How long the server may hold what it renders, and what it has rendered for parec."""
APART_NS = 2_000_000
"""A piece that comes so long after another is the first of what was rendered at once."""
AROUND_S = 2
"""Pieces so near say when a sample was played."""
_FRAME_BYTES = 8
REMEDY = (
    "PulseAudio is missing; install it with: sudo apt-get install -y pulseaudio pulseaudio-utils"
)


def is_there() -> bool:
    """True where the server and its tools are installed."""
    return all(shutil.which(name) for name in ("pulseaudio", "pactl", "parec"))


class SoundServer:
    """PulseAudio in a folder of its own. It can be killed, and started again."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "native"
        self._own = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
        }
        self.environment = {"PULSE_SERVER": f"unix:{self._socket}"}
        """What its clients need beside their own."""
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SoundServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
                # as desktops run it, where that is allowed: this machine is busy
                "--high-priority=yes", "--realtime=yes",
                "--disable-shm=yes", "--log-target=stderr", "--log-level=error",
                "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
                "-L", f"module-null-sink sink_name={SINK} rate={RATE} channels=2",
            ],
            env=self._own,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(200):
            if subprocess.run(["pactl", "info"], env=self._client, capture_output=True).returncode:
                time.sleep(0.05)
                continue
            return
        raise RuntimeError("PulseAudio did not start")

    def kill(self) -> None:
        """As a crash would end it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def record(self) -> Recorder:
        """Begin to record what the sink plays."""
        return Recorder(self._client)

    @property
    def _client(self) -> dict[str, str]:
        return {**self._own, **self.environment}


@dataclass(frozen=True)
class Recording:
    """What was played."""

    samples: NDArray[np.float32]
    """(2, count)."""
    pieces: NDArray[np.float64]
    """(2, pieces): how many samples were there when a piece had come, and when that was, in ns."""

    def moment_ns(self, sample: int) -> int:
        """When a sample was played, by the machine's monotonic clock.

        A sink renders what is to be heard from now on, and its monitor has that at once: so a
        piece that comes after a pause begins with what is played at this moment. A line is laid
        through those around the sample; a busy machine may lose a piece, so those further away
        say nothing. `tests/sound/test_server_delay.py` holds it against what the server says.
        """
        counts, moments = self.pieces
        begins = np.concatenate(([0.0], counts[:-1]))
        is_first = np.diff(moments, prepend=0.0) > APART_NS
        near = is_first & (np.abs(begins - sample) < AROUND_S * RATE)
        begun = np.median((moments - begins * 1e9 / RATE)[near])
        return int(begun + sample * 1e9 / RATE)


class Recorder:
    """parec on the sink's monitor. The sink renders little at once while it records."""

    def __init__(self, environment: dict[str, str]) -> None:
        often = {"PULSE_LATENCY_MSEC": str(CAPTURE_MS)}  # parec's own options do not ask the sink
        self._process = subprocess.Popen(
            [
                "parec", "-d", f"{SINK}.monitor", "--raw", "--format=float32le", f"--rate={RATE}",
                "--channels=2",
            ],
            env=environment | often,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._pieces: list[bytes] = []
        self._moments: list[tuple[int, int]] = []  # nanoseconds, samples there by then
        self._reader = threading.Thread(target=self._read, name="recorder")
        self._reader.start()

    def heard_ns(self) -> int | None:
        """When the piece came in which something is heard first; None while all is silent."""
        for piece, (moment, _) in zip(self._pieces, list(self._moments), strict=False):
            if any(piece):
                return moment
        return None

    def stop(self) -> Recording:
        """End it: what was recorded."""
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        whole = b"".join(self._pieces)
        whole = whole[: len(whole) // _FRAME_BYTES * _FRAME_BYTES]
        samples = np.frombuffer(whole, np.float32).reshape(-1, 2).T
        pieces = np.array([(count, ns) for ns, count in self._moments], np.float64)
        return Recording(samples, pieces.reshape(-1, 2).T)

    def _read(self) -> None:
        assert self._process.stdout is not None
        count = 0
        while piece := os.read(self._process.stdout.fileno(), 1 << 16):
            count += len(piece)
            self._pieces.append(piece)
            self._moments.append((time.monotonic_ns(), count // _FRAME_BYTES))
