"""A loop's sound is a function of the loop and the sample, read ahead or from anywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.film import AS_IT_IS, MasterClock, TimeMap, Timing, WhenShort
from installation.sound.loop import loop_sound
from installation.sound.plan import LoopSample, samples_in
from installation.sound.reading import ReadingThread, Track
from installation.sound.source import Samples, SoundFile
from installation.sound.wanted import Heard
from tests.clips import make_clip
from tests.sound_clips import make_sounding_clip, noise

RATE = 48_000
LENGTH = 49  # of 24 a second: no whole number of samples at 44.1 kHz
SHORT = Fraction(3, 2)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "a.mov"
    return make_sounding_clip(path, noise(1.5, 44_100, 5), 44_100, frames=36, size=(64, 64))


@pytest.fixture(scope="module")
def file(clip: Path) -> Iterator[SoundFile]:
    file = SoundFile(clip, "mov", RATE)
    yield file
    file.close()


def heard(path: Path, timing: Timing = AS_IT_IS, short: WhenShort = WhenShort.HOLD) -> Heard:
    time_map = TimeMap(Fraction(24), LENGTH, SHORT, short, timing)
    return Heard("a", path, "mov", (1,), ((0, time_map),))


timings = st.sampled_from(
    (
        AS_IT_IS,
        Timing(offset=Fraction(1, 3)),
        Timing(offset=Fraction(-1, 3)),
        Timing(start=Fraction(1, 4), stop=Fraction(1)),
        Timing(speed=None),
        Timing(speed=Fraction(25, 24)),
    )
)


@settings(max_examples=30)
@given(timing=timings, short=st.sampled_from(WhenShort), start=st.integers(0, 97_999))
def test_from_whichever_sample_the_same_samples_come(
    file: SoundFile, timing: Timing, short: WhenShort, start: int
) -> None:
    clock = MasterClock(Fraction(24), LENGTH)
    version = heard(Path(), timing, short)
    whole = np.concatenate(list(loop_sound(file, version, clock, 0, RATE)), axis=1)
    assert whole.shape[1] == samples_in(clock, 0, RATE)
    part = np.concatenate(list(loop_sound(file, version, clock, 3, RATE, start)), axis=1)
    assert np.abs(part - whole[:, start:]).max(initial=0) < 1e-4


def test_black_and_held_are_silent_after_the_end_and_a_loop_goes_on(file: SoundFile) -> None:
    clock = MasterClock(Fraction(24), LENGTH)
    end = int(SHORT * RATE)
    for short in WhenShort:
        loop = loop_sound(file, heard(Path(), AS_IT_IS, short), clock, 0, RATE)
        sound = np.concatenate(list(loop), axis=1)
        assert sound[:, :end].any()
        if short is WhenShort.LOOP:
            assert np.array_equal(sound[:, end:], sound[:, : sound.shape[1] - end])
        else:
            assert not sound[:, end:].any()


def take(track: Track, clock: MasterClock, at: LoopSample, count: int) -> Samples:
    """As soon as it is there."""
    for _ in range(2000):
        taken = track.take(clock, at, count)
        if taken is not None:
            return taken
        track.read_on()
    raise AssertionError("it never came")


def test_a_track_hands_on_loop_after_loop_without_a_gap(clip: Path, file: SoundFile) -> None:
    clock = MasterClock(Fraction(24), LENGTH)
    version = heard(clip)
    track = Track(version, RATE)
    whole = np.concatenate(list(loop_sound(file, version, clock, 0, RATE)), axis=1)
    parts = [
        take(track, clock, LoopSample(loop, start), min(960, whole.shape[1] - start))
        for loop in range(4)
        for start in range(0, whole.shape[1], 960)
    ]
    assert np.array_equal(np.concatenate(parts, axis=1), np.concatenate([whole] * 4, axis=1))
    track.close()


def test_a_track_jumps_where_the_film_does(clip: Path, file: SoundFile) -> None:
    clock = MasterClock(Fraction(24), LENGTH)
    version = heard(clip)
    track = Track(version, RATE)
    whole = np.concatenate(list(loop_sound(file, version, clock, 0, RATE)), axis=1)
    for loop, start in ((0, 40_000), (0, 100), (7, 50_000), (6, 0)):
        taken = take(track, clock, LoopSample(loop, start), 960)
        assert np.abs(taken - whole[:, start : start + 960]).max() < 1e-4
    track.close()


def test_a_track_serves_for_other_times_only_where_they_are_the_same(clip: Path) -> None:
    track = Track(heard(clip), RATE)
    assert track.continues_as(heard(clip), 0)
    assert not track.continues_as(heard(clip, Timing(offset=Fraction(1))), 0)
    other = TimeMap(Fraction(24), LENGTH + 1, SHORT)
    later = Heard("a", clip, "mov", (1,), (*heard(clip).maps, (9, other)))
    assert track.continues_as(later, 0)
    assert not track.continues_as(heard(clip), 8)
    assert not track.continues_as(Heard("a", clip, "mov", (2,), heard(clip).maps), 0)


def test_a_film_without_sound_or_that_is_none_is_silent(tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "a.mp4", frames=10, size=(64, 64))
    (tmp_path / "b.mp4").write_bytes(b"no film")
    for path in (silent, tmp_path / "b.mp4", tmp_path / "nowhere.mp4"):
        track = Track(heard(path), RATE)
        while track.read_on():
            pass
        assert track.has_sound is False


def test_the_thread_reads_for_all_and_frees_their_files(clip: Path) -> None:
    clock = MasterClock(Fraction(24), LENGTH)
    tracks = (Track(heard(clip), RATE), Track(heard(clip), RATE))
    thread = ReadingThread()
    thread.start()
    thread.keep(tracks)
    deadline = time.monotonic() + 10
    for track in tracks:
        while track.take(clock, LoopSample(0, 0), 960) is None:
            assert time.monotonic() < deadline
            thread.nudge()
    thread.keep(())
    thread.stop()
    assert [track.has_sound for track in tracks] == [False, False]
