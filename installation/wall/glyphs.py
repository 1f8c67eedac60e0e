"""Looks whether this machine has letters for the subtitles, with the fonts Qt falls back to."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Iterable, Sequence

from PySide6.QtGui import QFont, QTextLayout

from installation.film import Subtitles

logger = logging.getLogger(__name__)

AT_A_TIME = 64
_NOT_DRAWN = ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Co", "Cn", "Cs")
_REMEDY = "install a font that has them, such as Noto Sans, or name one in subtitles.font"


def missing_letters(text: str, family: str) -> str:
    """The letters of a text, each once, that no font here has. Any thread, once Qt is there."""
    letters = [c for c in dict.fromkeys(text) if unicodedata.category(c) not in _NOT_DRAWN]
    font = QFont(family)
    parts = (letters[at : at + AT_A_TIME] for at in range(0, len(letters), AT_A_TIME))
    return "".join(c for part in parts if not _has_all(part, font) for c in part if _lacks(c, font))


def _has_all(letters: Sequence[str], font: QFont) -> bool:
    return not _lacks(" ".join(letters), font)  # apart, so that none joins its neighbour


def _lacks(text: str, font: QFont) -> bool:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())


def letters_mistakes(tracks: Iterable[Subtitles], family: str) -> list[str]:
    """What of these subtitles cannot be shown, a sentence for each file."""
    said = []
    for track in tracks:
        missing = missing_letters("".join(cue.text for cue in track.cues), family)
        if missing:
            more = f" and {len(missing) - 1} more of its letters" if len(missing) > 1 else ""
            what = f'no font of this machine has "{missing[0]}"{more}'
            said.append(f"{track.file}: {what}; {_REMEDY}")
    return said


class LettersCheck:
    """Does that on a thread, while the wall plays. GUI thread only."""

    def __init__(self) -> None:
        self.mistakes: tuple[str, ...] = ()
        """Of the subtitles checked last."""
        self._asked: tuple[tuple[Subtitles, ...], str] | None = None
        self._thread: threading.Thread | None = None

    def want(self, tracks: Iterable[Subtitles], family: str) -> None:
        """Check these, unless they were; one check at a time, so ask again now and then."""
        asked = tuple(tracks), family
        if self._thread is not None and self._thread.is_alive():
            return
        before, self._asked = self._asked, asked
        if asked == before:
            return
        self._thread = threading.Thread(target=self._check, args=asked, name="letters")
        self._thread.start()

    def _check(self, tracks: tuple[Subtitles, ...], family: str) -> None:
        self.mistakes = tuple(letters_mistakes(tracks, family)) if tracks else ()
        for sentence in self.mistakes:
            logger.warning("%s", sentence)

    def stop(self) -> None:
        """Wait for the check to end."""
        if self._thread is not None:
            self._thread.join()
