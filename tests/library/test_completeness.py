"""A film that was cut off says how much of it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from installation.library.completeness import measure


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("a.mp4", "mov"),
        ("a.mov", "mov"),
        ("a.mkv", "matroska"),
        ("a.webm", "matroska"),
        ("a.avi", "avi"),
    ],
)
def test_a_whole_file_is_as_long_as_it_says(
    make_clip: Callable[..., Path], tmp_path: Path, name: str, container: str
) -> None:
    codec = {"a.avi": "mpeg4", "a.webm": "libvpx"}.get(name, "libx264")
    path = make_clip(tmp_path / name, codec=codec)
    whole = measure(path, container)
    assert whole.has_index
    assert whole.declared == whole.actual == path.stat().st_size

    path.write_bytes(path.read_bytes()[: whole.actual // 2])
    half = measure(path, container)
    assert half.is_cut_off
    assert half.actual == whole.actual // 2 < half.declared <= whole.actual


def test_an_mp4_without_its_index_is_known(clip: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip[: clip.index(b"moov") - 4])
    extent = measure(path, "mov")
    assert not extent.has_index
    assert not extent.is_cut_off


def test_what_others_appended_to_a_film_does_not_count(clip: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip + b"\xff\xff\xff\xff\x00\x01\x02\x03 trailer of some camera")
    assert not measure(path, "mov").is_cut_off


@pytest.mark.parametrize("container", ["mov", "matroska", "avi", "mpegts"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\x1a\x45\xdf\xa3", b"RIFF", b"\x00\x00\x00\x01mdat"]
)
def test_fragments_of_headers_are_measured_without_an_error(
    tmp_path: Path, container: str, content: bytes
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert measure(path, container).actual == len(content)
