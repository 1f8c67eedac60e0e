"""Films are measured as they are: by their pictures, exactly, and not at all if they are broken."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import pytest
from av.video.stream import VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.decode.container import recognise
from installation.errors import VersionRejected
from installation.film import Picture
from installation.library.probe import Facts, probe

MakeClip = Callable[..., Path]
TEN_AT_24 = Fraction(10, 24)


def _probe(path: Path) -> Facts:
    return probe(path, recognise(path))


@pytest.mark.parametrize(
    ("name", "container", "options"),
    [
        ("a.mp4", "mov", {}),
        ("fragments.mp4", "mov", {"muxer": {"movflags": "frag_keyframe+empty_moov"}}),
        ("a.mov", "mov", {"codec": "prores_ks", "pixels": "yuv422p10le"}),
        ("a.mkv", "matroska", {}),
        ("a.webm", "matroska", {"codec": "libvpx-vp9"}),
        ("a.avi", "avi", {"codec": "mpeg4", "encoder": {"bf": "2"}}),
        ("a.ts", "mpegts", {}),
        ("a.m2ts", "mpegts", {"container": "mpegts", "muxer": {"mpegts_m2ts_mode": "1"}}),
        ("a.wmv", "asf", {"codec": "wmv2", "container": "asf"}),
        ("a.flv", "flv", {"codec": "flv1"}),
    ],
)
def test_every_container_is_recognised_and_measured_by_its_content(
    make_clip: MakeClip, tmp_path: Path, name: str, container: str, options: dict[str, Any]
) -> None:
    path = make_clip(tmp_path / name, **options).rename(tmp_path / "named.bin")
    assert recognise(path) == container
    facts = probe(path, container)
    assert abs(facts.duration - TEN_AT_24) <= Fraction(1, 1000)
    assert facts.rate == 24
    assert facts.frame_count == 10
    assert facts.picture == Picture(64, 64)


@pytest.mark.parametrize(
    ("name", "codec", "size", "rate", "pixels"),
    [
        ("a.y4m", "wrapped_avframe", (64, 64), 24, "yuv420p"),
        ("a.ivf", "libvpx", (64, 64), 24, "yuv420p"),
        ("a.gif", "gif", (64, 64), 10, "rgb8"),
        ("a.dv", "dvvideo", (720, 576), 25, "yuv420p"),
        ("a.mpg", "mpeg2video", (64, 64), 25, "yuv420p"),
        ("a.mxf", "mpeg2video", (64, 64), 25, "yuv420p"),
    ],
)
def test_containers_without_an_index_or_sound_are_measured_too(
    tmp_path: Path, name: str, codec: str, size: tuple[int, int], rate: int, pixels: str
) -> None:
    path = tmp_path / name
    with av.open(path, "w") as film:
        stream = cast(VideoStream, film.add_stream(codec, rate=rate))
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        for index in range(10):
            frame = av.VideoFrame(*size, pixels)
            frame.pts, frame.time_base = index, Fraction(1, rate)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    facts = _probe(path)
    assert (facts.duration, facts.rate) == (Fraction(10, rate), Fraction(rate))


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(12), Fraction(30), Fraction(50)])
def test_rate_and_length_are_exact(make_clip: MakeClip, tmp_path: Path, rate: Fraction) -> None:
    facts = _probe(make_clip(tmp_path / "a.mp4", rate=rate))
    assert (facts.rate, facts.duration, facts.frame_count) == (rate, 10 / rate, 10)


def test_the_length_is_the_pictures_not_a_longer_sound_tracks(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    for name in ("a.mp4", "a.mkv", "a.ts"):
        facts = _probe(make_clip(tmp_path / name, sound_s=4))
        assert abs(facts.duration - TEN_AT_24) <= Fraction(1, 1000), name


def test_a_film_that_begins_late_is_as_long_as_its_pictures(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    late = list(range(240, 250))
    for name in ("a.mp4", "a.mkv", "a.ts"):
        facts = _probe(make_clip(tmp_path / name, times=late))
        assert abs(facts.duration - TEN_AT_24) <= Fraction(1, 1000), name


def test_variable_rate_counts_to_the_end_of_the_last_picture(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    facts = _probe(make_clip(tmp_path / "a.mkv", times=[0, 1, 5, 6, 40, 41]))
    assert abs(facts.duration - Fraction(42, 24)) < Fraction(1, 24)
    assert facts.frame_count >= 1


@pytest.mark.parametrize("size", [(63, 35), (34, 120), (250, 18)])
@pytest.mark.parametrize("pixels", ["yuv444p", "yuv444p10le"])
def test_odd_sizes_and_deep_colour_pass(
    make_clip: MakeClip, tmp_path: Path, size: tuple[int, int], pixels: str
) -> None:
    facts = _probe(make_clip(tmp_path / "a.mp4", size=size, pixels=pixels))
    assert (facts.picture, facts.pixel_format) == (Picture(*size), pixels)


def test_pixels_that_are_not_square_are_known(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", size=(64, 48), sample_aspect=Fraction(16, 11))
    assert _probe(path).picture == Picture(64, 48, Fraction(16, 11))


@pytest.mark.parametrize(
    ("matrix", "degrees"),
    # as telephones write them: (a b, c d) of ISO 14496-12 in 16.16; 90 is held upright
    [((1, 0, 0, 1), 0), ((0, 1, -1, 0), 90), ((-1, 0, 0, -1), 180), ((0, -1, 1, 0), 270)],
)
def test_rotation_is_told_clockwise_to_upright(
    make_clip: MakeClip, tmp_path: Path, matrix: tuple[int, ...], degrees: int
) -> None:
    a, b, c, d = (value << 16 for value in matrix)
    path = make_clip(tmp_path / "a.mp4", rotation_matrix=[a, b, 0, c, d, 0, 0, 0, 1 << 30])
    assert _probe(path).picture.rotation_deg == degrees


def test_sound_alone_is_no_film(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", has_picture=False, sound_s=1)
    with pytest.raises(VersionRejected, match="holds sound but no film; export it"):
        _probe(path)


def test_a_cover_picture_is_no_film(make_clip: MakeClip, tmp_path: Path) -> None:
    sound = make_clip(tmp_path / "a.mp4", has_picture=False, sound_s=1)
    covered = tmp_path / "covered.mp4"
    with av.open(sound) as source, av.open(covered, "w") as film:
        cover = film.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        copy = film.add_stream_from_template(source.streams.audio[0])
        film.mux(cover.encode(av.VideoFrame(64, 64, "yuvj420p")))
        film.mux(cover.encode())
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = copy
                film.mux(packet)
    with pytest.raises(VersionRejected, match="holds sound but no film, only a still picture"):
        _probe(covered)


def test_a_half_copied_film_with_its_index_in_front_says_how_much_is_there(
    faststart_clip: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(faststart_clip[:-200])
    with pytest.raises(VersionRejected, match=r"ends early: \d+ of \d+ (bytes|kB) are there; wait"):
        _probe(path)


@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_film_whose_index_never_came_says_so(
    clip: bytes, tmp_path: Path, is_sparse: bool
) -> None:
    cut = clip.index(b"moov") - 4 if is_sparse else clip.index(b"mdat") + 100
    path = tmp_path / "a.mp4"
    path.write_bytes(clip[:cut])
    expected = "its index, which comes last, is missing" if is_sparse else "bytes are there"
    with pytest.raises(VersionRejected, match=f"^ends early.*{expected}.*copy it again$"):
        _probe(path)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mkv", {}),
        ("a.avi", {"codec": "mpeg4"}),
        ("f.mp4", {"muxer": {"movflags": "frag_every_frame+empty_moov"}}),
    ],
)
def test_half_copied_films_of_other_kinds_end_early_too(
    make_clip: MakeClip, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    path = make_clip(tmp_path / name, encoder={"g": "1"}, **options)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    with pytest.raises(VersionRejected, match=r"^ends early: "):
        _probe(path)


def test_what_a_camera_appends_to_a_film_does_no_harm(clip: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip + struct.pack(">I4s", 1 << 20, b"free") + b"\0" * 100)
    assert _probe(path).duration == TEN_AT_24


def test_a_film_of_garbage_is_refused(clip: bytes, tmp_path: Path) -> None:
    start = clip.index(b"mdat") + 4
    stop = clip.index(b"moov") - 4
    path = tmp_path / "a.mp4"
    path.write_bytes(clip[:start] + b"\xa5" * (stop - start) + clip[stop:])
    with pytest.raises(VersionRejected, match=r"is damaged|holds no picture"):
        _probe(path)


def test_avi_with_pictures_told_in_wrong_order_is_refused(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "a.avi", encoder={"bf": "2"}, times=list(range(30)))
    with pytest.raises(VersionRejected, match=r"no reliable times .* convert it to MP4"):
        _probe(path)


def test_ffmpeg_keeps_silent(
    clip: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for cut in range(40, len(clip), len(clip) // 20):
        path = tmp_path / "a.mp4"
        path.write_bytes(clip[:cut])
        with contextlib.suppress(VersionRejected):
            _probe(path)
    assert capfd.readouterr() == ("", "")


@given(
    changes=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=20),
    suffix=st.sampled_from([".mp4", ".mkv", ".avi", ".ts"]),
)
@settings(deadline=None)
def test_whatever_damage_is_a_rejection_or_still_a_film(
    damaged: Path, originals: dict[str, bytes], changes: list[tuple[int, int]], suffix: str
) -> None:
    content = bytearray(originals[suffix])
    for place, value in changes:
        content[place % len(content)] = value
    damaged.write_bytes(content)
    with contextlib.suppress(VersionRejected):
        facts = _probe(damaged)
        assert facts.duration > 0
        assert facts.rate > 0


@pytest.fixture(scope="module")
def originals(make_clip: MakeClip, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("originals")
    codecs = {".mp4": "libx264", ".mkv": "libx264", ".avi": "mpeg4", ".ts": "mpeg2video"}
    return {
        suffix: make_clip(folder / f"a{suffix}", codec=codec).read_bytes()
        for suffix, codec in codecs.items()
    }


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "film"
