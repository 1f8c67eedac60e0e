"""What the tests of the curator's YAML share: a file written, and read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from installation.config import Config, load_config
from installation.errors import ConfigError


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Config]:
    """The config that this text is, as `wall.yaml`."""

    def load(text: str) -> Config:
        path = tmp_path / "wall.yaml"
        path.write_text(text, "utf-8")
        return load_config(path)

    return load


@pytest.fixture
def mistakes(load: Callable[[str], Config]) -> Callable[[str], list[str]]:
    """The sentences about this text, which is no config."""

    def mistakes(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return caught.value.messages

    return mistakes
