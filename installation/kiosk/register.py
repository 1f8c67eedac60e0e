"""The register: technical data of every version that was ever shown, beside the play log.

The log's old files go in time, and films are taken out of their folder; a report is still to say
what was shown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from installation.kiosk.state import set_aside
from installation.whole import write_whole

logger = logging.getLogger(__name__)

FORMAT = 1
"""To be raised when the file is to be read otherwise."""
MOST_ENTRIES = 5000
Facts = Mapping[str, Any]
"""With `name`, `file` and `edition`, which tell one film from the next in its place, and `since_s`,
seconds since 1970.
"""


def enter(folder: Path, facts: Sequence[Facts]) -> None:
    """Enter versions that are shown, unless they are entered already. Raises OSError."""
    entered = read_register(folder)
    known = {_key(one): place for place, one in enumerate(entered)}
    before = list(entered)
    for one in facts:
        place = known.get(_key(one))
        if place is None:
            known[_key(one)] = len(entered)
            entered.append(dict(one))
        else:
            entered[place] = {**one, "since_s": entered[place].get("since_s")}
    if entered != before:
        folder.mkdir(parents=True, exist_ok=True)
        content = {"format": FORMAT, "versions": entered[-MOST_ENTRIES:]}
        write_whole(_file(folder), json.dumps(content, indent=1).encode("ascii"))


def read_register(folder: Path) -> list[dict[str, Any]]:
    """All entries, in the order in which they came; a damaged file is set aside, and begun anew."""
    file = _file(folder)
    try:
        said = json.loads(file.read_bytes())
        if said["format"] != FORMAT:
            raise ValueError("another format")
        found = [one for one in said["versions"] if isinstance(one, dict)]
        return [one for one in found if isinstance(one.get("name"), str)]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        aside = set_aside(file)
        logger.warning("%s: the register is of no use (%s), and begun anew", aside or file, error)
        return []


def _key(facts: Facts) -> tuple[str, str, str]:
    return str(facts.get("name")), str(facts.get("file")), str(facts.get("edition"))


def _file(folder: Path) -> Path:
    return folder / "versions.json"
