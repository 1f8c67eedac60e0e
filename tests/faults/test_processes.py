"""The wall's process, or one that works for it, is killed or stands still."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.gallery import PATIENCE_S, Gallery, gallery
from tests.faults.verdict import Verdict, verdict
from tests.processes import children_with
from tests.sound_server import REMEDY, SoundServer, is_there
from tests.wall_e2e.faults import wait_for

STANDS_STILL_S = float(os.environ.get("INSTALLATION_STANDS_STILL_S", "6"))
IMPORT_AND_OPEN = """
import av, sys
import installation.show
with av.open(sys.argv[1]) as film:
    next(film.decode(video=0))
"""


def test_killed_helpers_are_not_missed(tmp_path: Path, films: list[Path]) -> None:
    with gallery(tmp_path, films[:3], seconds=200) as wall:
        wall.films.append(films[3])
        wall.put(3)
        kill_one(wall, "probing.py")
        wall.wait_until_all_on_air()
        wall.rest()
    seen = verdict(wall)
    seen.assert_well(0, 1, 2)
    assert seen.seen[-1].tiles.keys() == {0, 1, 2, 3}
    assert wall.ended_by_itself == []


@pytest.mark.skipif(not is_there(), reason=REMEDY)
def test_a_killed_sound_process_or_server_is_another_soon(
    tmp_path: Path, films: list[Path]
) -> None:
    (tmp_path / "pulse").mkdir()
    with (
        SoundServer(tmp_path / "pulse") as server,
        gallery(tmp_path, films[:3], seconds=200, environment=server.environment) as wall,
    ):
        wall.write(wall.config.read_text() + "sound: {from: latest}\n")
        for _ in range(3):
            kill_one(wall, "installation.sound.process")
        server.kill()
        wall.rest()
        server.start()
        kill_one(wall, "installation.sound.process")
        wall.rest()
        wall.wait_until_all_on_air()
    verdict(wall).assert_well(0, 1, 2)
    assert wall.ended_by_itself == []


def kill_one(wall: Gallery, program: str) -> None:
    """As soon as there is one."""

    def found() -> list[int]:
        return children_with(wall.pid, program)

    wait_for(lambda: bool(found()), PATIENCE_S, lambda: f"no {program} came")
    for pid in found():
        os.kill(pid, signal.SIGKILL)


def test_a_wall_that_is_killed_or_stands_still_is_back_where_the_film_is(
    tmp_path: Path, films: list[Path]
) -> None:
    with gallery(tmp_path, films[:4], seconds=200) as wall:
        wall.rest(2)
        wall.stand_still(STANDS_STILL_S)
        wall.rest(2)
        import_and_open_s = time_import_and_open(wall)
        wall.rest()
        killed_ns = time.monotonic_ns()
        wall.kill()
        wall.wait_until_all_on_air()
        wall.rest(2)
        spoilt_ns = time.monotonic_ns()
        wall.kill(meanwhile=lambda: spoil_state(wall))
        wall.wait_until_all_on_air()
        wall.rest()
    seen = verdict(wall)
    back_s = back_after_ns(seen, killed_ns) / 1e9
    print(f"back after {back_s:.2f} s; to import and open takes {import_and_open_s:.2f} s")
    seen.assert_well(0, 1, 2, 3, in_place_until_ns=spoilt_ns)
    assert back_s < 3 * import_and_open_s
    assert wall.ended_by_itself == []


def spoil_state(wall: Gallery) -> None:
    """All that the wall remembers is noise, as after a disk's fault."""
    chance = random.Random(8)
    remembered = [p for p in wall.state.rglob("*") if p.is_file() and p != wall.config]
    assert len(remembered) > 3
    for path in remembered:
        whole = path.read_bytes()
        path.write_bytes(whole[:400] + chance.randbytes(max(0, len(whole) - 400)))


def time_import_and_open(wall: Gallery) -> float:
    """How long this machine takes for what no start can do without."""
    begun = time.monotonic()
    command = [sys.executable, "-c", IMPORT_AND_OPEN, str(wall.films[0])]
    subprocess.run(command, check=True, env=wall.environment)
    return time.monotonic() - begun


def back_after_ns(seen: Verdict, killed_ns: int) -> int:
    """From the kill to the first picture of the film."""
    gone = next(s.ns for s in seen.seen if s.ns > killed_ns and not s.is_wall)
    return next(s.ns for s in seen.seen if s.ns > gone and s.is_wall) - killed_ns
