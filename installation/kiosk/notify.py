"""Tells whoever started the wall how it lives, in the words of systemd's `sd_notify`.

The same words go to systemd, as datagrams, and to our own supervisor, as lines. Any thread may
tell; nobody ever waits for a listener that does not listen.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import MutableMapping
from typing import Protocol

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
_NS_PER_US = 1000


def status(sentence: str) -> str:
    """How it stands, in one line for people."""
    return f"STATUS={' '.join(sentence.split())}"


def more_time(nanoseconds: int) -> str:
    """It is getting somewhere: be patient for so long from now on."""
    return f"EXTEND_TIMEOUT_USEC={nanoseconds // _NS_PER_US}"


class Notifier(Protocol):
    """Who is told."""

    def tell(self, *words: str) -> None:
        """Say all of this at once."""
        ...


class Nobody:
    """Started by hand: nobody is told."""

    def tell(self, *words: str) -> None:
        """See `Notifier.tell`."""


class Systemd:
    """systemd, at the address it gives in NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def tell(self, *words: str) -> None:
        """See `Notifier.tell`."""
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending,
        ):
            sending.setblocking(False)
            sending.sendto("\n".join(words).encode(), self._address)


class Supervisor:
    """Our own supervisor, at the other end of a pipe."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        with contextlib.suppress(OSError, AttributeError):  # Windows' pipes, before Python 3.12
            os.set_blocking(pipe, False)

    def tell(self, *words: str) -> None:
        """See `Notifier.tell`."""
        with contextlib.suppress(OSError):
            os.write(self._pipe, "".join(f"{word}\n" for word in words).encode())


def systemd_from(environment: MutableMapping[str, str]) -> Notifier:
    """Whoever is to be told by a process's environment, which no child of it inherits."""
    address = environment.pop("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or sys.platform == "win32":
        return Nobody()
    return Systemd(address)


def watchdog_ns(environment: MutableMapping[str, str]) -> int | None:
    """How long systemd waits for a sign of life; None where it does not. No child inherits it."""
    interval = environment.pop("WATCHDOG_USEC", "")
    meant = environment.pop("WATCHDOG_PID", str(os.getpid()))
    if not interval.isdecimal() or meant != str(os.getpid()) or int(interval) == 0:
        return None
    return int(interval) * _NS_PER_US
