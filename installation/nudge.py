"""Moving versions by film frames, in a window: who is selected, how far each was moved.

A nudge lasts until the program ends, or until a file says something else than before of how that
version is played: then the file counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from installation.cast import Cast
from installation.config import Config, VersionOverride, yaml_lines
from installation.film import Version
from installation.library.names import said
from installation.parts import wishes_for

ESCAPE, TAB, BACKTAB = 0x0100_0000, 0x0100_0001, 0x0100_0002  # as Qt counts its keys
EARLIER, LATER, PRINT = ord("["), ord("]"), ord("S")
WRITTEN_S = Fraction(1, 1_000_000)
"""As fine as seconds are written."""
HELP = "[ and ] move it by a film frame, s prints the lines that keep it, Esc lets go of it"


def moved(offset: Fraction, frames: int, rate: Fraction) -> Fraction:
    """An offset so many film frames later, as it can be written.

    Rounded down: a version that runs a trice ahead shows the same pictures, one that runs a trice
    behind may lack one. An offset written before is taken for the film frames it stands for.
    """
    whole = round(offset * rate) / rate
    if abs(offset - whole) < 2 * WRITTEN_S:
        offset = whole
    return (offset + frames / rate) // WRITTEN_S * WRITTEN_S


@dataclass(frozen=True)
class Nudges:
    """Which version is selected, and how many film frames each was moved from where a file has it.

    `versions` are always all that may be on the wall, `config` is the file's.
    """

    selected: str | None = None
    frames: Mapping[str, int] = field(default_factory=dict)

    def offset(self, config: Config, version: Version) -> Fraction:
        """A version's offset now, in seconds."""
        written = wishes_for(config, version).offset or Fraction(0)
        frames = self.frames.get(version.name, 0)
        return moved(written, frames, config.film.rate) if frames else written

    def selecting_next(self, names: Sequence[str], step: int) -> Nudges:
        """With the version selected that hangs so many places after this one."""
        if not names:
            return replace(self, selected=None)
        start = -1 if step > 0 else 0
        here = names.index(self.selected) if self.selected in names else start
        return replace(self, selected=names[(here + step) % len(names)])

    def moving(self, frames: int) -> Nudges:
        """With the selected version moved by so many film frames more."""
        assert self.selected is not None
        sums = {**self.frames, self.selected: self.frames.get(self.selected, 0) + frames}
        return replace(self, frames={name: n for name, n in sums.items() if n})

    def kept(
        self,
        before: tuple[Config, Sequence[Version]],
        now: tuple[Config, Sequence[Version]],
    ) -> Nudges:
        """Without those of versions that a file says something else of than before."""
        was, is_now = (
            {version.name: wishes_for(config, version) for version in versions}
            for config, versions in (before, now)
        )
        rate = before[0].film.rate == now[0].film.rate
        kept = {n: f for n, f in self.frames.items() if rate and was.get(n) == is_now.get(n)}
        return replace(
            self, frames=kept, selected=self.selected if self.selected in is_now else None
        )

    def over(self, config: Config, versions: Sequence[Version]) -> Config:
        """The config with these offsets in place of the file's."""
        overrides = dict(config.versions)
        for version in versions:
            if version.name in self.frames:
                override = overrides.get(version.name, VersionOverride())
                offset = self.offset(config, version)
                overrides[version.name] = override.model_copy(update={"offset": offset})
        return config.model_copy(update={"versions": overrides}) if self.frames else config

    def yaml(self, config: Config, versions: Sequence[Version]) -> str:
        """The lines of the config that keep what was moved; "" where nothing was."""
        offsets = {
            version.name: {"offset": self.offset(config, version)}
            for version in versions
            if version.name in self.frames
        }
        return yaml_lines({"versions": offsets}) if offsets else ""

    def sentence(self, config: Config, version: Version) -> str:
        """`gen2: offset 0.0417 s (1 film frame later)`."""
        frames = self.frames.get(version.name, 0)
        seconds = f"{float(self.offset(config, version)):.4f}".rstrip("0").rstrip(".")
        count = f"{abs(frames)} film frame{'s' * (abs(frames) != 1)}"
        by = f"{count} {'later' if frames > 0 else 'earlier'}" if frames else "as in the file"
        return f"{said(version.name)}: offset {seconds} s ({by})"


class Nudging:
    """What the keys and clicks of a window do to nudges. GUI thread only.

    `tell` shows a sentence in the window, `say` prints lines where the program was started.
    """

    def __init__(self, cast: Cast, tell: Callable[[str], None], say: Callable[[str], None]) -> None:
        self.nudges = Nudges()
        self._cast = cast
        self._tell = tell
        self._say = say

    def press(self, key: int, config: Config, versions: Sequence[Version], now_ns: int) -> bool:
        """Do what a key asks; False for a key that means nothing here."""
        names = [placement.name for placement in self._cast.wall.placements]
        if key in (TAB, BACKTAB):
            self._select(self.nudges.selecting_next(names, 1 if key == TAB else -1))
        elif key == ESCAPE and self.nudges.selected is not None:
            self._select(replace(self.nudges, selected=None))
        elif key in (EARLIER, LATER):
            self._move(1 if key == LATER else -1, config, versions, now_ns)
        elif key == PRINT:
            self._print(config, versions)
        else:
            return False
        return True

    def click(self, x: float, y: float) -> None:
        """Select the version whose tile hangs there; none beside them."""
        self._select(replace(self.nudges, selected=self._cast.wall.tile_at(x, y)))

    def adopt(self, nudges: Nudges) -> None:
        """Go on with these: the files have changed."""
        self.nudges = nudges
        self._cast.wall.stage.set_selected(nudges.selected or "")

    def _select(self, nudges: Nudges) -> None:
        self.adopt(nudges)
        name = nudges.selected
        self._tell("" if name is None else f"{said(name)}: {HELP}")

    def _move(self, frames: int, config: Config, versions: Sequence[Version], now_ns: int) -> None:
        version = next((v for v in versions if v.name == self.nudges.selected), None)
        if version is None:
            self._tell("Tab or a click selects the version that [ and ] move by a film frame")
            return
        if version.is_live:
            self._tell(f"{said(version.name)}: is live, and is shown as it comes")
            return
        if any(cue in config.film.cues for cue, _ in wishes_for(config, version).cues):
            name = said(version.name)
            self._tell(f"{name}: is held by its cues, which no offset moves; change its cues")
            return
        self.nudges = self.nudges.moving(frames)
        self._cast.retime(self.nudges.over(config, versions), now_ns)
        self._tell(self.nudges.sentence(config, version))

    def _print(self, config: Config, versions: Sequence[Version]) -> None:
        lines = self.nudges.yaml(config, versions)
        if not lines:
            self._tell("nothing was moved, so there is nothing to keep")
            return
        self._say(lines)
        self._tell(f"printed in the terminal: the lines for {config.path.name} that keep this")
