"""Live versions: a folder without a film, whose `version.yaml` says where one is received from."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

from installation.decode.live_stream import parse_address
from installation.errors import VersionRejected
from installation.film import Picture, Version
from installation.library.credits import FILE_NAME, Credited, Source
from installation.library.names import is_film_name, is_unfinished, plain

NOT_SEEN_YET = Picture(1920, 1080)
"""The shape of a live version's tile until its first picture was received."""
_OF_TIME = ("start", "stop", "offset", "speed", "cues", "when_short")
_UNUSED = "take out what else is said of its time"


def live_version(
    folder: Path, credited: Credited, protocols: Collection[str]
) -> tuple[Version, tuple[str, ...]] | None:
    """The live version in a folder that holds no film, and what is to be said of it.

    None where no source is named. Raises VersionRejected, with its `where`, for a source that is
    none or may not be received.
    """
    source = credited.source
    if source is None or any(_is_film(path.name) for path in folder.iterdir()):
        return None
    version = Version(
        name=plain(folder.name),
        path=folder / FILE_NAME,
        credit=credited.credit,
        picture=NOT_SEEN_YET,
        rate=Fraction(0),
        duration=Fraction(0),
        frame_count=0,
        container="",
        wishes=credited.wishes,
        source=_admitted(source, protocols),
    )
    notices = credited.notices
    if any(getattr(credited.wishes, name) not in (None, ()) for name in _OF_TIME):
        notices += (f"{source.where}: a live version comes as it comes; {_UNUSED}",)
    return version, notices


def unused_source(source: Source | None) -> tuple[str, ...]:
    """What is to be said of a source beside a film."""
    if source is None:
        return ()
    return (f"{source.where}: source: a film lies beside it and is shown; take one of them away",)


def _admitted(source: Source, protocols: Collection[str]) -> str:
    try:
        address = parse_address(source.text)
    except ValueError as error:
        raise VersionRejected(f"source: {error}", where=source.where) from error
    if address.protocol not in protocols:
        raise VersionRejected(
            f"source: the protocol {address.protocol} is not allowed on this wall",
            where=source.where,
            remedy=f"the curator can add {address.protocol} to playback.allow_protocols",
        )
    return address.url


def _is_film(name: str) -> bool:
    return is_film_name(name) or is_unfinished(name)
