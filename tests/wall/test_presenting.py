"""Months of pictures: what one presented picture leaves behind, ten thousand times."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PICTURES = 10_000
PROGRAM = """
import gc, json, sys
from fractions import Fraction
from PySide6.QtGui import QGuiApplication, QImage
from installation.config import WallConfig
from installation.decode import QueuedFrame
from installation.film import FilmPosition, Picture
from installation.playback import PresentationSet
from installation.wall.video_frame import Drawing, SheetPicture
from installation.wall.wall import TileContent, Wall

def memory_kb():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4

app = QGuiApplication([])
names = ["a", "b", "c", "d"]
wall = Wall(
    WallConfig(fade_in_ms=0), [TileContent(n, Picture(16, 9), n) for n in names], Drawing.SOFTWARE
)
def place(window):
    window.resize(160, 90)
    window.show()
wall.place(place)
wall.load()
swaps = []
wall.window.frameSwapped.connect(lambda: swaps.append(1))
image = QImage(40, 24, QImage.Format.Format_RGB32)
warm = None
for n in range(PICTURES + 1000):
    if n == 1000:
        gc.collect()
        warm = sys.getrefcount(None), memory_kb(), len(swaps)
    at = FilmPosition(0, n)
    frames = {x: QueuedFrame(at, at, Fraction(n), SheetPicture(image, None)) for x in names}
    wall.present(PresentationSet(at, frames))
    shown = len(swaps)
    while len(swaps) == shown:
        app.processEvents()
gc.collect()
print(json.dumps({
    "none": sys.getrefcount(None) - warm[0],
    "kb": memory_kb() - warm[1],
    "pictures": len(swaps) - warm[2],
}))
wall.close()
"""


def test_ten_thousand_pictures_leave_none_and_memory_where_they_were() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"PICTURES = {PICTURES}\n{PROGRAM}"],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    left = json.loads(done.stdout)
    assert left["pictures"] >= PICTURES
    assert abs(left["none"]) < PICTURES / 50
    assert left["kb"] < 4_000
