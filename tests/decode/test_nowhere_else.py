"""libVLC, like FFmpeg, opens the film it is given and nothing that is named in it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from installation.decode.container import recognise
from installation.decode.libvlc import open_media, vlc
from installation.errors import VersionRejected
from tests.baits import Answer, Listener, baits_for, with_external_pictures
from tests.clips import make_clip

DEMUXED = ("mov", "matroska", "mpegts", "mpeg", "avi", "ogg", "asf", "flv", "mxf", "h264")
PLAYED_S = 5.0


def play_out(player: Any, media: Any) -> None:
    """Play to the end, or to an error."""
    is_over = threading.Event()
    events = player.event_manager()
    for name in ("MediaPlayerEndReached", "MediaPlayerEncounteredError"):
        events.event_attach(getattr(vlc().EventType, name), lambda _: is_over.set())
    media.add_option(":vout=dummy")
    player.set_media(media)
    player.play()
    assert is_over.wait(PLAYED_S)
    player.stop()


@pytest.fixture
def folder(tmp_path: Path, listener: Listener) -> Path:
    for kind, bait in baits_for(listener.url).items():
        (tmp_path / f"{kind}.mp4").write_bytes(bait)
    return tmp_path


@pytest.mark.parametrize("kind", sorted(baits_for("")))
def test_no_playlist_or_manifest_leads_libvlc_anywhere(
    folder: Path, listener: Listener, kind: str
) -> None:
    path = folder / f"{kind}.mp4"
    with pytest.raises(VersionRejected, match="is a playlist, not a film, and nothing it names"):
        recognise(path)
    for container in DEMUXED:  # and not even where the first bytes were mistaken
        media = open_media(path, container)
        play_out(media.player, media.opened)
        assert not media.opened.subitems().count()
        media.close()
    assert listener.connections == 0


def test_the_bait_would_have_been_taken(listener: Listener, folder: Path) -> None:
    library = vlc().Instance("--intf=dummy", "--quiet", "--no-audio")
    player, media = library.media_player_new(), library.media_new_path(str(folder / "hls.mp4"))
    play_out(player, media)
    player.release()
    media.release()
    library.release()
    assert listener.requests


def test_a_film_with_its_pictures_elsewhere_does_not_have_them_fetched(tmp_path: Path) -> None:
    secret = make_clip(tmp_path / "secret.mp4", frames=12)
    with Listener({"/secret.mp4": Answer(secret.read_bytes())}) as listener:
        bait = tmp_path / "bait.mp4"
        address = f"{listener.url}/secret.mp4"
        bait.write_bytes(with_external_pictures(secret.read_bytes(), address))
        media = open_media(bait, "mov")
        play_out(media.player, media.opened)
        media.close()
        assert listener.connections == 0
