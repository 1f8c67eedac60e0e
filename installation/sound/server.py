"""Whether a sound server is there, asked at its socket: cheap, where a process costs a second."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 0.2


def is_there(environment: Mapping[str, str] = os.environ) -> bool | None:
    """True where one answers, False where none does; None where that cannot be told."""
    if sys.platform != "linux":
        return None
    named = environment.get("PULSE_SERVER", "").split()
    if any(not name.startswith(("unix:", "/")) for name in named):
        return None  # on another machine
    places = [Path(name.removeprefix("unix:")) for name in named] or [*_usual(environment)]
    return any(_answers(place) for place in places) if places else None


def _usual(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where PulseAudio and PipeWire listen, if nobody says otherwise."""
    runtime = environment.get("XDG_RUNTIME_DIR")
    if own := environment.get("PULSE_RUNTIME_PATH"):
        yield Path(own) / "native"
    elif runtime:
        yield Path(runtime) / "pulse" / "native"
    if runtime:
        yield Path(runtime) / "pipewire-0"


def _answers(place: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(PATIENCE_S)
        caller.connect(str(place))
        return True
    return False
