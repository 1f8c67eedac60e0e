"""Where the kiosk keeps what must outlive a crash or a power cut, apart for each config.

It is beside the state files of `installation status`, in the user's state folder: never beside the
curator's file, which is not ours to write to.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from installation.whole import set_aside

__all__ = ["kept_folder", "set_aside"]


def kept_folder(config: Path, state: Path | None = None) -> Path:
    """The folder for what is kept of the wall that plays a config; it may not be there yet."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(config))).hexdigest()[:32]
    folder = state or Path(platformdirs.user_state_dir("installation", appauthor=False))
    return folder / "kept" / name
