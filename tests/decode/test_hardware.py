"""A device is a help, never a hole: whatever it does, every picture comes once and in order."""

from __future__ import annotations

import logging
import sys
from fractions import Fraction
from pathlib import Path
from typing import cast

import pytest
from av.video.stream import VideoStream

from installation.decode import AvReader, Frame, ImageTarget, hardware, recognise
from installation.decode.container import DAMAGE, open_film, picture_stream
from tests.clips import make_clip
from tests.fakes.device import FakeDevice
from tests.playback.test_reader_contract import number

FRAMES = 40
END = Fraction(100)
RATE = Fraction(24)


@pytest.fixture(params=["long.mp4", "short.mkv", "stream.ts", "vp9.webm", "ten-bit.mp4"])
def film(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    how: dict[str, dict[str, object]] = {
        "long.mp4": {"gop": 250, "bframes": 3},
        "short.mkv": {"gop": 5, "bframes": 3},
        "stream.ts": {"gop": 12},
        "vp9.webm": {"codec": "libvpx-vp9"},
        "ten-bit.mp4": {"pixel_format": "yuv420p10le"},
    }
    return make_clip(tmp_path / request.param, frames=FRAMES, **how[request.param])  # type: ignore[arg-type]


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    return FakeDevice(monkeypatch)


def reader_of(film: Path, kind: str | None = "cuda") -> AvReader:
    container = recognise(film)
    return AvReader(film, container, duration=FRAMES / RATE, rate=RATE, threads=1, hardware=kind)


def numbers(reader: AvReader, start: Fraction = Fraction(0)) -> list[int | None]:
    return [number(cast(Frame, frame)) for frame in reader.frames(start, END)]


def test_a_device_decodes_all_of_it_round_and_round(film: Path, device: FakeDevice) -> None:
    reader = reader_of(film)
    reader.open()
    for _ in range(2):
        assert numbers(reader) == list(range(FRAMES))
    assert numbers(reader, 17 / RATE) == list(range(17, FRAMES))
    assert reader.decoding == "hardware (cuda)"
    assert device.pictures >= 2 * FRAMES
    reader.close()


def test_one_that_fails_in_mid_film_leaves_no_hole(
    film: Path, device: FakeDevice, caplog: pytest.LogCaptureFixture
) -> None:
    for fails_at in (4, 13, 30, FRAMES, FRAMES + 1):
        device.packets, device.fails_at = 0, fails_at
        reader = reader_of(film)
        with caplog.at_level(logging.WARNING):
            reader.open()
            assert numbers(reader) == list(range(FRAMES))
        assert reader.decoding == "software (cuda failed)"
        assert "device lost" in caplog.text
        for k in range(2 * FRAMES):  # the packet table has no hole either
            expected = reader.expected_pts(Fraction(k, 24))
            assert expected is not None
            assert round(expected * 24) == min(k, FRAMES - 1)
        assert numbers(reader) == list(range(FRAMES))
        reader.close()
        caplog.clear()


def test_one_that_fails_after_a_seek_goes_on_where_it_was(film: Path, device: FakeDevice) -> None:
    reader = reader_of(film)
    reader.open()
    for start in (21, 33):
        frames = iter(reader.frames(start / RATE, END))
        assert number(cast(Frame, next(frames))) == start
    device.fails_at = device.packets + 2
    assert numbers(reader, 8 / RATE) == list(range(8, FRAMES))
    assert reader.decoding == "software (cuda failed)"
    assert numbers(reader) == list(range(FRAMES))
    reader.close()


def test_the_packet_table_claims_nothing_that_was_not_read(
    device: FakeDevice, tmp_path: Path
) -> None:
    film = make_clip(tmp_path / "f.mp4", frames=FRAMES, gop=5)
    reader = reader_of(film)
    reader.open()
    device.fails_at = device.packets + 4
    assert numbers(reader, 30 / RATE) == list(range(30, FRAMES))
    times = [Fraction(k, 24) for k in range(FRAMES)]
    assert all(reader.expected_pts(time) in (None, time) for time in times)
    assert reader.expected_pts(times[20]) is None
    reader.close()


@pytest.mark.parametrize("loses", [5, 20, FRAMES])
def test_a_picture_it_loses_without_a_word_is_decoded_in_software(
    device: FakeDevice, tmp_path: Path, loses: int
) -> None:
    device.loses = loses
    reader = reader_of(make_clip(tmp_path / "f.mp4", frames=FRAMES))
    reader.open()
    assert numbers(reader) == list(range(FRAMES))
    assert reader.decoding == "software (cuda failed)"
    reader.close()


def test_one_that_is_not_there_or_fails_at_once_is_gone_without(
    device: FakeDevice, tmp_path: Path
) -> None:
    film = make_clip(tmp_path / "f.mp4", frames=FRAMES)
    for is_there in (False, True):
        device.is_there, device.fails_at, device.packets = is_there, 1, 0
        reader = reader_of(film)
        reader.open()
        assert reader.decoding == "software (cuda failed)"
        assert numbers(reader) == list(range(FRAMES))
        reader.close()
        reader.open()  # as after a fault
        assert numbers(reader) == list(range(FRAMES))
        reader.close()


def test_what_is_fetched_from_a_device_has_the_same_colours(
    device: FakeDevice, tmp_path: Path
) -> None:
    film = make_clip(tmp_path / "f.mp4", frames=3, size=(640, 360))
    target = ImageTarget(frozenset({"bgra"}), (160, 90))
    pictures = []
    for kind in (None, "cuda"):
        reader = reader_of(film, kind)
        reader._duration = 3 / RATE
        reader.open()
        pictures.append(
            [bytes(f.image(target).planes[0].data) for f in reader.frames(Fraction(0), END)]
        )
        reader.close()
    assert device.pictures == 3
    for one, other in zip(*pictures, strict=True):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 2


@pytest.mark.parametrize("kind", hardware.KINDS)
def test_a_real_device_decodes_every_picture_or_says_that_it_cannot(
    kind: str, tmp_path: Path
) -> None:
    film = make_clip(tmp_path / "f.mp4", frames=FRAMES, size=(1280, 720), gop=12)
    with open_film(film, recognise(film)) as container:
        stream = picture_stream(container)
        assert isinstance(stream, VideoStream)
        try:
            decoder = hardware.decoder_on(stream, kind)
            works = any(decoder.decode(packet) for packet in container.demux(stream))
        except (hardware.HardwareFault, *DAMAGE):
            works = False
    reader = reader_of(film, kind)
    reader.open()
    assert reader.decoding == (f"hardware ({kind})" if works else f"software ({kind} failed)")
    assert numbers(reader) == numbers(reader) == list(range(FRAMES))
    assert numbers(reader, 17 / RATE) == list(range(17, FRAMES))
    reader.close()


def test_a_machine_is_asked_for_its_devices_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert hardware.kinds_here(tmp_path) == ()
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/nvidiactl").touch()
    (tmp_path / "dev/dri/renderD128").touch()
    vendor = tmp_path / "sys/class/drm/renderD128/device/vendor"
    vendor.parent.mkdir(parents=True)
    vendor.write_text("0x1002\n")
    assert hardware.kinds_here(tmp_path) == ()
    (tmp_path / "dev/nvidia0").touch()
    assert hardware.kinds_here(tmp_path) == ("cuda",)
    vendor.write_text("0x8086\n")
    assert hardware.kinds_here(tmp_path) == ("cuda", "qsv")


def test_a_codec_that_no_device_decodes_is_said_so(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "f.mkv", frames=2, codec="ffv1", pixel_format="yuv444p")
    with open_film(film, "matroska") as container:
        stream = picture_stream(container)
        assert stream is not None
        for kind in hardware.KINDS:
            with pytest.raises(hardware.HardwareFault, match=f"nothing decodes ffv1.* on {kind}"):
                hardware.decoder_on(stream, kind)
