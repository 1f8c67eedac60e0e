"""A mezzanine is made in a process that yields to everyone, and that may do what it likes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from installation.errors import VersionRejected
from installation.library import confinement, idleness
from installation.library import conform_apart as module
from installation.library.conform_apart import conform_apart
from installation.library.digest_apart import digest_apart
from installation.library.probe_apart import Limits
from installation.library.short_lived import Killed
from installation.library.transcode import conform
from tests.clips import make_clip

Ask = Callable[..., str]
SIZE = (160, 90)
linux = pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells it")

LOADED = f"""
import json, os, sys
from importlib.util import module_from_spec, spec_from_file_location
def load(path):
    spec = spec_from_file_location("loaded", path)
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
confinement, idleness = load({confinement.__file__!r}), load({idleness.__file__!r})
asked = json.loads(sys.argv[1])
def say(what):
    rejected = {{"what": what, "remedy": "nothing"}}
    print(json.dumps({{"is_off_network": True, "rejected": rejected}}), flush=True)
"""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "film.mp4", frames=40, audio_s=1)


@pytest.fixture
def ask(film: Path, tmp_path: Path) -> Ask:
    """`ask(code, ...)` has a program with this code asked; what it says of the film."""

    def say(code: str, **options: Any) -> str:
        program = tmp_path / "program.py"
        program.write_text(LOADED + textwrap.dedent(code))
        target = tmp_path / "mezzanine.mp4"
        with pytest.raises(VersionRejected) as rejected:
            conform_apart(film, "mov", target, SIZE, 7, program=program, **options)
        return str(rejected.value)

    return say


def test_it_is_the_same_as_here(film: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.mp4", tmp_path / "there.mp4"
    heard: list[tuple[int, int]] = []
    expected = conform(film, "mov", here, SIZE, 7)
    facts = conform_apart(
        film, "mov", there, SIZE, 7, on_progress=lambda *said: heard.append(said), is_urgent=True
    )
    assert facts == expected
    assert there.read_bytes() == here.read_bytes()
    assert heard[-1] == (40, 40)


def test_one_that_is_idle_makes_it_too(film: Path, tmp_path: Path) -> None:
    facts = conform_apart(film, "mov", tmp_path / "a.mp4", SIZE, 7, threads=2)
    assert facts.film.frame_count == 40


@pytest.mark.parametrize("content", ["a text", "", None])
def test_a_rejection_is_the_same_as_here(film: Path, tmp_path: Path, content: str | None) -> None:
    film.unlink()
    if content is not None:
        film.write_text(content)
    said = []
    for make in (conform, conform_apart):
        with pytest.raises(VersionRejected) as rejected:
            make(film, "mov", tmp_path / "a.mp4", SIZE, 7)
        said.append((rejected.value.what, rejected.value.remedy))
    assert said[0] == said[1]


def test_a_container_of_another_kind_is_a_mistake_of_ours(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hls"):
        conform_apart(film, "hls", tmp_path / "a.mp4", SIZE, 7)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full disk")
def test_a_full_disk_is_told_from_a_bad_film(film: Path) -> None:
    with pytest.raises(OSError, match="No space left") as full:
        conform_apart(film, "mov", Path("/dev/full"), SIZE, 7, is_urgent=True)
    assert full.value.errno == errno.ENOSPC


@linux
def test_a_film_too_large_for_its_memory_says_so(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "a.mov", frames=3, size=(7680, 4320), codec="mpeg4")
    limits = Limits(memory_bytes=200 << 20, file_bytes=1 << 30, open_files=64)
    with pytest.raises(VersionRejected, match=r"needs more than 0\.\d+ GB of memory"):
        conform_apart(film, "mov", tmp_path / "a.mp4", SIZE, 7, limits=limits, is_urgent=True)


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_one_that_is_killed_is_no_fault_of_the_film(
    film: Path, tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import os; os.kill(os.getpid(), {number.value})")
    with pytest.raises(Killed):
        conform_apart(film, "mov", tmp_path / "a.mp4", SIZE, 7, program=program)
    monkeypatch.setattr("installation.library.digest_apart.PROGRAM", program)
    with pytest.raises(Killed):
        digest_apart(film)


def test_nobody_need_wait_for_it(film: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import time; print('{}', flush=True); time.sleep(60)")
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        target = tmp_path / "a.mp4"
        made = pool.submit(conform_apart, film, "mov", target, SIZE, 7, program=program, stop=stop)
        stop.set()
        with pytest.raises(CancelledError):
            made.result(timeout=20)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("os.kill(os.getpid(), 6)", "crashes the decoder"),
        ("print('{}')", "confuses the decoder"),
        ("print('[' * 9000)", "confuses the decoder"),
        ("while True: print('x' * 10000)", "confuses the decoder"),
        ('print(\'{"is_off_network": true, "made": {}}\')', "confuses the decoder"),
        ('print(\'{"is_off_network": true, "unwritable": {}}\')', "confuses the decoder"),
        ('print(\'{"done": "x", "total": []}\', flush=True)', "confuses the decoder"),
        ("print('{\"done\": 1, \"total\": 2}', flush=True); say('is odd')", "is odd"),
    ],
)
def test_one_that_misbehaves_rejects_the_film(ask: Ask, code: str, said: str) -> None:
    assert ask(code, on_progress=lambda done, total: None).startswith(said)


@linux
def test_it_runs_only_when_nobody_else_wants_to(ask: Ask) -> None:
    said = ask(
        """
        import ctypes
        confinement.step_back()
        idleness.be_idle()
        disk = ctypes.CDLL(None).syscall(idleness._IOPRIO_SET[os.uname().machine] + 1, 1, 0) >> 13
        idle = os.sched_getscheduler(0) == os.SCHED_IDLE
        say(f"{os.getpriority(0, 0)} {idle} {disk} {os.getsid(0)}")
        """
    )
    assert said == f"19 True 3 {os.getsid(0)}; nothing"


def test_it_loads_no_more_than_it_needs(ask: Ask, film: Path, tmp_path: Path) -> None:
    heavy = {"PySide6", "pydantic", "click", "yaml", "numpy", "babel", "watchdog", "platformdirs"}
    said = ask(
        f"""
        import contextlib, io, runpy
        heard = io.StringIO()
        asked["is_urgent"] = True
        sys.argv[1] = json.dumps(asked)
        with contextlib.redirect_stdout(heard):
            runpy.run_path({str(module.PROGRAM)!r}, run_name="__main__")
        assert "made" in heard.getvalue()
        say(f"needs {{sorted(sys.modules.keys() & {heavy})}}")
        """
    )
    assert said == "needs []; nothing"


WAITS = """
import sys
from pathlib import Path
from installation.library.conform_apart import conform_apart
conform_apart(Path(sys.argv[1]), "mov", Path(sys.argv[2]), (64, 64), 7, program=Path(sys.argv[3]))
"""


@linux
def test_it_ends_with_whoever_waits_for_it(film: Path, tmp_path: Path) -> None:
    program, told = tmp_path / "program.py", tmp_path / "told"
    os.mkfifo(told)
    code = f"""
        confinement.confine(**asked["limits"])
        pipe = open({str(told)!r}, "w")
        pipe.write("here")
        pipe.flush()
        import time
        time.sleep(250)
    """
    program.write_text(LOADED + textwrap.dedent(code))
    command = [sys.executable, "-c", WAITS, str(film), str(tmp_path / "a.mp4"), str(program)]
    with subprocess.Popen(command) as parent, told.open() as pipe:
        assert pipe.read(4) == "here"
        parent.send_signal(signal.SIGKILL)
        assert pipe.read() == ""  # nobody holds the other end any more
