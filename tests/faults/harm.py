"""What may befall a wall, each to be done at any moment and mended at any later one."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable

from tests.faults.gallery import Gallery, name_of
from tests.processes import children

Mend = Callable[[], None]
Harm = Callable[[Gallery, int, random.Random], Mend]


def truncate(wall: Gallery, version: int, chance: random.Random) -> Mend:
    """A film is shorter of a sudden."""
    with contextlib.suppress(FileNotFoundError), wall.file(version).open("rb+") as file:
        file.truncate(chance.randrange(20_000))
    return lambda: wall.put(version)


def rot(wall: Gallery, version: int, chance: random.Random) -> Mend:
    """A piece of a film is noise of a sudden."""
    with contextlib.suppress(FileNotFoundError), wall.file(version).open("rb+") as file:
        file.seek(chance.randrange(20_000))
        file.write(chance.randbytes(chance.randrange(1, 8000)))
    return lambda: wall.put(version)


def replace_with_garbage(wall: Gallery, version: int, chance: random.Random) -> Mend:
    """Something else has a film's name."""
    garbage = wall.folder / "garbage"
    garbage.write_bytes(chance.randbytes(chance.choice((0, 100, 50_000))))
    wall.file(version).parent.mkdir(exist_ok=True)
    garbage.replace(wall.file(version))
    return lambda: wall.put(version)


def replace_with_another(wall: Gallery, version: int, _: random.Random) -> Mend:
    """Another edition of the same film."""
    wall.put(version)
    return lambda: None


def delete(wall: Gallery, version: int, _: random.Random) -> Mend:
    """A film is away, its folder is not."""
    wall.file(version).unlink(missing_ok=True)
    return lambda: wall.put(version)


def delete_folder(wall: Gallery, version: int, _: random.Random) -> Mend:
    """A version is away."""
    shutil.rmtree(wall.film / name_of(version), ignore_errors=True)
    return lambda: wall.put(version)


def rename(wall: Gallery, version: int, _: random.Random) -> Mend:
    """A film has a name that no film has."""
    bad = wall.file(version).with_name("film.bak")
    with contextlib.suppress(FileNotFoundError):
        wall.file(version).rename(bad)

    def mend() -> None:
        bad.unlink(missing_ok=True)
        wall.put(version)

    return mend


def forbid(wall: Gallery, version: int, _: random.Random) -> Mend:
    """Nobody may read it, but for root."""
    wall.put(version)
    wall.file(version).chmod(0)
    return lambda: wall.put(version)


def take_film_away(wall: Gallery, _: int, __: random.Random) -> Mend:
    """The whole film's folder, as a share that is lost."""
    away = wall.film.with_name("away")
    wall.film.rename(away)

    def mend() -> None:
        away.rename(wall.film)

    return mend


def spoil_config(wall: Gallery, _: int, chance: random.Random) -> Mend:
    """The YAML is none."""
    text = wall.config.read_bytes()
    wall.config.write_bytes(
        chance.choice((b"", chance.randbytes(500), text[: len(text) // 2], text + b"wal: {}\n"))
    )
    return wall.write


def touch_config(wall: Gallery, _: int, chance: random.Random) -> Mend:
    """Somebody tries another layout."""
    kind = chance.choice(("row", "column", "grid"))
    wall.write(wall.config_text().replace("kind: grid", f"kind: {kind}"))
    return wall.write


def kill_helper(wall: Gallery, _: int, __: random.Random) -> Mend:
    """Whatever works for the wall just now."""
    for pid in children(wall.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return lambda: None


def lose_state(wall: Gallery, _: int, chance: random.Random) -> Mend:
    """What it remembers is damaged, or away."""
    remembered = [p for p in wall.state.rglob("*") if p.is_file() and p != wall.config]
    for path in remembered:
        with contextlib.suppress(OSError):
            path.unlink() if chance.random() < 0.5 else path.write_bytes(chance.randbytes(300))
    return lambda: None


def stand_still(wall: Gallery, _: int, chance: random.Random) -> Mend:
    """The machine is busy with something else for a moment."""
    wall.stand_still(chance.choice((0.2, 0.5, 2)))
    return lambda: None


def kill(wall: Gallery, _: int, __: random.Random) -> Mend:
    """The wall's process, which is started again as a supervisor does."""
    wall.kill()
    return lambda: None


def burn_cpu(wall: Gallery, _: int, __: random.Random) -> Mend:
    """Something else wants all of the processor."""
    fires = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2)]

    def mend() -> None:
        for fire in fires:
            fire.kill()
            fire.wait()

    return mend


ON_A_VERSION: tuple[Harm, ...] = (
    *(truncate, rot, replace_with_garbage, replace_with_another, delete, delete_folder, rename),
    forbid,
)
ON_THE_HOUSE: tuple[Harm, ...] = (
    *(take_film_away, spoil_config, touch_config, kill_helper, lose_state, stand_still, burn_cpu),
)
ON_THE_WALL: tuple[Harm, ...] = (kill,)
