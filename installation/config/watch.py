"""Notices when the config file is saved, however the editor does it.

Editors write in place, or write another file and rename it, or move the old one away first. So the
file itself is looked at, a few times a second: on every disk and share alike, and never half-way,
because it must look the same twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from installation.config.loader import edition_of, load_config
from installation.config.model import Config, Edition
from installation.errors import InstallationError

INTERVAL_S = 0.15


class ConfigWatch:
    """Loads the config anew when it has changed; calls back on a thread of its own.

    `on_config` gets each config that is right, `on_mistake` what is wrong with one that is not.
    `loaded` is the edition that need not be loaded any more.
    """

    def __init__(
        self,
        path: Path,
        on_config: Callable[[Config], None],
        on_mistake: Callable[[InstallationError], None],
        loaded: Edition | None,
    ) -> None:
        self._path = path
        self._on_config = on_config
        self._on_mistake = on_mistake
        self._loaded = self._seen = loaded
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="config", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a load that has begun is waited for a moment."""
        self._is_stopping.set()
        if self._thread.ident is not None:
            self._thread.join(1)

    def look(self) -> None:
        """Look once; the thread does it every now and then."""
        edition = edition_of(self._path)
        is_still = edition == self._seen
        self._seen = edition
        if edition is None or not is_still or edition == self._loaded:
            return  # away for a moment, being written, or known
        self._loaded = edition
        try:
            config = load_config(self._path)
        except InstallationError as error:
            self._on_mistake(error)
        else:
            self._on_config(config)

    def _work(self) -> None:
        while not self._is_stopping.wait(INTERVAL_S):
            self.look()
