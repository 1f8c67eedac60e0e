"""The wall as a launchd agent: macOS starts it when its user is logged in at the screen."""

from __future__ import annotations

import plistlib
from pathlib import Path

from installation.kiosk.service import Account, Piece, Service

AGENTS_FOLDER = Path("Library/LaunchAgents")
"""Within a home."""


def label(service: Service) -> str:
    """The name that launchctl knows it by."""
    return f"installation.{service.name}"


def agent(service: Service, account: Account) -> Piece:
    """The agent's property list. launchd starts it again; our own supervisor watches over it."""
    log = str(account.home / "Library" / "Logs" / f"{label(service)}.log")
    content = {
        "Label": label(service),
        "ProgramArguments": list(service.command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},  # ended at the keyboard, it stays so
        "ThrottleInterval": 5,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    path = account.home / AGENTS_FOLDER / f"{label(service)}.plist"
    return Piece(path, plistlib.dumps(content))
