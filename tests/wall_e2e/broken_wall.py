"""The wall with its lock broken on purpose: one tile shows the film frame before.

It proves that the check from outside can fail.
"""

from __future__ import annotations

from installation import cli
from installation.decode import QueuedFrame
from installation.playback import PresentationSet, Presenter

_right = Presenter.present
_before: dict[str, QueuedFrame] = {}


def _present(self: Presenter, due: int, now_ns: int) -> PresentationSet | None:
    shown = _right(self, due, now_ns)
    if shown is None:
        return None
    frames = dict(shown.frames)
    late = next(iter(frames))
    frames[late] = _before.get(late, frames[late])
    _before[late] = shown.frames[late]
    return PresentationSet(shown.position, frames)


if __name__ == "__main__":
    Presenter.present = _present  # type: ignore[method-assign]
    cli.main()
