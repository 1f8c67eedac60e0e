"""What a caption says: the credit, with its date as known and as the language writes it."""

from __future__ import annotations

import re
from datetime import date

from installation.film import Credit, PartialDate

_FIELD = re.compile(r"\{(\w+)\}")
_NEEDS_DAY = re.compile(r"[dEecDFgwW]")
_NEEDS_MONTH = re.compile(r"[MLQq]")
_PATTERN = re.compile(r"(?:[GyYuMLQqdEec]+|[^A-Za-z{}]|'[^']*')+")
"""What a date alone can answer; no hours, no words without their quotes."""
_LOOSE = " ·–—,;:/"


def caption_text(
    template: str,
    credit: Credit,
    *,
    name: str,
    film: str,
    language: str = "en",
    date_format: str = "auto",
) -> str:
    """The template filled in; lines that come out empty are left out."""
    values = {
        "model": credit.model,
        "date": date_text(credit.date, language, date_format) if credit.date else "",
        "title": credit.title,
        "tools": credit.tools,
        "note": credit.note,
        "name": name,
        "film": film,
    }
    filled = _FIELD.sub(lambda match: values.get(match[1], match[0]), template)
    lines = (line.replace("()", "").strip(_LOOSE) for line in filled.splitlines())
    return "\n".join(line for line in lines if line)


def date_text(known: PartialDate, language: str, date_format: str = "auto") -> str:
    """A date in words, saying just what is known of it.

    Patterns are CLDR's, by Babel; one that asks for more than is known, or for anything but a
    date, gives way to `auto`.
    """
    if not known.month and date_format == "auto":
        return str(known.year)
    from babel.dates import format_date, format_skeleton  # the first picture need not wait for it

    day = date(known.year, known.month or 1, known.day or 1)
    if date_format != "auto" and _PATTERN.fullmatch(date_format):
        plain = re.sub(r"'[^']*'", "", date_format)
        asks_too_much = (not known.day and _NEEDS_DAY.search(plain)) or (
            not known.month and _NEEDS_MONTH.search(plain)
        )
        if not asks_too_much:
            return str(format_date(day, date_format, locale=language))
    if not known.month:
        return str(known.year)
    if known.day:
        text = str(format_date(day, "long", locale=language))
    else:
        text = str(format_skeleton("yMMMM", day, locale=language))
    # Russian dates end in "г." (of the year) in prose; on a label the year stands alone.
    return text.removesuffix("\u202fг.").removesuffix("\xa0г.").removesuffix(" г.")
