"""File names in the drop place: which ones count, and how a message says them."""

from __future__ import annotations

import unicodedata

# fmt: off
FILM_SUFFIXES = (
    ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mkv", ".webm", ".avi", ".divx", ".mpg",
    ".mpeg", ".vob", ".ts", ".m2ts", ".mts", ".m2t", ".mxf", ".ogv", ".ogm", ".wmv", ".asf",
    ".flv", ".y4m", ".ivf", ".dv", ".h264", ".264", ".avc", ".h265", ".265", ".hevc",
)
# fmt: on
_UNFINISHED_SUFFIXES = (
    *(".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp"),
    ".incoming",
)
_CLUTTER = frozenset(("desktop.ini", "thumbs.db", "@eadir", "#recycle", "$recycle.bin", "__macosx"))
_JOINERS = "\u200c\u200d"  # parts of emoji and of Indic and Persian words, though not "printable"


def is_unfinished(name: str) -> bool:
    """True for the names that programs and people give to what is not yet complete."""
    return name.casefold().endswith(_UNFINISHED_SUFFIXES)


def is_ignored(name: str) -> bool:
    """True for what computers leave behind and no person put there (`.incoming` among it)."""
    is_hidden = name.startswith((".", "~$"))
    return is_hidden or is_unfinished(name) or name.casefold() in _CLUTTER


def is_film_name(name: str) -> bool:
    """True where the name says that the file is a film, whatever the file itself says."""
    return not is_ignored(name) and name.casefold().endswith(FILM_SUFFIXES)


def plain(name: str) -> str:
    """A name as we keep it: accents in one form (macOS writes them in two parts, people in one).

    Bytes that are no text become "\ufffd".
    """
    return unicodedata.normalize("NFC", name.encode(errors="replace").decode())


def said(name: str) -> str:
    """A name as a message says it: on one line, with nothing that turns or hides other text."""
    name = plain(name)
    if name.isprintable():
        return name
    return "".join(
        c if c.isprintable() or c in _JOINERS else c.encode("unicode_escape").decode() for c in name
    )
