"""Who decodes what: as somebody wants it, else as it measures; and a way is measured once."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation import engines as engines_module
from installation.config import Config, load_config
from installation.decode import libvlc
from installation.engine_choice import (
    VLC,
    VLC_ON_HARDWARE,
    decoding_of,
    engine_mistakes,
    equipment,
    in_words,
)
from installation.engines import Engines, may_have_hardware
from installation.film import IN_SOFTWARE, Credit, Decoding, Picture, Version, Wishes
from installation.library.cost_apart import cost_apart
from installation.library.decoding_costs import Cost, DecodingCosts, size_class, this_machine
from tests.clips import make_clip

CUDA, QSV = Decoding("av", "cuda"), Decoding("av", "qsv")
USUAL = Cost(0.4, 0.4)
CHEAP = Cost(0.1, 0.05)
MISSING = "libVLC is missing; install it with: sudo apt-get install libvlc5"


def version(name: str = "2024 V", height: int = 1080, codec: str = "h264") -> Version:
    return Version(
        name=name,
        path=Path(f"{name}.mp4"),
        credit=Credit("V"),
        picture=Picture(height * 16 // 9, height),
        rate=Fraction(24),
        duration=Fraction(10),
        frame_count=240,
        container="mov",
        codec=codec,
        pixel_format="yuv420p",
    )


ORIGINAL = version()
MEZZANINE = replace(ORIGINAL, original=ORIGINAL)
TURNED = replace(ORIGINAL, picture=Picture(1920, 1080, rotation_deg=90))
RAW = replace(ORIGINAL, opened_by="vlc", container="h264")


def config(tmp_path: Path, playback: str = "", versions: str = "") -> Config:
    path = tmp_path / "wall.yaml"
    path.write_text(
        f"film: {{versions: film}}\nplayback: {{{playback}}}\nversions: {{{versions}}}\n"
    )
    return load_config(path)


@pytest.fixture(autouse=True)
def vlc_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libvlc, "vlc_is_missing", lambda: None)


# -- the decision


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({}, IN_SOFTWARE),
        ({CUDA: CHEAP}, IN_SOFTWARE),  # nothing to compare it with
        ({IN_SOFTWARE: USUAL, CUDA: CHEAP}, CUDA),
        ({IN_SOFTWARE: USUAL, CUDA: None}, IN_SOFTWARE),
        ({IN_SOFTWARE: USUAL, CUDA: Cost(0.35, 0.05)}, IN_SOFTWARE),  # hardly cheaper
        ({IN_SOFTWARE: USUAL, CUDA: Cost(0.01, 0.5)}, IN_SOFTWARE),  # too slow for several
        ({IN_SOFTWARE: USUAL, CUDA: CHEAP, QSV: Cost(0.05, 0.1)}, QSV),
        ({IN_SOFTWARE: USUAL, VLC_ON_HARDWARE: Cost(0.1, 1.0)}, VLC_ON_HARDWARE),
        ({IN_SOFTWARE: USUAL, VLC_ON_HARDWARE: Cost(0.2, 1.0), CUDA: CHEAP}, CUDA),
        ({IN_SOFTWARE: USUAL, VLC: Cost(0.1, 1.0)}, IN_SOFTWARE),  # without hardware PyAV is better
    ],
)
def test_left_to_itself_it_takes_what_measured_cheaper(
    costs: dict[Decoding, Cost | None], expected: Decoding
) -> None:
    assert decoding_of(ORIGINAL, "auto", "auto", costs) == expected


@pytest.mark.parametrize(
    ("which", "engine", "hwaccel", "expected"),
    [
        (ORIGINAL, "av", "auto", IN_SOFTWARE),
        (ORIGINAL, "vlc", "auto", VLC_ON_HARDWARE),
        (ORIGINAL, "vlc", "none", VLC),
        (ORIGINAL, "vlc", "cuda", VLC),
        (MEZZANINE, "vlc", "auto", VLC),  # its stamp is read in software
        (MEZZANINE, "auto", "auto", IN_SOFTWARE),
        (TURNED, "vlc", "auto", IN_SOFTWARE),  # libVLC would turn it
        (ORIGINAL, "auto", "none", IN_SOFTWARE),
        (ORIGINAL, "auto", "qsv", QSV),
        (MEZZANINE, "av", "cuda", CUDA),
        (RAW, "auto", "auto", VLC),
        (RAW, "av", "cuda", VLC),  # PyAV cannot
    ],
)
def test_what_somebody_wants_counts(
    which: Version, engine: str, hwaccel: str, expected: Decoding
) -> None:
    costs = {IN_SOFTWARE: USUAL, VLC_ON_HARDWARE: Cost(0.05, 1.0)}
    assert decoding_of(which, engine, hwaccel, costs) == expected


def test_one_version_may_have_another_engine_and_the_curator_goes_first(tmp_path: Path) -> None:
    engines = Engines(DecodingCosts(tmp_path), kinds=())
    artists = replace(version("b"), wishes=Wishes(engine="vlc"))
    both = [version("a"), artists, version("c")]
    found = engines.assigned(config(tmp_path), both)
    assert [v.decoding for v in found] == [IN_SOFTWARE, VLC, IN_SOFTWARE]
    found = engines.assigned(config(tmp_path, "engine: vlc", "b: {engine: av}"), both)
    assert [v.decoding for v in found] == [VLC, IN_SOFTWARE, VLC]
    assert all(one.is_same_film(other) for one, other in zip(found, both, strict=True))


def test_who_wants_libvlc_is_known_without_loading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never() -> None:
        raise AssertionError("it was asked for")

    monkeypatch.setattr(libvlc, "vlc_is_missing", never)
    engines = Engines(DecodingCosts(tmp_path), kinds=())
    wanted = config(tmp_path, "", "a: {engine: vlc}")
    found = [engines.wants_vlc(wanted, one) for one in (version("a"), version("b"), RAW)]
    assert found == [True, False, True]


def test_without_libvlc_pyav_plays_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libvlc, "vlc_is_missing", lambda: MISSING)
    wanted = config(tmp_path, "engine: vlc")
    engines = Engines(DecodingCosts(tmp_path), kinds=())
    assert engines.assigned(wanted, [ORIGINAL])[0].decoding == IN_SOFTWARE
    (sentence,) = engines.mistakes(wanted, [ORIGINAL])
    assert sentence == f"2024 V: engine: {MISSING}; until then PyAV plays it"
    assert "it is off air" in engine_mistakes(config(tmp_path), [RAW], lambda: MISSING)[0]
    assert engine_mistakes(config(tmp_path), [ORIGINAL], lambda: MISSING) == []
    assert "is stored turned" in engine_mistakes(wanted, [TURNED], lambda: MISSING)[0]
    assert "PyAV cannot open it" in engine_mistakes(config(tmp_path, "engine: av"), [RAW])[0]


def test_check_says_what_is_missing_and_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert equipment().endswith("; libVLC")
    monkeypatch.setattr(libvlc, "vlc_is_missing", lambda: MISSING)
    assert equipment().startswith("PyAV; hardware: ")
    assert equipment().endswith(f"; {MISSING}")


def test_check_says_in_words_how_each_version_is_decoded() -> None:
    assert [in_words(d) for d in (IN_SOFTWARE, CUDA, VLC, VLC_ON_HARDWARE)] == [
        "in software",
        "in hardware (cuda)",
        "by libVLC",
        "by libVLC, in hardware",
    ]


# -- the figures


def test_what_was_measured_is_known_at_the_next_start_of_the_same_machine(tmp_path: Path) -> None:
    costs = DecodingCosts(tmp_path, "here")
    costs.note(ORIGINAL, IN_SOFTWARE, USUAL)
    costs.note(ORIGINAL, CUDA, None)
    known = {IN_SOFTWARE: USUAL, CUDA: None}
    again = DecodingCosts(tmp_path, "here")
    assert costs.of(version("another")) == again.of(version("another")) == known
    assert again.of(version(codec="hevc")) == again.of(version(height=2160)) == {}
    assert DecodingCosts(tmp_path, "there").of(ORIGINAL) == {}


OF_ONE = '{"format": 1, "machines": {"here": {"h264 yuv420p 1080p": {"av cuda": %s}}}}'


@pytest.mark.parametrize(
    "notes",
    [
        "",
        "[]",
        "{",
        "[" * 10**5,
        '{"format": 1, "machines": [1]}',
        OF_ONE % '["x", 1]',
        OF_ONE % "[1]",
    ],
)
def test_damaged_notes_are_no_notes(tmp_path: Path, notes: str) -> None:
    (tmp_path / "decoding.json").write_text(notes)
    costs = DecodingCosts(tmp_path, "here")
    assert costs.of(ORIGINAL) == {}
    assert (tmp_path / "decoding.json.damaged").read_text() == notes
    costs.note(ORIGINAL, IN_SOFTWARE, USUAL)
    assert json.loads((tmp_path / "decoding.json").read_text())["machines"]["here"]


def test_sizes_are_classes_and_devices_make_another_machine(tmp_path: Path) -> None:
    heights = (360, 540, 720, 1080, 1440, 2160, 4320, 8000)
    assert [size_class(version(height=h)) for h in heights] == [
        "small", "small", "1080p", "1080p", "1440p", "2160p", "4320p", "larger",
    ]  # fmt: skip
    before = this_machine(tmp_path)
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/renderD128").touch()
    assert this_machine(tmp_path) != before


def test_nothing_is_measured_where_there_is_no_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines_module, "may_have_hardware", lambda: False)
    none, cuda = (Engines(DecodingCosts(tmp_path), kinds=kinds) for kinds in ((), ("cuda",)))
    everything = config(tmp_path)
    assert none.missing(everything, [ORIGINAL]) == []
    assert cuda.missing(everything, [version(height=360), RAW]) == []
    assert cuda.missing(config(tmp_path, "hwaccel: none"), [ORIGINAL]) == []
    two = [ORIGINAL, version("another")]
    assert cuda.missing(everything, two) == [(ORIGINAL, IN_SOFTWARE), (ORIGINAL, CUDA)]
    monkeypatch.setattr(engines_module, "may_have_hardware", lambda: True)
    ways = [way for _, way in none.missing(everything, two)]
    assert ways == [IN_SOFTWARE, VLC_ON_HARDWARE]
    assert none.missing(everything, [MEZZANINE]) == []


def test_each_way_is_measured_once_in_the_background_and_then_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines_module, "may_have_hardware", lambda: False)
    asked: list[Decoding] = []

    def measure(version: Version, way: Decoding, stop: threading.Event) -> Cost | None:
        asked.append(way)
        if way == QSV:
            raise OSError("no process can be started")
        return {IN_SOFTWARE: USUAL, CUDA: CHEAP}[way]

    engines = Engines(DecodingCosts(tmp_path), kinds=("cuda", "qsv"), measure=measure)
    told = threading.Semaphore(0)
    settings = config(tmp_path)
    engines.start(told.release)
    for _ in range(2):
        engines.want(settings, [ORIGINAL])
    for _ in range(2):
        assert told.acquire(timeout=10)
    assert engines.assigned(settings, [ORIGINAL])[0].decoding == CUDA
    engines.want(settings, [ORIGINAL, version("another")])
    engines.stop()
    assert engines.join(10)
    assert asked[:2] == [IN_SOFTWARE, CUDA]
    assert len(asked) == len(set(asked))


def test_an_engine_wanted_while_it_plays_is_loaded_on_a_thread_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def slow() -> None:
        threads.append(threading.current_thread())

    monkeypatch.setattr(libvlc, "vlc_is_missing", slow)
    engines = Engines(DecodingCosts(tmp_path), kinds=())
    told = threading.Event()
    engines.start(told.set)
    wanted = config(tmp_path, "engine: vlc")
    assert engines.assigned(wanted, [ORIGINAL])[0].decoding == IN_SOFTWARE  # for a moment
    engines.want(wanted, [ORIGINAL])
    assert told.wait(10)
    assert engines.assigned(wanted, [ORIGINAL])[0].decoding == VLC
    engines.stop()
    assert engines.join(10)
    assert threads
    assert threading.current_thread() not in threads


def test_libvlc_may_have_hardware_where_there_is_a_render_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert not may_have_hardware(tmp_path)
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/renderD128").touch()
    assert may_have_hardware(tmp_path)


# -- the measuring itself, real


def measured(path: Path, way: Decoding) -> Cost | None:
    return cost_apart(replace(version(), path=path, duration=Fraction(30, 24)), way)


def test_a_real_film_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    small = make_clip(tmp_path / "small.mp4", frames=30, size=(320, 180))
    large = make_clip(tmp_path / "large.mp4", frames=30, size=(1280, 720))
    one, other = measured(small, IN_SOFTWARE), measured(large, IN_SOFTWARE)
    assert one is not None
    assert other is not None
    assert 0 < one.cpu_s < other.cpu_s


@pytest.mark.skipif(libvlc.vlc_is_missing() is not None, reason=str(libvlc.vlc_is_missing()))
def test_libvlc_is_measured_as_well(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "film.mp4", frames=30)
    cost = measured(film, VLC)
    assert cost is not None
    assert cost.cpu_s > 0
    if not may_have_hardware():
        assert measured(film, VLC_ON_HARDWARE) is None


def test_a_device_that_is_not_there_does_not_work_and_costs_nothing_else(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "film.mp4", frames=30)
    nowhere = Decoding("av", "videotoolbox" if sys.platform == "win32" else "d3d11va")
    assert measured(film, nowhere) is None
    film.write_bytes(b"no film")
    assert measured(film, IN_SOFTWARE) is None
