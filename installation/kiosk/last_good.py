"""The last good config: what played is kept, so that the wall comes back with it whatever stands
in the curator's file by then. That file is never written to.

Two are kept: the last config that showed a picture, for when the file is broken, and the last one
that played well for a while, for when what plays crashes. Relative folders in them mean what they
meant: they are read in the place of the curator's file.
"""

from __future__ import annotations

import hashlib
import logging
from enum import Enum
from pathlib import Path

from installation.config import Config, load_config
from installation.config.model import Edition
from installation.errors import InstallationError
from installation.kiosk.state import kept_folder, set_aside
from installation.whole import write_whole

logger = logging.getLogger(__name__)

_HEADER = b"# kept by Installation, which will not read it once it is changed: sha256 "


class Good(Enum):
    """How good a config was found to be."""

    PLAYED = "played.yaml"
    """It showed a picture."""
    PLAYED_WELL = "played-well.yaml"
    """It played for a good while."""


class LastGood:
    """What is kept for a curator's file. Any one thread at a time; it reads and writes the disk."""

    def __init__(self, config: Path, state: Path | None = None) -> None:
        self._config = config
        self._folder = kept_folder(config, state)
        self._is_refused = False

    def keep(self, config: Config, good: Good) -> None:
        """Keep a config as it was written; nothing is written twice."""
        content = _HEADER + hashlib.sha256(config.text).hexdigest().encode() + b"\n" + config.text
        file = self._folder / good.value
        try:
            if file.exists() and file.read_bytes() == content:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(file, content)
        except OSError as error:
            if not self._is_refused:
                logger.warning("%s: cannot be kept for a bad day: %s", self._config.name, error)
            self._is_refused = True

    def load(self, good: Good, passed_over: Edition | None = None) -> Config | None:
        """The config that is kept as so good, or else as the other; None where there is none.

        One that is damaged is set aside.
        """
        first = self._load(good, passed_over)
        if first is not None:
            return first
        other = Good.PLAYED if good is Good.PLAYED_WELL else Good.PLAYED_WELL
        return self._load(other, passed_over)

    def _load(self, good: Good, passed_over: Edition | None) -> Config | None:
        file = self._folder / good.value
        try:
            return load_config(self._config, _intact(file.read_bytes()), passed_over)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, InstallationError) as error:
            aside = set_aside(file)
            logger.warning("%s: is damaged (%s); set aside as %s", file, error, aside)
            return None


def _intact(content: bytes) -> bytes:
    """The text as it was kept. Raises ValueError for anything else."""
    header, _, text = content.partition(b"\n")
    if header != _HEADER + hashlib.sha256(text).hexdigest().encode():
        raise ValueError("it is not as it was kept")
    return text
