"""A film is measured in a process that may do what it likes: nothing of it reaches the wall."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from installation.decode.container import CONTAINERS
from installation.errors import VersionRejected
from installation.library import confinement
from installation.library import probe_apart as module
from installation.library.probe import probe
from installation.library.probe_apart import PROGRAM, Limits, probe_apart

MakeClip = Callable[..., Path]
Ask = Callable[..., str]
posix = pytest.mark.skipif(os.name == "nt", reason="has neither these limits nor these signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells it")

CONFINED = f"""
import json, os, sys
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("confinement", {confinement.__file__!r})
confinement = module_from_spec(spec)
spec.loader.exec_module(confinement)
asked = json.loads(sys.argv[1])
is_off_network = confinement.confine(**asked["limits"])
def say(what):
    rejected = {{"what": what, "remedy": "nothing"}}
    print(json.dumps({{"is_off_network": is_off_network, "rejected": rejected}}), flush=True)
"""


@pytest.fixture
def film(clip: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(clip)
    return path


@pytest.fixture
def ask(film: Path, tmp_path: Path) -> Ask:
    """`ask(code, ...)` has a program with this code asked; what it says of the film."""

    def say(code: str, **options: Any) -> str:
        program = tmp_path / "program.py"
        program.write_text(CONFINED + textwrap.dedent(code))
        with pytest.raises(VersionRejected) as rejected:
            probe_apart(film, "mov", program=program, **options)
        return str(rejected.value)

    return say


def test_several_threads_rehearse_with_several_threads(film: Path) -> None:
    expected = probe(film, "mov")
    with ThreadPoolExecutor(4) as pool:
        looks = [
            pool.submit(probe_apart, film, "mov", rehearsal="whole", threads=2) for _ in range(12)
        ]
    assert [look.result() for look in looks] == [expected] * 12


def test_a_name_that_is_no_text_is_found(clip: bytes, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b'"\xff\n\xc3\xa9 -I.mp4')
    try:
        path.write_bytes(clip)
    except OSError:
        pytest.skip("no such names here")
    assert probe_apart(path, "mov").frame_count == 10


@pytest.mark.parametrize("content", ["a text", "", None])
def test_a_rejection_is_the_same_as_here(film: Path, content: str | None) -> None:
    film.unlink()
    if content is not None:
        film.write_text(content)
    said = []
    for look in (probe, probe_apart):
        with pytest.raises(VersionRejected) as rejected:
            look(film, "mov")
        said.append((rejected.value.what, rejected.value.remedy))
    assert said[0] == said[1]


def test_a_container_of_another_kind_is_a_mistake_of_ours(film: Path) -> None:
    with pytest.raises(ValueError, match="hls"):
        probe_apart(film, "hls")


# Processes that misbehave


def test_one_that_hangs_is_killed_in_time_with_all_that_it_started(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    hang = """
        import subprocess, time
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        time.sleep(60)
    """
    assert ask(hang, limits=Limits(wall_s=1)) == "takes too long to look into; export it again"
    assert "left another one running" not in caplog.text


@posix
def test_one_that_spins_is_killed_by_its_limit(ask: Ask) -> None:
    said = ask("while True: pass", limits=Limits(wall_s=60, cpu_s=1))
    assert said == "takes too long to look into; export it again"


@linux
def test_one_that_swells_is_refused_the_memory(ask: Ask) -> None:
    said = ask("eaten = [bytes(1 << 24) for _ in range(1000)]", limits=Limits(memory_bytes=1 << 28))
    assert said.startswith("needs more than 0.25 GB of memory to be decoded; export it again")


@linux
def test_a_film_too_large_for_its_memory_says_so(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", size=(7680, 4320), codec="mpeg4", times=[0, 1, 2])
    assert probe_apart(path, "mov", rehearsal="whole").frame_count == 3
    with pytest.raises(VersionRejected, match=r"needs more than 0\.\d+ GB of memory"):
        probe_apart(path, "mov", limits=Limits(memory_bytes=180 << 20))


@posix
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE])
def test_one_that_crashes_rejects_the_film(ask: Ask, number: signal.Signals) -> None:
    crash = f"os.kill(os.getpid(), {number.value})"
    assert ask(crash) == "crashes the decoder; export it again"


@posix
def test_one_that_somebody_kills_is_tried_again(film: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        f"""
import os, pathlib, runpy
kills = pathlib.Path({str(tmp_path)!r}, "kills")
kills.mkdir(exist_ok=True)
(kills / str(os.getpid())).touch()
if len(os.listdir(kills)) <= 2:
    os.kill(os.getpid(), 9)
runpy.run_path({str(PROGRAM)!r}, run_name="__main__")
"""
    )
    assert probe_apart(film, "mov", rehearsal="whole", program=program) == probe(film, "mov")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no JSON",
        "[1, 2]",
        "{}",
        '{"is_off_network": true}',
        '{"is_off_network": true, "facts": {"rate": "1e99999999"}}',
        '{"is_off_network": true, "rejected": {"what": 1}}',
        "[" * 16000,
        "\xff\x00",
        "9" * 16000,
    ],
)
def test_an_answer_that_is_none_rejects_the_film(ask: Ask, answer: str) -> None:
    assert ask(f"print({answer!r})") == "confuses the decoder; export it again"


@pytest.mark.parametrize("field", ["rate", "duration", "frame_count", "codec", "picture"])
def test_facts_that_no_film_has_are_no_answer(ask: Ask, film: Path, field: str) -> None:
    told = {
        "picture": {"width_px": 4, "height_px": 4, "sample_aspect": "1", "rotation_deg": 0},
        "rate": "24", "duration": "1", "frame_count": 24, "codec": "h264", "pixel_format": "gray",
    }  # fmt: skip
    too_long = () if field == "codec" else ("1e99999999",)
    for wrong in (*too_long, "-1/1", "1/0", 0, -1, 1.5, 10**300, None, [], "x" * 99, "\x1b[2J"):
        answer = {"is_off_network": True, "facts": told | {field: wrong}}
        assert ask(f"print({json.dumps(answer)!r})") == "confuses the decoder; export it again"


def test_one_that_never_stops_talking_is_silenced(ask: Ask) -> None:
    talk = "while True: print('facts ' * 10000)"
    assert ask(talk) == "confuses the decoder; export it again"


def test_one_that_complains_without_end_is_heard_to_the_end(ask: Ask) -> None:
    complain = "sys.stderr.write('oh dear ' * 1_000_000); say('is odd')"
    assert ask(complain) == "is odd; nothing"


def test_a_mistake_of_ours_is_logged_and_rejects_the_film(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    assert ask("raise KeyError('ours')").startswith("cannot be looked into; export it again")
    assert "KeyError: 'ours'" in caplog.text


def test_what_it_says_stays_on_one_line(ask: Ask) -> None:
    assert ask(r"say('is\n\x1b[2J odd')") == r"is\n\x1b[2J odd; nothing"


def test_nobody_need_wait_for_it(film: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import time; time.sleep(60)")
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        look = pool.submit(probe_apart, film, "mov", program=program, stop=stop)
        stop.set()
        with pytest.raises(CancelledError):
            look.result(timeout=20)


# What it may not do


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A web server of this machine: its address, and what was asked of it."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"127.0.0.1:{http.server_port}", requests
        http.shutdown()
        thread.join()


@pytest.mark.parametrize("container", sorted(CONTAINERS))
def test_a_playlist_that_came_past_the_gate_asks_nobody(
    film: Path, server: tuple[str, list[str]], container: str
) -> None:
    address, requests = server
    film.write_text(f"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nhttp://{address}/a.ts\n")
    with pytest.raises(VersionRejected):
        probe_apart(film, container, rehearsal="whole")
    assert requests == []


@linux
def test_it_reaches_nobody_where_the_system_can_take_the_network_away(
    ask: Ask, server: tuple[str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    host, port = server[0].split(":")
    module._say_that_the_network_is_there.cache_clear()
    caplog.set_level(logging.INFO, module.__name__)
    call = f"""
        import socket
        try:
            socket.create_connection(({host!r}, {port})).close()
        except OSError as error:
            say(error.strerror)
        else:
            say("reached")
    """
    said = [ask(call), ask(call)]
    if "take the network" in caplog.text:
        assert caplog.text.count("take the network") == 1
        pytest.skip("this system does not let us")
    assert said == ["Network is unreachable; nothing"] * 2


@linux
def test_it_writes_no_file_and_has_little_else(ask: Ask, tmp_path: Path) -> None:
    said = ask(
        f"""
        import resource, signal
        found = [resource.getrlimit(k) for k in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)]
        try:
            with open({str(tmp_path / "written")!r}, "w") as file:
                file.write("something")
        except OSError as error:
            found.append(error.strerror)
        say(f"{{found}}")
        """
    )
    assert said == "[(0, 0), (32, 32), 'File too large']; nothing"
    assert not (tmp_path / "written").read_text()


@linux
def test_it_has_nothing_of_ours_open_and_nothing_of_our_environment(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", "secret")
    with (tmp_path / "ours").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        said = ask('say(f\'{len(os.listdir("/proc/self/fd"))} {"PASSWORD" in os.environ}\')')
    assert said == "4 False; nothing"  # the three, and that of listdir


@linux
def test_it_yields_to_the_wall(ask: Ask) -> None:
    """In a session of its own it would not: Linux shares the processor between sessions first."""
    said = ask("confinement.step_back(); say(f'{os.getpriority(0, 0)} {os.getsid(0)}')")
    niceness = min(19, os.getpriority(os.PRIO_PROCESS, 0) + confinement.NICENESS)
    assert said == f"{niceness} {os.getsid(0)}; nothing"


@linux
def test_it_does_not_yield_where_a_wall_that_begins_waits_for_it(ask: Ask) -> None:
    """Beside a machine that is busy the wall would begin without its films."""
    said = ask("confinement.step_back(is_urgent=True); say(f'{os.getpriority(0, 0)}')")
    assert said == f"{os.getpriority(os.PRIO_PROCESS, 0)}; nothing"


def test_it_loads_no_more_than_it_needs(ask: Ask) -> None:
    heavy = {"PySide6", "pydantic", "click", "yaml", "numpy", "babel", "watchdog", "platformdirs"}
    said = ask(
        f"""
        import contextlib, io, runpy
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            runpy.run_path({str(module.PROGRAM)!r}, run_name="__main__")
        assert "facts" in json.loads(heard.getvalue())
        say(f"needs {{sorted(sys.modules.keys() & {heavy})}}")
        """
    )
    assert said == "needs []; nothing"


@linux
def test_nothing_is_left_of_fifty_looks(ask: Ask, film: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    for _ in range(10):
        probe_apart(film, "mov")
        for code in ("say('x')", "os.abort()", "print('x' * 100_000)", "os.close(1)"):
            ask(code)
    assert (len(list(Path("/proc/self/fd").iterdir())), threading.active_count()) == before


@posix
def test_it_needs_no_terminal(film: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from installation.library.probe_apart import *;"
        "print(probe_apart(Path(sys.argv[1]), 'mov').frame_count)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(film)],
        start_new_session=True, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (b"10\n", b"")


@linux
def test_one_whose_parent_is_gone_before_it_can_tell_ends_at_once() -> None:
    limits = {"cpu_s": 9, "memory_bytes": 1 << 31, "open_files": 32}
    for parent, code in ((os.getpid(), 0), (os.getpid() + 1, 1)):
        asked = json.dumps({"limits": limits | {"parent": parent}})
        done = subprocess.run([sys.executable, "-c", CONFINED, asked], capture_output=True)
        assert done.returncode == code, done.stderr
