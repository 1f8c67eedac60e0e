"""libVLC's reader: what it says, what it shows, and that it leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from installation.decode import AvReader, Frame, ImageTarget, Reader, ReaderFault, recognise
from installation.decode import vlc_reader as vlc_reader_module
from installation.decode.libvlc import open_media
from installation.decode.vlc_beginning import Beginning
from installation.decode.vlc_reader import VlcReader
from installation.decode.vlc_threads import wait_until_all_have_ended
from installation.library.transcode import conform
from tests.clips import make_clip

PLAYERS = int(os.environ.get("VLC_PLAYERS", "40"))
"""How many are opened and closed; 500 take a minute."""
FRAMES, RATE = 48, Fraction(24)
PIXELS = ImageTarget(frozenset({"bgra"}))


def vlc_of(path: Path, *, is_sealed: bool = False) -> VlcReader:
    return VlcReader(path, recognise(path), duration=FRAMES / RATE, rate=RATE, is_sealed=is_sealed)


def av_of(path: Path) -> AvReader:
    return AvReader(path, recognise(path), duration=FRAMES / RATE, rate=RATE, threads=1)


def read(reader: Reader) -> Iterator[Frame]:
    return (f for f in reader.frames(Fraction(0), Fraction(100)) if f is not None)


def pixels(frame: Frame) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    image = frame.image(PIXELS)
    rows = np.frombuffer(image.planes[0].data, np.uint8).reshape(-1, image.planes[0].stride)
    return rows[:, : image.width_px * 4].astype(np.int16)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "f.mp4", frames=FRAMES)


@pytest.fixture
def by_pyav(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the pictures that PyAV stands in with."""
    stood_in: list[int] = []
    pictures = Beginning.pictures

    def counted(self: Beginning) -> Iterator[object]:
        for picture in pictures(self):
            stood_in.append(1)
            yield picture

    monkeypatch.setattr(Beginning, "pictures", counted)
    return stood_in


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"size": (1280, 720)},
        {"colorspace": Colorspace.ITU709},
        {"colorspace": Colorspace.ITU601, "color_range": ColorRange.JPEG},
        {"codec": "mjpeg", "pixel_format": "yuvj420p"},
        {"pixel_format": "yuv420p10le"},
        {"codec": "ffv1", "pixel_format": "yuv444p", "size": (161, 91)},
    ],
    ids=str,
)
def test_colours_are_those_of_the_other_engine(tmp_path: Path, form: dict[str, object]) -> None:
    name = "f.mkv" if "codec" in form else "f.mp4"
    path = make_clip(tmp_path / name, frames=FRAMES, **form)  # type: ignore[arg-type]
    one, other = vlc_of(path), av_of(path)
    one.open()
    other.open()
    for mine, theirs in zip(read(one), read(other), strict=True):
        assert mine.pts == theirs.pts
        assert np.abs(pixels(mine) - pixels(theirs)).max() <= 2
    one.close()
    other.close()


def test_a_mezzanine_is_shown_without_its_stamp(tmp_path: Path, clip: Path) -> None:
    target = tmp_path / "m.mp4"
    conform(clip, "mov", target, (160, 90), 7)
    one, other = vlc_of(target, is_sealed=True), av_of(target)
    one.open()
    other.open()
    for mine, theirs in zip(read(one), read(other), strict=True):
        assert np.array_equal(pixels(mine), pixels(theirs))
    one.close()
    other.close()


@pytest.mark.parametrize("alike", [5, 40, 60], ids=str)
def test_a_film_that_begins_with_one_picture_many_times_is_not_shifted(
    tmp_path: Path, alike: int
) -> None:
    path = _black_then_codes(tmp_path / "f.mp4", alike, FRAMES + 12)
    reader = VlcReader(path, "mov", duration=60 / RATE, rate=RATE)
    reader.open()
    for _ in range(2):
        shown = [_brightness(frame) for frame in read(reader)]
        assert shown == [0] * alike + [*range(alike, FRAMES + 12)]
    reader.close()


def _black_then_codes(path: Path, alike: int, frames: int) -> Path:
    """Black pictures, then grey ones, each a little lighter."""
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.options = {"preset": "ultrafast", "qp": "0"}
        for number in range(frames):
            level = 16 if number < alike else 16 + 3 * number
            grey = np.full((96, 160), level, np.uint8)
            picture = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            picture.planes[0].update(grey.tobytes())
            picture.pts, picture.time_base = number, 1 / RATE
            film.mux(stream.encode(picture))
        film.mux(stream.encode())
    return path


def _brightness(frame: Frame) -> int:
    level = int(pixels(frame)[48, 320])  # 0..255
    return round(level * 219 / 255 / 3)


def test_pyav_stands_in_for_a_few_pictures_only(clip: Path, by_pyav: list[int]) -> None:
    reader = vlc_of(clip)
    reader.open()
    for _ in range(3):
        assert len(list(read(reader))) == FRAMES
    reader.close()
    assert len(by_pyav) <= 2 * FRAMES  # of three rounds, read as fast as they come


def test_without_libvlc_it_says_what_to_install(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "libVLC is missing; install it with: a command"
    monkeypatch.setattr(vlc_reader_module, "vlc_is_missing", lambda: sentence)
    with pytest.raises(ReaderFault, match=f"^{sentence}$"):
        vlc_of(clip).open()


def test_a_library_that_is_not_there_is_said_with_the_command(tmp_path: Path) -> None:
    program = "from installation.decode.libvlc import vlc_is_missing; print(vlc_is_missing())"
    nowhere = {**os.environ, "PYTHON_VLC_LIB_PATH": str(tmp_path / "libvlc.so.5")}
    said = subprocess.run(
        [sys.executable, "-c", program], env=nowhere, capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("libVLC is missing; install it with: ")


def test_importing_the_room_does_not_load_libvlc() -> None:
    program = "import sys, installation.decode; print('vlc' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"


def test_a_container_it_cannot_be_held_to_is_refused(clip: Path) -> None:
    with pytest.raises(ValueError, match="cannot be held to hls"):
        open_media(clip, "hls")


def test_a_turned_film_is_left_to_the_other_engine(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "f.mp4", frames=4, rotation=90)
    with pytest.raises(ReaderFault, match="stored turned"):
        vlc_of(path).open()


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads and memory by /proc")
def test_players_opened_and_closed_at_any_moment_leave_nothing_behind(clip: Path) -> None:
    def open_and_close(times: int, at_once: int) -> None:
        for turn in range(times):
            reader = vlc_of(clip)
            reader.open()
            frames = reader.frames(Fraction(0), Fraction(100))
            for _ in range(turn % 3 * 15):  # before the first picture, soon after, in the midst
                next(frames)
            reader.close()
            assert turn % at_once or wait_until_all_have_ended(60)
        assert wait_until_all_have_ended(60)

    open_and_close(12, 1)
    threads = len(list(Path("/proc/self/task").iterdir()))
    files = len(list(Path("/proc/self/fd").iterdir()))
    open_and_close(PLAYERS // 2, 4)
    memory = _resident_bytes()  # several at once leave holes in it; one after the other fills them
    open_and_close(PLAYERS // 2, 1)
    assert len(list(Path("/proc/self/task").iterdir())) <= threads
    assert len(list(Path("/proc/self/fd").iterdir())) <= files
    assert _resident_bytes() - memory < 32 << 20
