"""What every room's tests share: a clock that jumps, a screen, and how strictly they are run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import hypothesis
import pytest
from PySide6.QtGui import QGuiApplication

from tests.baits import Listener
from tests.fakes import FakeClock
from tests.wall_e2e.screen import XvfbScreen

# Qt inside the tests' own process needs no display. Real windows are opened by processes that
# `tests/wall_e2e` starts with the environment of a `screen`, which takes this away again.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# What a run remembers for the next one stays among the tests.
_cache = tempfile.TemporaryDirectory(prefix="installation-cache-")
os.environ["XDG_CACHE_HOME"] = _cache.name  # Linux; every process started from here inherits it
os.environ["XDG_STATE_HOME"] = _cache.name
os.environ["XDG_DATA_HOME"] = _cache.name

# A shared, busy machine is slow now and then; that is no mistake of the code under test. The same
# examples each time, so that a change is judged by what it changes; `--hypothesis-profile=search`
# looks for new ones.
hypothesis.settings.register_profile("installation", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("installation")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    """What pytest-qt makes: the kind that the wall uses, and no widgets."""
    return QGuiApplication


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when told to."""
    return FakeClock()


@pytest.fixture(scope="session")
def screen() -> Iterator[XvfbScreen]:
    """A 1280x720 screen without a monitor, for real windows of other processes."""
    with XvfbScreen() as screen:
        yield screen


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A web server that nobody should come to."""
    with Listener() as listening:
        yield listening
