"""`installation service`: writes what the system's service manager is to start, and enables it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

from installation.config import load_config
from installation.errors import InstallationError
from installation.kiosk import launchd, scheduled_task, systemd
from installation.kiosk.accounts import account_here, account_named, refuse_unreadable
from installation.kiosk.screen_server import screen_pieces
from installation.kiosk.service import (
    PACKAGES,
    SERVERS,
    SYSTEMS,
    Account,
    Display,
    Piece,
    Service,
    System,
    display_here,
    service_of,
    this_program,
)
from installation.whole import write_whole

Say = Callable[[str], None]
Run = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    system: System | None = None
    user: bool = False
    account: str | None = None
    display: Display | None = None
    install: bool = False
    folder: Path | None = None


def write_service(config: Path, wish: Wish, show: Say, say: Say, run: Run | None = None) -> None:
    """Show the service's files, write them to a folder, or install them. Raises InstallationError.

    `show` is given what may be kept in a file, `say` what is for a person.
    """
    here = SYSTEMS.get(sys.platform, "linux")
    system = wish.system or here
    if wish.install and system != here:
        raise InstallationError(
            f"cannot be installed on this machine, which is no {system}",
            where=f"--for {system}",
            remedy="write the files to a folder (-o), and take them there",
        )
    service = service_of(load_config(config.absolute()), this_program())
    is_user = wish.user or wish.display == "session"
    if is_user and wish.display not in (None, "session"):
        raise InstallationError(
            f"--user is for a desktop, --display {wish.display} for a machine without one",
            remedy="leave one of them out",
        )
    if system != "linux":
        account = account_named(wish.account) if wish.account else account_here()
        _write_elsewhere(service, account, system, wish, show, say, run or run_command)
    elif is_user:
        _write_for_user(service, wish, show, say, run or run_command)
    else:
        _write_for_machine(service, wish, show, say, run or run_command)


def _write_for_machine(service: Service, wish: Wish, show: Say, say: Say, run: Run) -> None:
    account = account_named(wish.account or _who_plays(service))
    display = wish.display or display_here()
    pieces = _machine_pieces(service, account, display)
    name = systemd.unit_name(service)
    if not wish.install:
        _hand_over(pieces, wish, show, say)
        return
    _refuse_without_systemd()
    if os.geteuid() != 0:
        raise InstallationError(
            "only root may install a service of the machine",
            remedy=f"sudo {service.program[0]} service {service.config} --install, "
            "or --user for the service of a desktop's user",
        )
    _refuse_without(display)
    refuse_unreadable(account, service)
    for piece in pieces:
        _install(piece, say)
    run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", name])
    say(f"It starts with the machine. Now: sudo systemctl start {name}")
    say(f"Its log: journalctl -u {name}")


def _write_for_user(service: Service, wish: Wish, show: Say, say: Say, run: Run) -> None:
    account = account_here()
    if account.number == 0:
        raise InstallationError(
            "--user is for the user who plays the wall, and that is not root",
            remedy="run it as that user, without sudo",
        )
    piece = systemd.user_unit(service, account)
    name = systemd.unit_name(service)
    if not wish.install:
        _hand_over([piece], wish, show, say)
        return
    _refuse_without_systemd()
    _install(piece, say)
    run(["systemctl", "--user", "daemon-reload"])
    run(["systemctl", "--user", "enable", name])
    say(f"It starts when {account.name}'s desktop does. Now: systemctl --user start {name}")
    say(f"Its log: journalctl --user -u {name}")


def _write_elsewhere(
    service: Service, account: Account, system: System, wish: Wish, show: Say, say: Say, run: Run
) -> None:
    is_mac = system == "macos"
    piece = (launchd.agent if is_mac else scheduled_task.task)(service, account)
    if not wish.install:
        _hand_over([piece], wish, show, say)
        return
    _install(piece, say)
    if is_mac:
        domain = f"gui/{account.number}"
        with contextlib.suppress(InstallationError):  # none of that name ran
            run(["launchctl", "bootout", f"{domain}/{launchd.label(service)}"])
        run(["launchctl", "bootstrap", domain, str(piece.path)])
        say("It plays now, and whenever this user logs in.")
    else:
        name = scheduled_task.task_name(service)
        run(["schtasks", "/Create", "/F", "/TN", name, "/XML", str(piece.path)])
        say(f'It starts whenever this user logs in. Now: schtasks /Run /TN "{name}"')


def _machine_pieces(service: Service, account: Account, display: Display) -> list[Piece]:
    wall = systemd.system_unit(service, account, display)
    return [wall, *screen_pieces(account, display, systemd.SYSTEM_FOLDER)]


def _who_plays(service: Service) -> str:
    """Whoever asked for it by sudo, or is logged in; else whose config it is."""
    asked = os.environ.get("SUDO_USER", "")
    if asked and asked != "root":
        return asked
    if os.geteuid() != 0:
        return account_here().name
    with contextlib.suppress(KeyError, OSError):
        return service.config.owner()
    return "root"


def _hand_over(pieces: Sequence[Piece], wish: Wish, show: Say, say: Say) -> None:
    """To a folder, or to whoever reads what is printed."""
    for piece in pieces:
        if wish.folder is not None:
            _install(Piece(wish.folder / piece.path.name, piece.content), say, where=piece.path)
        else:
            say(f"{piece.path}:")
            encoding = "utf-16" if piece.content.startswith(b"\xff\xfe") else "utf-8"
            show(piece.content.decode(encoding))
    if wish.folder is None:
        say("Nothing was written: --install puts it there, -o FOLDER into a folder.")


def _install(piece: Piece, say: Say, where: Path | None = None) -> None:
    _refuse_anothers(piece)
    try:
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(piece.path, piece.content)
        piece.path.chmod(0o644)
    except OSError as error:
        raise InstallationError(
            f"cannot be written ({error.strerror})", where=str(piece.path)
        ) from error
    say(f"{piece.path} written" + (f"; it belongs to {where}" if where else ""))


def _refuse_anothers(piece: Piece) -> None:
    """What somebody else has written is not ours to replace; nor another wall's service."""
    try:
        old = piece.path.read_bytes()
    except OSError:
        return
    first, ours = old.partition(b"\n")[0], piece.content.partition(b"\n")[0]
    if b'"installation service"' in ours and first != ours and b"screen" not in ours:
        whose = first.decode("utf-8", "replace").removeprefix(f"# {systemd.WRITTEN_BY}")
        raise InstallationError(
            f"is there already, of another wall or by another hand ({whose})",
            where=str(piece.path),
            remedy="give this config's file another name, or delete that one",
        )


def _refuse_without_systemd() -> None:
    if not Path("/run/systemd/system").is_dir():
        raise InstallationError(
            "this machine was not started by systemd, so no service can be installed",
            remedy="have its own autostart run: installation kiosk CONFIG --supervise",
        )


def _refuse_without(display: Display) -> None:
    """What it takes is more than the server: without these the wall finds no screen."""
    libraries = {"cage": ("wayland-cursor", "wayland-egl"), "x11": ("xcb-cursor",)}[display]
    missing = [name for name in libraries if find_library(name) is None]
    if shutil.which(SERVERS[display]) is None:
        missing.insert(0, SERVERS[display])
    if display == "cage" and shutil.which("Xwayland") is None:
        missing.append("Xwayland")  # which Debian's does not start without
    if missing:
        raise InstallationError(
            f"not installed: {', '.join(missing)}",
            where=f"--display {display}",
            remedy=f"sudo apt-get install {PACKAGES[display]}",
        )


def run_command(words: Sequence[str]) -> str:
    """Run it to its end. Raises InstallationError with what it said."""
    said = " ".join(words)
    try:
        done = subprocess.run(
            list(words), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallationError(f'"{said}" cannot be run ({error})') from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"code {done.returncode}"]
        is_bus = words[:2] == ["systemctl", "--user"] and "bus" in lines[0]
        raise InstallationError(
            f'"{said}" failed ({lines[0]})',
            remedy="log in as this user himself, by ssh or at the desktop, not by su" * is_bus,
        )
    return done.stdout
