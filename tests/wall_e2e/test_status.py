"""A running wall tells another process how it stands, and each artist what became of theirs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.clips import make_clip
from tests.wall_e2e.screen import XvfbScreen

WAIT_S = 20


def write(config: Path, layout: str = "{kind: row}", settle_s: float = 0.5) -> None:
    other = config.with_suffix(".new")
    other.write_text(
        f"film: {{title: The Kiss, versions: film, receipts: true, settle_s: {settle_s}}}\n"
        "wall:\n"
        "  fade_in_ms: 0\n"
        f"  layout: {layout}\n"
        "playback: {drawing: software}\n"
    )
    other.replace(config)


def status(screen: XvfbScreen, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "installation", "status", *map(str, arguments)],
        env=screen.environment, capture_output=True, text=True, timeout=WAIT_S,
    )  # fmt: skip


def wall_that(
    screen: XvfbScreen, config: Path, claim: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """What the wall says once the claim is true of it."""
    end = time.monotonic() + WAIT_S
    while True:
        walls = json.loads(status(screen, config, "--json").stdout)
        if walls and claim(walls[0]):
            return walls[0]  # type: ignore[no-any-return]
        assert time.monotonic() < end, walls
        time.sleep(0.1)


@contextmanager
def playing(screen: XvfbScreen, config: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "installation", "play", str(config), "--windowed", "640x360"]
    wall = subprocess.Popen(command, env=screen.environment, stderr=subprocess.PIPE, text=True)
    try:
        yield wall
    finally:
        wall.kill()
        wall.communicate(timeout=WAIT_S)


def states(wall: dict[str, Any]) -> dict[str, str]:
    return {version["name"]: version["state"] for version in wall["versions"]}


def receipt(folder: Path) -> str:
    path = folder / "receipt.txt"
    return path.read_text("utf-8-sig") if path.exists() else ""


def test_the_table_the_mistakes_and_the_receipts_of_a_running_wall(
    screen: XvfbScreen, tmp_path: Path
) -> None:
    film, config = tmp_path / "film", tmp_path / "wall.yaml"
    good, cut, new = (film / name for name in ("2022 Sora", "2023 Cut", "2024 Veo"))
    whole = make_clip(good / "film.mp4", frames=24, gop=12).read_bytes()
    cut.mkdir()
    (cut / "film.mp4").write_bytes(whole[: len(whole) // 2])
    write(config)
    assert status(screen, config).returncode == 3
    with playing(screen, config) as wall:
        wanted = {"2022 Sora": "on air", "2023 Cut": "rejected"}
        told = wall_that(screen, config, lambda wall: states(wall) == wanted)
        assert told["standing"] == "playing"
        assert told["pid"] == wall.pid
        assert told["versions"][0]["credit_from"] == "folder name"

        said = status(screen, config)
        assert said.returncode == 1
        assert said.stderr == ""
        assert said.stdout.startswith("The Kiss: plays since ")
        row = "  on air    2022 Sora  Sora, 2022 (from folder name)"
        assert row in said.stdout
        assert "2023 Cut/film.mp4: ends early" in said.stdout
        assert " 0 mismatches" in said.stdout

        write(config, "{kind: row, gpa: 0}")
        told = wall_that(screen, config, lambda wall: bool(wall["mistakes"]))
        expected = 'wall.yaml:4:23: wall.layout.gpa: unknown setting; did you mean "gap"?'
        assert told["mistakes"] == [expected]
        assert expected in status(screen, config).stdout
        write(config, "{kind: column}", settle_s=1)
        told = wall_that(screen, config, lambda wall: not wall["mistakes"])
        assert told["layout"] == "column"
        assert told["at_next_start"] == ["film.settle_s"]

        new.mkdir()
        (new / "film.mp4").write_bytes(whole)
        arriving = wall_that(screen, config, lambda wall: "2024 Veo" in states(wall))
        assert arriving["layout"] == "column"
        wall_that(screen, config, lambda wall: states(wall)["2024 Veo"] == "on air")
        end = time.monotonic() + WAIT_S
        while not receipt(new).startswith("on air since "):
            assert time.monotonic() < end, receipt(new)
            time.sleep(0.05)
        assert receipt(good).startswith("on air since ")
        assert receipt(cut).startswith("rejected since ")
        assert "2023 Cut/film.mp4: ends early" in receipt(cut)
        assert wall_that(screen, config, lambda wall: True)["now"]["mismatches"] == 0

        wall.send_signal(signal.SIGTERM)
        assert wall.wait(WAIT_S) == 0
    assert status(screen, config).returncode == 3


def test_a_wall_that_was_killed_is_missed(screen: XvfbScreen, tmp_path: Path) -> None:
    make_clip(tmp_path / "film" / "2022 Sora" / "film.mp4", frames=24)
    config = tmp_path / "wall.yaml"
    write(config)
    with playing(screen, config) as wall:
        wall_that(screen, config, lambda wall: states(wall) == {"2022 Sora": "on air"})
        assert status(screen, config).returncode == 0
        wall.kill()
        wall.wait(WAIT_S)
    said = status(screen, config)
    assert said.returncode == 4
    assert said.stdout.startswith("The Kiss: ended without being asked, last seen ")
