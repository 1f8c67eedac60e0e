"""The program that measures how loud one film is and ends: `levels` starts this file.

It is asked by one JSON argument and answers with one JSON object, as `library/probing.py` does.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def main() -> None:
    """Answer what was asked."""
    asked = json.loads(sys.argv[1])
    sys.path[:] = asked["sys_path"]
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each of its threads would set memory aside
    package = Path(__file__).parent
    for room in ("installation", "installation.library", "installation.decode"):
        _enter_room(room, package.joinpath(*room.split(".")[1:]))
    from installation.library.confinement import step_back

    step_back()
    print(json.dumps(_answer(asked)), flush=True)


def _enter_room(name: str, folder: Path) -> None:
    """Let modules of a package be imported without what its `__init__` imports beside them."""
    room = ModuleType(name)
    room.__path__ = [str(folder)]
    sys.modules[name] = room


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    from installation.library.confinement import confine

    confine(**asked["limits"])
    from installation.decode.container import DAMAGE
    from installation.sound.loudness import RATE, loudness_of
    from installation.sound.source import NoSound, SoundFile

    try:
        file = SoundFile(Path(asked["path"]), asked["container"], RATE)
    except NoSound:
        return {"loudness": None}
    except (*DAMAGE, ValueError) as error:  # ValueError for what only libVLC can open
        return {"damaged": str(error)}
    try:
        found = loudness_of(file)
    except DAMAGE as error:
        return {"damaged": str(error)}
    finally:
        file.close()
    return {"loudness": [found.lufs, found.peak_db]}


if __name__ == "__main__":
    main()
