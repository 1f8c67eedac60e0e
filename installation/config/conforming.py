"""Whether versions are transcoded to the size they are shown at, and where that is kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from installation.config.amount import Amount
from installation.config.setting import FolderPath, Setting


class ConformConfig(Setting):
    """Mezzanines: versions transcoded once, in the background, to the size they are shown at."""

    mode: Literal["auto", "always", "never"] = Field(
        "auto",
        description="auto conforms what is larger than it is shown, always everything, "
        "never nothing.",
    )
    cache: FolderPath | None = Field(
        None,
        description="The folder that keeps the mezzanines, relative to this file; "
        "by default the cache folder of the user who plays the wall.",
    )
    limit: Amount = Field(
        default_factory=lambda: Amount.parse("20%"),
        description="What the mezzanines may take at most: 50 GB, or 20% of the disk.",
    )
