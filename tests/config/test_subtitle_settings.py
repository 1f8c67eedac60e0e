"""The languages of subtitles, written in any of the usual ways, or told in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from installation.config import Config, load_config
from installation.errors import ConfigError

Load = Callable[[str], Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(subtitles: str) -> Config:
        path = tmp_path / "wall.yaml"
        path.write_text(f"film: {{versions: x}}\nsubtitles: {subtitles}\n", "utf-8")
        return load_config(path)

    return load


@pytest.mark.parametrize(
    ("written", "languages"),
    [
        ("", ()),
        ("{language: none}", ()),
        ("{language: []}", ()),
        ("{language: de}", ("de",)),
        ("{language: [de, EN, pt_br, ger-AT]}", ("de", "en", "pt-BR", "de-AT")),
        ("{language: [no, yes]}", None),  # the first is Norwegian
    ],
)
def test_languages_are_had_from_what_is_written(
    load: Load, written: str, languages: tuple[str, ...] | None
) -> None:
    if languages is None:
        with pytest.raises(ConfigError, match='"yes" is not a language'):
            load(written)
    else:
        assert load(written).subtitles.language == languages


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("{language: german}", '2:23: subtitles.language: "german" is not a language\'s code'),
        ("{language: [de, de]}", '2:28: subtitles.language.1: "de" is written twice; keep one'),
        ("{language: [de, [en]]}", "this is not a language's code; write one such as de or pt-BR"),
        ("{language: {de: x}}", "is no list of languages; write it such as [de, en]"),
        ("{language: }", "has no value; write a language such as de, or none"),
        ("{per: tiles}", 'did you mean "tile"?'),
        ("{lines: 9}", '"9" is out of range; write 1 to 6'),
        ("{sise: 3%}", 'did you mean "size"?'),
    ],
)
def test_a_mistake_is_one_sentence(load: Load, written: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written)
    (message,) = caught.value.messages
    assert sentence in message
