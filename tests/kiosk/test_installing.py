"""`installation service`: files where they belong, commands in order, a sentence for a mistake."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from installation.config import load_config
from installation.errors import InstallationError
from installation.kiosk import accounts, installing, service, systemd
from installation.kiosk.installing import Wish, run_command, write_service
from installation.kiosk.service import Account, Piece

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it is about POSIX's users")


class Asked:
    """What a technician asks for, and what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "The Kiss.yaml"
        self.config.write_text("film: {title: The Kiss, versions: media}\n")
        self.shown: list[str] = []
        self.said: list[str] = []
        self.run: list[str] = []

    def __call__(self, **wish: object) -> None:
        write_service(
            self.config,
            Wish(**wish),  # type: ignore[arg-type]
            self.shown.append,
            self.said.append,
            self._run,
        )

    def _run(self, words: Sequence[str]) -> str:
        self.run.append(" ".join(words))
        return ""

    def refused(self, **wish: object) -> str:
        with pytest.raises(InstallationError) as caught:
            self(**wish)
        return str(caught.value)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """On a Linux machine with systemd, cage and a user "wall", as root, with a root of its own."""
    wall = Account("wall", 1000, tmp_path / "home")

    def account_named(name: str) -> Account:
        return wall if name == "wall" else accounts.account_named(name)

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "wall")
    monkeypatch.setattr(installing, "account_named", account_named)
    monkeypatch.setattr(installing, "account_here", lambda: wall)
    monkeypatch.setattr(installing, "refuse_unreadable", lambda *_: None)
    monkeypatch.setattr(installing, "_refuse_without_systemd", lambda: None)
    monkeypatch.setattr(systemd, "SYSTEM_FOLDER", tmp_path / "units")
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "Xorg" else f"/bin/{name}")
    monkeypatch.setattr(installing, "find_library", lambda name: f"lib{name}.so.0")
    return Asked(tmp_path)


def test_it_is_only_shown_unless_it_is_said_where_to(asked: Asked, tmp_path: Path) -> None:
    asked()
    wall, screen = asked.shown
    assert "WatchdogSec" in wall
    assert "cage" in screen
    assert asked.said[-1].startswith("Nothing was written")
    assert not (tmp_path / "units").exists()
    assert asked.run == []


def test_it_is_written_to_a_folder(asked: Asked, tmp_path: Path) -> None:
    asked(folder=tmp_path / "out", display="x11")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "90-installation.conf", "installation-screen.service", "installation-the-kiss.service",
    ]  # fmt: skip
    assert asked.shown == asked.run == []


def test_xorg_is_taken_where_it_is_for_it_lets_screens_sleep(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    asked()
    assert "ExecStart=Xorg" in asked.shown[1]


def test_it_is_installed_and_enabled(asked: Asked, tmp_path: Path) -> None:
    asked(install=True)
    assert (tmp_path / "units" / "installation-the-kiss.service").is_file()
    assert (tmp_path / "units" / "installation-screen.service").is_file()
    assert asked.run == [
        "systemctl daemon-reload", "systemctl enable installation-the-kiss.service",
    ]  # fmt: skip
    asked(install=True)  # and once more, as after an update


def test_a_users_own_is_installed_at_home(asked: Asked, tmp_path: Path) -> None:
    asked(install=True, user=True)
    unit = tmp_path / "home/.config/systemd/user/installation-the-kiss.service"
    assert "graphical-session.target" in unit.read_text()
    assert asked.run[-1] == "systemctl --user enable installation-the-kiss.service"


def test_a_macs_agent_replaces_the_one_before(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    asked(install=True)
    assert [one.split()[1] for one in asked.run] == ["bootout", "bootstrap"]


def test_for_another_system_it_is_written_and_never_installed(asked: Asked) -> None:
    asked(system="windows")
    assert "<Task" in asked.shown[0]
    assert asked.refused(system="windows", install=True).startswith("--for windows: cannot be")
    assert asked.run == []


def test_another_walls_service_is_not_replaced(asked: Asked, tmp_path: Path) -> None:
    asked(install=True)
    (tmp_path / "other").mkdir()
    other = Asked(tmp_path / "other")
    sentence = other.refused(install=True)
    assert f"of another wall or by another hand ({asked.config})" in sentence
    (tmp_path / "units" / "installation-the-kiss.service").write_text("[Service]\nExecStart=x\n")
    assert "by another hand ([Service])" in asked.refused(install=True)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"account": "nobody-of-that-name"}, 'there is no user "nobody-of-that-name"'),
        ({"account": "root"}, "root does not play walls"),
        ({"user": True, "display": "cage"}, "--user is for a desktop"),
    ],
)
def test_a_mistake_gets_a_sentence(asked: Asked, wish: dict[str, object], sentence: str) -> None:
    assert sentence in asked.refused(**wish)


def test_a_config_that_is_none_is_told_as_ever(asked: Asked) -> None:
    asked.config.write_text("film: {versoins: x}\n")
    assert 'did you mean "versions"?' in asked.refused()


def test_without_a_screen_server_it_says_what_to_install(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "apt-get install xserver-xorg-core" in asked.refused()
    assert "apt-get install cage xwayland" in asked.refused(install=True, display="cage")


def test_without_a_library_it_says_what_to_install(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "find_library", lambda name: None)
    sentence = asked.refused(install=True, display="cage")
    assert sentence.startswith("--display cage: not installed: wayland-cursor, wayland-egl;")
    assert asked.run == []


def test_without_root_it_says_the_command(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo " in asked.refused(install=True)
    assert asked.run == []


def test_without_systemd_it_says_what_to_do_instead(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    if Path("/run/systemd/system").is_dir():
        pytest.skip("this machine was started by systemd")
    with pytest.raises(InstallationError, match="--supervise"):
        installing._refuse_without_systemd()


def test_a_path_that_no_service_can_name_is_refused(asked: Asked, tmp_path: Path) -> None:
    asked.config = asked.config.rename(tmp_path / "a\nb.yaml")
    assert "give file and folders another name" in asked.refused()


def test_a_folder_that_cannot_be_written_is_named(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    assert str(tmp_path / "out") in asked.refused(folder=tmp_path / "out")


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(InstallationError, match=r'"sh -c echo no >&2; exit 3" failed \(no\)'):
        run_command(["sh", "-c", "echo no >&2; exit 3"])
    with pytest.raises(InstallationError, match="cannot be run"):
        run_command(["/nowhere/systemctl"])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can ask for another")
def test_what_its_user_may_not_read_is_told_before_it_is_installed(tmp_path: Path) -> None:
    config = tmp_path / "wall.yaml"
    config.write_text("film: {versions: media}\n")
    settings = load_config(config)
    nobody = accounts.account_named("nobody")
    wall = service.service_of(settings, ("/bin/true",))
    with pytest.raises(InstallationError, match='the user "nobody" may not read it'):
        accounts.refuse_unreadable(nobody, wall)  # below a folder that is root's own


def test_files_are_written_readable_for_systemd(asked: Asked, tmp_path: Path) -> None:
    installing._install(Piece(tmp_path / "a" / "b.service", b"x"), asked.said.append)
    assert (tmp_path / "a" / "b.service").stat().st_mode & 0o777 == 0o644
