"""Guards against a binding that gives the interpreter's None away, call by call."""

from __future__ import annotations

import subprocess
import sys

import PySide6

CALLS = 10_000
PROGRAM = f"""
import sys
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage, QPainter
thing = QObject()
image = QImage(8, 8, QImage.Format.Format_RGB32)
canvas = QImage(8, 8, QImage.Format.Format_RGB32)
painter = QPainter(canvas)
for call in range({CALLS} + 100):
    if call == 100:  # by now the bindings have loaded what they load at first use
        before = sys.getrefcount(None)
    thing.setObjectName("a")
    painter.drawImage(0, 0, image)
    painter.fillRect(0, 0, 8, 8, QColor("black"))
after = sys.getrefcount(None)
painter.end()
print(after - before)
"""


def test_ten_thousand_calls_leave_none_where_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert abs(int(done.stdout)) < 100


def test_python_3_11_does_not_get_the_release_that_aborts_it() -> None:
    if sys.version_info < (3, 12):
        assert tuple(int(part) for part in PySide6.__version__.split(".")[:2]) < (6, 12)
    else:
        assert sys.getrefcount(None) > 1_000_000  # immortal: nothing can be given away
