"""The wall as a scheduled task: Windows starts it when its user logs in."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

from installation.kiosk.service import Account, Piece, Service

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_NORMAL_PRIORITY = "5"
"""A task's own default is below everything else."""


def task_name(service: Service) -> str:
    """The name that the Task Scheduler knows it by."""
    return f"Installation {service.name}"


def task(service: Service, account: Account) -> Piece:
    """The task's definition. Windows starts it again; our own supervisor watches over it."""
    root = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    about = ET.SubElement(root, "RegistrationInfo")
    ET.SubElement(about, "Description").text = f"The wall of {service.title}: {service.config}"
    trigger = ET.SubElement(ET.SubElement(root, "Triggers"), "LogonTrigger")
    ET.SubElement(trigger, "Enabled").text = "true"
    ET.SubElement(trigger, "UserId").text = account.name
    principal = ET.SubElement(ET.SubElement(root, "Principals"), "Principal", {"id": "Author"})
    ET.SubElement(principal, "UserId").text = account.name
    ET.SubElement(principal, "LogonType").text = "InteractiveToken"
    ET.SubElement(principal, "RunLevel").text = "LeastPrivilege"
    _add_settings(root)
    actions = ET.SubElement(root, "Actions", {"Context": "Author"})
    _add_command(ET.SubElement(actions, "Exec"), service)
    ET.indent(root)
    content = ET.tostring(root, encoding="unicode", xml_declaration=False)
    declared = f'<?xml version="1.0" encoding="UTF-16"?>\n{content}\n'
    return Piece(service.config.with_name(f"{task_name(service)}.xml"), declared.encode("utf-16"))


def _add_settings(root: ET.Element) -> None:
    """In the order that the schema asks for."""
    settings = ET.SubElement(root, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("AllowHardTerminate", "true"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "false"),
    ):
        ET.SubElement(settings, name).text = value
    idle = ET.SubElement(settings, "IdleSettings")
    ET.SubElement(idle, "StopOnIdleEnd").text = "false"
    ET.SubElement(idle, "RestartOnIdle").text = "false"
    for name, value in (
        ("AllowStartOnDemand", "true"),
        ("Enabled", "true"),
        ("Hidden", "false"),
        ("RunOnlyIfIdle", "false"),
        ("WakeToRun", "false"),
        ("ExecutionTimeLimit", "PT0S"),  # none
        ("Priority", _NORMAL_PRIORITY),
    ):
        ET.SubElement(settings, name).text = value
    restart = ET.SubElement(settings, "RestartOnFailure")
    ET.SubElement(restart, "Interval").text = "PT1M"  # the least there is
    ET.SubElement(restart, "Count").text = "999"


def _add_command(action: ET.Element, service: Service) -> None:
    program, *arguments = service.command
    ET.SubElement(action, "Command").text = program
    ET.SubElement(action, "Arguments").text = subprocess.list2cmdline(arguments)
    ET.SubElement(action, "WorkingDirectory").text = str(Path(service.config).parent)
