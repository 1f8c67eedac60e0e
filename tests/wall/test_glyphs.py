"""What no font of this machine has is told, letter by letter, and nothing else."""

from __future__ import annotations

from typing import Any

from installation.film import Cue, Subtitles
from installation.wall.glyphs import LettersCheck, letters_mistakes, missing_letters
from installation.wall.stage import bundled_family

NOWHERE = "\U00012000\U00012001"
"""Cuneiform."""


def track(text: str) -> Subtitles:
    return Subtitles("de", "film.de.srt", (Cue(0, 1, text),))


def test_only_letters_that_nobody_has_are_missing(qapp: Any) -> None:
    family = bundled_family("en")
    assert missing_letters("<i>Wir küssen</i> uns &amp; нет\u200d\xa0\u2068", family) == ""
    assert missing_letters(f"a{NOWHERE[1]}b{NOWHERE}" * 40, family) == NOWHERE[::-1]


def test_a_file_is_told_in_one_sentence(qapp: Any) -> None:
    told = letters_mistakes([track("nie"), track(NOWHERE)], bundled_family("en"))
    (sentence,) = told
    assert sentence.startswith(
        f'film.de.srt: no font of this machine has "{NOWHERE[0]}" and 1 more'
    )


def test_while_the_wall_plays_a_thread_looks_once_for_the_same(qapp: Any) -> None:
    check, tracks = LettersCheck(), [track(NOWHERE)]
    check.want(tracks, "")
    check.stop()
    assert len([*check.mistakes]) == 1
    found = check.mistakes
    check.want([track(NOWHERE)], "")
    check.stop()
    assert check.mistakes is found
    check.want([], "")
    check.stop()
    assert [*check.mistakes] == []
