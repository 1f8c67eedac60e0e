"""One fault after another, as chance has it: at the end all is as it was, and nobody saw a mistake.

`INSTALLATION_FAULTS` says how many (100 for the long form), `INSTALLATION_FAULTS_SEED` which.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from tests.faults.gallery import gallery
from tests.faults.harm import (
    ON_A_VERSION,
    ON_THE_HOUSE,
    ON_THE_WALL,
    Harm,
    Mend,
    rot,
    spoil_config,
    take_film_away,
)
from tests.faults.verdict import verdict

COUNT = int(os.environ.get("INSTALLATION_FAULTS", "12"))
SEED = int(os.environ.get("INSTALLATION_FAULTS_SEED", "1"))
VERSIONS = 6
MOST_AT_A_TIME = 3
ALONE = (take_film_away, spoil_config)
"""Who loses both its config and all that it remembers has nothing to show but a slate."""


def test_faults_in_a_row_leave_nothing_behind(tmp_path: Path, films: list[Path]) -> None:
    chance = random.Random(SEED)
    done: list[str] = []
    rotten: set[int] = set()
    with gallery(tmp_path, films[:VERSIONS], seconds=60 + 10 * COUNT) as wall:
        open_faults: list[Mend] = []
        for _ in range(COUNT):
            harm, version = draw(chance)
            if harm in ALONE or len(open_faults) >= MOST_AT_A_TIME:
                mend_all(open_faults)
            done.append(f"{harm.__name__} {version}")
            rotten |= {version} if harm is rot else set()
            open_faults.append(harm(wall, version, chance))
            time.sleep(chance.choice((0, 0.1, 0.5, 1, 2)))
            wall.tend()
            if harm in ALONE:
                mend_all(open_faults)
        mend_all(open_faults)
        status = wall.wait_until_all_on_air()
        wall.rest()
    print(done, wall.ended_by_itself)
    assert wall.ended_by_itself == []
    seen = verdict(wall)
    seen.assert_lock()
    seen.assert_nothing_strange(*rotten)
    seen.assert_never_still()
    assert status.now.mismatches == 0
    assert status.mistakes == ()
    assert seen.seen[-1].tiles.keys() == {*range(VERSIONS)}
    assert [line.text for line in wall.logged() if "Traceback" in line.text] == []


def draw(chance: random.Random) -> tuple[Harm, int]:
    """A harm, to any version but the first two."""
    kind = chance.choices((ON_A_VERSION, ON_THE_HOUSE, ON_THE_WALL), (6, 4, 1))[0]
    return chance.choice(kind), chance.randrange(2, VERSIONS)


def mend_all(faults: list[Mend]) -> None:
    """In reverse."""
    while faults:
        faults.pop()()
