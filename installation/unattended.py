"""`installation kiosk`: one run of the wall with nobody there.

It plays the curator's config or, where that cannot be read, the last one that played; where there
is none, it waits for one, behind a slate. Nothing that can be mended later keeps it from coming up.
"""

from __future__ import annotations

import logging
import os
import signal
from collections import deque
from collections.abc import Callable
from pathlib import Path

from installation.config import Config, ConfigWatch, load_config
from installation.config.loader import edition_of
from installation.errors import InstallationError
from installation.film import SystemClock
from installation.kiosk.exits import ENDED
from installation.kiosk.heartbeat import Heartbeat, Pulse
from installation.kiosk.last_good import Good, LastGood
from installation.kiosk.notify import systemd_from, watchdog_ns
from installation.kiosk.tether import tie

logger = logging.getLogger(__name__)

LOOK_MS = 200
Size = tuple[int, int]


def play_unattended(
    path: Path,
    *,
    windowed: Size | None,
    is_tethered: bool,
    starts_with_last_good: bool,
    started_ns: int,
    say: Callable[[str], None],
) -> int:
    """Play the wall of a config file until asked to end; the process's exit code.

    `is_tethered` where our own supervisor started it. Raises InstallationError where there is
    nothing to show it on.
    """
    notifier = tie() if is_tethered else systemd_from(os.environ)
    heartbeat = Heartbeat(notifier, watchdog_ns(os.environ))
    kept = LastGood(path)
    config = _config_to_play(path, kept, starts_with_last_good=starts_with_last_good)
    slate: object = None  # stays behind the wall until that is there
    if config is None:
        from installation.wall.screens import refuse_without_display

        refuse_without_display()
        slate, config = _wait_for_config(path, heartbeat, windowed)
    if config is None:
        return ENDED
    from installation.app import play
    from installation.vigil import Vigil

    code = play(
        path,
        windowed=windowed,
        loops=None,
        report=None,
        started_ns=started_ns,
        say=say,
        is_kiosk=True,
        known_config=config,
        vigil=Vigil(heartbeat, kept),
    )
    del slate
    return code


def _config_to_play(path: Path, kept: LastGood, *, starts_with_last_good: bool) -> Config | None:
    if starts_with_last_good:
        found = kept.load(Good.PLAYED_WELL, passed_over=edition_of(path))
        if found is not None:
            return found
    try:
        return load_config(path)
    except InstallationError as error:
        found = kept.load(Good.PLAYED)
        instead = "a slate until it is mended" if found is None else "the last good config plays"
        logger.error("%s:\n%s", instead, error)
        return found


def _wait_for_config(
    path: Path, heartbeat: Heartbeat, windowed: Size | None
) -> tuple[object, Config | None]:
    """Show a slate until there is a config that can be read; None where asked to end before."""
    from PySide6.QtCore import QEventLoop, QTimer

    from installation.backdrop import Backdrop, make_application

    qt = make_application()
    waiting = QEventLoop(qt)  # Qt's own would close the slate at its end
    slate, clock = Backdrop(), SystemClock()
    found: deque[Config] = deque()
    asked: list[int] = []

    def look() -> None:
        if windowed is None:
            slate.place()
        pulse = Pulse(0, slate.paints, slate.paints > 0, is_moving=False, is_seen=slate.is_seen)
        if heartbeat.tick(pulse, clock.now_ns(), f"waits for {path.name}, which cannot be read"):
            slate.update()
        if found or asked:
            waiting.exit()

    before = {
        number: signal.signal(number, lambda *_: asked.append(1))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    watch = ConfigWatch(path, found.append, lambda error: logger.error("%s", error), None)
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    slate.set_text(path.stem)
    slate.place(windowed)
    watch.start()
    waiting.exec()
    timer.stop()
    watch.stop()
    for number, handler in before.items():
        signal.signal(number, handler)
    if asked:
        heartbeat.end()
    return slate, None if asked else found[-1]
