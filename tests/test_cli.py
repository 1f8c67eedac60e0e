"""The command line as a curator meets it, each command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clips import make_clip
from tests.stream_server import StreamServer

_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def installation(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in _DISPLAY}
    return subprocess.run(
        [sys.executable, "-m", "installation", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**kept, **environment},
        timeout=60,
    )


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    make_clip(tmp_path / "film" / "2024-03-11 Model B" / "b.mp4", frames=24)
    make_clip(tmp_path / "film" / "2022 Model A" / "a.mkv", frames=12, rate=12, size=(64, 64))
    config = tmp_path / "wall.yaml"
    config.write_text("film: {title: The Kiss, versions: film}\n")
    return config


def test_check_says_what_would_be_shown_and_is_content(wall: Path) -> None:
    done = installation("check", wall)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.index("Model A, 2022"), done.stdout.index("Model B, 2024-03-11")
    assert first < second
    assert "320x180, 24 fps, 00:00:01:00, h264 decoded in software" in done.stdout
    assert "\ndecoded by: PyAV; hardware: " in done.stdout
    assert done.stderr == ""


def test_check_says_where_a_live_version_comes_from_and_what_is_not_allowed(wall: Path) -> None:
    live = wall.parent / "film" / "2026 Live"
    live.mkdir()
    (live / "version.yaml").write_text("source: http://artist:secret@127.0.0.1:9/now.ts\n")
    done = installation("check", wall)
    assert done.returncode == 1
    assert "version.yaml:1:9: source: the protocol http is not allowed" in done.stderr
    wall.write_text(wall.read_text() + "playback: {allow_protocols: http}\n")
    done = installation("check", wall)
    assert (done.returncode, done.stderr) == (0, "")
    said = "live from http://artist@127.0.0.1:9/now.ts, shown as it comes, out of the lock"
    assert said in done.stdout


def test_check_names_every_mistake_with_its_line_and_exits_1(wall: Path) -> None:
    wall.write_text(
        "film: {versions: film}\n"
        "wall:\n"
        "  layout: {kind: custom, tiles: [[0, 0, 1, 1]]}\n"
        "versions:\n"
        "  nobody: {caption: x}\n"
    )
    (wall.parent / "film" / "empty").mkdir()
    done = installation("check", wall)
    assert done.returncode == 1
    assert 'wall.yaml:5:3: versions: there is no folder "nobody"' in done.stderr
    assert 'wall.yaml:3:26: wall.layout.tiles: no rectangle for "2024-03-11 Model B"' in done.stderr
    assert "not shown: empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_the_yaml_is_a_sentence_and_exit_1(wall: Path) -> None:
    wall.write_text("film: {versions: film}\nwall: {layout: {colums: 3}}\n")
    for command in ("check", "play"):
        done = installation(command, wall)
        assert done.returncode == 1
        expected = 'wall.yaml:2:17: wall.layout.colums: unknown setting; did you mean "columns"?\n'
        assert done.stderr == expected


def test_a_missing_film_folder_is_told_with_its_line(wall: Path) -> None:
    wall.write_text("film:\n  versions: nowhere\n")
    done = installation("check", wall)
    assert done.returncode == 1
    assert done.stderr.startswith("wall.yaml:2:")
    assert len(done.stderr.splitlines()) == 1


def test_play_without_a_display_is_a_sentence_not_an_abort(wall: Path) -> None:
    done = installation("play", wall)
    assert done.returncode == 1
    assert done.stderr.startswith("there is no display")


def test_play_runs_offscreen_and_reports(wall: Path) -> None:
    report = wall.parent / "report.json"
    done = installation(
        "play", wall, "--windowed", "320x180", "--loops", "2", "--report", report,
        QT_QPA_PLATFORM="offscreen",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(report.read_text("utf-8"))
    assert told["loops"] == 2
    assert told["film"]["length_frames"] == 24
    assert told["drawing"] == "software"
    assert told["lock"]["mismatches"] == 0
    frames = told["film_frames"]
    assert frames["due"] == 48 == frames["shown"] + frames["dropped"]
    assert told["first_picture_s"] > 0


def test_play_shows_a_live_version_alone(tmp_path: Path) -> None:
    folder, report = tmp_path / "film" / "2026 Live", tmp_path / "report.json"
    folder.mkdir(parents=True)
    with StreamServer() as server:
        (folder / "version.yaml").write_text(f"source: {server.url}\n")
        config = tmp_path / "wall.yaml"
        config.write_text("film: {versions: film}\nplayback: {allow_protocols: http}\n")
        size = ("--windowed", "320x180")
        done = installation(
            "play", config, *size, "--loops", 4, "--report", report, QT_QPA_PLATFORM="offscreen"
        )
    assert done.returncode == 0, done.stderr
    (live,) = json.loads(report.read_text())["live"]
    assert live["name"] == "2026 Live"
    assert live["pictures"] > 0


def test_schema_is_json_that_editors_read(wall: Path) -> None:
    schema = json.loads(installation("schema").stdout)
    assert schema["properties"]["film"]


def test_status_of_a_wall_that_does_not_play_has_its_exit_code_and_loads_no_player(
    wall: Path,
) -> None:
    done = installation("status", wall)
    assert done.returncode == 3
    assert done.stdout.startswith("wall.yaml: no wall plays it; start it with: installation play")
    program = (
        "import sys\n"
        "from installation.cli import cli\n"
        "try:\n"
        "    cli(['status', '--json'])\n"
        "finally:\n"
        "    print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "XDG_STATE_HOME": str(wall.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stderr
    loaded = set(done.stdout.split())
    assert "installation.control.table" in loaded
    assert not {"PySide6", "av", "numpy", "yaml"} & loaded


def test_check_counts_subtitles_and_tells_what_is_wrong_with_those_asked_for(wall: Path) -> None:
    film = wall.parent / "film"
    cue = "1\n00:00:00,500 --> 00:00:01,000\nnie\n\n"
    (film / "film.de.srt").write_text(cue * 3)
    (film / "2022 Model A" / "en.srt").write_text(f"{cue}2\n00:00:02 -> 00:00:03\nnever\n")
    done = installation("check", wall)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nsubtitles of the whole film: de (3)\n" in done.stdout
    assert "\n    subtitles: en (1)\n" in done.stdout
    wall.write_text(wall.read_text() + "subtitles: {language: [de, en]}\n")
    done = installation("check", wall)
    assert done.returncode == 1
    assert done.stderr == (
        "2022 Model A/en.srt:6: is no time from and to; write it as 00:00:01,000 --> 00:00:02,500\n"
    )
