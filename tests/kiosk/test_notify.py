"""systemd and our own supervisor hear what the wall says, and nobody ever waits for them."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from installation.kiosk.notify import (
    ALIVE,
    READY,
    Nobody,
    Supervisor,
    status,
    systemd_from,
    watchdog_ns,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is not there")


@pytest.mark.parametrize("is_abstract", [False, True])
def test_systemd_hears_everything_in_one_datagram(tmp_path: Path, is_abstract: bool) -> None:
    if is_abstract and sys.platform != "linux":
        pytest.skip("only Linux has abstract sockets")
    name = f"@installation-{os.getpid()}" if is_abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{name[1:]}" if is_abstract else name)
        environment = {"NOTIFY_SOCKET": name, "HOME": "/"}
        systemd_from(environment).tell(READY, status("The Kiss\nplays"))
        assert systemd.recv(4096) == b"READY=1\nSTATUS=The Kiss plays"
    assert environment == {"HOME": "/"}, "no child speaks in the wall's name"


def test_a_listener_that_is_gone_or_full_keeps_nobody_waiting(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(name)
        notifier = systemd_from({"NOTIFY_SOCKET": name})
        for _ in range(10_000):  # more than any queue holds
            notifier.tell(ALIVE)
    notifier.tell(ALIVE)
    reading, writing = os.pipe()
    supervisor = Supervisor(writing)
    for _ in range(100_000):
        supervisor.tell(ALIVE)
    os.close(reading)
    supervisor.tell(ALIVE)
    os.close(writing)


@pytest.mark.parametrize("address", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_where_nobody_listens_nobody_is_told(address: dict[str, str]) -> None:
    notifier = systemd_from(address)
    assert isinstance(notifier, Nobody)
    notifier.tell(READY)


@pytest.mark.parametrize(
    ("environment", "nanoseconds"),
    [
        ({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": str(os.getpid())}, 15_000_000_000),
        ({"WATCHDOG_USEC": "15000000"}, 15_000_000_000),
        ({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_systemds_patience_is_known(environment: dict[str, str], nanoseconds: int | None) -> None:
    assert watchdog_ns(environment) == nanoseconds
    assert environment == {}
