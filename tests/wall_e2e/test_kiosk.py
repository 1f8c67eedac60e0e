"""A kiosk with nobody there: whatever happens to it, visitors see the film, or black."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installation.config import load_config
from installation.control.statefile import walls
from installation.control.status import WallStatus
from installation.kiosk.exits import RESTART
from installation.kiosk.last_good import Good, LastGood
from tests.faults.onlooker import glance
from tests.processes import is_running
from tests.wall_e2e.kiosk import PATIENCE_S, Kiosk, kiosk_in, log_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Xvfb and /proc")

OPENED = """
import sys
from installation.app import scan_film
import installation.show
from installation.config import load_config
from installation.decode.av_reader import AvReader
scan_film(load_config(__import__("pathlib").Path(sys.argv[1])))
"""
CRASHES = """
import os, signal, sys
given = " ".join(sys.argv) + " ".join(getattr(sys, "orig_argv", []))
if "--tethered" in given:
    config = next(word for word in sys.orig_argv if word.endswith(".yaml"))
    if "Crash" in open(config).read() and "--last-good" not in given or os.path.exists(
        os.path.join(os.path.dirname(config), "crash-all")
    ):
        os.kill(os.getpid(), signal.SIGSEGV)
"""
"""A wall that some configs crash, hard and early: `sitecustomize.py` of its Python."""


def crashing(folder: Path) -> str:
    """A PYTHONPATH with it."""
    place = folder / "python"
    place.mkdir()
    (place / "sitecustomize.py").write_text(CRASHES)
    return os.pathsep.join([str(place), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])


def opening_s(kiosk: Kiosk) -> float:
    """How long this machine takes just now to import everything and to open the films."""
    begun = time.monotonic()
    command = [sys.executable, "-c", OPENED, str(kiosk.config)]
    subprocess.run(command, env=kiosk.environment, check=True)
    return time.monotonic() - begun


def test_a_wall_that_is_killed_or_hangs_is_back_and_no_desktop_is_seen(tmp_path: Path) -> None:
    with kiosk_in(tmp_path) as kiosk:
        kiosk.write()
        kiosk.start("--supervise")
        kiosk.wait_for_pictures(0, 1)
        first, backdrop = kiosk.wall, kiosk.backdrop
        usual_s = opening_s(kiosk)
        kiosk.harm(first, signal.SIGKILL)
        gone_s = kiosk.wait_for(lambda: glance(kiosk.environment["DISPLAY"]) == set())
        back_s = gone_s + kiosk.wait_for_pictures(0, 1)
        assert back_s < 3 * usual_s, (back_s, usual_s)
        assert kiosk.backdrop == backdrop

        second = kiosk.wall
        kiosk.harm(second, signal.SIGSTOP)
        kiosk.wait_for_another_wall(second)
        assert not is_running(second)
        kiosk.wait_for_pictures(0, 1)

        # and so it is where the black behind it had gone, too
        third = kiosk.wall
        os.kill(kiosk.backdrop, signal.SIGKILL)
        kiosk.wait_for_pictures(0, 1)
        last = kiosk.wall
        assert last == third, "it plays on"
        assert kiosk.end() == 0
        assert not any(map(is_running, (first, second, last, backdrop)))
    seen = kiosk.seen_from_the_first_black_on()
    assert not any(sight.is_desktop for sight in seen)
    assert not any(sight.others for sight in seen), "nothing but the film and black"
    errors = log_of(kiosk, "ERROR")
    assert len(errors) == 3, errors
    assert "was ended by signal 9" in errors[0]
    assert "the wall hangs" in errors[1]


def test_a_wall_whose_supervisor_is_gone_ends_too(tmp_path: Path) -> None:
    with kiosk_in(tmp_path, versions=1) as kiosk:
        kiosk.write()
        kiosk.start("--supervise")
        kiosk.wait_for_pictures(0)
        processes = [kiosk.wall, kiosk.backdrop]
        assert kiosk.process is not None
        kiosk.process.kill()
        kiosk.process.wait()
        kiosk.wait_for(lambda: not any(map(is_running, processes)))


def test_a_crash_loop_plays_the_last_good_config_until_the_file_is_mended(tmp_path: Path) -> None:
    with kiosk_in(tmp_path) as kiosk:
        kiosk.write("Good")
        kept = LastGood(kiosk.config, tmp_path / "state" / "installation")
        kept.keep(load_config(kiosk.config), Good.PLAYED_WELL)
        kiosk.write("Crash", layout="column")
        kiosk.start("--supervise", PYTHONPATH=crashing(tmp_path))
        kiosk.wait_for_a_row()  # as in the good one
        assert "with the last config that played well" in kiosk.said
        wall = kiosk.wall
        kiosk.write("Mended", layout="column")
        kiosk.wait_for(lambda: "title='Mended'" in str(kept.load(Good.PLAYED)))
        kiosk.wait_for_a_column()
        assert kiosk.wall == wall, "taken as any edit"
        assert kiosk.end() == 0
    seen = kiosk.seen_from_the_first_black_on()
    assert not any(sight.is_desktop or sight.others for sight in seen)


def test_where_nothing_plays_a_slate_stands_and_it_is_tried_again(tmp_path: Path) -> None:
    with kiosk_in(tmp_path, versions=1) as kiosk:
        kiosk.write("Crash and Burn")
        (tmp_path / "crash-all").touch()
        kiosk.start("--supervise", PYTHONPATH=crashing(tmp_path))
        kiosk.wait_for(lambda: "(6 in a row)" in kiosk.said)
        kiosk.wait_for(lambda: is_lit(kiosk))  # the title
        (tmp_path / "crash-all").unlink()
        kiosk.write("The Kiss")
        kiosk.wait_for_pictures(0)
        assert kiosk.end() == 0
    seen = kiosk.seen_from_the_first_black_on()
    assert not any(sight.is_desktop for sight in seen)


def is_lit(kiosk: Kiosk) -> bool:
    """Whether anything but black is on the screen."""
    import mss

    with mss.MSS(display=kiosk.environment["DISPLAY"]) as screen:
        return max(bytes(screen.grab(screen.monitors[0]).rgb)) > 100


def test_a_bad_file_at_boot_plays_the_last_good_one_and_the_mended_one_at_once(
    tmp_path: Path,
) -> None:
    with kiosk_in(tmp_path) as kiosk:
        kiosk.write("First")
        kiosk.start()
        kiosk.wait_for_pictures(0, 1)
        kept = LastGood(kiosk.config, tmp_path / "state" / "installation")
        kiosk.wait_for(lambda: kept.load(Good.PLAYED) is not None)
        assert kiosk.process is not None
        kiosk.process.kill()
        kiosk.process.wait()

        garbage = "film: {versions: film\nwall: {layuot: row}\n"
        kiosk.save(garbage)
        before = kiosk.config.stat()
        kiosk.start()
        kiosk.wait_for_a_row()
        kiosk.wait_for(lambda: "the last good config plays:\nwall.yaml:" in kiosk.said)
        kiosk.wait_for(lambda: any("wall.yaml:" in str(w.mistakes) for w in standing(kiosk)))
        assert kiosk.config.read_text() == garbage
        assert kiosk.config.stat().st_mtime_ns == before.st_mtime_ns

        kiosk.write("Mended", layout="column")
        kiosk.wait_for(lambda: getattr(kept.load(Good.PLAYED), "text", b"") == read(kiosk))
        kiosk.wait_for_a_column()
        assert kiosk.end() == 0


def read(kiosk: Kiosk) -> bytes:
    return kiosk.config.read_bytes()


class Systemd:
    """Where systemd would listen."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(0.01)
        self.words: list[str] = []

    def listen(self) -> list[str]:
        """All it was told so far."""
        try:
            while True:
                self.words += self._socket.recv(4096).decode().splitlines()
        except TimeoutError:
            return self.words

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


def test_it_waits_for_what_is_not_there_yet_and_tells_systemd(tmp_path: Path) -> None:
    systemd = Systemd(tmp_path)
    with kiosk_in(tmp_path, versions=1) as kiosk:
        (tmp_path / "film").rename(tmp_path / "away")
        kiosk.start(NOTIFY_SOCKET=systemd.address, WATCHDOG_USEC="10000000")
        kiosk.wait_for(lambda: "READY=1" in systemd.listen())
        kiosk.wait_for(lambda: is_lit(kiosk))  # a slate, and no config
        beats = systemd.listen().count("WATCHDOG=1")
        kiosk.wait_for(lambda: systemd.listen().count("WATCHDOG=1") > beats + 2)

        kiosk.write("Still Without Its Film")
        kiosk.wait_for(lambda: "there is no such folder" in kiosk.said)
        kiosk.wait_for(lambda: "STATUS=Still Without Its Film: 0 of 0" in told(systemd))
        (tmp_path / "away").rename(tmp_path / "film")
        kiosk.wait_for_pictures(0)
        kiosk.wait_for(lambda: "Film: 1 of 1 versions on air" in told(systemd))
        beats = systemd.listen().count("WATCHDOG=1")
        kiosk.wait_for(lambda: systemd.listen().count("WATCHDOG=1") > beats + 2)
        assert "STOPPING=1" not in systemd.listen()
        assert kiosk.end() == 0
        assert systemd.listen()[-1] == "STOPPING=1"
    systemd.close()
    assert not any(sight.is_desktop for sight in kiosk.seen_from_the_first_black_on())


def told(systemd: Systemd) -> str:
    return "\n".join(systemd.listen())


def test_a_folder_whose_name_was_mended_needs_nobody_to_start_the_wall_again(
    tmp_path: Path,
) -> None:
    with kiosk_in(tmp_path, versions=1) as kiosk:
        (tmp_path / "film").rename(tmp_path / "the film")
        kiosk.write()
        kiosk.start()
        kiosk.wait_for(lambda: is_slate(kiosk))
        kiosk.save(kiosk.config.read_text().replace("versions: film", "versions: the film"))
        assert kiosk.process is not None
        assert kiosk.process.wait(PATIENCE_S) == RESTART
        kiosk.start()
        kiosk.wait_for_pictures(0)
        assert kiosk.end() == 0


def is_slate(kiosk: Kiosk) -> bool:
    """Whether the wall is up, and has nothing to show."""
    return "there is no such folder" in kiosk.said and bool(standing(kiosk))


def standing(kiosk: Kiosk) -> list[WallStatus]:
    """What `installation status` tells of it."""
    return walls(kiosk.config, kiosk.folder / "state" / "installation" / "walls")


def test_play_still_says_what_is_missing(tmp_path: Path) -> None:
    with kiosk_in(tmp_path, versions=0) as kiosk:
        kiosk.write()
        command = [sys.executable, "-m", "installation", "play", str(kiosk.config)]
        done = subprocess.run(command, env=kiosk.environment, capture_output=True, text=True)
        assert done.returncode == 1
        assert "there is no such folder; make it, or mend" in done.stderr
