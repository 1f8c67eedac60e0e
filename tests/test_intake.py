"""What comes and goes in the film's folder while the wall plays, and what is said of it, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.config import Config, load_config
from installation.intake import MOST_SENTENCES, Intake
from installation.library import Library, Rejection
from installation.library.catalog import Entry, State
from installation.library.watch import OnChange, Watch
from tests.fakes.version import a_version

CUT = Rejection("b", "b/film.mp4: ends early; copy it again")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "wall.yaml"
    path.write_text("film: {versions: film}\n")
    return load_config(path)


def no_watch(on_change: OnChange) -> Watch:
    raise AssertionError("nothing is watched before the wall plays")


A, B = a_version("a"), a_version("b")
IS_THERE = Entry("a", State.READY, A)


def test_what_plays_stays_until_it_is_decided_what_became_of_it(config: Config) -> None:
    intake = Intake(config, Library((A, B)), no_watch)
    coming = Entry("b", State.PROBING)
    assert intake.take(config, (A, B), Library((A,)), (IS_THERE, coming)).versions == (A, B)
    assert intake.told == {"a": IS_THERE, "b": coming}

    refused = Entry("b", State.REJECTED, rejection=CUT)
    found = Library((A,), rejected=(CUT,))
    assert intake.take(config, (A, B), found, (IS_THERE, refused)).versions == (A,)
    assert intake.take(config, (A, B), Library((A,)), (IS_THERE,)).versions == (A,)


def test_what_is_wrong_is_said_once_and_again_when_it_comes_back(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    found, refused = Library((A,), rejected=(CUT,)), Entry("b", State.REJECTED, rejection=CUT)
    intake = Intake(config, found, no_watch)
    intake.take(config, (A,), found, (IS_THERE, refused))
    intake.take(config, (A,), Library((A,)), (IS_THERE, Entry("b", State.PROBING)))
    intake.take(config, (A,), found, (IS_THERE, refused))
    assert caplog.messages == [], "the start said it, and so far nobody has found it otherwise"

    intake.take(config, (A,), Library((A,)), (IS_THERE,))
    intake.take(config, (A,), found, (IS_THERE, refused))
    assert caplog.messages == [f"not shown: {CUT.message}"]


def test_of_a_pile_of_junk_the_log_tells_how_much_more_there_is(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    junk = [Rejection(str(n), f"{n}/film.mp4: is no film; export it") for n in range(50)]
    entries = [Entry(one.name, State.REJECTED, rejection=one) for one in junk]
    intake = Intake(config, Library(()), no_watch)
    intake.take(config, (), Library((), rejected=tuple(junk)), entries)
    *told, rest = caplog.messages
    assert len(told) == MOST_SENTENCES
    assert rest.startswith(f"and {50 - MOST_SENTENCES} more like these")
