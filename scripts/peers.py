"""What people would show many films side by side with otherwise, and how each is started.

Each fills the screen with a grid of tiles without gaps, and plays every file round and round where
it can. Standard library only.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple

RATE = 24
# The usual python-vlc way: a window for each film, all told to play at once.
VLC_WINDOWS = """
import json, signal, sys
import vlc
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
signal.signal(signal.SIGTERM, lambda *_: app.quit())
tick = QTimer(); tick.timeout.connect(lambda: None); tick.start(200)
engine = vlc.Instance("--no-audio", "--quiet", "--no-video-title-show", "--no-osd",
                      "--input-repeat=65535", "--vout=xcb_x11")
windows, players = [], []
for path, rect in zip(json.loads(sys.argv[1]), json.loads(sys.argv[2]), strict=True):
    kind = Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint
    window = QWidget(None, kind)
    window.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
    window.setGeometry(*rect); window.show()
    player = engine.media_player_new(path)
    player.set_xwindow(int(window.winId()))
    windows.append(window); players.append(player)
for player in players:
    player.play()
app.exec()
"""


class Rect(NamedTuple):
    """A tile on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Grid(NamedTuple):
    """Files, and the tiles they are to fill a screen with."""

    files: Sequence[str]
    columns: int
    screen: tuple[int, int]

    @property
    def rects(self) -> list[Rect]:
        """Row by row."""
        rows = -(-len(self.files) // self.columns)
        width, height = self.screen[0] // self.columns, self.screen[1] // rows
        return [
            Rect(n % self.columns * width, n // self.columns * height, width, height)
            for n in range(len(self.files))
        ]


class Peer(NamedTuple):
    """A player that is not ours."""

    name: str
    program: str
    """What must be installed."""
    command: Callable[[Grid], list[str]]
    version: Callable[[], str]

    @property
    def is_there(self) -> bool:
        """Whether it can be started at all."""
        return shutil.which(self.program) is not None


def stacked(grid: Grid, inputs: Sequence[str]) -> str:
    """FFmpeg's filters that put inputs of any size into the tiles, up to the last output's name."""
    rects = grid.rects
    scaled = ";".join(
        f"[{source}]scale={rect.width}:{rect.height}[t{n}]"
        for n, (source, rect) in enumerate(zip(inputs, rects))  # noqa: B905
    )
    places = "|".join(f"{rect.x}_{rect.y}" for rect in rects)
    tiles = "".join(f"[t{n}]" for n in range(len(rects)))
    return f"{scaled};{tiles}xstack=inputs={len(rects)}:layout={places}"


def mpv(grid: Grid) -> list[str]:
    """One mpv that decodes all, with `xstack`."""
    first, *others = grid.files
    graph = stacked(grid, [f"vid{n + 1}" for n in range(len(grid.files))])
    width, height = grid.screen
    return [
        "mpv", "--no-config", "--really-quiet", "--no-audio", "--vo=x11", "--loop-file=inf",
        f"--geometry={width}x{height}+0+0", "--no-border",
        *(f"--external-file={path}" for path in others), first, f"--lavfi-complex={graph}[vo]",
    ]  # fmt: skip


def ffplay(grid: Grid) -> list[str]:
    """One ffplay that decodes all, with `xstack`."""
    movies = ";".join(
        f"movie={path}:loop=0,setpts=N/{RATE}/TB[m{n}]" for n, path in enumerate(grid.files)
    )
    graph = stacked(grid, [f"m{n}" for n in range(len(grid.files))])
    return [
        "ffplay", "-loglevel", "quiet", "-noborder", "-left", "0", "-top", "0",
        "-f", "lavfi", "-i", f"{movies};{graph}",
    ]  # fmt: skip


def gstreamer(grid: Grid) -> list[str]:
    """One pipeline into `compositor`; it plays once, gst-launch knows no loops."""
    width, height = grid.screen
    words = ["gst-launch-1.0", "-q", "compositor", "name=c", "background=black"]
    for n, rect in enumerate(grid.rects):
        words += [f"sink_{n}::{key}={value}" for key, value in (
            ("xpos", rect.x), ("ypos", rect.y), ("width", rect.width), ("height", rect.height),
        )]  # fmt: skip
    words += ["!", f"video/x-raw,width={width},height={height},framerate={RATE}/1"]
    words += ["!", "videoconvert", "!", "ximagesink"]
    for n, path in enumerate(grid.files):
        words += ["filesrc", f"location={path}", "!", "decodebin", "!", "queue", "!", f"c.sink_{n}"]
    return words


def vlc_windows(python: str) -> Callable[[Grid], list[str]]:
    """As many libVLC players as files, each in a window of its own."""

    def command(grid: Grid) -> list[str]:
        return [python, "-c", VLC_WINDOWS, json.dumps(list(grid.files)), json.dumps(grid.rects)]

    return command


def peers(python: str) -> list[Peer]:
    """All that we know how to start."""
    vlc = [python, "-c", "import vlc; print('libVLC', vlc.libvlc_get_version().decode())"]
    return [
        Peer("mpv, xstack", "mpv", mpv, lambda: first_line(["mpv", "--version"])),
        Peer("GStreamer, compositor", "gst-launch-1.0", gstreamer,
             lambda: first_line(["gst-launch-1.0", "--version"])),
        Peer("libVLC, a window each", python, vlc_windows(python), lambda: first_line(vlc)),
    ]  # fmt: skip


def first_line(command: Sequence[str]) -> str:
    """Of what a program says of itself; nothing where it cannot be started."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return ""
    return next(iter(done.stdout.splitlines()), "")
