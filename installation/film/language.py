"""Languages by their codes, as curators and file names write them."""

from __future__ import annotations

import re

_ISO_639_1 = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr
    ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw
    ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv
    ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi
    yo za zh zu
"""
CODES = frozenset(_ISO_639_1.split())
_OTHERS = """
    eng:en deu:de ger:de fra:fr fre:fr spa:es ita:it por:pt rus:ru zho:zh chi:zh jpn:ja kor:ko
    ara:ar heb:he pol:pl ukr:uk nld:nl dut:nl tur:tr ell:el gre:el ces:cs cze:cs swe:sv dan:da
    nor:no fin:fi hun:hu ron:ro rum:ro hin:hi tha:th vie:vi fas:fa per:fa ind:id iw:he
"""
_LONGER = dict(pair.split(":") for pair in _OTHERS.split())
"""Other codes that are met, of ISO 639-2 and older ones."""
_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8}){0,3})")
_MARKS = re.compile(r"[._-](?:sdh|cc|forced|default)$", re.IGNORECASE)
_ENDINGS = re.compile(r"(?:^|(?<=[._-]))[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_][A-Z]{2})?$")


def language_code(text: str) -> str | None:
    """A language's code as we keep it ("de", "pt-BR"), from one that means the same."""
    match = _TAG.fullmatch(text.strip())
    if match is None:
        return None
    language = match[1].casefold()
    language = _LONGER.get(language, language)
    if language not in CODES:
        return None
    return language + "".join(map(_part, re.split("[-_]", match[2])[1:]))


def _part(text: str) -> str:
    return f"-{text.title() if len(text) == 4 else text.upper() if len(text) == 2 else text}"


def language_in(stem: str) -> str:
    """The language that a file's name says at its end, `de` or `film.pt-BR`; empty for none."""
    stem = _MARKS.sub("", stem)
    for start in (0, *(match.end() for match in re.finditer("[._-]", stem))):
        if _ENDINGS.match(stem, start) and (code := language_code(stem[start:])):
            return code
    return ""
