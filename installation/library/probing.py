"""The program that looks into one film and ends: `probe_apart` starts this file, nobody imports it.

It is asked by one JSON argument and answers with one JSON object. It is a file and not a module
to run because the rooms that it has no use for are then never imported, nor what they need.
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
    library = Path(__file__).parent
    _enter_room("installation", library.parent)
    _enter_room("installation.library", library)
    from installation.library.confinement import step_back

    step_back(is_urgent=asked.get("is_urgent", False))  # before the long import
    print(json.dumps(_answer(asked)), flush=True)


def _enter_room(name: str, folder: Path) -> None:
    """Let modules of a package be imported without what its `__init__` imports beside them."""
    room = ModuleType(name)
    room.__path__ = [str(folder)]
    sys.modules[name] = room


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    from installation.library.confinement import confine

    answer: dict[str, Any] = {"is_off_network": confine(**asked["limits"])}
    if asked.get("wants") == "credentials":
        return answer | {"credentials": _credentials(Path(asked["path"]))}
    if asked.get("wants") == "facts by libVLC":
        return answer | _facts_by_vlc(asked)
    if asked.get("wants") == "still":
        return answer | {"still": _still(asked)}
    if asked.get("wants") == "cost":
        return answer | {"cost": _cost(asked)}
    return answer | _facts(asked)


def _facts_by_vlc(asked: dict[str, Any]) -> dict[str, Any]:
    from installation.errors import VersionRejected
    from installation.library.facts import as_json
    from installation.library.probe_by_vlc import probe_by_vlc

    try:
        return {"facts": as_json(probe_by_vlc(Path(asked["path"]), asked["container"]))}
    except VersionRejected as error:
        return {"rejected": {"what": error.what, "remedy": error.remedy}}


def _still(asked: dict[str, Any]) -> str | None:
    from installation.library.still import still_as_json

    return still_as_json(asked)


def _cost(asked: dict[str, Any]) -> list[float] | None:
    from installation.library.decoding_cost import cost_as_json

    return cost_as_json(asked)


def _credentials(film: Path) -> dict[str, Any] | None:
    from installation.library.credentials import credentials_as_json
    from installation.library.manifest import read_credentials

    return credentials_as_json(read_credentials(film))


def _facts(asked: dict[str, Any]) -> dict[str, Any]:
    from installation.errors import NotForPyav, VersionRejected
    from installation.library.facts import as_json
    from installation.library.probe import probe
    from installation.library.rehearsal import cut_short, rehearse

    film = Path(asked["path"]), asked["container"]
    try:
        facts = probe(*film)
        rehearse(*film, facts, asked["rehearsal"], asked["threads"])
    except MemoryError:
        return {"out_of_memory": True}
    except VersionRejected as error:
        if _is_for_memory(error):
            return {"out_of_memory": True}
        told = cut_short(film[0]) or error
        is_for_vlc = isinstance(told, NotForPyav)
        return {"rejected": {"what": told.what, "remedy": told.remedy, "is_for_vlc": is_for_vlc}}
    return {"facts": as_json(facts)}


def _is_for_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__
    return False


if __name__ == "__main__":
    main()
