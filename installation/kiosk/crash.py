"""What a bug does: it ends the process, which can be started again; Qt would go on without us."""

from __future__ import annotations

import logging
import os
from types import TracebackType

from installation.kiosk.exits import BUG
from installation.kiosk.play_log import PlayLog

logger = logging.getLogger(__name__)


def crash(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    log: PlayLog | None = None,
) -> None:
    """End it, as a `sys.excepthook`; what happened is told first."""
    logger.critical("a bug in Installation", exc_info=(kind, error, trace))
    if log is not None:
        log.note("crashed", sentence=f"The program met a bug in itself ({kind.__name__}: {error}).")
        log.close()
    logging.shutdown()
    os._exit(BUG)
