"""What can be said of the sound, and how it is said back where it is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from installation.config import Config, SoundConfig

FILM = "film: {versions: x}\n"
Load = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]


def test_nothing_is_heard_unless_somebody_asks(load: Load) -> None:
    for written in ("", "sound:\n", "sound: {from: none}\n", "sound: {volume: -6}\n"):
        assert not load(FILM + written).sound.is_on
    assert load(FILM + "sound: {from: latest}").sound.is_on
    assert load(FILM + "sound: {follow: focus}").sound.is_on


@pytest.mark.parametrize(
    ("written", "level"), [("-6", -6), ("'-6 dB'", -6), ("+3dB", 3), ("0", 0), ("-2.5", -2.5)]
)
def test_levels_are_decibels(load: Load, written: str, level: float) -> None:
    config = load(FILM + f"sound: {{volume: {written}}}\nversions: {{a: {{gain: {written}}}}}\n")
    assert config.sound.volume == level
    assert config.versions["a"].wishes.gain_db == level


def test_every_setting_is_read(load: Load) -> None:
    config = load(
        FILM + "sound: {from: 2024 Sora, follow: focus, crossfade: 1.5, device: HDMI, delay_ms: 80}"
    )
    assert config.sound == SoundConfig.model_validate(
        {"from": "2024 Sora", "follow": "focus", "crossfade": 1.5, "device": "HDMI", "delay_ms": 80}
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "sound: {volume: loud}",
            '2:17: sound.volume: "loud" is not a level; write decibels such as -6, or 0',
        ),
        (
            "sound: {volume: 40}",
            '2:17: sound.volume: "40" is no level to play at; write -60 to 12 dB',
        ),
        (
            "sound: {volume: yes}",
            '2:17: sound.volume: "yes" is not a level; write decibels such as -6, or 0',
        ),
        (
            "sound: {form: latest}",
            '2:9: sound.form: unknown setting; did you mean "from"?',
        ),
        (
            "sound: {follow: focsu}",
            '2:17: sound.follow: "focsu" is not one of the choices; did you mean "focus"?',
        ),
    ],
)
def test_a_mistake_gets_one_sentence(mistakes: Mistakes, written: str, said: str) -> None:
    assert [line.removeprefix("wall.yaml:") for line in mistakes(FILM + written)] == [said]
