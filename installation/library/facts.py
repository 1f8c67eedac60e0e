"""What a film file holds, as measured; as JSON too, read back with nothing taken on trust."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from installation.film import Engine, Picture

_LARGEST_COUNT = 1 << 48
_FRACTION = re.compile(r"[0-9]{1,40}(/[0-9]{1,40})?")
_NAME = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")


@dataclass(frozen=True)
class Facts:
    """What a film file holds; the names are those of `film.Version`."""

    picture: Picture
    rate: Fraction
    duration: Fraction
    frame_count: int
    codec: str
    pixel_format: str
    opened_by: Engine = "av"


def as_json(facts: Facts) -> dict[str, Any]:
    """The facts in what JSON knows; fractions are written out, as in "24000/1001"."""
    written: dict[str, Any] = json.loads(json.dumps(asdict(facts), default=str))
    return written


def from_json(written: Any) -> Facts:
    """The facts that were written; raises ValueError where no film is like that."""
    try:
        picture = written["picture"]
        return Facts(
            picture=Picture(
                width_px=_count(picture["width_px"]),
                height_px=_count(picture["height_px"]),
                sample_aspect=_fraction(picture["sample_aspect"]),
                rotation_deg=_count(picture["rotation_deg"], least=0),
            ),
            rate=_fraction(written["rate"]),
            duration=_fraction(written["duration"]),
            frame_count=_count(written["frame_count"]),
            codec=_name(written["codec"]),
            pixel_format=_name(written["pixel_format"]),
            opened_by="vlc" if written.get("opened_by") == "vlc" else "av",
        )
    except (AttributeError, KeyError, TypeError, ZeroDivisionError) as error:
        raise ValueError("no facts of a film") from error


def _count(written: Any, *, least: int = 1) -> int:
    if type(written) is not int or not least <= written <= _LARGEST_COUNT:
        raise ValueError("no film is like that")
    return written


def _fraction(written: Any) -> Fraction:
    """A fraction above zero; its form is checked first: "1e99999999" would take for ever."""
    if not _FRACTION.fullmatch(written) or (value := Fraction(written)) <= 0:
        raise ValueError("no film is like that")
    return value


def _name(written: Any) -> str:
    if not _NAME.fullmatch(written):
        raise ValueError("no film is like that")
    return str(written)
