"""Where on this machine we keep what we make for ourselves."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def mezzanines_folder(chosen: Path | None) -> Path:
    """The folder of the mezzanines: the one chosen, or the user's own cache."""
    if chosen is not None:
        return chosen
    return Path(platformdirs.user_cache_dir("installation", appauthor=False)) / "mezzanines"
