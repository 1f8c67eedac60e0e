"""Which folders a wall writes to, for a service that is to write nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from installation.kiosk.service import Account

if TYPE_CHECKING:
    from installation.config import Config

_COME_AND_GO = ("autofs", "nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "exfat", "vfat")


def made_before_start(settings: Config, account: Account) -> list[Path]:
    """What its user must have, and the machine can make for him."""
    home = account.home
    always = [
        home / ".cache" / "installation",
        home / ".local" / "share" / "installation",
        home / ".local" / "state" / "installation",
    ]
    return always + [folder for folder in _chosen(settings) if not comes_and_goes(folder)]


def written_to(settings: Config, account: Account) -> list[Path]:
    """What a service may name as writable. All of the cache: drivers and Qt keep theirs there too.

    Not what comes and goes: what a service names it pins. A share that is away would keep the wall
    from starting, and one that is back would not be seen.
    """
    cache, *others = made_before_start(settings, account)
    folders = [cache.parent, *others]
    if settings.film.receipts and not comes_and_goes(settings.film.versions):
        folders.append(_holder(settings.film.versions))
    return folders


def written_but_away(settings: Config) -> list[Path]:
    """What it writes to that comes and goes."""
    receipts = [settings.film.versions] if settings.film.receipts else []
    return [folder for folder in (*receipts, *_chosen(settings)) if comes_and_goes(folder)]


def comes_and_goes(folder: Path, mounts: Callable[[], str] | None = None) -> bool:
    """True on a share or a drive that is plugged in."""
    best, kind = "", ""
    for line in (mounts or _mounts)().splitlines():
        _, place, found, *_ = [*line.split(" "), "", "", ""]
        place = place.replace("\\040", " ").replace("\\134", "\\")
        is_above = os.path.commonpath([place, folder]) == place if place.startswith("/") else False
        if is_above and len(place) >= len(best):  # what is mounted later lies on top
            best, kind = place, found
    return kind.startswith(_COME_AND_GO)


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:
        return ""


def _chosen(settings: Config) -> list[Path]:
    chosen = (settings.conform.cache, settings.log.folder)
    return [folder for folder in chosen if folder is not None]


def _holder(folder: Path) -> Path:
    """The folder around it, so that one put in its place is seen; but not a whole disk's."""
    return folder if os.path.ismount(folder) else folder.parent
