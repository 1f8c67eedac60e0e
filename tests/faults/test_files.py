"""What becomes of a film's files while they are on air: told, taken off, and back when mended."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

from tests.faults.gallery import gallery, name_of
from tests.faults.verdict import verdict

TRUNCATED, DELETED, RENAMED, GARBAGE, ROTTEN, FORBIDDEN = range(2, 8)
"""0 and 1 are left alone."""
TOLD = (TRUNCATED, DELETED, GARBAGE, ROTTEN)
"""One that was renamed is shown from under its new name."""


def test_whatever_becomes_of_files_on_air_the_others_play_on_and_all_come_back(
    tmp_path: Path, films: list[Path]
) -> None:
    chance = random.Random(5)
    with gallery(tmp_path, films, seconds=300) as wall:
        wall.rest()
        with wall.file(TRUNCATED).open("rb+") as file:
            file.truncate(6000)
        wall.file(DELETED).unlink()
        wall.file(RENAMED).rename(wall.file(RENAMED).with_name("film.bak"))
        other = wall.folder / "garbage"
        other.write_bytes(chance.randbytes(40_000))
        other.replace(wall.file(GARBAGE))
        with wall.file(ROTTEN).open("rb+") as file:  # in its place, as a disk does
            file.seek(4000)
            file.write(chance.randbytes(wall.file(ROTTEN).stat().st_size - 8000))
        wall.file(FORBIDDEN).chmod(0)
        said = {number: wall.wait_until_told(number, "rejected") for number in TOLD}
        if os.geteuid():
            said[FORBIDDEN] = wall.wait_until_told(FORBIDDEN, "rejected")
        wall.rest(2)
        for number in range(2, 8):
            shutil.rmtree(wall.film / name_of(number)) if number == RENAMED else None
            wall.put(number)
        wall.wait_until_all_on_air()
        wall.rest(2)
        status = wall.wait_until_all_on_air()
    print(said)
    for number, sentence in said.items():
        assert name_of(number) in sentence
        assert "; " in sentence
    assert "ends early" in said[TRUNCATED]
    assert "not in a video format" in said[GARBAGE]
    seen = verdict(wall)
    seen.assert_well(0, 1)
    assert wall.ended_by_itself == []
    assert status.now.mismatches == 0
    assert seen.seen[-1].tiles.keys() == {*range(8)}
