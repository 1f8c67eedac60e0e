"""The program that makes one mezzanine and ends: `conform_apart` starts this file.

It is asked by one JSON argument and answers in lines of JSON: how far it is, and what came of it.
As with `probing`, the rooms that it has no use for are never imported, nor what they need.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def main() -> None:
    """Do what was asked."""
    asked = json.loads(sys.argv[1])
    sys.path[:] = asked["sys_path"]
    library = Path(__file__).parent
    _enter_room("installation", library.parent)
    _enter_room("installation.library", library)
    from installation.library.confinement import step_back
    from installation.library.idleness import be_idle

    step_back()
    if not asked["is_urgent"]:
        be_idle()
    _say(_answer(asked))


def _enter_room(name: str, folder: Path) -> None:
    """Let modules of a package be imported without what its `__init__` imports beside them."""
    room = ModuleType(name)
    room.__path__ = [str(folder)]
    sys.modules[name] = room


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    from installation.errors import VersionRejected
    from installation.library.confinement import confine
    from installation.library.mezzanine import as_json
    from installation.library.transcode import conform

    answer: dict[str, Any] = {"is_off_network": confine(**asked["limits"])}
    try:
        made = conform(
            Path(asked["source"]),
            asked["container"],
            Path(asked["target"]),
            (asked["size"][0], asked["size"][1]),
            asked["short_id"],
            threads=asked["threads"],
            on_progress=lambda done, total: _say({"done": done, "total": total}),
        )
    except MemoryError:
        return answer | {"out_of_memory": True}
    except OSError as error:
        return answer | {"unwritable": {"errno": error.errno, "strerror": error.strerror}}
    except VersionRejected as error:
        if _is_for_memory(error):
            return answer | {"out_of_memory": True}
        return answer | {"rejected": {"what": error.what, "remedy": error.remedy}}
    return answer | {"made": as_json(made)}


def _is_for_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__
    return False


if __name__ == "__main__":
    main()
