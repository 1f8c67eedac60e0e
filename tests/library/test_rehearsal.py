"""A film is rehearsed before it is shown, and one that is not all there is found out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.decode.container import recognise
from installation.errors import VersionRejected
from installation.library import rehearsal
from installation.library.probe import probe
from installation.library.probe_apart import probe_apart
from installation.library.rehearsal import Part, rehearse

PARTS: tuple[Part, ...] = ("none", "end", "whole")
MakeClip = Callable[..., Path]


@pytest.fixture(scope="module")
def noisy_films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Films of some hundred kilobytes, 4 seconds long."""
    folder = tmp_path_factory.mktemp("noisy")
    shades = np.random.default_rng(1).integers(0, 255, (96, 180, 240), np.uint8)
    for name, codec in (
        ("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.ts", "libx264"), ("a.avi", "mpeg4")
    ):  # fmt: skip
        muxer = {"movflags": "faststart"} if name == "a.mp4" else {}
        with av.open(folder / name, "w", options=muxer) as film:
            stream = cast(VideoStream, film.add_stream(codec, rate=24, options={"g": "12"}))
            stream.width, stream.height, stream.bit_rate = 240, 120, 1_000_000
            for index, shade in enumerate(shades):
                frame = av.VideoFrame.from_ndarray(shade, format="yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, 24)
                film.mux(stream.encode(frame))
            film.mux(stream.encode())
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", {}),
        ("fragments.mp4", {"muxer": {"movflags": "frag_keyframe+empty_moov"}}),
        ("long group.mp4", {"times": list(range(700)), "encoder": {"g": "9999"}}),
        ("a.mkv", {"rate": Fraction(24000, 1001), "sample_aspect": Fraction(16, 11)}),
        ("unshown.webm", {"codec": "libvpx", "times": list(range(60))}),
        ("uneven.mkv", {"times": [0, 1, 5, 6, 40, 41]}),
        ("late.mp4", {"times": list(range(240, 250))}),
        ("b-frames.avi", {"codec": "mpeg4", "encoder": {"bf": "2"}}),
        ("a.ts", {"times": list(range(100))}),
        ("a.flv", {"codec": "flv1"}),
        ("sound goes on.mp4", {"sound_s": 4}),
    ],
)
def test_a_good_film_is_measured_as_it_would_be_here(
    make_clip: MakeClip, tmp_path: Path, name: str, options: dict[str, Any], part: Part
) -> None:
    path = make_clip(tmp_path / name, **options)
    container = recognise(path)
    assert probe_apart(path, container, rehearsal=part) == probe(path, container)


@pytest.mark.parametrize("part", PARTS[1:])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
def test_a_film_made_at_full_size_and_half_filled_ends_early(
    noisy_films: dict[str, bytes], tmp_path: Path, suffix: str, part: Part
) -> None:
    content, path = noisy_films[suffix], tmp_path / f"a{suffix}"
    half = len(content) // 2
    path.write_bytes(content)
    assert probe_apart(path, recognise(path), rehearsal=part).duration >= 3.9
    path.write_bytes(content[:half] + bytes(len(content) - half))
    there = rf"{half // 1000} of {-(-len(content) // 1000)} kB"
    with pytest.raises(VersionRejected, match=rf"^ends early: {there} are there; .*copy it again$"):
        probe_apart(path, recognise(path), rehearsal=part)


@pytest.mark.parametrize("part", PARTS)
def test_a_half_copied_film_with_its_index_in_front_ends_early(
    noisy_films: dict[str, bytes], tmp_path: Path, part: Part
) -> None:
    content, path = noisy_films[".mp4"], tmp_path / "a.mp4"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(VersionRejected, match=r"^ends early: \d+ of \d+ kB are there"):
        probe_apart(path, "mov", rehearsal=part)


def test_only_a_rehearsal_of_the_whole_finds_a_hole_in_its_midst(
    noisy_films: dict[str, bytes], tmp_path: Path
) -> None:
    content, path = noisy_films[".mp4"], tmp_path / "a.mp4"
    third = len(content) // 3
    path.write_bytes(content[:third] + bytes(third) + content[2 * third :])
    probe_apart(path, "mov")
    with pytest.raises(VersionRejected, match=r"is damaged: .* can(not)? be decoded; copy or"):
        probe_apart(path, "mov", rehearsal="whole")


def test_a_group_too_long_to_decode_is_read_to_its_end(
    noisy_films: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "AT_MOST", 5)
    content, path = noisy_films[".mp4"], tmp_path / "a.mp4"
    path.write_bytes(content)
    facts = probe(path, "mov")
    rehearse(path, "mov", facts, "end")
    path.write_bytes(content[:-100_000] + bytes(100_000))
    with pytest.raises(VersionRejected, match=r"^ends early: \d+ of \d+ kB are there"):
        rehearse(path, "mov", facts, "end")


@given(
    suffix=st.sampled_from([".mp4", ".mkv", ".ts", ".avi"]),
    changes=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=20),
)
@settings(max_examples=40)
def test_whatever_damage_is_a_rejection_or_still_a_film(
    noisy_films: dict[str, bytes], damaged: Path, suffix: str, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(noisy_films[suffix])
    for place, value in changes:
        content[place % len(content)] = value
    damaged.write_bytes(content)
    with contextlib.suppress(VersionRejected):
        container = recognise(damaged)
        facts = probe(damaged, container)
        for part in PARTS:
            with contextlib.suppress(VersionRejected):
                rehearse(damaged, container, facts, part)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "film"


def test_a_last_picture_of_zeros_says_so_however_few_they_are(
    noisy_films: dict[str, bytes], tmp_path: Path
) -> None:
    content, path = noisy_films[".mp4"], tmp_path / "a.mp4"
    path.write_bytes(content[:-20_000] + bytes(20_000))
    with pytest.raises(VersionRejected, match=r"cannot be decoded; copy or export it again"):
        probe_apart(path, "mov")


def test_only_a_rehearsal_of_the_whole_finds_that_a_film_cannot_be_played_again(
    noisy_films: dict[str, bytes], tmp_path: Path
) -> None:
    content, path = noisy_films[".mkv"], tmp_path / "a.mkv"
    at = content.index(bytes.fromhex("1c53bb6b"), len(content) // 2)  # where its keyframes are
    index = bytearray(content[at:])
    places = [match.start(1) for match in re.finditer(rb"\xf1[\x81-\x84](.)", index, re.DOTALL)]
    assert len(places) > 3
    last = index[places[-1] - 1 : places[-1] + 4]
    for place in places:  # all of them at its end
        width = index[place - 1] & 0xF
        number = int.from_bytes(last[1 : 1 + (last[0] & 0xF)]) & (1 << 8 * width) - 1
        index[place : place + width] = number.to_bytes(width)
    path.write_bytes(content[:at] + index)
    probe_apart(path, "matroska", rehearsal="end")
    with pytest.raises(VersionRejected, match=r"^can be played once, but not again from its begin"):
        probe_apart(path, "matroska", rehearsal="whole")
