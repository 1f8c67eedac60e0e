"""The task for Windows, read back as the Task Scheduler reads it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from installation.config import load_config
from installation.kiosk.scheduled_task import NAMESPACE, task
from installation.kiosk.service import Account, service_of


@pytest.fixture
def read(tmp_path: Path) -> ET.Element:
    config = tmp_path / "the kiss & <ü>.yaml"
    config.write_text("film: {title: 'A & <B>', versions: media}\n")
    program = r"C:\in st\.venv\Scripts\pythonw.exe"
    service = service_of(load_config(config), (program, "-P", "-m", "installation"))
    piece = task(service, Account("MUSEUM\\wall", 0, Path("/home")))
    assert piece.content.startswith(b"\xff\xfe")  # what schtasks takes
    return ET.fromstring(piece.content.decode("utf-16"))


def said(read: ET.Element, path: str) -> str | None:
    return read.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


def test_it_starts_when_its_user_logs_in(read: ET.Element) -> None:
    assert said(read, "Triggers/LogonTrigger/UserId") == "MUSEUM\\wall"
    assert said(read, "Principals/Principal/LogonType") == "InteractiveToken"
    assert said(read, "Principals/Principal/RunLevel") == "LeastPrivilege"


def test_it_runs_the_supervised_wall(read: ET.Element, tmp_path: Path) -> None:
    assert said(read, "Actions/Exec/Command") == r"C:\in st\.venv\Scripts\pythonw.exe"
    config = tmp_path / "the kiss & <ü>.yaml"
    wanted = f'-P -m installation kiosk --supervise "{config}"'
    assert said(read, "Actions/Exec/Arguments") == wanted


def test_it_has_no_limit_of_time_and_is_started_again(read: ET.Element) -> None:
    assert said(read, "Settings/ExecutionTimeLimit") == "PT0S"
    assert said(read, "Settings/RestartOnFailure/Interval") == "PT1M"
    assert int(said(read, "Settings/RestartOnFailure/Count") or 0) >= 100
    assert said(read, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
    for setting in ("DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "RunOnlyIfIdle"):
        assert said(read, f"Settings/{setting}") == "false"
    assert int(said(read, "Settings/Priority") or 7) < 7  # 7 yields to everything
