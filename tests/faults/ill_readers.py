"""The wall with readers that fall ill while it plays, as a test says in a file.

`INSTALLATION_ILLS` names a JSON file: by a version's folder, what its readers do. "slow" ones take
ten times as long as they may, "raise" is a bug, "fault" a file that cannot be read on. One that is
"stuck" never comes back, whatever is said later; one made after that is well.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from installation import cli
from installation.decode import AvReader, ReaderFault
from installation.decode.image import DecodedFrame
from tests.faults.gallery import RATE

ILLS = "INSTALLATION_ILLS"
SLOW_S = 10 / RATE
_right = AvReader.frames


def _ill(reader: AvReader) -> str:
    try:
        said = json.loads(Path(os.environ[ILLS]).read_text())
    except (OSError, ValueError):
        return ""
    return str(said.get(reader._pictures._path.parent.name, ""))


def _frames(self: AvReader, start: Fraction, stop: Fraction) -> Iterator[DecodedFrame]:
    was_stuck = _ill(self) == "stuck"  # and this one has been made since
    for frame in _right(self, start, stop):
        match _ill(self):
            case "slow":
                time.sleep(SLOW_S)
            case "raise":
                raise ValueError("a bug of the test's")
            case "fault":
                raise ReaderFault("cannot be read on: the test says so")
            case "stuck" if not was_stuck:
                threading.Event().wait()
        yield frame


if __name__ == "__main__":
    AvReader.frames = _frames  # type: ignore[method-assign]
    cli.main()
