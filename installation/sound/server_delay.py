"""How long samples wait until they are heard, asked of PulseAudio itself.

Qt counts a sample as played as soon as the server has taken it, whatever the server still holds
back: some 20 ms as a rule, and as much as it is asked to. The server knows to a fraction of a
millisecond what is queued in it and in the device.
"""

from __future__ import annotations

import logging
import os
from typing import Any

logger = logging.getLogger(__name__)

LATENCY_VARIABLE, HELD_MS = "PULSE_LATENCY_MSEC", "150"
"""So much the server is to hold: on a busy machine this process may have to wait for its turn."""
OUR_STREAM, PIPEWIRE = "application.process.id", "pipewire"
PATIENCE_S = 1.0


class ServerDelay:
    """Asks about this process's stream. One thread's; an answer takes about a millisecond.

    PipeWire does not tell by PulseAudio's protocol, and is left alone.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._stream: int | None = None

    @property
    def is_there(self) -> bool:
        """True while there is a server to ask."""
        return self._server is not None

    def connect(self) -> None:
        """Before a stream begins: where there is PulseAudio it holds more from now on."""
        self.close()
        self._server = _connected()
        if self._server is not None:
            os.environ.setdefault(LATENCY_VARIABLE, HELD_MS)
        elif os.environ.get(LATENCY_VARIABLE) == HELD_MS:
            del os.environ[LATENCY_VARIABLE]

    def ask_us(self) -> int | None:
        """Microseconds until what the server took last is heard; None where it does not tell."""
        library = _library()
        if self._server is None or library is None:
            return None
        try:
            if self._stream is None:
                self._stream = self._find()
            if self._stream is None:
                return None
            told = self._server.sink_input_info(self._stream)
        except library.PulseIndexError:
            self._stream = None  # another one has begun
            return None
        except _faults(library) as error:
            logger.debug("PulseAudio does not tell any more how late it plays: %s", error)
            self.close()
            return None
        return int(told.buffer_usec + told.sink_usec)

    def close(self) -> None:
        """Ask no more."""
        server, self._server, self._stream = self._server, None, None
        if server is not None:
            server.close()

    def _find(self) -> int | None:
        """The newest stream of this process."""
        ours = str(os.getpid())
        streams = self._server.sink_input_list()
        return max((s.index for s in streams if s.proplist.get(OUR_STREAM) == ours), default=None)


def _connected() -> Any:
    library = _library()
    if library is None:
        return None
    server = library.Pulse("installation", connect=False)
    try:
        server.connect(autospawn=False, timeout=PATIENCE_S)
        if PIPEWIRE not in str(server.server_info().server_name).casefold():
            return server
    except _faults(library) as error:
        logger.debug("nobody is asked how late the sound is played: %s", error)
    server.close()
    return None


def _library() -> Any:
    """`pulsectl`, where PulseAudio's own library is there."""
    try:
        import pulsectl
    except (ImportError, OSError):
        return None
    return pulsectl


def _faults(library: Any) -> tuple[type[Exception], ...]:
    refused = library._pulsectl.LibPulse.CallError  # which it does not name itself
    return (library.PulseError, library.PulseDisconnected, refused, OSError)
