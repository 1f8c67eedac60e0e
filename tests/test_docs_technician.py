"""What the technician's page says of packages, units, paths and figures is so in the program."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from installation.config import load_config
from installation.kiosk.heartbeat import HANG_NS
from installation.kiosk.screen_server import XORG_SETTINGS, screen_pieces
from installation.kiosk.service import PACKAGES, Account, service_of
from installation.kiosk.systemd import system_unit
from tests.test_docs import ROOT, blocks, commands, text

PAGE = "docs/technician.md"


@pytest.fixture
def unit(tmp_path: Path) -> str:
    """The unit of the page's own example, by its settings."""
    config = tmp_path / "my-wall.yaml"
    config.write_text(blocks(PAGE, "yaml")[0], "utf-8")
    wall = service_of(load_config(config), (".venv/bin/installation",))
    piece = system_unit(wall, Account("wall", 1000, Path("/home/wall")), "x11")
    assert piece.path.name == "installation-my-wall.service"
    return f"{piece.path}\n{piece.content.decode()}"


def test_the_packages_named_are_those_that_the_set_up_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delitem(sys.modules, "bootstrap", raising=False)
    import bootstrap

    lines = re.sub(r"\\\n", " ", "".join(blocks(PAGE, "sh"))).splitlines()
    named = {word for line in lines if line.startswith("apt-get") for word in line.split()}
    assert {*bootstrap._WINDOW.values(), "python3-venv", "libgl1-mesa-dri"} <= named
    assert {package for packages in PACKAGES.values() for package in packages.split()} <= named


def test_the_commands_of_a_technicians_day_are_there() -> None:
    named = {words[0] for words in commands(PAGE)}
    assert named >= {"sample", "new", "check", "service", "kiosk", "status", "report", "play"}


def test_units_and_files_are_named_as_they_are_written(unit: str) -> None:
    page = text(PAGE)
    account = Account("wall", 1000, Path("/home/wall"))
    names = {piece.path.name for piece in screen_pieces(account, "x11", Path("/"))}
    assert names == {"installation-screen.service", XORG_SETTINGS.name}
    written = set(re.findall(r"installation-[a-z-]+\.service", page))
    assert written == {"installation-screen.service", "installation-my-wall.service"}
    assert f"`{XORG_SETTINGS}`" in page
    assert "`/etc/systemd/system`" in page
    assert unit.startswith("/etc/systemd/system/")
    for folder in re.findall(r"`~/(\.[a-z/]+)`", page):
        assert f"/home/wall/{folder}" in unit


def test_what_the_page_says_of_the_unit_is_in_the_unit(unit: str) -> None:
    page = " ".join(text(PAGE).split())
    assert "After 15 seconds without one it is ended and started again" in page
    assert HANG_NS == 15_000_000_000
    assert "--supervise" in unit
    assert "systemd watches over the supervisor: after 15 seconds without a sign of it" in page
    assert "WatchdogSec=15\n" in unit
    assert "at most nine tenths of the memory" in page
    assert "MemoryMax=90%\n" in unit
    assert "It has no network, unless the config allows live versions" in page
    assert "PrivateNetwork=yes\n" in unit


def test_the_page_is_found_from_the_first_one() -> None:
    assert "(docs/technician.md)" in text("README.md")
