"""What every engine must do to take part in the lock; a new one joins by joining READERS."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest

from installation.decode import AvReader, Frame, ImageTarget, Reader, ReaderFault, recognise
from installation.decode.libvlc import vlc_is_missing
from installation.decode.vlc_reader import VlcReader
from installation.film.timeline import picture_at
from installation.library import scan
from installation.library.transcode import conform
from tests.clips import make_clip
from tests.wall_e2e import blockcode

FRAMES = 50
SHEET = ImageTarget(frozenset({"bgra"}), (160, 90))
UNEVEN = [Fraction(i * 40 + (i % 3) * 9, 1000) for i in range(FRAMES)]
PHONE = [Fraction(i, 30) + (i > 20) + (i > 33) * Fraction(1, 11) for i in range(FRAMES)]
"""Thirty pictures a second, but for a second in which nothing moved, and a hitch."""
CLIPS: dict[str, dict[str, object]] = {
    "long-gop.mp4": {"gop": 250, "bframes": 3},
    "short-gop.mkv": {"gop": 5, "bframes": 3},
    "intra.mov": {"gop": 1, "bframes": 0},
    "stream.ts": {"gop": 12, "bframes": 2},
    "motion.avi": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    "lossless.mkv": {"codec": "ffv1", "pixel_format": "yuv444p"},
    "ten-bit.mp4": {"pixel_format": "yuv420p10le"},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "slow.mp4": {"rate": 12},
    "fast.mp4": {"rate": 60},
    "thirty.mp4": {"rate": 30},
    "thirty.mkv": {"rate": 30},
    "ntsc.mp4": {"rate": Fraction(24000, 1001)},
    "uneven.mp4": {"pts": UNEVEN, "rate": 24},
    "uneven.mkv": {"pts": UNEVEN, "rate": 24, "gop": 250, "bframes": 0},
    "phone.mp4": {"pts": PHONE, "rate": 30, "gop": 30},
    "phone.mkv": {"pts": PHONE, "rate": 30, "gop": 12},
    "long-sound.mp4": {"audio_s": 5},
    "small-odd.mkv": {"codec": "ffv1", "pixel_format": "yuv444p", "size": (161, 91)},
}


MEZZANINE = "mezzanine.mp4"
VLC_CLIPS = (
    "long-gop.mp4",
    "short-gop.mkv",
    "stream.ts",
    "motion.avi",
    "slow.mp4",
    "fast.mp4",
    "uneven.mkv",
    MEZZANINE,
)
"""libVLC is asked for fewer, unless CONTRACT=whole says otherwise: it takes longer, in real
threads.
"""
IS_WHOLE = os.environ.get("CONTRACT") == "whole"


def av_reader(path: Path) -> Reader:
    version = scan(path.parent.parent, order="date").versions[0]
    return AvReader(
        path,
        recognise(path),
        duration=version.duration,
        rate=version.rate,
        threads=2,
        is_sealed=path.name == MEZZANINE,
    )


def vlc_reader(path: Path) -> Reader:
    version = scan(path.parent.parent, order="date").versions[0]
    return VlcReader(
        path,
        recognise(path),
        duration=version.duration,
        rate=version.rate,
        is_sealed=path.name == MEZZANINE,
    )


READERS: dict[str, Callable[[Path], Reader]] = {"av": av_reader, "vlc": vlc_reader}
EVERY_CLIP = (*CLIPS, MEZZANINE)
CASES = [("av", c) for c in EVERY_CLIP]
CASES += [("vlc", c) for c in (EVERY_CLIP if IS_WHOLE else VLC_CLIPS)]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for name, how in CLIPS.items():
        make_clip(folder / name / "v" / name, frames=FRAMES, **how)  # type: ignore[arg-type]
    source = folder / "long-gop.mp4" / "v" / "long-gop.mp4"
    (folder / MEZZANINE / "v").mkdir(parents=True)
    conform(source, "mov", folder / MEZZANINE / "v" / MEZZANINE, (320, 180), 7)
    return folder


@pytest.fixture(params=CASES, ids=lambda p: "-".join(p))
def reader(request: pytest.FixtureRequest, clips: Path) -> Iterator[Reader]:
    engine, clip = request.param
    reader = READERS[engine](clips / clip / "v" / clip)
    yield reader
    reader.close()


def number(frame: Frame) -> int | None:
    """Which picture it really is, read from its pixels."""
    image = frame.image(SHEET)
    plane = image.planes[0]
    rows = np.frombuffer(plane.data, np.uint8).reshape(-1, plane.stride)
    green = rows[:, 1 : image.width_px * 4 : 4]
    at = blockcode.centres(0, 0, image.width_px, image.height_px)
    code = blockcode.decode(np.array([green[y, x] for x, y in at]))
    return None if code is None else code[0]


END = Fraction(100)


def read(reader: Reader, start: Fraction = Fraction(0), stop: Fraction = END) -> Iterator[Frame]:
    """The pictures, waited for."""
    return (frame for frame in reader.frames(start, stop) if frame is not None)


def test_libvlc_is_there() -> None:
    """Else half of this says nothing."""
    assert vlc_is_missing() is None


def test_every_picture_comes_once_and_in_order_time_and_again(reader: Reader) -> None:
    reader.open()
    for _ in range(3):
        frames: list[tuple[Fraction, Fraction | None]] = []
        for frame in read(reader):
            assert number(frame) == len(frames)
            frames.append((frame.pts, frame.until))
        assert len(frames) == FRAMES
        assert frames[0][0] == 0
        assert [until for _, until in frames] == [pts for pts, _ in frames[1:]] + [None]
    reader.close()


def test_reading_from_mid_film_begins_at_exactly_the_right_picture(reader: Reader) -> None:
    facts = reader.open()
    pts = [frame.pts for frame in read(reader)]
    for target in (1, 37, 49, 12, 13, 48, 0):
        for time in (pts[target], pts[target] + Fraction(1, 200)):
            frame = next(read(reader, time))
            assert number(frame) == picture_at(pts, time, facts.tolerance) == target
    reader.close()


def test_reading_stops_after_the_picture_shown_at_the_end(reader: Reader) -> None:
    facts = reader.open()
    pts = [frame.pts for frame in read(reader)]
    for stop in (pts[0], pts[20], pts[30] + Fraction(1, 300)):
        last = [frame.pts for frame in read(reader, stop=stop)][-1]
        assert last == pts[picture_at(pts, stop, facts.tolerance)]
    reader.close()


def test_the_packet_table_expects_what_is_decoded(reader: Reader) -> None:
    facts = reader.open()
    pts = [frame.pts for frame in read(reader)]
    for k in range(2 * FRAMES):
        time = Fraction(k, 48)
        expected = reader.expected_pts(time)
        assert expected == pts[picture_at(pts, time, facts.tolerance)]
    reader.close()


def test_the_packet_table_says_nothing_rather_than_something_wrong(reader: Reader) -> None:
    facts = reader.open()
    pts = [frame.pts for frame in read(reader)]
    reader.close()
    times = [Fraction(k, 48) for k in range(2 * FRAMES)]
    right = {time: pts[picture_at(pts, time, facts.tolerance)] for time in times}
    reader.open()  # and so the table is empty again
    for _ in read(reader):
        assert all(reader.expected_pts(time) in (None, right[time]) for time in times)
    reader.close()


def test_a_seek_ahead_is_worth_it_where_decoding_can_begin_between(reader: Reader) -> None:
    reader.open()
    pts = [frame.pts for frame in read(reader)]
    points = reader.entry_points()
    assert list(points) == sorted(set(points))
    assert all(min(abs(point - time) for time in pts) <= Fraction(1, 10) for point in points)
    for one, other in pairwise(points):
        apart = other - one
        assert not reader.is_ahead_worth_a_seek(one + apart / 4, one + apart / 2)
        assert reader.is_ahead_worth_a_seek(one + apart / 2, other + Fraction(1, 10))
    reader.close()


def test_where_decoding_can_begin_is_learned_while_a_film_is_read(clips: Path) -> None:
    reader = av_reader(clips / "short-gop.mkv" / "v" / "short-gop.mkv")
    reader.open()
    at_first = reader.entry_points()
    assert len(list(read(reader))) == FRAMES
    points = reader.entry_points()
    assert set(at_first) < set(points)
    assert [round(point * 24) for point in points] == list(range(0, FRAMES, 5))
    reader.close()


def test_libvlc_begins_an_original_at_its_start_and_a_mezzanine_at_its_keyframes(
    clips: Path,
) -> None:
    for clip, expected in (("short-gop.mkv", [0]), (MEZZANINE, [0, 24, 48])):
        reader = vlc_reader(clips / clip / "v" / clip)
        reader.open()
        assert [round(point * 24) for point in reader.entry_points()] == expected
        reader.close()


@pytest.mark.parametrize(
    ("engine", "clip"), [(e, c) for e in READERS for c in ("fast.mp4", MEZZANINE)]
)
def test_going_round_five_times_leaves_no_gap_and_no_repeat(
    engine: str, clip: str, clips: Path
) -> None:
    reader = READERS[engine](clips / clip / "v" / clip)
    reader.open()
    seen = [number(frame) for _ in range(5) for frame in read(reader)]
    assert seen == [*range(FRAMES)] * 5
    reader.close()


@pytest.mark.parametrize("engine", READERS)
def test_a_mezzanine_is_read_from_mid_film_to_its_end(engine: str, clips: Path) -> None:
    reader = READERS[engine](clips / MEZZANINE / "v" / MEZZANINE)
    reader.open()
    assert [number(frame) for frame in read(reader, Fraction(40, 24))] == [*range(40, FRAMES)]
    assert [number(frame) for frame in read(reader, Fraction(30, 24))] == [*range(30, FRAMES)]
    reader.close()


def test_it_can_be_closed_at_any_moment_and_opened_again(reader: Reader) -> None:
    for taken in (0, 1, 7):
        reader.open()
        frames = read(reader)
        for _ in range(taken):
            next(frames)
        reader.close()
        reader.close()
    reader.open()
    assert number(next(read(reader))) == 0
    reader.close()


@pytest.mark.parametrize("engine", READERS)
def test_a_file_cut_off_while_it_plays_is_a_fault_not_a_standing_picture(
    engine: str, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "v" / "f.mkv", frames=FRAMES)
    reader = READERS[engine](path)
    reader.open()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReaderFault):
        list(read(reader))
    reader.close()


@pytest.mark.parametrize("engine", READERS)
def test_a_file_is_read_anew_after_a_fault_as_if_nothing_had_been(
    engine: str, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "v" / "f.mp4", frames=FRAMES, size=(640, 360), bframes=0)
    reader = READERS[engine](path)
    reader.open()
    frames = read(reader)
    assert [number(next(frames)) for _ in range(10)] == [*range(10)]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(ReaderFault):
        list(chain.from_iterable(read(reader) for _ in range(3)))
    path.write_bytes(whole)
    reader.open()
    assert [number(frame) for frame in read(reader)] == [*range(FRAMES)]
    reader.close()


@pytest.mark.parametrize("engine", READERS)
def test_a_file_that_is_gone_is_a_fault_in_one_sentence(engine: str, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "v" / "f.mp4", frames=4)
    reader = READERS[engine](path)
    path.unlink()
    with pytest.raises(ReaderFault, match=r"^cannot be opened: .+"):
        reader.open()
