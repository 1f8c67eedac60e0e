"""What libVLC says of each step from picture to picture, heard from its log.

Nothing else of libVLC 3 tells that a step was made, and how far apart the two pictures are. So its
messages are listened to; they come on libVLC's threads, which must neither wait nor get exceptions.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
from typing import Any, Protocol

logger = logging.getLogger(__name__)

_STEPPED = b"EsOutFrameNext"
_NOT_YET = (b"buffering, ignoring 'frame next'", b"invalid state for frame next")
_INPUT, _DECODER = b"input", b"decoder"
_BEGINS = b"Creating an input for"
_AT_END = b"EOF reached"
_PAUSES = b"toggling %s"
_PAUSED = b"toggling resume"  # libVLC's own words; it says "pause" where it goes on
_MILLISECONDS = b"consummed "
_LONGEST = 200

_Callback = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p
)


class Listener(Protocol):
    """Who asked for steps. Called on libVLC's threads."""

    def stepped(self, apart_ms: int) -> None:
        """A step was made, to a picture so much later by libVLC's clock; 0: none was there yet."""
        ...

    def refused(self) -> None:
        """A step could not be made just then."""
        ...

    def paused(self) -> None:
        """Its output is about to be told of the pause."""
        ...

    def read_through(self) -> None:
        """The end of the file was reached; pictures may still follow."""
        ...


class StepLog:
    """Tells each player's listener of the player's own steps. One for an instance of libVLC."""

    def __init__(self, instance: Any, library: Any) -> None:
        self._object_of = library.libvlc_log_get_object
        names = ctypes.POINTER(ctypes.c_char_p)
        self._object_of.argtypes = [ctypes.c_void_p, names, names, ctypes.POINTER(ctypes.c_size_t)]
        self._object_of.restype = None
        self._print = ctypes.cdll.msvcrt._vsnprintf if _ON_WINDOWS else ctypes.CDLL(None).vsnprintf
        self._print.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_void_p,
        ]  # fmt: skip
        self._beginning: dict[int, Listener] = {}  # by the thread that starts a player
        self._threads: dict[int, Listener] = {}  # by an input's thread
        self._listeners: dict[int, Listener] = {}  # by libVLC's number of an input or decoder
        self._lock = threading.Lock()
        self._callback = _Callback(self._said)
        listen = library.libvlc_log_set
        listen.argtypes, listen.restype = [ctypes.c_void_p, _Callback, ctypes.c_void_p], None
        listen(instance, self._callback, None)

    def play(self, player: Any, listener: Listener) -> bool:
        """Start a player, and tell `listener` of it; False where it does not start."""
        self._beginning[threading.get_ident()] = listener
        try:
            started: bool = player.play() == 0
        finally:
            del self._beginning[threading.get_ident()]
        return started

    def forget(self, listener: Listener) -> None:
        """Its player is to be stopped, or was."""
        with self._lock:
            for known in (self._listeners, self._threads):
                for number in [n for n, one in known.items() if one is listener]:
                    del known[number]

    # -- on libVLC's threads

    def _said(self, _: Any, __: int, where: int, words: bytes, values: int) -> None:
        try:
            if (listener := self._whose(words, where)) is None:
                return
            if words.startswith(_STEPPED):
                text = self._text(words, values)
                listener.stepped(int(text.partition(_MILLISECONDS)[2].split()[0]))
            elif words in _NOT_YET:
                listener.refused()
            elif words == _AT_END:
                listener.read_through()
            elif words == _PAUSES and self._text(words, values) == _PAUSED:
                listener.paused()
        except Exception:
            logger.exception("libVLC's words were not understood")

    def _whose(self, words: bytes, where: int) -> Listener | None:
        """An input is begun on our own thread, and begins its decoders on one of its own."""
        name, header, number = ctypes.c_char_p(), ctypes.c_char_p(), ctypes.c_size_t()
        self._object_of(where, name, header, number)
        if name.value not in (_INPUT, _DECODER):
            return None
        thread = threading.get_ident()
        with self._lock:
            if words.startswith(_BEGINS):
                if thread in self._beginning:
                    self._listeners[number.value] = self._beginning[thread]
                return None
            listener = self._listeners.get(number.value)
            if listener is None and name.value == _DECODER and thread in self._threads:
                listener = self._listeners[number.value] = self._threads[thread]
            if listener is not None and name.value == _INPUT and thread not in self._beginning:
                self._threads[thread] = listener
            return listener

    def _text(self, words: bytes, values: int) -> bytes:
        text = ctypes.create_string_buffer(_LONGEST)
        self._print(text, _LONGEST, words, values)
        return text.value


_ON_WINDOWS = sys.platform == "win32"
