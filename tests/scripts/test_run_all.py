"""`scripts/test.py`: whatever fails, all is run, and one line at the end says how it went."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

GOOD = [sys.executable, "-c", ""]
BAD = [sys.executable, "-c", "raise SystemExit(4)"]


@pytest.fixture
def script(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("test")


def test_the_last_line_says_what_passed_and_how_long_it_took(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.run_all({"mypy": GOOD, "tests": GOOD}) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"Passed: mypy \d+\.\d s, tests \d+\.\d s", last)


def test_a_failure_does_not_keep_the_rest_from_running(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.run_all({"mypy": BAD, "tests": GOOD}) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert re.fullmatch(r"Failed: mypy \d+\.\d s; Passed: tests \d+\.\d s", last)
