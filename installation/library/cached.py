"""One mezzanine in the cache: what it is known by, its files' names, and what its note says."""

from __future__ import annotations

import os
import re
import socket
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from installation.library import digest as digests
from installation.library import mezzanine
from installation.library.digest import Digest
from installation.library.mezzanine import RECIPE, SUFFIX, MezzanineFacts, Size

FORMAT = 1
"""To be raised when a name in a note is taken out or means something else."""
_STEM = r"(?P<sha256>[0-9a-f]{64})-(?P<width>[1-9][0-9]{0,5})x(?P<height>[1-9][0-9]{0,5})"
_NAME = re.compile(
    rf"{_STEM}-r(?P<recipe>[0-9]{{1,6}})"
    rf"(?:(?P<note>\.json)|-(?P<film>[0-9a-f]{{8}}){re.escape(SUFFIX)}"
    rf"|-(?P<host>[0-9a-f]{{8}})-(?P<pid>[0-9]{{1,10}})-[0-9]+\.part)"
)


@dataclass(frozen=True)
class Key:
    """What a mezzanine is made from and how: the same key means the same pictures."""

    sha256: str
    """The original's."""
    size: Size
    recipe: int = RECIPE

    @property
    def short_id(self) -> int:
        """For the stamp in every frame: the same wherever this original is conformed."""
        return int(self.sha256[:4], 16)

    def __str__(self) -> str:
        return f"{self.sha256}-{self.size[0]}x{self.size[1]}-r{self.recipe}"


@dataclass(frozen=True)
class Mezzanine:
    """A mezzanine that is there."""

    key: Key
    path: Path
    facts: MezzanineFacts
    digest: Digest
    """Its own, as it was made."""
    made_ns: int
    shown_ns: int
    """When it was last said to be on air; when it was made, for one that never was."""

    @property
    def width_px(self) -> int:
        """Of the key, which is the facts' without the stamp."""
        return self.key.size[0]

    @property
    def height_px(self) -> int:
        """See `width_px`."""
        return self.key.size[1]

    @property
    def size_bytes(self) -> int:
        """What it takes on the disk."""
        return self.digest.edition[0]


@dataclass(frozen=True)
class Name:
    """What a file of ours is, by its name."""

    key: Key
    kind: Literal["note", "film", "part"]
    host: str = ""
    pid: int = 0
    """For a part: who writes it."""

    @staticmethod
    def note(key: Key) -> str:
        """Whoever has this one has the mezzanine."""
        return f"{key}.json"

    @staticmethod
    def film(key: Key, own_sha256: str) -> str:
        """Another for each file made, so that a note never speaks of somebody else's."""
        return f"{key}-{own_sha256[:8]}{SUFFIX}"

    @staticmethod
    def part(key: Key, pid: int, number: int) -> str:
        """One that is still being written, and by whom."""
        return f"{key}-{_host()}-{pid}-{number}.part"

    def is_abandoned(self) -> bool:
        """True for a part whose writer, on this machine, is there no more."""
        if self.host != _host() or sys.platform == "win32":  # asking would end it there
            return False
        try:
            os.kill(self.pid, 0)
        except (ProcessLookupError, OverflowError):
            return True
        except OSError:
            pass  # somebody else's
        return False


def parsed(name: str) -> Name | None:
    """What a file is, if it is ours."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    size = int(match["width"]), int(match["height"])
    key = Key(match["sha256"], size, int(match["recipe"]))
    if match["note"]:
        return Name(key, "note")
    if match["film"]:
        return Name(key, "film")
    return Name(key, "part", match["host"], int(match["pid"]))


def as_json(entry: Mezzanine) -> dict[str, Any]:
    """What its note says."""
    return {
        "format": FORMAT,
        "original": {"sha256": entry.key.sha256},
        "size": list(entry.key.size),
        "recipe": entry.key.recipe,
        "file": entry.path.name,
        "digest": digests.as_json(entry.digest),
        "made_ns": entry.made_ns,
        "facts": mezzanine.as_json(entry.facts),
    }


def from_json(written: Any, folder: Path, shown_ns: int) -> Mezzanine:
    """What a note says; raises ValueError where it is none."""
    try:
        width, height = written["size"]
        sha256, recipe, file = written["original"]["sha256"], written["recipe"], written["file"]
        made_ns = written["made_ns"]
        numbers = (written["format"], width, height, recipe, made_ns)
        if any(type(number) is not int for number in numbers) or written["format"] != FORMAT:
            raise ValueError("no note of a mezzanine")
        key, name = Key(sha256, (width, height), recipe), parsed(file)
        if name is None or name.kind != "film" or name.key != key:
            raise ValueError("no note of a mezzanine")
        return Mezzanine(
            key=key,
            path=folder / file,
            facts=mezzanine.from_json(written["facts"]),
            digest=digests.from_json(written["digest"]),
            made_ns=made_ns,
            shown_ns=shown_ns,
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no note of a mezzanine") from error


def _host() -> str:
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"
