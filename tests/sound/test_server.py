"""A sound server is found at its socket, wherever the environment says that is."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.sound.server import is_there

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sound servers are Linux'")


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "pulse" / "native"
    place.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(place))
        server.listen()
        yield place


def test_one_that_listens_is_there_by_whichever_name(listening: Path) -> None:
    for environment in (
        {"PULSE_SERVER": f"unix:{listening}"},
        {"PULSE_SERVER": f"unix:/nowhere {listening}"},
        {"PULSE_RUNTIME_PATH": str(listening.parent)},
        {"XDG_RUNTIME_DIR": str(listening.parent.parent)},
    ):
        assert is_there(environment) is True


def test_one_that_has_died_is_not_though_its_socket_lies_there(tmp_path: Path) -> None:
    place = tmp_path / "native"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(place))
        server.listen()
    assert place.exists()
    assert is_there({"PULSE_SERVER": f"unix:{place}"}) is False
    assert is_there({"XDG_RUNTIME_DIR": str(tmp_path)}) is False


def test_of_another_machine_or_without_a_place_nothing_is_said() -> None:
    assert is_there({"PULSE_SERVER": "tcp:gallery.local:4713"}) is None
    assert is_there({}) is None


def test_pipewire_alone_is_one(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "pipewire-0"))
        server.listen()
        assert is_there({"XDG_RUNTIME_DIR": str(tmp_path)}) is True
