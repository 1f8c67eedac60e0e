"""A film that PyAV cannot play is libVLC's; one that neither plays is told with both reasons."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from fractions import Fraction
from pathlib import Path

import av
import pytest

from installation.decode.container import NO_CONTAINERS, recognise
from installation.decode.libvlc import vlc_is_missing
from installation.decode.raw_stream import raw_stream
from installation.errors import NotForPyav, VersionRejected
from installation.film import Picture
from installation.library import either_engine, probe_by_vlc, scan
from installation.library.either_engine import facts_of, probe_by_vlc_apart
from installation.library.facts import Facts, as_json, from_json
from installation.library.probe import probe
from installation.library.probe_apart import probe_apart
from tests.clips import make_clip

FRAMES = 30
needs_vlc = pytest.mark.skipif(vlc_is_missing() is not None, reason=str(vlc_is_missing()))
CODECS = {"h264": "libx264", "hevc": "libx265"}


def make_stream(path: Path, kind: str = "h264", frames: int = FRAMES, rate: int = 24) -> Path:
    """libVLC loses pictures of some bare H.264, but not where each stands alone."""
    gop, bframes = (1, 0) if kind == "h264" else (24, 2)
    return make_clip(
        path, frames=frames, codec=CODECS[kind], rate=rate, gop=gop, bframes=bframes, muxer=kind
    )


@pytest.mark.parametrize("kind", sorted(NO_CONTAINERS))
def test_a_stream_is_recognised_by_its_first_bytes_alone(kind: str, tmp_path: Path) -> None:
    stream = make_stream(tmp_path / "film.mp4", kind).read_bytes()
    (tmp_path / "named.mkv").write_bytes(stream)
    assert recognise(tmp_path / "named.mkv") == kind
    assert raw_stream(stream[:4096]) == raw_stream(stream[1:4096]) == kind


def test_what_only_begins_alike_is_no_stream(tmp_path: Path) -> None:
    avc = make_stream(tmp_path / "a.h264").read_bytes()
    others = {
        "an icon": b"\0\0\1\0\1\0\x10\x10" + bytes(100),
        "MPEG-1 video": b"\0\0\1\xb3\x14\0\xf0\x13" + bytes(100),
        "a program stream": b"\0\0\1\xba" + avc,
        "from its midst": avc[avc.index(b"\0\0\1\x65") :],
        "words first": b"words " + avc,
        "no parameters": b"\0\0\0\1\x09\xf0" + b"\0\0\0\1\x65" + bytes(100),
        "many zeros": bytes(64) + avc,
        "nothing": b"",
        "a start code": b"\0\0\1",
    }
    assert {name: raw_stream(head) for name, head in others.items()} == dict.fromkeys(others)


def test_pyav_says_that_it_is_not_for_it_wherever_it_is_asked(tmp_path: Path) -> None:
    stream = make_stream(tmp_path / "a.h264")
    for ask in (probe, probe_apart):
        with pytest.raises(NotForPyav, match="bare stream of pictures without times; export it"):
            ask(stream, "h264")


def test_facts_remember_which_engine_measured_them() -> None:
    facts = Facts(Picture(320, 180), Fraction(24), Fraction(1), 24, "h264", "yuv420p", "vlc")
    assert from_json(as_json(facts)) == facts
    old = as_json(facts)
    del old["opened_by"]
    assert from_json(old).opened_by == "av"
    assert from_json(old | {"opened_by": "mpv"}).opened_by == "av"


def test_a_film_in_a_container_is_measured_by_pyav_alone(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "f.mp4", frames=10)
    assert facts_of(film, "mov").opened_by == "av"
    film.write_bytes(film.read_bytes()[:-500])
    with pytest.raises(VersionRejected) as told:
        facts_of(film, "mov")
    assert "libVLC" not in str(told.value)


@needs_vlc
@pytest.mark.parametrize("kind", sorted(NO_CONTAINERS))
@pytest.mark.parametrize("rate", [24, 12])
def test_a_stream_is_measured_by_playing_it_through_libvlc(
    kind: str, rate: int, tmp_path: Path
) -> None:
    folder = tmp_path / "film" / "2024 V"
    make_stream(folder / f"film.{kind}", kind, rate=rate)
    library = scan(folder.parent, order="date")
    assert library.rejected == ()
    (version,) = library.versions
    assert (version.opened_by, version.container, version.codec) == ("vlc", kind, kind)
    assert (version.picture.width_px, version.picture.height_px) == (320, 180)
    assert (version.frame_count, version.rate) == (FRAMES, Fraction(rate))
    assert version.duration == Fraction(FRAMES, rate)
    assert version.pixel_format == "yuv420p"


@needs_vlc
def test_a_stream_that_neither_plays_is_told_with_both_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "film" / "2024 V"
    stream = make_stream(folder / "film.h264")
    content = stream.read_bytes()
    stream.write_bytes(content[: content.index(b"\0\0\1\x65")])
    library = scan(folder.parent, order="date")
    (rejected,) = library.rejected
    assert rejected.message == (
        "2024 V/film.h264: is a bare stream of pictures without times, and libVLC does not play"
        " it: is damaged (Invalid data found when processing input); copy or export it again"
    )


def test_without_libvlc_it_is_told_what_is_missing_and_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "libVLC is missing; install it with: sudo apt-get install libvlc5"
    monkeypatch.setattr(probe_by_vlc, "vlc_is_missing", lambda: missing)
    monkeypatch.setattr(either_engine, "probe_by_vlc_apart", in_this_process)
    with pytest.raises(VersionRejected) as told:
        facts_of(make_stream(tmp_path / "a.h264"), "h264")
    assert str(told.value) == (
        "is a bare stream of pictures without times, and libVLC does not play it: "
        f"{missing}; export it as an MP4 or MOV"
    )


def in_this_process(path: Path, container: str, *, stop: threading.Event | None) -> Facts:
    return probe_by_vlc.probe_by_vlc(path, container)


def test_it_is_given_up_as_soon_as_nobody_waits(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        probe_by_vlc_apart(make_stream(tmp_path / "a.h264"), "h264", stop=stop)


def test_pyav_counts_the_pictures_of_what_is_made_here(tmp_path: Path) -> None:
    with av.open(str(make_stream(tmp_path / "a.h264")), format="h264") as film:
        assert sum(1 for _ in film.decode(video=0)) == FRAMES


@needs_vlc
def test_a_stream_of_which_libvlc_loses_pictures_is_not_shown(tmp_path: Path) -> None:
    folder = tmp_path / "film" / "2024 V"
    make_clip(folder / "film.h264", frames=FRAMES, muxer="h264")
    library = scan(folder.parent, order="date")
    if library.versions:  # a libVLC that is better at it
        assert library.versions[0].frame_count == FRAMES
    else:
        (rejected,) = library.rejected
        assert "and libVLC does not play it: cannot be read on: libVLC " in rejected.message
