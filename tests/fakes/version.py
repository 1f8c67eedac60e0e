"""A version as the library would find it, of four seconds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from installation.film import Credit, Picture, Version


def a_version(name: str, **otherwise: Any) -> Version:
    """In a folder of its own; `otherwise` names fields of another value."""
    usual = Version(
        name=name,
        path=Path(name) / "film.mp4",
        credit=Credit(name),
        picture=Picture(64, 36),
        rate=Fraction(24),
        duration=Fraction(4),
        frame_count=96,
        container="mov",
    )
    return replace(usual, **otherwise)
