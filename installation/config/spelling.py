"""How what someone wrote is said back to them: what they may have meant, and never at length."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN_CHARS = 40


def nearest(written: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """The known name that looks most like the written one; empty where none does."""
    import difflib  # only mistakes need it

    close = difflib.get_close_matches(written, list(known), n=1, cutoff=likeness)
    return close[0] if close else ""


def shortened(written: str) -> str:
    """As much of it as a sentence can hold."""
    return written if len(written) <= SHOWN_CHARS else written[:SHOWN_CHARS] + "…"


def printable(sentence: str) -> str:
    """With escapes for what would steer a terminal, or break the line."""
    if sentence.isprintable():
        return sentence
    escaped = (c.encode("unicode_escape").decode("ascii") for c in sentence)
    return "".join(c if c.isprintable() else e for c, e in zip(sentence, escaped, strict=True))
