"""What one process of a wall leaves to the next, and what becomes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installation.handover import VARIABLE, Inherited, replace_process

FRESH = """
import json, os, sys
from installation.handover import VARIABLE, Inherited, replace_process
if VARIABLE not in os.environ:
    del os.environ["TAKEN"]  # as a supervisor's address is, so that no child inherits it
    read, write = os.pipe()
    stray = os.dup(0)
    os.set_inheritable(stray, True)
    told = {"pipe": write, "cover": 0, "pictures": [sys.argv[1]]}
    os.environ[VARIABLE] = json.dumps(told)
    os.environ["BEFORE"] = f"{os.getpid()} {stray} {read}"
    replace_process()
pid, stray, read = map(int, os.environ["BEFORE"].split())
inherited = Inherited.take()
assert os.getpid() == pid
assert os.environ["TAKEN"] == "back"
for closed in (stray, read):
    try:
        os.fstat(closed)
    except OSError:
        continue
    raise AssertionError("it was inherited")
assert [str(path) for path in inherited.pictures] == [sys.argv[1]]
inherited.let_go()
print("well")
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="the environment at the start is Linux's to say"
)
def test_a_fresh_process_has_the_same_number_and_the_pipe_and_nothing_else(tmp_path: Path) -> None:
    picture = tmp_path / "held.bmp"
    picture.write_bytes(b"a picture")
    program = tmp_path / "program.py"
    program.write_text(FRESH)
    told = subprocess.run(
        [sys.executable, str(program), str(picture)],
        env={**os.environ, "TAKEN": "back", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (told.stdout, told.returncode) == ("well\n", 0), told.stderr
    assert not picture.exists()


@pytest.mark.parametrize(
    "told", ["", "{", "[]", "7", '{"pipe": 1}', '{"pipe": 98765, "cover": 1, "pictures": []}']
)
def test_what_says_nothing_is_nothing(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, told)
    inherited = Inherited.take()
    assert inherited.pictures == []
    assert VARIABLE not in os.environ  # no child hears of it
    inherited.let_go()


def test_letting_go_closes_the_pipe_and_takes_the_pictures_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "held.bmp"
    picture.write_bytes(b"a picture")
    read, write = os.pipe()
    told = {"pipe": write, "cover": os.getpid(), "pictures": [str(picture)]}
    monkeypatch.setenv(VARIABLE, json.dumps(told))
    inherited = Inherited.take()
    assert picture.exists()
    inherited.let_go()
    inherited.let_go()  # twice does no harm
    assert os.read(read, 1) == b""  # nobody holds it any more
    os.close(read)
    assert not picture.exists()


def test_without_a_cover_nothing_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    replace_process()
