"""Who made a version, with what and when: from its `version.yaml`, what that does not say from the
film's Content Credentials, and the rest from its folder's name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pydantic.dataclasses  # noqa: F401  else by the first file, which is read beside Qt's import
from pydantic import BeforeValidator, ConfigDict

from installation.config import VersionSettings, load_placed
from installation.errors import ConfigError, VersionRejected
from installation.film import NO_WISHES, Credit, PartialDate, Wishes
from installation.library.credentials import Credentials
from installation.library.gate import open_document_gate
from installation.library.names import plain, said

FILE_NAME, FOLDER_NAME = "version.yaml", "folder name"
_NEAR_MISSES = ("version.yml", "version.yaml.txt", "version.yml.txt", "version.txt")
_DATED = re.compile(
    r"""(?P<year>\d{4})
        (?: (?P<sep>[-_.]) (?P<month>\d{1,2}) (?: (?P=sep) (?P<day>\d{1,2}) )?
          | (?P<mm>\d{2})(?P<dd>\d{2}) )?
        (?: (?P<gap>[\s_.,\u2013\u2014-]+) (?P<model>.*) )?""",
    re.VERBOSE | re.DOTALL,
)


def _date(value: Any) -> PartialDate | None:
    return None if value is None else PartialDate.parse(str(value))


class VersionFile(VersionSettings):
    """What an artist can write into `version.yaml`; what is left out comes from the folder."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )

    model: str | None = None
    date: Annotated[PartialDate | None, BeforeValidator(_date)] = None
    title: str | None = None
    tools: str | None = None
    note: str | None = None
    source: str | None = None


class Source(NamedTuple):
    """Where a live version is received from, as its `version.yaml` says."""

    text: str
    where: str
    """`2026 Live/version.yaml:3:9`, for messages."""


class Credited(NamedTuple):
    """A credit, and what has to be said about where it came from."""

    credit: Credit
    notices: tuple[str, ...] = ()
    wishes: Wishes = NO_WISHES
    source: Source | None = None


def credit_for(
    folder: Path, root: Path, credentials: Credentials | None = None, film: str = ""
) -> Credited:
    """The credit of the version in `folder`, inside the film's folder `root`.

    `credentials` are those of the file named `film` in it. A mistake in `version.yaml` is a
    notice; the version then has the credit that it would have without one.
    """
    read, notices, source = _read(folder, root)
    credit = _written(read)
    if credentials is not None and not (credit.model and credit.date):
        if credentials.complaint is None:
            credit = _with(credit, credentials)
        else:
            notices += (_complaint(credentials.complaint, f"{folder.name}/{film}"),)
    name = credit_from_name(folder.name)
    credit = replace(credit, model=credit.model or name.model, date=credit.date or name.date)
    return Credited(credit, notices, read.wishes if read else NO_WISHES, source)


def _read(folder: Path, root: Path) -> tuple[VersionFile | None, tuple[str, ...], Source | None]:
    """What `version.yaml` says, if there is one without a mistake, and what is to be said of it."""
    file = folder / FILE_NAME
    if not file.exists() and not file.is_symlink():
        return None, _near_miss(folder), None
    where = f"{said(folder.name)}/{FILE_NAME}"
    try:
        read, document = load_placed(open_document_gate(file, root), VersionFile)
    except ConfigError as error:
        return None, tuple(f"{said(folder.name)}/{m}" for m in error.messages), None
    except VersionRejected as error:
        return None, (str(VersionRejected(error.what, where=where, remedy=error.remedy)),), None
    line, column = document.place(("source",))
    source = Source(read.source, f"{where}:{line}:{column}") if read.source is not None else None
    return read, (), source


def _written(read: VersionFile | None) -> Credit:
    """The credit as `version.yaml` has it, with gaps."""
    if read is None:
        return Credit(model="", source=FOLDER_NAME)
    return Credit(
        model=_line(read.model),
        date=read.date,
        title=_line(read.title),
        tools=_line(read.tools),
        note=(read.note or "").strip(),
        source=FILE_NAME,
    )


def _with(credit: Credit, credentials: Credentials) -> Credit:
    """A credit with model and date from Content Credentials where it has none yet."""
    model = credit.model or credentials.model
    date = credit.date or credentials.date
    taken = ["model"] * (model != credit.model) + ["date"] * (date != credit.date)
    if taken == ["model", "date"] and credit.source == FOLDER_NAME:
        source = credentials.name
    elif taken:
        source = f"{credit.source}; {' and '.join(taken)} from {credentials.name}"
    else:
        source = credit.source
    return replace(credit, model=model, date=date, source=source)


def _complaint(complaint: tuple[str, str], where: str) -> str:
    what, remedy = complaint
    return str(VersionRejected(what, where=said(where), remedy=remedy))


def credit_from_name(name: str) -> Credit:
    """A credit from `2024-03-11 Runway Gen-2`, `2024-03 Sora`, `2023 ...`, else the name as it is.

    Dates may also be written 2024_03_11, 2024.03.11 or 20240311: the year always comes first.
    """
    name = _line(plain(name))
    match = _DATED.fullmatch(name)
    if not match:
        return Credit(model=name)
    parts = match["year"], match["month"] or match["mm"], match["day"] or match["dd"]
    try:
        date = PartialDate(*(int(part) for part in parts if part))
    except ValueError:
        return Credit(model=name)
    model = match["model"] or ""
    if match["gap"] and "_" in match["gap"]:  # 2024_03_11_Runway_Gen-2
        model = model.replace("_", " ")
    return Credit(model=model.strip() or name, date=date)


def _near_miss(folder: Path) -> tuple[str, ...]:
    names = {path.name.casefold(): path.name for path in folder.iterdir()}
    for near in (FILE_NAME, *_NEAR_MISSES):  # the first, too: in capitals
        if near in names:
            where = f"{said(folder.name)}/{said(names[near])}"
            return (f'{where}: is not read under this name; rename it to "{FILE_NAME}"',)
    return ()


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
