"""Junk by the hundred lands in the film's folder: the wall plays on, and costs what it cost."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

from installation.control.status import WallStatus
from tests.clips import make_clip
from tests.wall_e2e.live import Live, check_lock, live
from tests.wall_e2e.screen import XvfbScreen

RATE, LENGTH = 24, 48
MEASURED_S = 8
PATIENCE_S = 120
FILES, FOLDERS = 1000, 200
ODD_NAMES = ("junk", "2024-13", "é\u202e", "$(x)", "a\nb", "ä ..")
COMING = {"arriving", "settling", "probing"}


def drop_junk(film: Path) -> None:
    """Everything at once, as an upload gone wrong: beside the versions and inside them."""
    chance = random.Random(7)
    for number in range(FILES):
        place = film / f"{2021 + number % 4} V" if number % 3 == 0 else film
        suffix = chance.choice([".txt", ".jpg", ""] if place != film else [".mp4", ".txt", ".mov"])
        (place / f"junk {number}{suffix}").write_bytes(chance.randbytes(chance.randrange(2000)))
    for number in range(FOLDERS):
        make_junk_folder(film / f"{chance.choice(ODD_NAMES)} {number}", number)


def make_junk_folder(folder: Path, number: int) -> None:
    """One of ten kinds."""
    folder.mkdir()
    film = folder / "film.mp4"
    match number % 10:
        case 0:
            film.write_bytes(random.Random(number).randbytes(100_000))
        case 1:
            film.touch()
        case 2:
            film.write_text("this is no film\n" * 100)
        case 3:
            film.symlink_to("film.mp4")
        case 4:
            os.mkfifo(film)
        case 5:
            with film.open("wb") as file:
                file.truncate(1 << 40)
        case 6:
            deep = folder.joinpath(*["deep"] * 30)
            deep.mkdir(parents=True)
            (deep / "film.mp4").write_bytes(b"far down")
        case 7:
            film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(5000))  # begins as a film does
        case 8:
            folder.rmdir()
            folder.symlink_to(folder.name)
        case 9:
            for twin in range(30):
                (folder / f"{twin}.mov").write_bytes(b"one of many")


def is_decided(status: WallStatus) -> bool:
    states = [version.state for version in status.versions]
    return states.count("rejected") == FOLDERS and not COMING & {*states}


def cpu_per_picture(wall: Live) -> tuple[float, float]:
    """What a picture costs over a while, in seconds, and the share that was late or dropped."""
    before, cpu = wall.tally(), wall.cpu_s()
    time.sleep(MEASURED_S)
    after, used = wall.tally(), wall.cpu_s() - cpu
    pictures, trouble = after.pictures - before.pictures, after.trouble - before.trouble
    return used / pictures, trouble / (MEASURED_S * RATE)


def test_the_wall_plays_on_among_junk_and_costs_what_it_cost(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    film, config = tmp_path / "film", tmp_path / "wall.yaml"
    for number in range(5):
        folder = tmp_path / "ready" if number == 4 else film / f"{2021 + number} V"
        make_clip(folder / "film.mp4", frames=LENGTH, size=(640, 360), gop=12, version=number)
    config.write_text(
        f"film: {{versions: '{film}', settle_s: 0.5}}\n"
        "wall: {fade_in_ms: 0, transition_ms: 0, captions: none}\n"
        "playback: {drawing: software}\n"
    )
    with live(screen, config, seconds=280) as wall:
        wall.wait_for(lambda status: status.now.pictures > 2 * LENGTH, PATIENCE_S)
        cpu_before, late_before = cpu_per_picture(wall)
        before = wall.tally()
        drop_junk(film)
        (tmp_path / "ready").rename(film / "zz real")  # last by name, in the midst of it
        newcomer_s = wall.wait_for(
            lambda status: any(
                v.name == "zz real" and v.state == "on air" for v in status.versions
            ),
            PATIENCE_S,
        )
        decided_s = wall.wait_for(is_decided, PATIENCE_S)
        during = wall.tally()
        status = wall.status()
        shutil.rmtree(film / "zz real")
        wall.wait_for(lambda status: len(status.versions) == FOLDERS + 4, PATIENCE_S)
        cpu_after, late_after = cpu_per_picture(wall)
        memory = [wall.memory_mb()]
        time.sleep(MEASURED_S)  # a few rounds more
        memory.append(wall.memory_mb())
        log = wall.logged()
    late_meanwhile = (during.trouble - before.trouble) / (RATE * (newcomer_s + decided_s))
    print(
        f"CPU s a picture: {cpu_before:.4f}, then {cpu_after:.4f}; memory {memory} MB; "
        f"late {late_before:.1%}, {late_meanwhile:.1%}, {late_after:.1%}; the newcomer is on air "
        f"after {newcomer_s:.1f} s, the junk rejected after {newcomer_s + decided_s:.1f} s"
    )
    check_lock(wall.glances.seen)
    assert during.mismatches == 0
    rejected = [v for v in status.versions if v.state == "rejected"]
    assert len({v.sentence for v in rejected}) == FOLDERS
    assert all(v.sentence.startswith(v.name) and "; " in v.sentence for v in rejected)
    loose = [path.name for path in film.iterdir() if path.suffix in (".mp4", ".mov")]
    assert len(loose) > FILES / 3
    assert [any(notice.startswith(f"{name}: ") for notice in status.notices) for name in loose]
    assert cpu_after < 1.25 * cpu_before
    assert memory[1] - memory[0] < 8
    assert late_meanwhile < 3 * late_before + 0.25
    assert late_after < 3 * late_before + 0.1
    warnings = [line for line in log if line.level != "INFO"]
    assert len(warnings) < FOLDERS + FILES / 10  # loose files are said in one line from some on
