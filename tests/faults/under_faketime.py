"""The wall under libfaketime, whose sleep ends with an error where its moment has just passed."""

from __future__ import annotations

import contextlib
import time

from installation import cli

_sleep = time.sleep


def _sleep_or_not(seconds: float) -> None:
    with contextlib.suppress(OSError):
        _sleep(seconds)


if __name__ == "__main__":
    vars(time)["sleep"] = _sleep_or_not
    cli.main()
