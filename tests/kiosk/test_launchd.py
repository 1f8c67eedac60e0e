"""The agent for macOS, read back as launchd reads it."""

from __future__ import annotations

import plistlib
from pathlib import Path

from installation.config import load_config
from installation.kiosk.launchd import agent
from installation.kiosk.service import Account, service_of


def test_launchd_starts_the_supervised_wall_at_login_and_again_unless_its_keys_ended_it(
    tmp_path: Path,
) -> None:
    config = tmp_path / "the kiss & <ü>.yaml"
    config.write_text("film: {title: x, versions: media}\n")
    program = "/Users/wall/in st/.venv/bin/installation"
    service = service_of(load_config(config), (program,))
    piece = agent(service, Account("wall", 501, Path("/Users/wall")))
    read = plistlib.loads(piece.content)
    assert read["ProgramArguments"] == [program, "kiosk", "--supervise", str(config)]
    assert read["KeepAlive"] == {"SuccessfulExit": False}
    assert read["RunAtLoad"] is True
    assert read["ProcessType"] == "Interactive"
    assert read["LimitLoadToSessionType"] == "Aqua"
    assert piece.path == Path(f"/Users/wall/Library/LaunchAgents/{read['Label']}.plist")
    assert read["Label"] == "installation.the-kiss"
