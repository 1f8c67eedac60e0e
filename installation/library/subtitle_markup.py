"""A cue's text, from SubStation's tags to the few that are shown."""

from __future__ import annotations

import html

import pysubs2
from pysubs2.formats.substation import parse_tags

_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e"
_LETTERS = {
    **{number: None for number in (*range(32), *map(ord, _DIRECTIONS))},
    **{ord("\n"): "\n", ord("\t"): " ", 0x2028: "\n", 0x2029: "\n"},
}
"""Without what is no letter, and the marks of direction that some programs leave around lines."""


def marked_up(
    text: str,
    style: pysubs2.SSAStyle,
    styles: dict[str, pysubs2.SSAStyle],
    *,
    is_vtt: bool = False,
) -> str:
    """A text with SubStation's tags as one with those of `Cue`, each line's closed within it."""
    lines: list[list[tuple[str, str]]] = [[]]
    for fragment, sty in parse_tags(text, style, styles):
        tags = "b" * bool(sty.bold) + "i" * bool(sty.italic) + "u" * bool(sty.underline)
        for number, part in enumerate([] if sty.drawing else _plain(fragment, is_vtt=is_vtt)):
            if number:
                lines.append([])
            lines[-1].append((part, tags))
    return "<br>".join(filter(None, map(_line, lines)))


def _plain(fragment: str, *, is_vtt: bool) -> list[str]:
    """Its lines, without tags or entities."""
    text = fragment.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", "\xa0")
    return (html.unescape(text) if is_vtt else text).translate(_LETTERS).split("\n")


def _line(parts: list[tuple[str, str]]) -> str:
    if not "".join(text for text, _ in parts).strip():
        return ""
    said = []
    for text, tags in parts:
        part = html.escape(text, quote=False)
        for tag in tags if text else "":
            part = f"<{tag}>{part}</{tag}>"
        said.append(part)
    return "".join(said).strip()
