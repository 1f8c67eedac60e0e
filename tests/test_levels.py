"""Each version's loudness is known before it is heard: measured apart, kept, never asked twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation.film import SILENT, Credit, Loudness, Picture, Version
from installation.levels import Levels, measure_ahead, measure_apart
from installation.library.digest import digest
from installation.library.fixity import FixityRecords
from installation.library.loudness_notes import LoudnessNotes
from installation.library.scan import scan
from tests.clips import make_clip
from tests.fakes import FakeClock
from tests.sound_clips import beeps, make_sounding_clip, noise

LOUD = Loudness(-14.0, -1.0)


def version(name: str, edition: tuple[int, int, int] = (1, 2, 3)) -> Version:
    return Version(
        name=name,
        path=Path("film") / name / "film.mov",
        credit=Credit(name, None),
        picture=Picture(64, 64),
        rate=Fraction(24),
        duration=Fraction(2),
        frame_count=48,
        container="mov",
        edition=edition,
    )


def until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not claim():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


class Bench:
    """Levels whose measuring is only counted."""

    def __init__(self, folder: Path) -> None:
        self.measured: list[str] = []
        self.may_end = threading.Event()
        self.may_end.set()
        self.records = FixityRecords(folder / "film", FakeClock(), folder / "data")
        self.notes = LoudnessNotes(folder / "cache")
        self.levels = Levels(
            folder / "film", notes=self.notes, records=self.records, measure=self._measure
        )

    def _measure(self, version: Version, stop: threading.Event) -> Loudness | None:
        self.measured.append(version.name)
        while not self.may_end.wait(0.01):
            if stop.is_set():
                raise CancelledError
        return None if version.name == "damaged" else LOUD


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_asking_waits_for_nothing_and_each_is_measured_once_in_order(bench: Bench) -> None:
    bench.may_end.clear()
    one, other = version("one"), version("other")
    bench.levels.want([one, other])
    assert bench.levels.of(one) is None
    bench.may_end.set()
    until(lambda: bench.levels.of(other) == LOUD)
    bench.levels.want([other, one])
    bench.levels.want([version("third"), other])
    until(lambda: bench.levels.of(version("third")) == LOUD)
    assert bench.measured == ["one", "other", "third"]
    bench.levels.stop()


def test_a_film_that_was_replaced_is_measured_anew_and_a_mezzanine_is_its_original(
    bench: Bench,
) -> None:
    one, new = version("one"), version("one", (4, 5, 6))
    made = replace(one, path=Path("cache/made.mp4"), edition=(7, 8, 9), original=one)
    bench.levels.want([made])
    until(lambda: bench.levels.of(one) == LOUD)
    assert bench.levels.of(made) == LOUD
    assert bench.levels.of(new) is None
    bench.levels.want([new])
    until(lambda: bench.levels.of(new) == LOUD)
    assert bench.measured == ["one", "one"]
    bench.levels.stop()


def test_what_cannot_be_measured_is_heard_as_it_is(bench: Bench) -> None:
    bench.levels.want([version("damaged"), version("one")])
    until(lambda: bench.levels.of(version("one")) == LOUD)
    assert bench.levels.of(version("damaged")) == SILENT
    bench.levels.stop()


def test_the_end_does_not_wait_for_what_is_being_measured(bench: Bench) -> None:
    bench.may_end.clear()
    bench.levels.want([version("one")])
    until(lambda: bench.measured == ["one"])
    bench.levels.stop()
    assert not bench.levels._thread.is_alive()
    assert bench.levels.of(version("one")) is None


def test_the_next_run_knows_it_by_the_originals_sha256(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.levels.NOTE_S", 0.02)
    make_clip(tmp_path / "film" / "2024 A" / "film.mp4", frames=8, size=(64, 64))
    (found,) = scan(tmp_path / "film", order="date").versions
    first = Bench(tmp_path)
    first.levels.want([found])
    until(lambda: first.levels.of(found) == LOUD)
    sha256 = first.records.sha256_of(found.path, digest)  # which comes a little later
    until(lambda: first.notes.of(sha256) == LOUD)
    first.levels.stop()
    second = Bench(tmp_path)
    second.levels.want([found])
    until(lambda: second.levels.of(found) == LOUD)
    assert second.measured == []
    second.levels.stop()


def test_a_process_apart_measures_as_the_standard_says_and_says_what_it_cannot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loud = tmp_path / "loud.mov"
    make_sounding_clip(loud, noise(2, 48_000, 3, channels=2), 48_000, frames=48, size=(64, 64))
    quiet = tmp_path / "quiet.mov"
    make_sounding_clip(
        quiet, 0.1 * noise(2, 48_000, 3, channels=2), 48_000, frames=48, size=(64, 64)
    )
    silent = make_clip(tmp_path / "silent.mov", frames=8, size=(64, 64))
    (tmp_path / "none.mov").write_bytes(b"no film")
    found = [
        measure_apart(replace(version("a"), path=path), threading.Event())
        for path in (loud, quiet, silent, tmp_path / "none.mov")
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].lufs - found[1].lufs == pytest.approx(20, abs=0.3)
    assert found[0].peak_db - found[1].peak_db == pytest.approx(20, abs=0.3)
    assert found[2:] == [SILENT, None]
    assert "its loudness is not known" in caplog.text


def test_conforming_ahead_measures_what_the_wall_will_play(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    path = tmp_path / "film" / "2024 A" / "film.mov"
    make_sounding_clip(path, beeps([0.5], 2, 48_000, 1000), 48_000, frames=48, size=(64, 64))
    (found,) = scan(tmp_path / "film", order="date").versions
    records = FixityRecords(tmp_path / "film", FakeClock(), tmp_path / "data")
    measure_ahead([found], records)  # its SHA-256 is not known: it cannot be noted
    sha256 = records.sha256_of(found.path, digest)
    assert LoudnessNotes().of(sha256) is None
    measure_ahead([found], records)
    noted = LoudnessNotes().of(sha256)
    assert noted is not None
    assert -40 < noted.lufs < -6
