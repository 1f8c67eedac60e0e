"""Nothing but a regular film file inside the film's folder is opened, whatever a file asks for."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from installation.decode import container as container_module
from installation.decode.container import CONTAINERS, open_film, recognise
from installation.errors import VersionRejected
from installation.library import scan
from installation.library.gate import open_gate
from tests.baits import Listener, baits_for, with_external_pictures

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


@pytest.fixture
def version(film_folder: Path) -> Path:
    folder = film_folder / "2024 Sora"
    folder.mkdir()
    return folder


def test_a_film_passes_and_so_does_a_link_within_the_folder(
    add_version: Callable[..., Path], film_folder: Path
) -> None:
    film = add_version("2023 Sora") / "film.mp4"
    link = add_version("2024 Sora") / "link.mp4"
    link.symlink_to(film)
    assert open_gate(film, film_folder) == (film.resolve(), "mov")
    assert open_gate(link, film_folder) == (film.resolve(), "mov")


@posix
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_link_that_leads_out_is_refused(
    film_folder: Path, version: Path, tmp_path: Path, clip: bytes, is_folder: bool
) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "film.mp4").write_bytes(clip)
    (version / "film.mp4").symlink_to(outside / "film.mp4")
    if is_folder:
        (version / "film.mp4").unlink()
        version.rmdir()
        version.symlink_to(outside)
    with pytest.raises(VersionRejected, match="link that leads out of the film's folder; put"):
        open_gate(version / "film.mp4", film_folder)
    library = scan(film_folder, order="date")
    assert not library.versions
    assert "leads out of the film's folder" in library.rejected[0].message


@posix
def test_no_pipe_socket_device_or_loop_is_opened(
    film_folder: Path, version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(version / "pipe.mp4")  # opening it the usual way would wait for ever
    monkeypatch.chdir(version)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.mp4")
    (version / "loop.mp4").symlink_to(version / "loop.mp4")
    (version / "nothing.mp4").symlink_to(version / "not there")
    (version / "folder.mp4").mkdir()
    for name, why in {
        "pipe.mp4": "is a pipe between programs, not a file",
        "socket.mp4": "is a socket between programs, not a file",
        "loop.mp4": "is a link that leads in a circle",
        "nothing.mp4": "a link to nothing",
        "folder.mp4": "is a folder, not a file",
    }.items():
        with pytest.raises(VersionRejected, match=why):
            open_gate(version / name, film_folder)
    with pytest.raises(VersionRejected, match="is a device, not a file"):
        open_gate(Path("/dev/zero"), Path("/dev"))


@posix
def test_what_has_become_a_pipe_or_a_link_since_is_not_opened(version: Path, clip: bytes) -> None:
    film = version / "film.mp4"
    os.mkfifo(film)
    with pytest.raises(OSError, match="is a pipe"):
        open_film(film, "mov")
    film.unlink()
    (version / "other.mp4").write_bytes(clip)
    film.symlink_to(version / "other.mp4")
    with pytest.raises(OSError, match="is a link"):
        open_film(film, "mov")


def test_opening_leaves_no_file_open(version: Path, clip: bytes) -> None:
    film = version / "film.mp4"
    film.write_bytes(clip)
    lowest = os.open(film, os.O_RDONLY)  # systems hand out the lowest number that is free
    os.close(lowest)
    for _ in range(3):
        open_film(film, recognise(film)).close()
        with pytest.raises(av.error.FFmpegError):
            open_film(film, "matroska")
    after = os.open(film, os.O_RDONLY)
    os.close(after)
    assert after == lowest


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", r"is empty \(0 bytes\); wait until it is copied completely, or copy it again"),
        (b"\0" * 5000, "begins with nothing but zeros; wait"),
        (b"Dear museum,\nhere is my film.\n", "is a text file, not a film; put"),
        ("Поцелуй ".encode() * 900, "is a text file, not a film"),
        ("Kiss".encode("utf-16"), "is a text file, not a film"),
        (b"<!DOCTYPE html><title>Sign in</title>", "is a web page, not a film; download"),
        (b"\xff\xd8\xff\xe0 JFIF", r"is a still picture \(JPEG\), not a film"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", r"is a still picture \(HEIF\), not a film"),
        (b"RIFF\0\0\0\0WAVEfmt ", "is a sound file, not a film"),
        (b"PK\x03\x04....", "is a ZIP archive, not a film"),
        (bytes(range(128, 256)) * 9, "is not in a video format we know; export it as"),
    ],
)
def test_what_is_no_film_says_what_it_is(version: Path, content: bytes, why: str) -> None:
    (version / "film.mp4").write_bytes(content)
    with pytest.raises(VersionRejected, match=why):
        recognise(version / "film.mp4")


def test_nothing_that_a_playlist_names_is_opened(
    film_folder: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    baits = baits_for(listener.url)
    for kind, content in baits.items():
        folder = film_folder / f"2024 {kind}"
        folder.mkdir()
        (folder / "film.mp4").write_bytes(content)

    library = scan(film_folder, order="date")
    messages = [rejection.message for rejection in library.rejected]
    assert len(messages) == len(baits)
    assert all("is a playlist, not a film, and nothing it names is opened" in m for m in messages)
    for kind in baits:  # and not even where the first bytes were mistaken
        for container in CONTAINERS:
            with (
                contextlib.suppress(av.error.FFmpegError),
                open_film(film_folder / f"2024 {kind}" / "film.mp4", container) as film,
            ):
                next(film.demux(), None)
    assert listener.requests == []

    # and not even by a demuxer that does follow
    monkeypatch.setattr(container_module, "CONTAINERS", {"hls", "concat", "sdp"})
    for kind, demuxer in {"hls": "hls", "concat": "concat", "sdp": "sdp"}.items():
        with (
            contextlib.suppress(av.error.FFmpegError),
            open_film(film_folder / f"2024 {kind}" / "film.mp4", demuxer) as film,
        ):
            next(film.demux(), None)
    assert listener.requests == []

    # The bait would have been taken: without the gate the same file does call the server.
    with pytest.raises((av.error.FFmpegError, OSError)):
        av.open(
            film_folder / "2024 ffconcat" / "film.mp4",
            container_options={"protocol_whitelist": "file,http,tcp", "safe": "0"},
        )
    assert listener.requests == ["/a.mp4"]


def test_a_film_that_keeps_its_pictures_in_another_file_is_not_followed(
    film_folder: Path, version: Path, tmp_path: Path, clip: bytes
) -> None:
    secret = tmp_path / "secret.mov"
    secret.write_bytes(clip)
    film = version / "film.mp4"
    film.write_bytes(with_external_pictures(clip, secret))
    with open_film(film, "mov") as opened, contextlib.suppress(av.error.FFmpegError):
        assert next(opened.decode(video=0), None) is None
    library = scan(film_folder, order="date")
    assert not library.versions
    assert library.rejected[0].message.startswith("2024 Sora/film.mp4: ")

    # The reference is a good one: FFmpeg follows it where it is told to.
    follow = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(film, format="mov", container_options=follow) as opened:
        assert next(opened.decode(video=0)).width == 64
