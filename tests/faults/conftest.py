"""Films, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.gallery import make_films


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Whole ones, each with its number in every picture."""
    return make_films(tmp_path_factory.mktemp("whole"), 8)
