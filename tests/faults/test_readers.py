"""A reader that is slow, fails, or never answers again takes its version off air, and no other."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults.gallery import KIOSK, gallery, name_of
from tests.faults.ill_readers import ILLS
from tests.faults.verdict import verdict

SLOW, RAISING, FAULTY, STUCK = range(2, 6)
ILL = ("off air", "rejected")


def test_ill_readers_take_nobody_along_and_come_back_when_they_are_well(
    tmp_path: Path, films: list[Path]
) -> None:
    ills = tmp_path / "ills.json"
    program = ("-m", "tests.faults.ill_readers", *KIOSK[2:])
    environment = {ILLS: str(ills)}
    with gallery(
        tmp_path, films[:6], seconds=300, program=program, environment=environment
    ) as wall:
        said = {}
        for version, ill in [(SLOW, "slow"), (RAISING, "raise"), (FAULTY, "fault")]:
            ills.write_text(json.dumps({name_of(version): ill}))
            said[ill] = wall.wait_until_told(version, *ILL)
        wall.rest()
        ills.write_text("{}")
        wall.wait_until_all_on_air()
        ills.write_text(json.dumps({name_of(STUCK): "stuck"}))
        said["stuck"] = wall.wait_until_told(STUCK, *ILL)
        wall.wait_until_all_on_air()
        wall.rest()
        status = wall.wait_until_all_on_air()
    print(said)
    assert "the test says so" in said["fault"]
    verdict(wall).assert_well(0, 1)
    assert status.now.mismatches == 0
    assert wall.ended_by_itself == []
