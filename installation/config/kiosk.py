"""A wall with nobody there: how a technician ends it, and how large it may grow."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from installation.config.amount import Amount
from installation.config.setting import Setting

NO_CHORD = "none"
MODIFIERS = ("ctrl", "alt", "shift", "meta")
"""In the order in which a chord is said."""
_ALSO_CALLED = {"control": "ctrl", "option": "alt", "super": "meta", "win": "meta", "cmd": "meta"}
_KEY = re.compile(r"[a-z0-9]|f[1-9]|f1[0-2]|escape|delete|backspace|insert|home|end")
_EXAMPLE = 'write one such as "ctrl+alt+shift+q", or none'


def _chord(written: Any) -> Any:
    """As it is said, `ctrl+alt+shift+q`. Raises ValueError in plain words."""
    if written is None:
        return written
    parts = [part.strip() for part in str(written).casefold().split("+")]
    *held, key = (_ALSO_CALLED.get(part, part) for part in parts)
    if not held and key == NO_CHORD:
        return NO_CHORD
    are_modifiers = all(one in MODIFIERS for one in held) and len({*held}) == len(held)
    if isinstance(written, bool) or not are_modifiers or not _KEY.fullmatch(key):
        raise ValueError(f'"{written}" is no chord of keys; {_EXAMPLE}')
    if len(held) < 2:
        raise ValueError(
            f'"{written}" is too easily pressed by chance; hold two keys or more, as in'
            ' "ctrl+alt+shift+q"'
        )
    if key.isdigit() and "shift" in held:
        raise ValueError(
            f'"{written}" is another sign on each keyboard; take a letter, or leave shift out'
        )
    return "+".join((*(one for one in MODIFIERS if one in held), key))


class KioskConfig(Setting):
    """What holds for `installation kiosk`, where nobody is there; `play` has its own keys."""

    exit_chord: Annotated[str, BeforeValidator(_chord)] = Field(
        "ctrl+alt+shift+q",
        description="The keys that, pressed together, end the wall; every other key, and the "
        "mouse, do nothing. none for no keys at all.",
    )
    memory_limit: Amount | None = Field(
        None,
        description="What the wall may use: 2 GB, or 50% of the machine's memory. Beyond it, it is "
        "started anew at a seam. By default a share of the machine's memory.",
    )
