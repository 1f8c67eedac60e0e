"""What a film's Content Credentials say of it; as JSON too, read back with no trust in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from installation.film import PartialDate

Problem = Literal["", "changed", "damaged", "unreadable"]
MOST_LETTERS = 80

_REMEDY = "copy it again, or say model and date in version.yaml"
_SENTENCES: dict[Problem, tuple[str, str]] = {
    "changed": (
        "was changed after its Content Credentials were signed, so they are not used",
        "ask for the file as it was made, or say model and date in version.yaml",
    ),
    "damaged": ("carries damaged Content Credentials, which are not used", _REMEDY),
    "unreadable": ("carries Content Credentials that cannot be read", _REMEDY),
}


@dataclass(frozen=True)
class Credentials:
    """What was signed of a film; what they do not tell is empty."""

    model: str = ""
    date: PartialDate | None = None
    signer: str = ""
    is_verified: bool = False
    """True where the signer is one of those we were told to trust."""
    problem: Problem = ""
    """Why there are some but none to be used: the film is not the one that was signed, they are
    damaged, or reading them failed."""

    @property
    def name(self) -> str:
        """As the source of a credit."""
        by = f" signed by {self.signer}" if self.signer else ""
        return f"Content Credentials{by}" + ("" if self.is_verified else ", signer not verified")

    @property
    def complaint(self) -> tuple[str, str] | None:
        """What is wrong with them, and how to mend it; None where nothing is."""
        return _SENTENCES.get(self.problem)


def tidy(text: str) -> str:
    """A stranger's text as a caption can bear it: one short line, nothing that turns or hides."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line[:MOST_LETTERS].rstrip()


def credentials_as_json(credentials: Credentials | None) -> dict[str, Any] | None:
    """The credentials in what JSON knows."""
    if credentials is None:
        return None
    return vars(credentials) | {"date": str(credentials.date) if credentials.date else None}


def credentials_from_json(written: Any) -> Credentials | None:
    """The credentials that were written; raises ValueError where there are none like that."""
    if written is None:
        return None
    try:
        date, is_verified, problem = written["date"], written["is_verified"], written["problem"]
        if type(is_verified) is not bool or problem not in get_args(Problem):
            raise ValueError("no credentials are like that")
        return Credentials(
            model=_line(written["model"]),
            date=None if date is None else PartialDate.parse(date),
            signer=_line(written["signer"]),
            is_verified=is_verified,
            problem=problem,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no credentials are like that") from error


def _line(written: Any) -> str:
    if not isinstance(written, str) or written != tidy(written):
        raise ValueError("no credentials are like that")
    return written
