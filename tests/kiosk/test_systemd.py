"""The units for systemd: what they say, and what systemd itself says of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.config import Config, load_config
from installation.kiosk import places, unit_text
from installation.kiosk.screen_server import SCREEN_UNIT, screen_pieces
from installation.kiosk.service import Account, Display, Piece, Service, service_of
from installation.kiosk.systemd import system_unit, user_unit

MOST_EXPOSED = 2.0
"""Of 10, as `systemd-analyze security` counts: systemd 252 says 1.3, and 2.2 with live versions,
which need the network; others weigh a little otherwise."""
MOST_EXPOSED_LIVE = 3.0
ANALYZE = shutil.which("systemd-analyze")
asks_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
Make = Callable[..., Service]
STRANGE = 'a % b $X ü "q" \\ it\'s'


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account("wall", 1000, tmp_path / "home")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The service of a config with these lines, in a folder of this name."""

    def make(lines: str = "", folder: str = "walls") -> Service:
        home = tmp_path / folder
        home.mkdir(parents=True, exist_ok=True)
        program = home / "installation"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        config = home / "the kiss.yaml"
        config.write_text(lines or "film: {title: The Kiss, versions: media/the-kiss}\n", "utf-8")
        return service_of(load_config(config), (str(program),))

    return make


def lines(piece: Piece) -> list[str]:
    return [one for one in piece.content.decode().splitlines() if not one.startswith("#")]


def values(piece: Piece, key: str) -> list[str]:
    return [one.partition("=")[2] for one in lines(piece) if one.startswith(f"{key}=")]


def words(text: str) -> list[str]:
    """As systemd splits a list: quotes taken off, escapes and specifiers resolved."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", one).replace("%%", "%") for one in found]


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1))
def test_any_word_is_read_back_as_it_was(word: str) -> None:
    assert words(unit_text.quoted(word)) == [word]
    assert len(re.findall(r"(?<!%)(?:%%)*%(?!%)", unit_text.plain(word))) == 0


def test_the_wall_is_started_again_whatever_ends_it_but_its_keys(
    make: Make, account: Account
) -> None:
    for unit in (system_unit(make(), account, "cage"), user_unit(make(), account)):
        assert values(unit, "Restart") == ["always"]
        assert values(unit, "RestartPreventExitStatus") == ["0"]
        assert values(unit, "StartLimitIntervalSec") == ["0"]
        assert values(unit, "Type") == ["notify"]
        assert int(values(unit, "WatchdogSec")[0]) > 1  # the wall beats each second


def test_our_own_supervisor_keeps_black_behind_the_wall(make: Make, account: Account) -> None:
    service = make()
    for unit in (user_unit(service, account), system_unit(service, account, "cage")):
        assert words(values(unit, "ExecStart")[0]) == [
            *service.program, "kiosk", "--supervise", str(service.config),
        ]  # fmt: skip


def test_a_users_unit_needs_no_namespace_which_some_systems_forbid(
    make: Make, account: Account
) -> None:
    text = user_unit(make(), account).content.decode()
    needs = re.findall(r"(?m)^(Protect|Private|Read|Bind|Inaccessible|DevicePolicy|Capab).*=", text)
    assert needs == []
    assert "NoNewPrivileges=yes" in text


def test_the_wall_writes_only_where_it_keeps_its_things(make: Make, account: Account) -> None:
    text = "film: {versions: media/the-kiss}\nconform: {cache: copies}\nlog: {folder: played}\n"
    service = make(text)
    beside, home = service.config.parent, account.home
    unit = system_unit(service, account, "x11")
    assert values(unit, "ProtectSystem") == ["strict"]
    assert words(values(unit, "ReadWritePaths")[0]) == [
        f"-{folder}"
        for folder in (
            home / ".cache",
            home / ".local/share/installation",
            home / ".local/state/installation",
            beside / "copies",
            beside / "played",
        )
    ]
    assert str(beside / "copies") in values(unit, "ExecStartPre")[0]
    assert "media" not in values(unit, "ReadWritePaths")[0]


def test_with_receipts_the_folder_around_the_films_is_open_so_that_another_is_seen(
    make: Make, account: Account
) -> None:
    service = make("film: {versions: media/the-kiss, receipts: true}\n")
    unit = system_unit(service, account, "cage")
    assert words(values(unit, "ReadWritePaths")[0])[-1] == f"-{service.config.parent / 'media'}"


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/films /srv/films nfs4 ro 0 0
/dev/sdb1 /media/my\\040stick exfat rw 0 0
systemd-1 /srv/later autofs rw 0 0
//nas/b /srv/later cifs rw 0 0
/dev/sda2 /srv/films/local ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "is_so"),
    [
        ("/home/wall/media", False),
        ("/srv/films/the-kiss", True),
        ("/srv/films/local/the-kiss", False),
        ("/srv/filmsets", False),
        ("/media/my stick/the-kiss", True),
        ("/srv/later", True),
    ],
)
def test_shares_and_sticks_come_and_go(folder: str, is_so: bool) -> None:
    assert places.comes_and_goes(Path(folder), lambda: MOUNTS) is is_so


def test_no_share_keeps_the_wall_from_starting(
    make: Make, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "film: {versions: media/the-kiss, receipts: true}\nconform: {cache: copies}\n"
    service = make(text)
    mounts = f"/dev/sda1 / ext4 rw 0 0\nnas:/x {service.config.parent} nfs4 rw 0 0\n"
    monkeypatch.setattr(places, "_mounts", lambda: mounts)
    unit = system_unit(service, account, "cage")
    named = [*words(values(unit, "ReadWritePaths")[0]), values(unit, "ExecStartPre")[0]]
    assert not any(str(service.config.parent) in one for one in named)
    assert values(unit, "ProtectSystem") == ["full"]  # for what it writes there


def test_only_live_versions_get_the_network(make: Make, account: Account) -> None:
    closed = system_unit(make(), account, "cage")
    assert values(closed, "PrivateNetwork") == ["yes"]
    assert "INET" not in values(closed, "RestrictAddressFamilies")[0]
    live = "film: {versions: x}\nplayback: {allow_protocols: [rtsp]}\n"
    opened = system_unit(make(live), account, "cage")
    assert values(opened, "PrivateNetwork") == []
    assert "AF_INET AF_INET6" in values(opened, "RestrictAddressFamilies")[0]


def test_the_screen_that_the_wall_looks_for_is_the_one_that_is_brought_up(
    make: Make, account: Account
) -> None:
    folder = Path("/etc/systemd/system")
    for display, shown in (("cage", "WAYLAND_DISPLAY=wayland-0"), ("x11", "DISPLAY=:0")):
        wall = system_unit(make(), account, display)  # type: ignore[arg-type]
        assert any(shown in one for one in values(wall, "Environment"))
        screen, *others = screen_pieces(account, display, folder)  # type: ignore[arg-type]
        assert screen.path.name == SCREEN_UNIT == values(wall, "Wants")[0]
        assert [piece.path.suffix for piece in others] == [".conf"] * (display == "x11")


# -- what systemd says


def on_disk(folder: Path, *pieces: Piece) -> list[str]:
    folder.mkdir(exist_ok=True)
    for piece in pieces:
        (folder / piece.path.name).write_bytes(piece.content)
    return [str(folder / piece.path.name) for piece in pieces]


def verified(*units: str, is_user: bool = False) -> list[str]:
    """What systemd complains of, but for a screen's program that is not installed here."""
    done = subprocess.run(
        [str(ANALYZE), "verify", *(["--user"] if is_user else []), *units],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "XDG_RUNTIME_DIR": str(Path(units[0]).parent)},
    )
    is_away = re.compile(rf"{SCREEN_UNIT}: Command \w+ is not executable: No such file.*")
    return [one for one in done.stderr.splitlines() if not is_away.search(one)]


@asks_systemd
@pytest.mark.parametrize("display", ["cage", "x11"])
@pytest.mark.parametrize("folder", ["walls", STRANGE])
def test_systemd_finds_no_mistake(
    make: Make, account: Account, tmp_path: Path, display: Display, folder: str
) -> None:
    service = make("film: {title: '100 % $HOME', versions: x, receipts: true}\n", folder)
    screen = screen_pieces(account, display, tmp_path)[0]
    units = on_disk(tmp_path / "units", system_unit(service, account, display), screen)
    assert verified(*units) == []


@asks_systemd
def test_systemd_finds_no_mistake_in_a_users_unit(
    make: Make, account: Account, tmp_path: Path
) -> None:
    assert verified(*on_disk(tmp_path / "units", user_unit(make(), account)), is_user=True) == []


@asks_systemd
def test_systemd_would_tell_of_a_mistake(make: Make, account: Account, tmp_path: Path) -> None:
    unit = user_unit(make(), account)
    wrong = Piece(unit.path, unit.content.replace(b"WatchdogSec=", b"WatchdogTime="))
    assert len(verified(*on_disk(tmp_path / "units", wrong), is_user=True)) == 1


def exposure(unit: str) -> float:
    done = subprocess.run(
        [str(ANALYZE), "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r"Overall exposure level for .+?: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    return float(found[1])


@asks_systemd
def test_systemd_finds_the_wall_little_exposed(
    make: Make, account: Account, tmp_path: Path
) -> None:
    [unit] = on_disk(tmp_path / "units", system_unit(make(), account, "cage"))
    assert exposure(unit) <= MOST_EXPOSED
    live = make("film: {versions: x}\nplayback: {allow_protocols: [rtsp]}\n")
    [unit] = on_disk(tmp_path / "units", system_unit(live, account, "x11"))
    assert exposure(unit) <= MOST_EXPOSED_LIVE


def test_the_configs_that_we_ship_become_services(account: Account) -> None:
    for path in sorted((Path(__file__).parents[2] / "configs").glob("*.yaml")):
        settings: Config = load_config(path)
        unit = system_unit(service_of(settings, ("/usr/bin/true",)), account, "cage")
        assert unit.path.name == f"installation-{path.stem}.service"
