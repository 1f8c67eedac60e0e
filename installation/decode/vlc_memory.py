"""Where a libVLC player writes its pictures: straight into frames of ours, the newest to be taken.

Called on libVLC's threads, which must never wait, nor be given an exception: what finds no room
lies over what nobody took.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from typing import Any

import av

from installation.decode.libvlc import vlc

logger = logging.getLogger(__name__)

_FORMATS = {
    b"I420": "yuv420p",
    b"J420": "yuvj420p",
    b"I422": "yuv422p",
    b"J422": "yuvj422p",
    b"I444": "yuv444p",
    b"J444": "yuvj444p",
    b"I0AL": "yuv420p10le",
    b"I2AL": "yuv422p10le",
    b"I4AL": "yuv444p10le",
    b"I0CL": "yuv420p12le",
    b"I2CL": "yuv422p12le",
    b"I4CL": "yuv444p12le",
    b"NV12": "nv12",
    b"GREY": "gray",
    b"RV32": "bgr0",
}
"""libVLC's names of what is taken as it is, and FFmpeg's."""
_ELSE = b"I420"
_RGB = (b"GBR", b"RGB", b"BGR", b"RV", b"ARGB", b"G0")
_ON_DEVICE = (b"VAOP", b"VAO0", b"VDV0", b"VDV2", b"VDV4", b"DX11", b"DX10", b"DXA9", b"CVPN")
"""Pictures in a graphics card's memory, which are only taken where hardware is to decode."""

_Pointer = ctypes.c_void_p
_Numbers = ctypes.POINTER(ctypes.c_uint)
_SetUp = ctypes.CFUNCTYPE(
    ctypes.c_uint, ctypes.POINTER(_Pointer), _Pointer, _Numbers, _Numbers, _Numbers, _Numbers
)
_CleanUp = ctypes.CFUNCTYPE(None, _Pointer)
_Lock = ctypes.CFUNCTYPE(_Pointer, _Pointer, ctypes.POINTER(_Pointer))
_Unlock = ctypes.CFUNCTYPE(None, _Pointer, _Pointer, ctypes.POINTER(_Pointer))
_Display = ctypes.CFUNCTYPE(None, _Pointer, _Pointer)


class PictureMemory:
    """A player's pictures, all of `size_px`; `on_shown` is called for each, on libVLC's thread.

    Must be kept for as long as the player lives.
    """

    def __init__(
        self, size_px: tuple[int, int], on_shown: Callable[[], None], *, on_hardware: bool
    ) -> None:
        self._size = size_px
        self._may_be_on_device = on_hardware
        self.is_on_device = False
        """True where hardware decodes."""
        self._on_shown = on_shown
        self._lock = threading.Lock()  # held for a few assignments
        self._format = ""
        self._free: list[av.VideoFrame] = []
        self._lent: av.VideoFrame | None = None
        self._newest: av.VideoFrame | None = None
        self._spare: av.VideoFrame | None = None  # where pictures go that cannot be kept
        self._callbacks: tuple[Any, ...] | None = (
            _SetUp(self._set_up),
            _CleanUp(lambda _: None),
            _Lock(self._lend),
            _Unlock(lambda *_: None),
            _Display(self._shown),
        )

    def attach(self, player: Any) -> None:
        """Have a player that was not started yet write here."""
        assert self._callbacks is not None
        set_up, clean_up, lock, unlock, display = self._callbacks
        library = vlc().dll
        formats = library.libvlc_video_set_format_callbacks
        formats.argtypes, formats.restype = [_Pointer, _SetUp, _CleanUp], None
        pictures = library.libvlc_video_set_callbacks
        pictures.argtypes, pictures.restype = [_Pointer, _Lock, _Unlock, _Display, _Pointer], None
        formats(player, set_up, clean_up)
        pictures(player, lock, unlock, display, None)

    def take(self) -> av.VideoFrame | None:
        """The newest picture, which is no longer written to; None where it was taken."""
        with self._lock:
            taken, self._newest = self._newest, None
            return taken

    def release(self) -> None:
        """Once the player is gone: leave nothing to be found by the garbage collector alone."""
        self._callbacks = None
        self._on_shown = _nobody
        self._free, self._lent, self._newest, self._spare = [], None, None, None

    # -- on libVLC's threads

    def _set_up(
        self, _: Any, chroma: int, width: Any, height: Any, pitches: Any, lines: Any
    ) -> int:
        try:
            name = ctypes.string_at(chroma, 4)
            self.is_on_device = name in _ON_DEVICE
            if self.is_on_device and not self._may_be_on_device:
                return 0
            if name not in _FORMATS:
                name = b"RV32" if name.startswith(_RGB) else _ELSE
            width[0], height[0] = self._size
            ctypes.memmove(chroma, name, 4)
            with self._lock:
                self._format = _FORMATS[name]
                self._free, self._lent, self._newest = [], None, None
                self._spare = self._new()
            for number, plane in enumerate(self._spare.planes):
                pitches[number], lines[number] = plane.line_size, plane.height
        except Exception:
            logger.exception("libVLC's pictures cannot be taken")
            return 0
        return 1

    def _lend(self, _: Any, planes: Any) -> int:
        lent = self._spare
        assert lent is not None
        try:
            with self._lock:
                if self._lent is None:
                    self._lent = self._free.pop() if self._free else self._new()
                lent = self._lent
        except MemoryError:
            logger.exception("no memory for libVLC's pictures")
        for number, plane in enumerate(lent.planes):
            planes[number] = plane.buffer_ptr
        return 0

    def _shown(self, _: Any, __: Any) -> None:
        try:
            with self._lock:
                if self._newest is not None:
                    self._free.append(self._newest)
                self._newest, self._lent = self._lent, None
            self._on_shown()
        except Exception:
            logger.exception("a picture of libVLC was lost")

    def _new(self) -> av.VideoFrame:
        return av.VideoFrame(*self._size, self._format)


def _nobody() -> None:
    """Is told of nothing."""
