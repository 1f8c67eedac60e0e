"""What can be said of a wall with nobody there, and how it is said back where it is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from installation.config import Amount, Config

FILM = "film: {versions: x}\n"
Load = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("written", "chord"),
    [
        ("ctrl+alt+shift+q", "ctrl+alt+shift+q"),
        ("Shift + Ctrl + Q", "ctrl+shift+q"),
        ("win+option+F4", "alt+meta+f4"),
        ("CTRL+ALT+Backspace", "ctrl+alt+backspace"),
        ("ctrl+alt+1", "ctrl+alt+1"),
        ("none", "none"),
    ],
)
def test_a_chord_is_said_in_one_way(load: Load, written: str, chord: str) -> None:
    assert load(FILM + f"kiosk: {{exit_chord: {written}}}").kiosk.exit_chord == chord


def test_nobody_need_say_anything(load: Load) -> None:
    kiosk = load(FILM).kiosk
    assert (kiosk.exit_chord, kiosk.memory_limit) == ("ctrl+alt+shift+q", None)


def test_a_wall_may_be_told_how_large_it_may_grow(load: Load) -> None:
    limit = load(FILM + "kiosk: {memory_limit: 2 GB}").kiosk.memory_limit
    assert limit == Amount.parse("2 GB")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "kiosk: {exit_chord: q}",
            '2:21: kiosk.exit_chord: "q" is too easily pressed by chance; hold two keys or more,'
            ' as in "ctrl+alt+shift+q"',
        ),
        (
            "kiosk: {exit_chord: shift+alt+7}",
            '2:21: kiosk.exit_chord: "shift+alt+7" is another sign on each keyboard; take a letter,'
            " or leave shift out",
        ),
        (
            "kiosk: {exit_chord: ctrl+alt}",
            '2:21: kiosk.exit_chord: "ctrl+alt" is no chord of keys;'
            ' write one such as "ctrl+alt+shift+q", or none',
        ),
        (
            "kiosk: {exit_chord: ctrl+ctrl+q}",
            '2:21: kiosk.exit_chord: "ctrl+ctrl+q" is no chord of keys;'
            ' write one such as "ctrl+alt+shift+q", or none',
        ),
        (
            "kiosk: {exit_chord: [ctrl, q]}",
            "2:21: kiosk.exit_chord: \"['ctrl', 'q']\" is no chord of keys;"
            ' write one such as "ctrl+alt+shift+q", or none',
        ),
        (
            "kiosk: {memory_limit: much}",
            '2:23: kiosk.memory_limit: "much" is not an amount of storage; write 50 GB or 20%',
        ),
        (
            "kiosk: {exit: ctrl+alt+q}",
            '2:9: kiosk.exit: unknown setting; did you mean "exit_chord"?',
        ),
    ],
)
def test_a_mistake_gets_one_sentence(mistakes: Mistakes, written: str, said: str) -> None:
    assert [line.removeprefix("wall.yaml:") for line in mistakes(FILM + written)] == [said]
