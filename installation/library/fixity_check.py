"""Compares every original with its fixity record, and says in words what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from installation.library.digest import Digest
from installation.library.fixity import FixityRecords, Record
from installation.library.names import said


class Verdict(Enum):
    """What became of an original since it was recorded."""

    UNCHANGED = "unchanged"
    NEW = "new"
    MOVED = "moved"
    ACCEPTED = "accepted"
    REPLACED = "replaced"
    GONE = "gone"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


WELL = frozenset((Verdict.UNCHANGED, Verdict.NEW, Verdict.MOVED, Verdict.ACCEPTED))
"""Nothing is to be done about these."""
LOST = frozenset((Verdict.DAMAGED, Verdict.UNREADABLE))
"""Nobody meant these."""


@dataclass(frozen=True)
class Finding:
    """One original, and a sentence about it."""

    name: str
    verdict: Verdict
    sentence: str
    sha256: str = ""
    """Of what is there now, where it could be read."""


def check(
    records: FixityRecords, read: Callable[[Path], Digest], *, accept: bool = False
) -> Iterator[Finding]:
    """Read every original and compare; each finding as soon as there is one.

    New originals are recorded; with `accept`, all is recorded as it is now. Raises
    InstallationError where there is no film folder, OSError where the records cannot be written.
    """
    recorded = records.records()
    newcomers: dict[str, Digest] = {}
    names = records.originals()
    for name in names:
        try:
            found = read(records.path_of(name))
        except OSError as error:
            yield _unreadable(name, error)
            continue
        if name in recorded:
            yield _compared(records, recorded[name], found, accept)
        else:
            newcomers[name] = found
    missing = {name: recorded[name] for name in sorted(recorded.keys() - set(names))}
    for name, found in newcomers.items():
        yield _newcomer(records, name, found, missing)
    for name in missing:
        yield _gone(records, recorded[name], accept)


def _compared(records: FixityRecords, record: Record, found: Digest, accept: bool) -> Finding:
    verdict, sentence = _judged(record, found)
    if verdict is Verdict.UNCHANGED:
        records.note(record, found)
    elif accept:
        records.accept(record.name, found)
        sentence = f"was {verdict.value}; recorded as it is now"
        verdict = Verdict.ACCEPTED
    return Finding(record.name, verdict, sentence, found.sha256)


def _judged(record: Record, found: Digest) -> tuple[Verdict, str]:
    since = _day(record)
    if found.sha256 == record.accepted.sha256:
        return Verdict.UNCHANGED, f"as recorded on {since}"
    (size, changed, _), (size_then, changed_then, _) = found.edition, record.accepted.edition
    if changed != changed_then:
        return Verdict.REPLACED, (
            f"is another file than the one recorded on {since}; if a new one was delivered, record"
            " it with --accept, else put the old one back"
        )
    same = "its time is" if size != size_then else "its size and time are"
    return Verdict.DAMAGED, (
        f"holds other data than recorded on {since}, though {same} the same: nobody wrote it anew,"
        " it is damaged; copy it again from the artist's master and look after the disk"
    )


def _newcomer(
    records: FixityRecords, name: str, found: Digest, missing: dict[str, Record]
) -> Finding:
    same = (old for old in missing.values() if old.accepted.sha256 == found.sha256)
    moved = next(same, None)
    if moved is None:
        records.accept(name, found)
        return Finding(name, Verdict.NEW, "recorded now", found.sha256)
    del missing[moved.name]
    records.rename(moved, name, found)
    sentence = f"was {said(moved.name)}; as recorded on {_day(moved)}"
    return Finding(name, Verdict.MOVED, sentence, found.sha256)


def _gone(records: FixityRecords, record: Record, accept: bool) -> Finding:
    if accept:
        records.forget(record.name)
        return Finding(record.name, Verdict.ACCEPTED, "is gone; its record was taken out")
    return Finding(
        record.name,
        Verdict.GONE,
        f"was recorded on {_day(record)} and is gone; put it back, or take its record out with"
        " --accept",
    )


def _unreadable(name: str, error: OSError) -> Finding:
    why = error.strerror or str(error)
    remedy = "copy it again from the artist's master, and look after the disk"
    if isinstance(error, PermissionError):
        remedy = "give everyone permission to open it"
    elif error.strerror == "it changes while it is read":
        remedy = "ask again when it is copied completely"
    return Finding(name, Verdict.UNREADABLE, f"cannot be read ({why}); {remedy}")


def _day(record: Record) -> str:
    return f"{record.since.astimezone():%Y-%m-%d}"
