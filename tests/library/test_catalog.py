"""The catalog knows the state of every version, and takes only the steps of its table."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from installation.library.catalog import (
    COMING,
    SHOWN,
    TRANSITIONS,
    Catalog,
    Entry,
    IllegalTransition,
    State,
)
from installation.library.scan import Found, Rejection
from installation.library.settle import FileSeen, Sighting
from tests.fakes.look import WHOLE, found_in

NAME = "2024 Sora"
SEEN = Sighting(1, (FileSeen("film.mp4", 5, 10, 10, 7),))
SEEN_LATER = Sighting(1, (FileSeen("film.mp4", 6, 11, 11, 7),))


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """A version."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "film.mp4").write_bytes(WHOLE)
    return found_in(folder)


@pytest.fixture
def ready(found: Found) -> Catalog:
    """A catalog with one version that is ready."""
    catalog = Catalog()
    catalog.appear(NAME)
    catalog.come(NAME, State.PROBING)
    catalog.conclude(NAME, found, SEEN)
    return catalog


def _entry(catalog: Catalog) -> Entry:
    entry = catalog.entry(NAME)
    assert entry is not None
    return entry


def _replaced(found: Found) -> Found:
    assert found.version is not None
    return Found(replace(found.version, edition=(6,)))


def _on_air(catalog: Catalog) -> Catalog:
    catalog.note(_entry(catalog), State.ON_AIR)
    return catalog


def test_every_state_has_a_sentence_and_a_place_in_the_table() -> None:
    assert len({state.sentence for state in State}) == len(State) == len(TRANSITIONS)
    reached = frozenset().union(*TRANSITIONS.values())
    assert reached == set(State)
    assert all(state not in following for state, following in TRANSITIONS.items())


def test_a_version_goes_its_way_from_arriving_to_the_wall(found: Found) -> None:
    catalog = Catalog()
    states = [catalog.appear(NAME).state]
    for step in (State.SETTLING, State.ARRIVING, State.SETTLING, State.PROBING):
        states.append(catalog.come(NAME, step).state)
    states.append(catalog.conclude(NAME, found, SEEN).state)
    for step in (State.ON_AIR, State.OFF_AIR, State.ON_AIR):
        catalog.note(_entry(catalog), step)
        states.append(_entry(catalog).state)
    assert states[-3:] == [State.ON_AIR, State.OFF_AIR, State.ON_AIR]
    assert all(after in TRANSITIONS[before] for before, after in pairwise(states))
    assert _entry(catalog).version == found.version
    assert _entry(catalog).looked_at == SEEN


def test_illegal_steps_are_bugs(ready: Catalog, found: Found) -> None:
    with pytest.raises(IllegalTransition, match="in the catalog already"):
        ready.appear(NAME)
    with pytest.raises(IllegalTransition, match="is ready, not being looked into"):
        ready.conclude(NAME, found, SEEN)
    for state in set(State) - COMING:
        with pytest.raises(IllegalTransition, match="not on the way in"):
            ready.come(NAME, state)
    for state in set(State) - SHOWN:
        with pytest.raises(IllegalTransition, match="not for the wall to say"):
            ready.note(_entry(ready), state)


def test_a_rejection_says_why_and_is_forgotten_when_the_folder_changes() -> None:
    catalog = Catalog()
    catalog.appear(NAME)
    catalog.come(NAME, State.PROBING)
    found = Found(None, Rejection(NAME, "2024 Sora: ends early; copy it again"))
    entry = catalog.conclude(NAME, found, SEEN)
    assert (entry.state, entry.sentence) == (State.REJECTED, "2024 Sora: ends early; copy it again")
    entry = catalog.come(NAME, State.ARRIVING)
    assert entry == Entry(NAME, State.ARRIVING)
    assert entry.sentence == "2024 Sora: its files are still coming in"


def test_a_version_that_changes_before_it_is_shown_is_taken_back(ready: Catalog) -> None:
    assert ready.come(NAME, State.ARRIVING) == Entry(NAME, State.ARRIVING)


def test_a_version_on_air_stays_as_it_was_while_its_folder_changes(
    ready: Catalog, found: Found
) -> None:
    _on_air(ready)
    for step in (State.ARRIVING, State.SETTLING, State.PROBING):
        entry = ready.come(NAME, step)
        assert (entry.state, entry.update, entry.version) == (State.ON_AIR, step, found.version)
    assert entry.sentence == "2024 Sora: is on the wall; its folder is being changed (probing)"
    assert ready.stay(NAME).update is None


def test_a_replaced_film_has_its_turn_anew_and_another_caption_has_not(
    ready: Catalog, found: Found
) -> None:
    _on_air(ready)
    ready.come(NAME, State.PROBING)
    caption = ready.conclude(NAME, found._replace(notices=("typo",)), SEEN_LATER)
    assert (caption.state, caption.notices, caption.update) == (State.ON_AIR, ("typo",), None)
    ready.come(NAME, State.PROBING)
    replaced = ready.conclude(NAME, _replaced(found), SEEN)
    assert replaced.state is State.READY
    assert replaced.version == _replaced(found).version


def test_a_version_on_air_whose_new_film_cannot_be_shown_is_rejected(ready: Catalog) -> None:
    _on_air(ready)
    ready.come(NAME, State.PROBING)
    entry = ready.conclude(NAME, Found(None, Rejection(NAME, "no")), SEEN_LATER)
    assert (entry.state, entry.version) == (State.REJECTED, None)


def test_what_the_wall_says_of_a_film_gone_meanwhile_is_passed_over(
    ready: Catalog, found: Found
) -> None:
    shown = _entry(ready)
    ready.come(NAME, State.PROBING)
    ready.note(shown, State.ON_AIR)
    assert _entry(ready).state is State.PROBING
    ready.conclude(NAME, _replaced(found), SEEN_LATER)
    ready.note(shown, State.ON_AIR)
    assert _entry(ready).state is State.READY
    ready.vanish(NAME)
    ready.note(shown, State.ON_AIR)
    assert ready.entries() == ()


def test_what_was_handed_out_stays_as_it_was(ready: Catalog) -> None:
    before = ready.entries()
    _on_air(ready)
    assert [entry.state for entry in before] == [State.READY]


def test_the_diagram_in_the_docs_is_the_table() -> None:
    text = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text("utf-8")
    drawn = {
        (a.replace("_", " "), b.replace("_", " "))
        for a, b in re.findall(r"^    (\w+) --> (\w+)$", text, re.MULTILINE)
    }
    assert drawn == {(a.value, b.value) for a, follows in TRANSITIONS.items() for b in follows}
