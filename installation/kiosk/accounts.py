"""Who plays the wall: found by name, and asked whether all that he needs is open to him."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path

from installation.errors import InstallationError
from installation.kiosk.service import Account, Service


def account_here() -> Account:
    """Who runs this."""
    number = os.geteuid() if sys.platform != "win32" else 0
    if sys.platform == "win32":
        return Account(getpass.getuser(), number, Path.home())
    import pwd

    try:
        found = pwd.getpwuid(number)
    except KeyError:
        return Account(getpass.getuser(), number, Path.home())
    return Account(found.pw_name, number, Path(found.pw_dir))


def account_named(name: str) -> Account:
    """Who has this name on this machine. Raises InstallationError, for root too."""
    if sys.platform == "win32":
        return Account(name, 0, Path.home())
    import pwd

    try:
        found = pwd.getpwnam(name)
    except (KeyError, ValueError) as error:
        raise InstallationError(
            f'there is no user "{name}" on this machine',
            remedy=f"sudo adduser {name}, or name another one: --as",
        ) from error
    if found.pw_uid == 0:
        raise InstallationError(
            "root does not play walls",
            remedy="make a user for it (sudo adduser wall), and name it: --as wall",
        )
    return Account(found.pw_name, found.pw_uid, Path(found.pw_dir))


def refuse_unreadable(account: Account, service: Service) -> None:
    """Raises InstallationError where he may not start the program, or read what it plays."""
    for permission, path, remedy in (
        ("-x", Path(service.program[0]), "install the program where that user may read it"),
        ("-r", service.config, "put it where that user may read it"),
        ("-r", service.settings.film.versions, "let that user read it"),
    ):
        is_missing_film = permission == "-r" and not path.exists()
        if not is_missing_film and not _may(account, permission, path):
            what = "start" if permission == "-x" else "read"
            raise InstallationError(
                f'the user "{account.name}" may not {what} it', where=str(path), remedy=remedy
            )


def _may(account: Account, permission: str, path: Path) -> bool:
    """Asked of the system, as him; only root can."""
    try:
        done = subprocess.run(
            ["/usr/bin/test", permission, str(path)],
            user=account.number,
            group=_group(account),
            extra_groups=_groups(account),
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _group(account: Account) -> int:
    import pwd

    return pwd.getpwnam(account.name).pw_gid


def _groups(account: Account) -> list[int]:
    return os.getgrouplist(account.name, _group(account))
