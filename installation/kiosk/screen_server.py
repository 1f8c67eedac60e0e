"""What brings up the screen on a machine without a desktop: cage (Wayland) or Xorg, as a service.

It is a service of its own, so that the screen stays up, and black, while a wall is started again.
"""

from __future__ import annotations

from pathlib import Path

from installation.kiosk.service import Account, Display, Piece
from installation.kiosk.unit_text import unit

SCREEN_UNIT = "installation-screen.service"
CONSOLE = "getty@tty1.service"
XORG_SETTINGS = Path("/etc/X11/xorg.conf.d/90-installation.conf")
_COMMENT = 'Written by "installation service": '
_START = {  # cage lives as long as one client, which is to live no longer
    "cage": "cage -- setpriv --pdeathsig KILL sleep infinity",
    "x11": "Xorg :0 vt1 -keeptty -noreset -nolisten tcp -nocursor",
}
_WAIT = "+sh -c 'until test -S {}; do kill -0 $MAINPID || exit 1; sleep 0.1; done'"
_XORG = """\
Section "ServerFlags"
    Option "DontVTSwitch" "true"
    Option "DontZap" "true"
    Option "BlankTime" "0"
    Option "StandbyTime" "0"
    Option "SuspendTime" "0"
    Option "OffTime" "0"
EndSection
"""


def screen_pieces(account: Account, display: Display, folder: Path) -> list[Piece]:
    """The screen's service, and for Xorg the settings that keep it awake and its keys dead."""
    said = {"cage": "a Wayland screen", "x11": "an X screen"}[display]
    socket = socket_of(account, display)
    text = unit(
        f"{_COMMENT}{said} for walls without a desktop\nLog: journalctl -u {SCREEN_UNIT}",
        Unit=[
            ("Description", "The screen that walls hang on"),
            ("After", f"systemd-user-sessions.service plymouth-quit-wait.service {CONSOLE}"),
            ("Conflicts", CONSOLE),
            ("StartLimitIntervalSec", "0"),
        ],
        Service=[
            ("#", "Not exec: with a session, systemd 252 never sees that it runs."),
            ("Type", "simple"),
            ("ExecStartPre", f"-+rm -f {socket}"),
            ("ExecStart", _START[display]),
            ("#", "Started is what can be drawn on."),
            ("ExecStartPost", _WAIT.format(socket)),
            ("#", "Debian 12's cage aborts when it is asked to end."),
            ("SuccessExitStatus", "SIGABRT"),
            ("Restart", "always"),
            ("RestartSec", "1"),
            ("TimeoutStartSec", "30"),
            ("TimeoutStopSec", "5"),
            ("#", "A session on the first console: it gives the screen, without any other right."),
            ("User", account.name),
            ("PAMName", "login"),
            ("TTYPath", "/dev/tty1"),
            ("TTYReset", "yes"),
            ("TTYVHangup", "yes"),
            ("TTYVTDisallocate", "yes"),
            ("StandardInput", "tty-fail"),
            ("StandardOutput", "journal"),
            ("UtmpIdentifier", "tty1"),
            ("UtmpMode", "user"),
            ("OOMScoreAdjust", "-500"),
            ("NoNewPrivileges", "yes"),
            ("LockPersonality", "yes"),
            ("RestrictAddressFamilies", "AF_UNIX AF_NETLINK"),
            ("IPAddressDeny", "any"),
            ("SystemCallArchitectures", "native"),
        ],
    )
    pieces = [Piece(folder / SCREEN_UNIT, text.encode())]
    if display == "x11":
        pieces.append(Piece(XORG_SETTINGS, f"# {_COMMENT}{said}\n{_XORG}".encode()))
    return pieces


def socket_of(account: Account, display: Display) -> str:
    """Where walls find the screen."""
    return "/tmp/.X11-unix/X0" if display == "x11" else f"/run/user/{account.number}/wayland-0"
