"""A subtitle file's text: read with care, and decoded or refused, never guessed."""

from __future__ import annotations

import codecs
from pathlib import Path

from installation.decode.container import open_regular, rejection_of
from installation.errors import VersionRejected
from installation.library.gate import within

MOST_BYTES = 4 * 1_048_576
"""Hours of subtitles take less than a tenth of this."""
_IN_UTF8 = "save it as UTF-8"
_NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1a")


def read_text(path: Path, root: Path) -> str:
    """The text of a file inside `root`. Raises VersionRejected, without `where`."""
    try:
        with open(open_regular(within(path, root)), "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise rejection_of(error) from error
    if len(data) > MOST_BYTES:
        remedy = "leave out what is not text, such as fonts"
        raise VersionRejected("is larger than 4 MB, too large for subtitles", remedy=remedy)
    return decoded(data)


def decoded(data: bytes) -> str:
    """The text, where the encoding is beyond doubt. Raises VersionRejected, without `where`."""
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            what = (
                "breaks off in the middle of a letter" if error.end >= len(data) else "is damaged"
            )
            raise VersionRejected(f"{what}; copy it again, or {_IN_UTF8}") from error
        line = data[: error.start].count(b"\n") + 1
        what = f"is not in UTF-8 (line {line} has a letter in another encoding)"
        raise VersionRejected(
            what, remedy=f"{_IN_UTF8}, in the editor that shows it right"
        ) from error
    if any(ord(letter) in _NO_TEXT for letter in set(text)):
        raise VersionRejected("is not a text", remedy="put a subtitle file here, saved as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[:200]
    if len(start) >= 4 and b"\0" in start:  # text in UTF-16 has its digits and spaces with a zero
        odd, even = start[1::2].count(0), start[::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8-sig"
