"""The cover stands as soon as it is told what to show, and goes when nobody holds it any more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture
def cover() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "installation.wall.cover"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def picture(path: Path) -> str:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor("grey"))
    assert image.save(str(path))
    return str(path)


def test_it_says_when_all_its_pictures_stand_and_goes_when_it_is_let_go(
    cover: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert cover.stdin is not None
    assert cover.stdout is not None
    places = [[0, 0, 64, 36, picture(tmp_path / "0.bmp")]]
    places += [[64, 0, 64, 36, picture(tmp_path / "1.bmp")]]
    held = os.dup(cover.stdin.fileno())  # as the next process does
    cover.stdin.write(f"{json.dumps(places)}\n".encode())
    cover.stdin.flush()
    assert cover.stdout.readline() == b"shown\n"
    cover.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        cover.wait(1)  # somebody holds it still
    os.close(held)
    assert cover.wait(60) == 0


def test_one_that_is_never_needed_goes_too(cover: subprocess.Popen[bytes]) -> None:
    assert cover.stdin is not None
    cover.stdin.close()
    assert cover.wait(60) == 0
