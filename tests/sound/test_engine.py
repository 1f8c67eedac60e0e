"""What the device is given: in step with the film, over seams, hand-overs and pauses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.film import Loudness, MasterClock, TimeMap
from installation.sound.engine import Engine
from installation.sound.reading import ReadingThread, Track
from installation.sound.source import Samples
from installation.sound.wanted import Heard, Speaking, Wanted
from tests.sound_clips import make_sounding_clip, noise

RATE = 48_000
SECONDS = 2
LENGTH = SECONDS * 24
LEAD = RATE // 5
MAP = TimeMap(Fraction(24), LENGTH, Fraction(SECONDS))
MS = 1_000_000


class Reading(ReadingThread):
    """Reads when told to, on nobody's thread."""

    def read(self) -> None:
        while any([track.read_on() for track in self._tracks]):
            pass


class Device:
    """A device that plays what the engine gives it, as fast as its clock says."""

    def __init__(self, ppm: float = 0) -> None:
        self.reading = Reading()
        self.engine = Engine(RATE, self.reading)
        self.now_ns = 0
        self.written = 0
        self.parts: list[Samples] = []
        self._speed = RATE * (1 + ppm * 1e-6) / 1e9

    def run(self, seconds: float) -> None:
        end_ns = self.now_ns + int(seconds * 1e9)
        while self.now_ns < end_ns:
            self.now_ns += 10 * MS
            played = int(self.now_ns * self._speed)
            self.engine.line.observe(self.now_ns, played)
            while self.written < played + LEAD:
                block = self.engine.block(self.written)
                self.parts.append(block)
                self.written += block.shape[1]
            self.reading.read()

    @property
    def heard(self) -> Samples:
        return np.concatenate(self.parts, axis=1)

    def sample_at(self, ns: int) -> int:
        """Which of its samples is heard then."""
        return int(ns * self._speed)


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Heard, ...]:
    folder = tmp_path_factory.mktemp("film")
    return tuple(
        Heard(
            name,
            make_sounding_clip(
                folder / f"{name}.mov",
                noise(SECONDS, rate, seed, channels=channels),
                rate,
                frames=LENGTH,
                size=(64, 64),
            ),
            "mov",
            (seed,),
            ((0, MAP),),
            age=seed,
        )
        for seed, (name, rate, channels) in enumerate((("a", 48_000, 1), ("b", 44_100, 2)))
    )


def meant(seed: int) -> Samples:
    """A version's left channel, as it was made, for two loops."""
    sound = noise(SECONDS, RATE, seed, channels=1 + seed)[0]
    return np.concatenate([sound, sound]).astype(np.float32)


def wanted(versions: tuple[Heard, ...], start_ns: int, **more: Any) -> Wanted:
    clock = MasterClock(Fraction(24), LENGTH)
    clock.start(start_ns)
    given: dict[str, Any] = {"speaking": Speaking.ONE, "named": "a", "crossfade_s": 0.1, **more}
    return Wanted(clock, versions, **given)


def offset_of(device: Device, seed: int, film_s: float, start_ns: int) -> float:
    """How many samples later than meant a piece of the film is heard: by cross-correlation."""
    at = device.sample_at(start_ns + int(film_s * 1e9))
    begin = int(film_s % SECONDS * RATE)
    piece = meant(seed)[begin : begin + 4800]
    around = device.heard[0, at - 960 : at + 4800 + 960]
    likeness = np.correlate(around, piece, "valid")
    best = int(np.argmax(likeness))
    scale = np.linalg.norm(piece) * np.linalg.norm(around[best : best + 4800])
    assert likeness[best] > 0.95 * scale  # it lies between two samples
    return best - 960


WINDOW = 480
FINE = 16


def places(played: Samples, source: Samples) -> list[float]:
    """Where in the source each window of what was played lies, in samples and parts of them.

    Fails where one is not found as it is.
    """
    fine = np.fft.irfft(np.fft.rfft(source), len(source) * FINE) * FINE
    found, near = [], int(np.argmax(np.correlate(source, played, "valid")))
    for start in range(0, len(played), WINDOW):
        window = played[start : start + WINDOW]
        off, place = min(
            (float(np.abs(fine[at : at + WINDOW * FINE : FINE] - window).max()), at / FINE)
            for at in range((near + start - 2) * FINE, (near + start + 3) * FINE)
        )
        assert off < 0.02
        found.append(place)
    return found


def test_the_film_is_heard_in_step_over_many_seams(versions: tuple[Heard, ...]) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS))
    device.run(12)
    for film_s in np.arange(0.4, 10.5, 0.5):
        assert abs(offset_of(device, 0, film_s, 1000 * MS)) < RATE // 1000
    assert device.engine.report.speakers == ("a",)
    assert device.engine.report.offset_ms == pytest.approx(0, abs=1)


def test_seams_have_no_gap_no_click_and_no_sample_twice(versions: tuple[Heard, ...]) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS))
    device.run(9)
    for seam in (1, 2, 3):
        at = device.sample_at((1000 + seam * SECONDS * 1000) * MS)
        played = device.heard[0, at - 4800 : at + 4800]
        source = meant(0)[SECONDS * RATE - 5800 : SECONDS * RATE + 5800]
        steps = np.diff(places(played, source))
        assert np.abs(steps - WINDOW).max() <= 2 / FINE


def test_a_fast_device_is_followed(versions: tuple[Heard, ...]) -> None:
    device = Device(ppm=200)
    device.engine.want(wanted(versions, 1000 * MS))
    device.run(40)
    for film_s in (20.3, 30.3, 38.3):
        assert abs(offset_of(device, 0, film_s, 1000 * MS)) < 2 * RATE // 1000


def test_each_loop_is_spoken_by_the_next_version(versions: tuple[Heard, ...]) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS, speaking=Speaking.ROTATE))
    device.run(8)
    for loop in range(3):
        assert abs(offset_of(device, loop % 2, loop * SECONDS + 1, 1000 * MS)) < RATE // 1000


def test_a_change_is_crossfaded_and_waits_for_something_to_hear(
    versions: tuple[Heard, ...],
) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS))
    device.run(3)
    device.engine.want(wanted(versions, 1000 * MS, named="b"))
    begin = device.written
    device.run(2)
    sound = device.heard[:, begin : begin + RATE]
    loud = np.sqrt((sound[:, : RATE // 480 * 480].reshape(2, -1, 480) ** 2).mean(axis=(0, 2)))
    assert loud.min() > 0.05  # never silent
    assert abs(offset_of(device, 1, 3.5, 1000 * MS)) < RATE // 1000


def test_hand_overs_between_rates_and_channels_keep_to_the_equal_power_curve(
    versions: tuple[Heard, ...],
) -> None:
    device = Device()
    fade_s = 0.8
    rotating = wanted(versions, 1000 * MS, speaking=Speaking.ROTATE, crossfade_s=fade_s)
    device.engine.want(rotating)
    device.run(9)
    window = RATE // 10
    for seam in (1, 2, 3):
        going, coming = meant((seam - 1) % 2), meant(seam % 2)
        at = device.sample_at((1000 + seam * SECONDS * 1000) * MS)
        for into in range(0, int(fade_s * RATE) + window, window // 2):
            part = slice(into, into + window)
            angle = min(1, (into + window / 2) / (fade_s * RATE)) * np.pi / 2
            # a loop goes on into the next one, while it goes out
            powers = [float((voice[part] ** 2).mean()) for voice in (going, coming)]
            expected = np.sqrt(powers[0] * np.cos(angle) ** 2 + powers[1] * np.sin(angle) ** 2)
            played = float(np.sqrt((device.heard[0, at:][part] ** 2).mean()))
            off_db = 20 * np.log10(played / expected)
            assert abs(off_db) < 0.5, (seam, into, off_db)


def test_levelled_no_peak_comes_near_full_scale(versions: tuple[Heard, ...]) -> None:
    """However quiet a film is as a whole."""
    device = Device()
    peak = float(np.abs(meant(0)).max())
    quiet = (replace(versions[0], loudness=Loudness(-40, 20 * np.log10(peak)), gain_db=6),)
    device.engine.want(wanted(quiet, 1000 * MS, normalize=True, volume_db=12))
    device.run(5)
    highest_db = 20 * np.log10(float(np.abs(device.heard).max()))
    assert highest_db == pytest.approx(-1, abs=0.2)


def test_a_pause_is_silent_and_what_follows_is_in_its_place(versions: tuple[Heard, ...]) -> None:
    device = Device()
    playing = wanted(versions, 1000 * MS)
    device.engine.want(playing)
    device.run(3)
    paused = playing.clock.as_it_stands()
    paused.pause(device.now_ns)
    at_s = float(paused.elapsed_frames(0) / 24)
    device.engine.want(Wanted(paused, versions, Speaking.ONE, "a"))
    begin = device.written
    device.run(1)
    assert not device.heard[:, begin + 2000 :].any()
    assert device.engine.report.speakers == ()
    resumed = paused.as_it_stands()
    again_ns = device.now_ns + 300 * MS
    resumed.start(again_ns)
    device.engine.want(Wanted(resumed, versions, Speaking.ONE, "a"))
    device.run(2)
    film_s = at_s + 1
    start_ns = again_ns - int(at_s * 1e9)
    assert abs(offset_of(device, 0, film_s, start_ns)) < RATE // 1000
    assert np.abs(np.diff(device.heard[0, begin : begin + 2000])).max() < 0.3


def test_a_late_loudspeaker_is_played_to_sooner(versions: tuple[Heard, ...]) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS, delay_ms=15))
    device.run(4)
    assert offset_of(device, 0, 2.5, 1000 * MS) == pytest.approx(-15 * RATE // 1000, abs=48)


def test_versions_that_leave_fall_silent_and_are_let_go(versions: tuple[Heard, ...]) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS))
    device.run(3)
    device.engine.want(wanted((), 1000 * MS))
    device.run(1)
    assert not device.heard[:, -RATE // 4 :].any()
    assert device.reading._tracks == ()


def test_all_together_are_no_louder_than_one(versions: tuple[Heard, ...]) -> None:
    device = Device()
    twice = (versions[0], Heard("c", versions[0].path, "mov", (9,), ((0, MAP),)))
    device.engine.want(wanted(twice, 1000 * MS, speaking=Speaking.MIX))
    device.run(4)
    assert abs(offset_of(device, 0, 2.5, 1000 * MS)) < RATE // 1000
    at = device.sample_at(3500 * MS)
    loud = device.heard[0, at : at + RATE // 4].std()
    assert loud == pytest.approx(0.15, rel=0.15)
    assert set(device.engine.report.speakers) == {"a", "c"}


def test_levelled_a_version_is_as_loud_as_all_from_its_first_sample_on(
    versions: tuple[Heard, ...],
) -> None:
    device = Device()
    known = (replace(versions[0], loudness=Loudness(-11, -3)),)
    device.engine.want(wanted(known, 1000 * MS, normalize=True))
    device.run(4)
    loud = device.heard[0, : RATE // 480 * 480 * 3].reshape(-1, 480).std(axis=1)
    first = int(np.flatnonzero(loud > 0.001)[0]) + 2  # after the fade from silence
    factor = 10 ** (-12 / 20)
    assert loud[first:].max() < 0.15 * factor * 1.5
    played = device.heard[0, device.sample_at(2000 * MS) : device.sample_at(3500 * MS)]
    assert played.std() == pytest.approx(0.15 * factor, rel=0.05)


def test_levelled_nobody_is_heard_whose_loudness_is_not_known_and_then_in_its_place(
    versions: tuple[Heard, ...],
) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS, normalize=True))
    device.run(3)
    assert not device.heard.any()
    known = (replace(versions[0], loudness=Loudness(-17, -9)), *versions[1:])
    device.engine.want(wanted(known, 1000 * MS, normalize=True))
    device.run(3)
    assert abs(offset_of(device, 0, 4.5, 1000 * MS)) < RATE // 1000


def test_nothing_is_heard_before_the_device_is_known(versions: tuple[Heard, ...]) -> None:
    engine = Engine(RATE, Reading())
    engine.want(wanted(versions, 0))
    assert not engine.block(0).any()


def test_a_track_is_one_for_each_version(versions: tuple[Heard, ...]) -> None:
    device = Device()
    device.engine.want(wanted(versions, 1000 * MS))
    device.run(2)
    names = [t.heard.name for t in device.reading._tracks if isinstance(t, Track)]
    assert names == [Path(v.path).stem for v in versions]
