"""The program that reads one file for its SHA-256 and ends: `digest_apart` starts this file.

It is asked by one JSON argument and answers with one JSON object, as `probing.py` does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def main() -> None:
    """Answer what was asked."""
    asked = json.loads(sys.argv[1])
    sys.path[:] = asked["sys_path"]
    package = Path(__file__).parents[1]
    for room in ("installation", "installation.library", "installation.decode"):
        _enter_room(room, package.joinpath(*room.split(".")[1:]))
    from installation.library.confinement import step_back
    from installation.library.idleness import be_idle

    step_back()
    if not asked["is_urgent"]:
        be_idle()
    print(json.dumps(_answer(asked)), flush=True)


def _enter_room(name: str, folder: Path) -> None:
    """Let modules of a package be imported without what its `__init__` imports beside them."""
    room = ModuleType(name)
    room.__path__ = [str(folder)]
    sys.modules[name] = room


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    from installation.library.confinement import confine
    from installation.library.digest import as_json, digest

    confine(**asked["limits"])
    try:
        return as_json(digest(Path(asked["path"])))
    except OSError as error:
        return {"errno": error.errno or 0, "strerror": error.strerror or str(error)}


if __name__ == "__main__":
    main()
