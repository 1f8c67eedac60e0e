"""What QML asks of Python for subtitles: what they look like, where, and what is said now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Property, QObject, Signal

from installation.config import SubtitlesConfig
from installation.film import TextBlock
from installation.layout import Rect, Strip


def as_qml(blocks: Iterable[TextBlock]) -> list[dict[str, Any]]:
    """Blocks as QML takes them."""
    return [
        {"text": _isolated(block.text), "isTop": block.is_top, "align": block.align}
        for block in blocks
    ]


def _isolated(text: str) -> str:
    """With marks that let each line have its own direction, whatever stands above it."""
    return "<br>".join(f"\u2068{line}\u2069" for line in text.split("<br>") if line)


class SubtitleStage(QObject):
    """The properties that subtitles bind to. GUI thread only."""

    styled = Signal()
    spoken = Signal()

    def __init__(self, settings: SubtitlesConfig, usual_family: Callable[[], str]) -> None:
        super().__init__()
        self._settings = settings
        self._usual_family = usual_family
        self._family = ""
        self._strip = Strip(Rect(0, 0, 0, 0), Rect(0, 0, 0, 0), 0)
        self._blocks: list[dict[str, Any]] = []
        self._find_family()

    def apply(self, settings: SubtitlesConfig) -> None:
        """Look like this from now on."""
        if settings != self._settings:
            self._settings = settings
            self._find_family()
            self.styled.emit()

    def place(self, strip: Strip) -> None:
        """Stand in this strip of the wall."""
        if strip != self._strip:
            self._strip = strip
            self.styled.emit()

    def say(self, blocks: Iterable[TextBlock]) -> None:
        """Show these in the strip, one for each language."""
        self._blocks = as_qml(blocks)
        self.spoken.emit()

    @property
    def family(self) -> str:
        """The font to set them in, others being found for what it lacks."""
        return self._family

    def _find_family(self) -> None:
        if self._settings.language:  # no font is loaded for nothing
            self._family = self._settings.font or self._usual_family()

    def _is_in_strip(self) -> bool:
        return bool(self._settings.language) and self._settings.per == "wall"

    def _is_in_tiles(self) -> bool:
        return bool(self._settings.language) and self._settings.per == "tile"

    def _is_at_top(self) -> bool:
        return self._settings.position == "top"

    def _languages(self) -> int:
        return len(self._settings.language)

    def _color(self) -> str:
        return self._settings.color

    def _outline(self) -> str:
        return self._settings.outline

    def _font_family(self) -> str:
        return self._family

    def _size(self) -> float:
        return self._settings.size.value

    def _is_percent(self) -> bool:
        return self._settings.size.is_percent

    def _strip_px(self) -> list[int]:
        text = self._strip.text
        return [text.x_px, text.y_px, text.width_px, text.height_px, self._strip.type_px]

    def _spoken_blocks(self) -> list[dict[str, Any]]:
        return self._blocks

    isInStrip = Property(bool, _is_in_strip, notify=styled)  # noqa: N815
    isInTiles = Property(bool, _is_in_tiles, notify=styled)  # noqa: N815
    isAtTop = Property(bool, _is_at_top, notify=styled)  # noqa: N815
    languages = Property(int, _languages, notify=styled)
    color = Property(str, _color, notify=styled)
    outline = Property(str, _outline, notify=styled)
    fontFamily = Property(str, _font_family, notify=styled)  # noqa: N815
    size = Property(float, _size, notify=styled)
    isPercent = Property(bool, _is_percent, notify=styled)  # noqa: N815
    strip = Property(list, _strip_px, notify=styled)
    """x, y, width, height and the type's size."""
    blocks = Property(list, _spoken_blocks, notify=spoken)
