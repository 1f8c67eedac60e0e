"""What is done ahead of an opening, as a curator does it: conform, fixity, cache."""

from __future__ import annotations

import errno
import os
import pty
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import pytest

from installation.control.statefile import StateFile
from installation.control.status import Now, WallStatus, moment
from installation.film import CalendarClock
from tests.clips import make_clip
from tests.library.mezzanines import rot
from tests.processes import children, is_running

PATIENCE_S = 120
ONE, TWO = "2022 Model A", "2024-03-11 Model B"


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    make_clip(tmp_path / "film" / ONE / "a.mkv", frames=24, size=(320, 180), version=1)
    make_clip(tmp_path / "film" / TWO / "b.mp4", frames=24, size=(640, 360), version=2)
    config = tmp_path / "wall.yaml"
    config.write_text("film: {versions: film}\nconform: {cache: mezzanines}\n")
    return config


def start(
    *arguments: object, data: Path, preexec_fn: Callable[[], None] | None = None, **places: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "installation", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_DATA_HOME": str(data), **places},
        preexec_fn=preexec_fn,
    )


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
        with start(*arguments, data=tmp_path / "data", **more) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run


Run = Callable[..., subprocess.CompletedProcess[str]]


def until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_S * 100):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to that")


def mezzanines(wall: Path) -> list[Path]:
    return sorted((wall.parent / "mezzanines").glob("*.mp4"))


# -- conform


def test_conform_makes_every_version_at_the_size_it_is_shown_at(wall: Path, run: Run) -> None:
    done = run("conform", wall, "--size", "640x360", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert f"{ONE}: is conformed to " in done.stdout
    assert f"{TWO}: is conformed to " in done.stdout
    assert done.stdout.endswith(f"2 of 2 versions are conformed, in {wall.parent / 'mezzanines'}\n")
    sizes = set()
    for path in mezzanines(wall):
        with av.open(path) as film:
            frames = sum(1 for _ in film.decode(video=0))
            sizes.add((frames, film.streams.video[0].width))
    told = {(24, int(line.split()[-1].split("x")[0])) for line in done.stdout.splitlines()[:2]}
    assert sizes == told
    assert max(width for _, width in sizes) <= 640

    again = run("conform", wall, "--size", "640x360")
    assert sorted(again.stdout.splitlines()) == sorted(done.stdout.splitlines())
    assert len(mezzanines(wall)) == 2


def test_a_cropped_picture_is_conformed_so_that_what_is_shown_fills_its_tile(
    wall: Path, run: Run
) -> None:
    """A tile as high as the wall and a quarter as wide shows a narrow part of the whole."""
    wall.write_text(wall.read_text() + "wall: {layout: {kind: row, fit: cover, gap: 0, margin: 0}}")
    done = run("conform", wall, "--size", "160x360")
    assert f"{TWO}: is conformed to 640x360\n" in done.stdout


def test_conform_says_what_cannot_be_conformed_and_does_the_rest(wall: Path, run: Run) -> None:
    broken = wall.parent / "film" / "2025 Broken"
    broken.mkdir()
    (broken / "film.mp4").write_bytes(b"no film")
    done = run("conform", wall)
    assert done.returncode == 1
    assert "not shown: 2025 Broken" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("2 of 3 versions are conformed")


def test_conform_shows_a_bar_on_a_terminal(wall: Path, tmp_path: Path) -> None:
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "installation", "conform", str(wall)],
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # how a terminal says that nobody is there any more
        while part := os.read(terminal, 4096):
            shown += part
    os.close(terminal)
    assert process.wait(PATIENCE_S) == 0
    assert b"100%" in shown
    assert shown.count(b"is conformed to") == 2


def test_a_killed_conform_leaves_nothing_that_counts_and_the_next_mends_it(
    tmp_path: Path, run: Run
) -> None:
    make_clip(tmp_path / "film" / ONE / "a.mp4", frames=120, size=(1280, 720))
    wall = tmp_path / "wall.yaml"
    wall.write_text("film: {versions: film}\nconform: {cache: mezzanines}\n")
    with start("conform", wall, data=tmp_path / "data") as process:
        cache = tmp_path / "mezzanines"
        until(lambda: any(part.stat().st_size for part in cache.glob("*.part")))
        worker = children(process.pid)
        assert worker, "it works in a process of its own"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
    until(lambda: not any(map(is_running, worker)))
    assert mezzanines(wall) == []
    (left,) = cache.iterdir()
    assert left.suffix == ".part"

    done = run("conform", wall)
    assert done.returncode == 0, done.stderr
    assert len(mezzanines(wall)) == 1
    assert not left.exists()
    assert run("cache", "verify", wall).returncode == 0


def test_a_conform_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    make_clip(tmp_path / "film" / ONE / "a.mp4", frames=120, size=(1280, 720))
    wall = tmp_path / "wall.yaml"
    wall.write_text("film: {versions: film}\nconform: {cache: mezzanines}\n")
    with start("conform", wall, data=tmp_path / "data") as process:
        cache = tmp_path / "mezzanines"
        until(lambda: any(cache.glob("*.part")))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("plays", [True, False])
def test_conform_gives_way_to_a_wall_that_plays(tmp_path: Path, plays: bool) -> None:
    """Beside one, all is done only while the machine is idle otherwise."""
    make_clip(tmp_path / "film" / ONE / "a.mp4", frames=120, size=(1280, 720))
    wall = tmp_path / "wall.yaml"
    wall.write_text("film: {versions: film}\nconform: {cache: mezzanines}\n")
    state = tmp_path / "state"
    if plays:
        post(state, wall)
    with start("conform", wall, data=tmp_path / "data", XDG_STATE_HOME=str(state)) as process:
        until(lambda: any((tmp_path / "mezzanines").glob("*.part")))
        (worker,) = children(process.pid)
        assert os.sched_getscheduler(worker) == (os.SCHED_IDLE if plays else os.SCHED_OTHER)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)


def post(state: Path, wall: Path) -> None:
    """As this process would, were it a wall."""
    now = Now(moment(CalendarClock().now_ns()), True, 1, 0, "00:00:00:00", 1, 0, 1, 0, 0, 0)
    status = WallStatus(
        title="The Kiss",
        config=str(wall),
        pid=os.getpid(),
        started=now.seen,
        rate="24",
        length="00:00:10:00",
        layout="grid",
        drawing="software",
        refresh_hz=60.0,
        refresh_source="screen",
        now=now,
    )
    file = StateFile(wall, state / "installation" / "walls")
    file.offer(status)
    until(file.path.exists)


def test_a_system_that_refuses_to_write_more_is_a_sentence(wall: Path, run: Run) -> None:
    """By a limit on the size of files, which the process that writes cannot lift."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    done = run("conform", wall, preexec_fn=limit)
    assert done.returncode == 1
    refused = f'the cache cannot be written ("{wall.parent / "mezzanines"}": '
    assert refused + os.strerror(errno.EFBIG) in done.stderr
    assert list((wall.parent / "mezzanines").iterdir()) == []


def test_a_disk_that_is_too_small_is_a_sentence(wall: Path, tmp_path: Path) -> None:
    """A real one, of 4 MB, where the system lets us have it."""
    cache = tmp_path / "mezzanines"
    cache.mkdir()
    mount = f'mount -t tmpfs -o size=4m none "{cache}" 2>/dev/null || exit 77; '
    conform = f'"{sys.executable}" -m installation conform "{wall}"; '
    look = f'code=$?; ls "{cache}"; exit $code'
    try:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", mount + conform + look],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")},
        )
    except FileNotFoundError:
        pytest.skip("no unshare")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("nobody may mount a disk here")
    assert done.returncode == 1
    assert f'the disk of the cache is full ("{cache}", 0.0 GB free); make room there' in done.stderr
    assert done.stdout.splitlines() == [f"0 of 2 versions are conformed, in {cache}"]


def test_a_cache_on_a_disk_that_is_not_there_is_told_with_its_line(wall: Path, run: Run) -> None:
    wall.write_text("film: {versions: film}\nconform:\n  cache: ssd/mezzanines\n")
    done = run("conform", wall)
    assert done.returncode == 1
    assert done.stderr == (
        f'wall.yaml:3:3: conform.cache: there is no folder "{wall.parent / "ssd"}" to make the'
        " cache in; plug its disk in, make the folder, or mend the setting\n"
    )


def test_a_cache_among_the_versions_is_refused(wall: Path, run: Run) -> None:
    wall.write_text("film: {versions: film}\nconform: {cache: film/mezzanines}\n")
    done = run("conform", wall)
    assert done.returncode == 1
    assert "lies in the film's folder, among the versions; set it to a folder" in done.stderr
    assert not (wall.parent / "film" / "mezzanines").exists()


# -- cache


def test_a_damaged_mezzanine_is_taken_out_by_verify_and_made_anew_by_conform(
    wall: Path, run: Run
) -> None:
    run("conform", wall)
    victim, other = mezzanines(wall)
    whole = victim.read_bytes()
    rot(victim)
    done = run("cache", "verify", wall)
    assert done.returncode == 1
    assert done.stderr.count("damaged    ") == 1
    assert done.stdout.count("sound      ") == 1
    assert mezzanines(wall) == [other]
    assert run("conform", wall).returncode == 0
    assert run("cache", "verify", wall).returncode == 0
    assert len(mezzanines(wall)) == 2
    assert whole != b""


def test_the_cache_is_listed_and_cleared(wall: Path, run: Run) -> None:
    assert run("cache", "list", wall).stdout.startswith("no mezzanine yet")
    run("conform", wall)
    listed = run("cache", "list", wall).stdout.splitlines()
    assert listed[0].endswith(f"not shown yet: {ONE}")
    assert listed[1].endswith(f"not shown yet: {TWO}")
    assert listed[2].startswith("2 mezzanines, ")
    assert "2 stay: " in run("cache", "clear", wall).stdout
    assert len(mezzanines(wall)) == 2
    assert run("cache", "clear", "--all", wall).returncode == 0
    assert mezzanines(wall) == []


# -- fixity


def test_fixity_says_what_changed_by_its_exit_code_too(wall: Path, run: Run) -> None:
    first = run("fixity", wall)
    assert first.returncode == 0
    assert first.stdout.count("new ") == 2
    second = run("fixity", wall)
    assert (second.returncode, second.stdout.count("unchanged  ")) == (0, 2)

    original = wall.parent / "film" / TWO / "b.mp4"
    original.write_bytes(original.read_bytes() + b"more")
    replaced = run("fixity", wall)
    assert replaced.returncode == 1
    assert f"replaced   {TWO}/b.mp4: is another file" in replaced.stderr
    assert run("fixity", wall, "--accept").returncode == 0
    assert run("fixity", wall).returncode == 0

    rot(wall.parent / "film" / ONE / "a.mkv")
    damaged = run("fixity", wall)
    assert damaged.returncode == 3
    assert f"damaged    {ONE}/a.mkv: holds other data" in damaged.stderr
    assert "2 originals: 1 damaged, 1 unchanged; recorded in " in damaged.stdout


def test_conforming_records_the_fixity_of_what_it_reads(wall: Path, run: Run) -> None:
    run("conform", wall)
    assert run("fixity", wall).stdout.count("unchanged  ") == 2


def test_fixity_without_a_film_folder_is_told_with_its_line(wall: Path, run: Run) -> None:
    wall.write_text("film:\n  versions: nowhere\n")
    done = run("fixity", wall)
    assert done.returncode == 1
    assert done.stderr.startswith("wall.yaml:2:3: ")
    assert len(done.stderr.splitlines()) == 1
