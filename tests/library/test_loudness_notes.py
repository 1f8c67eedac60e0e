"""How loud films are is kept by what their files hold, and damaged notes do no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from installation.film import SILENT, Loudness
from installation.library.loudness_notes import LoudnessNotes

ONE, OTHER = "1" * 64, "2" * 64
LOUD = Loudness(-14.2, -0.5)


def test_what_was_measured_is_there_in_the_next_run(tmp_path: Path) -> None:
    notes = LoudnessNotes(tmp_path / "films")
    assert notes.of(ONE) is None
    notes.note(ONE, LOUD)
    notes.note(OTHER, SILENT)
    again = LoudnessNotes(tmp_path / "films")
    assert (again.of(ONE), again.of(OTHER)) == (LOUD, SILENT)


def test_two_walls_that_note_lose_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = LoudnessNotes(tmp_path), LoudnessNotes(tmp_path)
    one.note(ONE, LOUD)
    other.note(OTHER, LOUD)
    again = LoudnessNotes(tmp_path)
    assert (again.of(ONE), again.of(OTHER)) == (LOUD, LOUD)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "no notes",
        "[]",
        '{"format": 0, "films": {}}',
        '{"format": 1, "films": []}',
        json.dumps({"format": 1, "films": {ONE: [1]}}),
        json.dumps({"format": 1, "films": {ONE: ["loud", -1]}}),
        json.dumps({"format": 1, "films": {ONE: [float("nan"), -1]}}),
    ],
)
def test_notes_that_are_none_are_made_anew(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "loudness.json").write_text(damaged)
    notes = LoudnessNotes(tmp_path)
    assert notes.of(ONE) is None
    notes.note(ONE, LOUD)
    assert LoudnessNotes(tmp_path).of(ONE) == LOUD


def test_where_nothing_can_be_kept_it_is_known_in_this_run(tmp_path: Path) -> None:
    (tmp_path / "films").write_text("a file where the folder should be")
    notes = LoudnessNotes(tmp_path / "films")
    notes.note(ONE, LOUD)
    assert notes.of(ONE) == LOUD
