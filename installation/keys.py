"""What the keys of a wall do: end it, pause it, step through it, and tell what the lock does."""

from __future__ import annotations

from collections.abc import Callable

from installation.film import Clock
from installation.hearing import Hearing, meter
from installation.playback import Player
from installation.wall.overlay import overlay_text
from installation.wall.pacer import Pacer
from installation.wall.stage import Stage

ESCAPE, SPACE, INFORMATION = 0x0100_0000, ord(" "), ord("I")  # as Qt counts its keys
LEFT, RIGHT = 0x0100_0012, 0x0100_0014


class Keys:
    """GUI thread only. `on_pause` is called when the film was paused, and when it goes on."""

    def __init__(
        self,
        player: Player,
        pacer: Pacer,
        stage: Stage,
        hearing: Hearing,
        time: Clock,
        *,
        end: Callable[[str], None],
        on_pause: Callable[[], None],
    ) -> None:
        self._player = player
        self._pacer = pacer
        self._stage = stage
        self._hearing = hearing
        self._time = time
        self._end, self._on_pause = end, on_pause
        self._shows_overlay = False

    def press(self, key: int) -> None:
        """Do what a key asks for."""
        player = self._player
        if key == ESCAPE:
            self._end("Esc was pressed")
        elif key == INFORMATION:
            self._shows_overlay = not self._shows_overlay
            self._stage.set_overlay(self._overlay() if self._shows_overlay else "")
        elif not player.channels or player.presenter.shown is None:
            return
        elif key == SPACE:
            self._toggle_pause()
        elif key in (RIGHT, LEFT) and not player.clock.is_running:
            player.step(1 if key == RIGHT else -1)
            self._pacer.start()

    def tend(self) -> None:
        """Keep what was asked for up to date; a few times a second."""
        if self._shows_overlay:
            self._stage.set_overlay(self._overlay())

    def _toggle_pause(self) -> None:
        if self._player.clock.is_running:
            self._player.pause(self._time.now_ns())
        else:
            self._player.resume(self._pacer.first_picture_ns())
            self._pacer.start()
        self._on_pause()

    def _overlay(self) -> str:
        lines = overlay_text(self._player), meter(self._hearing.report)
        return "\n".join(line for line in lines if line)
