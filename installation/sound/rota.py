"""Who speaks in which loop."""

from __future__ import annotations

from collections.abc import Sequence

from installation.sound.wanted import Heard, Speaking

_MOST_REMEMBERED = 4


class Rota:
    """Remembers who spoke, so that each has a turn, and nobody is handed over in mid-loop who need
    not be. One thread.
    """

    def __init__(self) -> None:
        self._turns: dict[int, str] = {}

    def speakers(
        self, loop: int, speaking: Speaking, named: str, versions: Sequence[Heard]
    ) -> tuple[str, ...]:
        """Of the versions that can be heard, as they hang, those that speak in this loop."""
        if not versions:
            return ()
        match speaking:
            case Speaking.ONE:
                return tuple(v.name for v in versions if v.name == named)
            case Speaking.LATEST:
                return (max(versions, key=lambda v: v.age).name,)
            case Speaking.MIX:
                return tuple(v.name for v in versions)
            case Speaking.ROTATE:
                return (self._turn(loop, [v.name for v in versions]),)

    def _turn(self, loop: int, names: list[str]) -> str:
        known = self._turns.get(loop)
        if known in names:
            return known
        before = self._turns.get(loop - 1) if known is None else known
        chosen = names[(names.index(before) + 1) % len(names) if before in names else 0]
        self._turns[loop] = chosen
        self._turns.pop(loop + 1, None)  # whoever was to follow may have spoken now
        for past in [k for k in self._turns if k < loop - _MOST_REMEMBERED]:
            del self._turns[past]
        return chosen
