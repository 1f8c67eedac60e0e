"""The play log: where it lies, and how much of the past it keeps."""

from __future__ import annotations

from pydantic import Field, field_validator

from installation.config.amount import Amount
from installation.config.setting import FolderPath, Setting

_LEAST = Amount.parse("1 MB")


class PlayLogConfig(Setting):
    """What the wall did, line by line, for the registrar's report."""

    folder: FolderPath | None = Field(
        None,
        description="The folder that keeps the play log, relative to this file; by default "
        "in the state folder of the user who plays the wall.",
    )
    limit: Amount = Field(
        default_factory=lambda: Amount.parse("100 MB"),
        description="What the play log may take at most: 100 MB, or 1% of the disk. About 30 MB "
        "hold a year.",
    )
    days: int = Field(
        1000, ge=1, le=36_500, description="How many days the play log reaches back at most."
    )

    @field_validator("limit")
    @classmethod
    def _holds_some_days(cls, limit: Amount) -> Amount:
        if limit.unit != "%" and limit.bytes_of(0) < _LEAST.bytes_of(0):
            raise ValueError(f'"{limit}" is too little for a log; write {_LEAST} or more')
        return limit
