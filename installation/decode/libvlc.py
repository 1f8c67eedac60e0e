"""libVLC, loaded only when it is needed: one instance, no playlist, nothing opened but one file.

libVLC guesses. Left to itself it takes a playlist for a film and goes where it points. So a film is
recognised by its first bytes, libVLC is given the open file instead of its name, and the demuxer is
forced. What it finds inside (sub-items) is never played.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from pathlib import Path
from typing import Any

from installation import heap
from installation.decode.container import open_regular
from installation.decode.vlc_steps import Listener, StepLog
from installation.decode.vlc_threads import wait_until_all_have_ended

MAJOR = b"3."
STOP_TIMEOUT_S = 10.0
GIVE_BACK_EVERY_NS = 20_000_000_000
_OPTIONS = (
    "--ignore-config",
    "--no-media-library",
    "--no-lua",
    "--no-stats",
    "--no-interact",
    "--no-metadata-network-access",
    "--no-auto-preparse",
    "--no-video-title-show",
    "--no-osd",
    "--no-snapshot-preview",
    "--no-sub-autodetect-file",
    "--no-disable-screensaver",
    "--no-keyboard-events",
    "--no-mouse-events",
    "--no-mkv-preload-local-dir",
    "--no-mkv-use-ordered-chapters",
    "--no-mkv-use-chapter-codec",
    "--no-drop-late-frames",
    "--no-skip-frames",
    "--deinterlace=0",
    "--text-renderer=tdummy",
    "--no-audio",
    "--aout=none",
    "--intf=dummy",
    "--extraintf=",
    "--control=",
    "--services-discovery=",
    "--quiet",
)
MEDIA_OPTIONS = (
    ":no-audio",
    ":no-spu",
    ":no-video-title-show",
    ":no-sub-autodetect-file",
    ":deinterlace=0",
)
"""What holds for whatever is opened: pictures alone, as they are."""
_DEMUXERS = {
    "mov": ("mp4",),
    "matroska": ("mkv",),
    "avi": ("avi",),
    "mpegts": ("avformat", "mpegts"),
    "mpeg": ("ps",),
    "ogg": ("ogg",),
    "asf": ("avformat", "asf"),
    "dv": ("rawdv",),
    "yuv4mpegpipe": ("avformat", "yuv4mpegpipe"),
    "h264": ("h264",),
    "hevc": ("hevc",),
    # libVLC has none of its own, and FFmpeg's goes nowhere when it is told the format
    "flv": ("avformat", "flv"),
    "mxf": ("avformat", "mxf"),
    "ivf": ("avformat", "ivf"),
    "gif": ("avformat", "gif"),
}
_INSTALL = {
    "darwin": "brew install --cask vlc",
    "win32": "winget install VideoLAN.VLC",
    "linux": "sudo apt-get install libvlc5 vlc-plugin-base",
}

_lock = threading.Lock()
_vlc: Any = None
_instances: dict[bool, tuple[Any, StepLog]] = {}  # by whether hardware may decode
_missing: str | None = None
_given_back_ns = 0


class VlcMissing(Exception):
    """libVLC is not there; the sentence says what is missing and the command that installs it."""


def vlc_is_missing() -> str | None:
    """What is missing and the command that installs it, in one sentence; None where libVLC is."""
    try:
        vlc()
    except VlcMissing as missing:
        return str(missing)
    return None


def vlc() -> Any:
    """python-vlc's module, libVLC loaded. Raises VlcMissing."""
    global _vlc, _missing
    with _lock:
        if _vlc is None and _missing is None:
            _vlc, _missing = _load()
    if _vlc is None:
        raise VlcMissing(_missing)
    return _vlc


def instance(*, on_hardware: bool = False) -> tuple[Any, StepLog]:
    """The process's one instance of libVLC, or the one that may decode on hardware, and what it
    says of its players' steps. Making it takes up to a second. Raises VlcMissing.
    """
    module = vlc()
    with _lock:
        if on_hardware not in _instances:
            made = module.Instance([*_OPTIONS, f"--avcodec-hw={'any' if on_hardware else 'none'}"])
            if made is None:
                raise VlcMissing(f"libVLC does not start; install it anew: {_command()}")
            if not _instances:
                atexit.register(wait_until_all_have_ended, STOP_TIMEOUT_S)
            _instances[on_hardware] = made, StepLog(made, module.dll)
        return _instances[on_hardware]


def give_memory_back(now_ns: int) -> None:
    """Hand what ended players have freed to the system, now and then; takes some milliseconds.

    Players that end while others begin leave many holes. For the thread that ends players.
    """
    global _given_back_ns
    if now_ns - _given_back_ns >= GIVE_BACK_EVERY_NS:
        _given_back_ns = now_ns
        heap.give_back()


def open_media(path: Path, container: str, *, on_hardware: bool = False) -> Media:
    """The film at `path` as the container it was recognised for. Whoever opens, closes.

    Raises OSError where a pipe, a device or a link has taken the file's place, and ValueError where
    libVLC cannot be held to the container.
    """
    if container not in _DEMUXERS:
        raise ValueError(f"libVLC cannot be held to {container}, so it does not open it")
    demuxer, *inner = _DEMUXERS[container]
    library, steps = instance(on_hardware=on_hardware)
    descriptor = open_regular(path)
    if os.name == "nt":  # its C libraries do not share open files
        os.close(descriptor)
        opened, descriptor = library.media_new_path(str(path.absolute())), -1
    else:
        opened = library.media_new_fd(descriptor)
    media = Media(opened, descriptor, library.media_player_new(), steps)
    for option in (*MEDIA_OPTIONS, f":demux={demuxer}", *(f":avformat-format={i}" for i in inner)):
        media.add_option(option)
    return media


class Media:
    """A film and a player for it. It holds the file open for libVLC, until `close`."""

    def __init__(self, opened: Any, descriptor: int, player: Any, steps: StepLog) -> None:
        self.opened = opened
        self.player = player
        self.steps = steps
        self._descriptor = descriptor

    def add_option(self, option: str) -> None:
        """As in ":avcodec-hw=none"."""
        self.opened.add_option(option)

    def start(self, listener: Listener) -> bool:
        """Have it played, and `listener` told of its steps; False where it does not start."""
        self.player.set_media(self.opened)
        return self.steps.play(self.player, listener)

    def close(self) -> None:
        """Stop and free everything. May take long; no thread that libVLC waits for may call it."""
        self.player.stop()
        self.player.release()
        self.opened.release()
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _load() -> tuple[Any, str | None]:
    try:
        import vlc as module  # loads the library, and complains in as many ways as it has systems

        version = bytes(module.libvlc_get_version())
    except ImportError:
        return None, "python-vlc is missing; install it with: pip install python-vlc"
    except (Exception, SystemExit):
        return None, f"libVLC is missing; install it with: {_command()}"
    if not version.startswith(MAJOR):
        found = version.decode(errors="replace")
        return None, f"libVLC 3 is needed, this is {found}; install it with: {_command()}"
    return module, None


def _command() -> str:
    return _INSTALL.get(sys.platform, _INSTALL["linux"])
