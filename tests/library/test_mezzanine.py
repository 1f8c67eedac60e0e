"""A mezzanine shows what its source shows, at the same times, and says which frame it shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from installation.decode import AvReader, ImageTarget, recognise
from installation.decode.stamp import Stamp, read, reveal
from installation.errors import VersionRejected
from installation.film import Picture
from installation.library.mezzanine import (
    CONTAINER,
    GOP,
    SMALLEST_PX,
    MezzanineFacts,
    Size,
    as_json,
    display_size,
    from_json,
    mezzanine_size,
)
from installation.library.probe import probe
from installation.library.transcode import conform
from tests.clips import make_clip
from tests.wall_e2e import blockcode

ID = 48879
MADE = "mezzanine.mp4"
SIDES = st.integers(2, 8192)


def conformed(source: Path, size: Size = (160, 90), **options: Any) -> tuple[Path, MezzanineFacts]:
    target = source.with_name(MADE)
    return target, conform(source, recognise(source), target, size, ID, **options)


def reader_of(path: Path) -> AvReader:
    container = recognise(path)
    facts = probe(path, container)
    return AvReader(
        path,
        container,
        duration=facts.duration,
        rate=facts.rate,
        threads=1,
        is_sealed=path.name == MADE,
    )


def times(path: Path) -> tuple[list[Fraction], Fraction]:
    """Every picture's time as a wall reads it, and how exact it is."""
    reader = reader_of(path)
    tolerance = reader.open().tolerance
    pts = [frame.pts for frame in reader.frames(Fraction(0), Fraction(10**6))]
    reader.close()
    return pts, tolerance


def burned_in(path: Path) -> Iterator[int | None]:
    """The number that each picture shows, as a wall reads it."""
    reader = reader_of(path)
    reader.open()
    for frame in reader.frames(Fraction(0), Fraction(10**6)):
        yield number_in(frame)
    reader.close()


def number_in(frame: Any) -> int | None:
    image = frame.image(ImageTarget(frozenset({"yuv420p"})))
    plane = np.frombuffer(image.planes[0].data, np.uint8).reshape(-1, image.planes[0].stride)
    middles = blockcode.centres(0, 0, image.width_px, image.height_px)
    code = blockcode.decode(np.array([plane[y, x] for x, y in middles]))
    return code and code[0]


def stamps(path: Path, facts: MezzanineFacts) -> list[Stamp | None]:
    size = facts.film.picture.width_px, facts.film.picture.height_px
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        reveal(stream, facts.stamp_rows)
        return [
            read(memoryview(frame.planes[0]), frame.planes[0].line_size, size)
            for frame in film.decode(stream)
        ]


# Times

UNEVEN = [Fraction(n, 1000) for n in (0, 40, 41, 100, 180, 183, 300, 700, 733, 766, 900, 1000)]
RATES = [Fraction(24000, 1001), 24, 25, Fraction(30000, 1001), 30, 60, 12, Fraction(15000, 1001)]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.avi", "film.ts"])
def test_every_picture_keeps_its_time_and_the_film_its_length(
    tmp_path: Path, rate: Fraction | int, name: str
) -> None:
    is_avi = name.endswith("avi")
    source = make_clip(tmp_path / name, frames=30, rate=rate, bframes=0 if is_avi else 2)
    target, facts = conformed(source)
    was, made = probe(source, recognise(source)), probe(target, CONTAINER)

    assert times(target)[0] == times(source)[0]
    assert made.frame_count == 30
    assert abs(made.duration - was.duration) <= times(source)[1]  # a rounded one was mended
    assert abs(made.rate / was.rate - 1) < Fraction(1, 1000)
    if name == "film.mp4":
        assert (made.rate, made.duration) == (was.rate, was.duration)
    assert (facts.film.rate, facts.film.duration) == (was.rate, was.duration)
    assert list(burned_in(target)) == list(range(30))
    assert stamps(target, facts) == [Stamp(index, ID) for index in range(30)]


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_a_variable_rate_is_kept(tmp_path: Path, name: str) -> None:
    source = make_clip(tmp_path / name, frames=len(UNEVEN), pts=UNEVEN)
    target, facts = conformed(source)
    assert times(target)[0] == times(source)[0] == UNEVEN
    off = abs(probe(target, CONTAINER).duration - probe(source, recognise(source)).duration)
    assert off <= times(source)[1]
    assert stamps(target, facts) == [Stamp(index, ID) for index in range(len(UNEVEN))]


def test_times_are_as_exact_as_the_source_and_no_more(tmp_path: Path) -> None:
    """Else the time map would take a millisecond's rounding for lateness."""
    source = make_clip(tmp_path / "film.mkv", frames=30, rate=24)
    target, _ = conformed(source)
    assert times(target) == times(source)
    assert times(target)[1] == Fraction(1, 1000)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts"])
def test_time_begins_with_the_first_picture(tmp_path: Path, name: str) -> None:
    source = make_clip(tmp_path / name, frames=20, rate=25, start_frame=77, audio_s=1)
    target, _ = conformed(source)
    assert times(target)[0] == times(source)[0]
    assert list(burned_in(target)) == list(range(20))
    with av.open(str(target)) as film:
        assert film.streams.video[0].start_time == 0


def test_the_last_picture_stands_as_long_as_it_did(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mkv", frames=5, rate=5, size=(64, 64))
    target, _ = conformed(source, (64, 64))
    assert probe(target, CONTAINER).duration == probe(source, "matroska").duration == 1


# Seeking


def test_a_seek_to_any_picture_shows_that_picture(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mp4", frames=50, rate=24, gop=250)
    target, _ = conformed(source)
    reader = reader_of(target)
    reader.open()
    for index in [*range(49, -1, -1), 3, 49, 12, 11, 24]:
        frames = reader.frames(Fraction(index, 24), Fraction(index, 24))
        assert number_in(next(iter(frames))) == index
    reader.close()


def test_decoding_can_begin_anew_at_least_every_group(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mp4", frames=50, rate=24, gop=250)
    target, _ = conformed(source)
    reader = reader_of(target)
    reader.open()
    entries = [*reader.entry_points(), Fraction(50, 24)]
    reader.close()
    assert entries[0] == 0
    assert all(0 < (b - a) * 24 <= GOP for a, b in pairwise(entries))


def test_packets_come_in_the_order_of_their_pictures(tmp_path: Path) -> None:
    target, _ = conformed(make_clip(tmp_path / "film.mp4", frames=30, rate=24))
    with av.open(str(target)) as film:
        packets = [packet for packet in film.demux(video=0) if packet.size]
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
    assert packets[-1].pts == max(packet.pts or 0 for packet in packets)


# Pictures

QUADRANTS = ((200, 40, 40), (40, 180, 60), (50, 60, 210), (220, 210, 90))
"""Top left, top right, bottom left, bottom right: red, green, blue."""


def in_colours(
    path: Path,
    *,
    size: Size = (320, 180),
    pixels: str = "yuv420p",
    matrix: Colorspace = Colorspace.ITU709,
    full: bool = False,
    tagged: bool = True,
    rotation: int = 0,
    sample_aspect: Fraction | None = None,
) -> Path:
    """A lossless film of three pictures, a colour in each quarter."""
    width, height = size
    rgb = np.zeros((height, width, 3), np.uint8)
    for index, colour in enumerate(QUADRANTS):
        row, column = divmod(index, 2)
        rows = slice(height // 2 * row, None if row else height // 2)
        rgb[rows, slice(width // 2 * column, None if column else width // 2)] = colour
    span = ColorRange.JPEG if full else ColorRange.MPEG
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream("ffv1" if path.suffix == ".mkv" else "libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        if path.suffix != ".mkv":
            stream.options = {"crf": "1"}
        if tagged:
            stream.codec_context.colorspace = 1 if matrix == Colorspace.ITU709 else 6
            stream.codec_context.color_range = span
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        if rotation:
            stream.set_display_rotation(-rotation)
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
                format=pixels,
                src_colorspace=matrix,
                dst_colorspace=matrix,
                src_color_range=ColorRange.JPEG,
                dst_color_range=span,
            )
            frame.pts = index
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return path


def quadrants(path: Path, frame_index: int = 1) -> tuple[NDArray[Any], Size]:
    """The colours in the middles of the quarters, read as nothing but BT.709 in video range."""
    with av.open(str(path)) as film:
        frame = list(film.decode(video=0))[frame_index]
        context = film.streams.video[0].codec_context
        assert (frame.format.name, context.colorspace, context.color_range) == ("yuv420p", 1, 1)
        assert frame.rotation == 0
        assert context.sample_aspect_ratio in (None, 0, 1)
    rgb = VideoReformatter().reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    picture = rgb.to_ndarray()
    height, width = picture.shape[:2]
    return np.array(
        [picture[height * y // 4, width * x // 4] for y in (1, 3) for x in (1, 3)], int
    ), (width, height)


OFF = 6
"""How far, of 255, a colour may be off: twice through 8-bit 4:2:0 and once through the encoder."""


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"full": True},
        {"matrix": Colorspace.ITU601},
        {"matrix": Colorspace.ITU601, "full": True},
        {"matrix": Colorspace.ITU601, "tagged": False},
        {"tagged": False, "size": (1280, 720)},
        {"pixels": "yuv444p"},
        {"pixels": "yuv422p10le"},
        {"pixels": "yuv420p10le", "matrix": Colorspace.ITU601},
        {"pixels": "bgr0", "full": True, "tagged": False},
        {"pixels": "yuv420p", "size": (319, 181)},
        {"pixels": "yuv444p", "size": (321, 183), "matrix": Colorspace.ITU601},
    ],
    ids=str,
)
def test_colours_stay_what_they_were(tmp_path: Path, form: dict[str, Any]) -> None:
    source = in_colours(tmp_path / "film.mkv", **form)
    target, _ = conformed(source)
    seen, size = quadrants(target)
    assert size == (160, 90)
    assert np.abs(seen - np.array(QUADRANTS)).max() <= OFF


def test_a_scaled_picture_lies_where_it_lay(tmp_path: Path) -> None:
    """Moved by as little as a pixel, it is less like the average of what each pixel covers."""
    source = make_clip(tmp_path / "film.mp4", frames=14, size=(480, 270), version=3)
    target, _ = conformed(source, (160, 90))
    with av.open(str(source)) as was, av.open(str(target)) as made:
        pairs = list(zip(was.decode(video=0), made.decode(video=0), strict=True))
    for before, after in pairs:
        whole = before.to_ndarray(format="gray").reshape(90, 3, 160, 3).mean((1, 3))
        seen = after.to_ndarray(format="gray").astype(float)
        inner = seen[2:-2, 2:-2]
        off = {
            (y, x): np.abs(inner - whole[2 + y : 88 + y, 2 + x : 158 + x]).mean()
            for y in (-1, 0, 1)
            for x in (-1, 0, 1)
        }
        assert min(off, key=lambda shift: off[shift]) == (0, 0)
        assert np.abs(seen - whole).mean() < 3


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_picture_is_upright(tmp_path: Path, rotation: int) -> None:
    source = in_colours(tmp_path / "film.mp4", rotation=rotation)
    was = probe(source, "mov").picture
    assert was.rotation_deg == rotation
    size = mezzanine_size(display_size(was), (90, 90))
    target, facts = conformed(source, size)
    seen, its = quadrants(target)
    turns = rotation // 90  # clockwise
    upright = np.rot90(np.array(QUADRANTS).reshape(2, 2, 3), -turns).reshape(4, 3)
    assert its == size
    assert (its[0] < its[1]) == (rotation != 180)
    assert np.abs(seen - upright).max() <= OFF
    assert facts.film.picture.rotation_deg == 0
    assert facts.film.picture.display_aspect == was.display_aspect


@pytest.mark.parametrize("aspect", [Fraction(4, 3), Fraction(8, 9), Fraction(64, 45)])
def test_pixels_become_square(tmp_path: Path, aspect: Fraction) -> None:
    source = in_colours(tmp_path / "film.mp4", size=(180, 144), sample_aspect=aspect)
    was = probe(source, "mov").picture
    assert was.sample_aspect == aspect
    target, facts = conformed(source, mezzanine_size(display_size(was), (1000, 1000)))
    (width, height), whole = quadrants(target)[1], display_size(was)
    assert abs(Fraction(width, height) - was.display_aspect) < Fraction(2, 144)
    assert 0 <= whole[0] - width <= 1
    assert 0 <= whole[1] - height <= 1
    assert facts.film.picture.display_aspect == was.display_aspect
    assert np.abs(quadrants(target)[0] - np.array(QUADRANTS)).max() <= OFF


@pytest.mark.parametrize("size", [(160, 90), (100, 178), (64, 64), (66, 70), (638, 358)])
def test_no_reader_shows_the_stamp(tmp_path: Path, size: Size) -> None:
    source = make_clip(tmp_path / "film.mp4", frames=14, size=(640, 360))
    target, facts = conformed(source, size)
    picture = facts.film.picture
    assert probe(target, CONTAINER).picture == Picture(*size)
    assert (picture.width_px, picture.height_px) == size
    with av.open(str(target)) as film:
        assert {(frame.width, frame.height) for frame in film.decode(video=0)} == {size}
    assert stamps(target, facts) == [Stamp(index, ID) for index in range(14)]


def test_a_picture_that_changes_its_size_midway_is_scaled_to_one(tmp_path: Path) -> None:
    small = make_clip(tmp_path / "a.ts", frames=12, size=(160, 90), bframes=0)
    large = make_clip(tmp_path / "b.ts", frames=12, size=(320, 180), bframes=0, start_frame=12)
    source = tmp_path / "film.ts"
    source.write_bytes(small.read_bytes() + large.read_bytes())
    target, facts = conformed(source, (96, 54))
    assert facts.film.frame_count == 24
    assert list(burned_in(target)) == [*range(12), *range(12)]


# Sound


@pytest.mark.parametrize(
    ("name", "codec", "carried"),
    [
        ("film.mp4", "aac", "aac"),
        ("film.ts", "aac", "aac"),
        ("film.mkv", "libopus", "opus"),
        ("film.mov", "pcm_s24le", "flac"),
        ("film.mkv", "mp2", "flac"),
        ("film.avi", "pcm_s16le", "flac"),
    ],
)
def test_sound_is_carried_over_in_step(tmp_path: Path, name: str, codec: str, carried: str) -> None:
    source = with_clicks(tmp_path / name, codec)
    target, facts = conformed(source, (64, 64))
    assert facts.sound == carried
    was, made = clicks(source), clicks(target)
    assert len(was) == 3
    assert made == pytest.approx(was, abs=0.002)  # a millisecond of Matroska's, and one of ours


def with_clicks(path: Path, codec: str) -> Path:
    """Two seconds of picture, and a short tone at 0.5, 1 and 1.5 seconds of it."""
    rate = 48000
    with av.open(str(path), "w") as film:
        video: Any = film.add_stream("libx264", rate=25, options={"bf": "0"})
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound: Any = film.add_stream(codec, rate=rate, layout="stereo")
        form = sound.codec_context.codec.audio_formats[0].name
        for index in range(50):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = index
            film.mux(video.encode(frame))
            wave = np.zeros((2, rate // 25), np.float32)
            if index in (12, 25, 37):
                wave[:, 480:960] = np.sin(np.arange(480) * 0.4) * 0.8
            block = av.AudioFrame.from_ndarray(wave, format="fltp", layout="stereo")
            block.sample_rate, block.pts = rate, index * (rate // 25)
            for part in av.AudioResampler(form, "stereo", rate).resample(block):
                part.pts = block.pts
                film.mux(sound.encode(part))
        film.mux(video.encode())
        film.mux(sound.encode())
    return path


def clicks(path: Path) -> list[float]:
    """Where the tones begin, in seconds from the first picture."""
    with av.open(str(path)) as film:
        first = next(film.decode(video=0))
        begin = (first.pts or 0) * (first.time_base or Fraction(1))
    with av.open(str(path)) as film:
        heard, at = [], []
        for block in film.decode(audio=0):
            samples = block.to_ndarray().astype(np.float64)
            one = samples[0] if block.format.is_planar else samples[0, ::2]
            seconds = (block.pts or 0) * (block.time_base or Fraction(1)) - begin
            heard.append(one)
            at.append(float(seconds) + np.arange(len(one)) / block.sample_rate)
    wave, when = np.concatenate(heard), np.concatenate(at)
    loud = when[np.abs(wave) > np.abs(wave).max() / 2]
    starts = [loud[0], *(b for a, b in pairwise(loud) if b - a > 0.2)]
    return [float(start) for start in starts]


# Sizes


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES))
def test_a_size_is_even_no_larger_than_the_picture_and_fills_the_tile(
    display: Size, tile: Size
) -> None:
    size = mezzanine_size(display, tile)
    for ours, whole, shown in zip(size, display, tile, strict=True):
        assert ours % 2 == 0
        assert 2 <= ours <= whole
        assert ours >= min(shown - 1, whole - 1)  # even numbers


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES))
def test_a_size_keeps_the_picture_s_form(display: Size, tile: Size) -> None:
    width, height = mezzanine_size(display, tile)
    scale = Fraction(width, display[0])
    assert abs(display[1] * scale - height) <= 2 + 2 * Fraction(display[1], display[0])


@given(st.tuples(st.integers(400, 8192), st.integers(400, 8192)), st.integers(1, 400))
def test_a_ladder_has_few_rungs_and_none_needs_much_more_than_it_shows(
    display: Size, tile_width: int
) -> None:
    tile = tile_width, tile_width * display[1] // display[0] or 1
    width, height = mezzanine_size(display, tile)
    assert width <= max(tile[0] * 4 / 3 + 3, SMALLEST_PX * 4 / 3 * width / min(width, height) + 3)


def test_small_edits_of_a_layout_stay_on_their_rung() -> None:
    sizes = {mezzanine_size((1920, 1080), (width, width * 9 // 16)) for width in range(100, 1921)}
    assert len(sizes) <= 13
    assert {(640, 360), (960, 540), (1920, 1080), (480, 270), (240, 136)} <= sizes


def test_a_mezzanine_s_facts_are_read_as_they_were_written(tmp_path: Path) -> None:
    _, facts = conformed(make_clip(tmp_path / "film.mp4", frames=3))
    written = as_json(facts)
    assert from_json(written) == facts
    for field in written:
        wrongs: tuple[Any, ...] = (None, -1, [], "\x1b[2J" * 100)
        for wrong in wrongs:
            with pytest.raises(ValueError, match=r"."):
                from_json(written | {field: wrong})


# What goes wrong


def test_progress_ends_where_the_film_does(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    source = make_clip(tmp_path / "film.mp4", frames=20)
    conformed(source, on_progress=lambda *said: heard.append(said))
    assert heard[-1] == (20, 20)
    assert sorted(heard) == heard


@pytest.mark.parametrize("name", ["film.mp4", "film.ts"])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_hole_in_a_film_is_refused_in_one_sentence(
    tmp_path: Path, name: str, threads: int
) -> None:
    source = make_clip(tmp_path / name, frames=120)
    whole = source.read_bytes()
    hole = slice(len(whole) // 2, len(whole) * 3 // 4)
    source.write_bytes(whole[: hole.start] + bytes(hole.stop - hole.start) + whole[hole.stop :])
    with pytest.raises(VersionRejected, match=r"^(ends early|is damaged)") as rejected:
        conformed(source, threads=threads)
    assert "copy" in str(rejected.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full disk")
def test_a_full_disk_is_told_from_a_bad_film(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mp4", frames=30)
    with pytest.raises(OSError, match="No space left") as full:
        conform(source, "mov", Path("/dev/full"), (160, 90), ID)
    assert full.value.errno == 28


def test_a_folder_that_is_not_there_is_told_from_a_bad_film(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mp4", frames=3)
    with pytest.raises(FileNotFoundError):
        conform(source, "mov", tmp_path / "nowhere" / "a.mp4", (160, 90), ID)


def test_it_is_the_same_file_again(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mp4", frames=30)
    first, _ = conformed(source)
    kept = shutil.copy(first, tmp_path / "first.mp4")
    again, _ = conformed(source)
    assert again.read_bytes() == Path(kept).read_bytes()
