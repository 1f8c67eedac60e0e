"""The wall as a systemd service: of the machine, hardened, or of a desktop's user.

Whatever is written here was run on systemd 252 (Debian 12), the oldest that is thought of.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from installation.kiosk.places import (
    comes_and_goes,
    made_before_start,
    written_but_away,
    written_to,
)
from installation.kiosk.screen_server import CONSOLE, SCREEN_UNIT
from installation.kiosk.service import Account, Display, Piece, Service
from installation.kiosk.unit_text import command, paths, plain, quoted, unit

SYSTEM_FOLDER = Path("/etc/systemd/system")
USER_FOLDER = Path(".config/systemd/user")
"""Within a home."""
_LOGIN = (  # not OnSuccess, for which systemd 252 takes each automatic restart
    """-+sh -c 'test "$$EXIT_CODE-$$EXIT_STATUS" = exited-0"""
    """ && test -z "$$(systemctl show --property Job --value %n)\""""
    f""" && exec systemctl --no-block start {CONSOLE}'"""
)
WRITTEN_BY = 'Written by "installation service" for '


def unit_name(service: Service) -> str:
    """The name that systemctl and journalctl know it by."""
    return f"installation-{service.name}.service"


def system_unit(service: Service, account: Account, display: Display) -> Piece:
    """The wall on a machine without a desktop, on the screen that `screen_server.py` brings up."""
    text = unit(
        _comment(service, f"Log: journalctl -u {unit_name(service)}"),
        Unit=[
            *_about(service),
            ("Wants", SCREEN_UNIT),
            ("After", SCREEN_UNIT),
        ],
        Service=[
            ("User", account.name),
            *_run(command(service.command)),
            *_screen(account, display),
            ("#", "Ended at the keyboard, and by no systemctl, it makes room for a login."),
            ("ExecStopPost", _LOGIN),
            *_folders(service, account),
            *_limits(),
            *_hardening(service, display),
        ],
        Install=[("WantedBy", "multi-user.target")],
    )
    return Piece(SYSTEM_FOLDER / unit_name(service), text.encode())


def user_unit(service: Service, account: Account) -> Piece:
    """The wall in its user's graphical session, over the desktop.

    No namespaces here: where a system forbids them to users (Ubuntu does), it would not start.
    """
    text = unit(
        _comment(service, f"Log: journalctl --user -u {unit_name(service)}"),
        Unit=[
            *_about(service),
            ("PartOf", "graphical-session.target"),
            ("After", "graphical-session.target"),
        ],
        Service=[
            *_run(command(service.command)),
            ("MemoryMax", "90%"),
            ("OOMPolicy", "continue"),
            *_seccomp(service),
        ],
        Install=[("WantedBy", "graphical-session.target")],
    )
    return Piece(account.home / USER_FOLDER / unit_name(service), text.encode())


def _comment(service: Service, then: str) -> str:
    """The first line says whose file it is: see `installing.py`."""
    return f"{WRITTEN_BY}{service.config}\n{then}"


def _about(service: Service) -> Iterator[tuple[str, str]]:
    yield "Description", plain(f"The wall of {service.title}")
    yield "#", "A wall never gives up."
    yield "StartLimitIntervalSec", "0"


def _run(start: str) -> Iterator[tuple[str, str]]:
    yield "Type", "notify"
    yield "NotifyAccess", "main"
    yield "ExecStart", start
    yield "Environment", "PYTHONFAULTHANDLER=1"
    yield "#", "The wall gives a sign of life for pictures that it has shown, each second."
    yield "WatchdogSec", "15"
    yield "TimeoutStartSec", "60"
    yield "TimeoutStopSec", "15"
    yield "TimeoutAbortSec", "5"
    yield "#", "Exit code 0: it was ended at the keyboard, and stays so."
    yield "RestartPreventExitStatus", "0"
    yield "Restart", "always"
    yield "#", "No RestartSteps: systemd counts for ever, and would be slow after months."
    yield "RestartSec", "1"


def _screen(account: Account, display: Display) -> Iterator[tuple[str, str]]:
    yield "Environment", f"XDG_RUNTIME_DIR=/run/user/{account.number}"
    if display == "cage":
        yield "Environment", "QT_QPA_PLATFORM=wayland WAYLAND_DISPLAY=wayland-0"
    else:
        yield "Environment", "QT_QPA_PLATFORM=xcb DISPLAY=:0"
        yield "#", "The X server's socket, in a /tmp of its own."
        yield "BindReadOnlyPaths", "-/tmp/.X11-unix"


def _folders(service: Service, account: Account) -> Iterator[tuple[str, str]]:
    """All is read-only, the film's folder with it, but for what the wall writes."""
    made = [quoted(str(folder)) for folder in made_before_start(service.settings, account)]
    as_user = f"-+runuser -u {account.name} -- mkdir -p"
    yield "ExecStartPre", f"{as_user} {' '.join(made).replace('$', '$$')}"
    away = written_but_away(service.settings)
    for folder in away:
        yield "#", f"Not strict, for it writes to {plain(str(folder))}, which may come and go."
    yield "ProtectSystem", "full" if away else "strict"
    yield "ProtectHome", "read-only"
    yield "PrivateTmp", "yes"
    yield "ReadWritePaths", paths(written_to(service.settings, account))
    if not away and comes_and_goes(service.settings.film.versions):
        yield "#", "The film's folder may come and go: have it mounted read-only."


def _limits() -> Iterator[tuple[str, str]]:
    yield "#", "The wall starts itself anew long before, at a seam (kiosk.memory_limit). A process"
    yield "#", "that looks into a film may be ended for its memory, and the wall plays on."
    yield "MemoryMax", "90%"
    yield "OOMPolicy", "continue"
    yield "OOMScoreAdjust", "-500"


def _hardening(service: Service, display: Display) -> Iterator[tuple[str, str]]:
    yield from _seccomp(service)
    if not service.settings.playback.allow_protocols:
        yield "#", "No network: the config allows none (playback.allow_protocols)."
        yield "PrivateNetwork", "yes"
        yield "IPAddressDeny", "any"
    yield "CapabilityBoundingSet", ""
    yield "AmbientCapabilities", ""
    yield "DevicePolicy", "closed"
    for devices in ("drm", "nvidia*", "alsa"):
        yield "DeviceAllow", f"char-{devices} rw"
    for one in ("Clock", "ControlGroups", "Hostname", "KernelLogs", "KernelModules"):
        yield f"Protect{one}", "yes"
    yield "ProtectKernelTunables", "yes"
    yield "ProtectProc", "invisible"


def _seccomp(service: Service) -> Iterator[tuple[str, str]]:
    families = "AF_UNIX AF_NETLINK"
    if service.settings.playback.allow_protocols:
        families += " AF_INET AF_INET6"
    yield "NoNewPrivileges", "yes"
    yield "LockPersonality", "yes"
    yield "RestrictAddressFamilies", families
    yield "#", "The processes that look into films take the network from themselves."
    yield "RestrictNamespaces", "user net"
    yield "RestrictRealtime", "yes"
    yield "RestrictSUIDSGID", "yes"
    yield "SystemCallArchitectures", "native"
    yield "SystemCallFilter", "@system-service"
    yield "SystemCallFilter", "~@privileged"
    yield "SystemCallErrorNumber", "EPERM"
