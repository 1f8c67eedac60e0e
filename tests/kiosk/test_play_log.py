"""The play log: appended, bounded, in nobody's way, and read back whatever befell it."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.kiosk.log_files import LEAST_BYTES, PARTS, Bounds, LogFiles, log_files
from installation.kiosk.log_line import LONGEST_LINE, read, written
from installation.kiosk.log_reader import Log, read_log
from installation.kiosk.play_log import MOST_WAITING, RETRY_S, PlayLog
from installation.kiosk.register import read_register
from tests.fakes import FakeClock

EPOCH_NS = 1_795_000_000 * 10**9
DAY_NS = 86_400 * 10**9
BOUNDS = Bounds(LEAST_BYTES, 30)


class Calendar:
    """Can be set, ahead and back."""

    def __init__(self, now_ns: int = EPOCH_NS) -> None:
        self.at_ns = now_ns

    def now_ns(self) -> int:
        return self.at_ns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


def files_in(folder: Path, clock: FakeClock, calendar: Calendar | None = None) -> LogFiles:
    return LogFiles(folder, BOUNDS, clock, calendar or Calendar())


def play_log(clock: FakeClock, run: str = "1a-1") -> PlayLog:
    return PlayLog(clock, Calendar(), run)


def events(folder: Path) -> list[str]:
    log = read_log(folder)
    return [line.event for run in log.runs for _, line in run.happened]


def test_what_was_noted_before_the_log_is_opened_is_written_first(
    clock: FakeClock, folder: Path
) -> None:
    log = play_log(clock)
    log.note("started", title="The Kiss")
    log.open(files_in(folder, clock))
    log.note("ended", why="asked to")
    log.close()
    said = [json.loads(line) for line in log_files(folder)[0].read_text().splitlines()]
    assert [(one["n"], one["event"]) for one in said] == [(1, "started"), (2, "ended")]
    assert said[0]["title"] == "The Kiss"
    assert said[0]["at"].startswith("2026-11-")
    assert said[0]["mono_ms"] == clock.now_ns() // 10**6


def test_what_takes_a_disk_is_found_out_on_the_logs_own_thread(
    clock: FakeClock, folder: Path
) -> None:
    log, threads = play_log(clock), []

    def find_out() -> str:
        threads.append(threading.current_thread())
        return "found"

    def fail() -> str:
        raise OSError("no such disk")

    log.note("started", machine=find_out, config=fail)
    log.open(files_in(folder, clock))
    log.close()
    (said,) = (json.loads(line) for line in log_files(folder)[0].read_text().splitlines())
    assert (said["machine"], said["config"]) == ("found", None)
    assert threads != [threading.current_thread()]


def test_a_disk_that_refuses_is_told_of_once_and_nothing_is_lost(
    clock: FakeClock, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")
    log = play_log(clock)
    log.open(files_in(folder, clock))
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            log.note("on_air", version=str(number))
            _until(lambda: log._is_refused)
            clock.jump(RETRY_S + 1)
            log.beat("played")  # wakes it
        folder.unlink()
        clock.jump(RETRY_S + 1)
        log.note("ended")
        log.close()
    assert events(folder) == ["on_air"] * 3 + ["ended"]
    told = [record.message for record in caplog.records]
    assert sum("cannot be written" in one for one in told) == 1
    assert sum("written again" in one for one in told) == 1


def test_more_than_can_wait_is_counted(clock: FakeClock, folder: Path) -> None:
    log = play_log(clock)
    for _ in range(MOST_WAITING + 5):
        log.note("on_air")
    log.open(files_in(folder, clock))
    log.close()
    (run,) = read_log(folder).runs
    assert len(run.happened) == MOST_WAITING + 1
    assert run.happened[-1][1].event == "missed"
    assert run.happened[-1][1].integer("events") == 5


def test_noting_never_waits_for_a_disk_that_hangs(clock: FakeClock, folder: Path) -> None:
    lets_go = threading.Event()

    class Hanging(LogFiles):
        def append(self, lines: Any) -> None:
            lets_go.wait(60)
            super().append(lines)

    log = play_log(clock)
    log.open(Hanging(folder, BOUNDS, clock, Calendar()))
    for _ in range(100):
        log.note("on_air")
        log.beat("played")
    lets_go.set()
    log.close()
    assert events(folder) == ["on_air"] * 100


# -- files


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.integers(0, 4000), st.integers(-3, 40)),
        min_size=1,
        max_size=25,
    )
)
def test_the_log_stays_within_its_bytes_and_keeps_the_newest(
    bursts: list[tuple[int, int, int]],
) -> None:
    clock, calendar = FakeClock(), Calendar()
    noted: list[bytes] = []
    with tempfile.TemporaryDirectory() as place:
        files = LogFiles(Path(place), Bounds(0, 36_500), clock, calendar)
        for lines, size, days in bursts:
            clock.jump(max(0, days) * 86_400)
            calendar.at_ns += days * DAY_NS
            batch = [
                written(calendar.now_ns(), clock.now_ns(), "1a-1", n + 1, "e", {"x": "x" * size})
                for n in range(lines)
            ]
            noted += batch
            files.append(batch)
            found = log_files(Path(place))
            content = b"".join(file.read_bytes() for file in found)
            assert len(content) <= LEAST_BYTES
            assert b"".join(noted).endswith(content)
            kept = min(len(b"".join(noted)), LEAST_BYTES // PARTS)
            assert len(content) >= min(kept, LEAST_BYTES - 2 * LEAST_BYTES // PARTS)


def test_days_too_long_ago_go_once_the_clock_can_be_trusted(clock: FakeClock, folder: Path) -> None:
    calendar = Calendar()
    files = files_in(folder, clock, calendar)
    line = written(EPOCH_NS, 0, "1a-1", 1, "on_air", {})
    files.append([line])
    old = log_files(folder)[0]
    os.utime(old, ns=(EPOCH_NS, EPOCH_NS))
    old.rename(folder / "play-000001.jsonl")
    (folder / "play-000002.jsonl").write_bytes(line)
    calendar.at_ns += 31 * DAY_NS
    files.append([line])
    assert len(log_files(folder)) == 2, "the machine has just come on"
    clock.jump(3601)
    files.append([line])
    assert [file.name for file in log_files(folder)] == ["play-000002.jsonl"]


@pytest.mark.parametrize(
    "torn",
    [b'{"at": "2026-11-21T10:', b"\0" * 300, b'{"at": 5}', b"[]", b"\xff\xfe{}", b'{"at": "x"}'],
)
def test_a_line_torn_by_a_power_cut_harms_no_other(
    clock: FakeClock, folder: Path, torn: bytes
) -> None:
    files = files_in(folder, clock)
    files.append([written(EPOCH_NS, 0, "1a-1", 1, "started", {})])
    with log_files(folder)[0].open("ab") as file:
        file.write(torn)
    files.append([written(EPOCH_NS, 10**9, "1a-1", 2, "ended", {})])
    log = read_log(folder)
    assert (log.lines, log.bad_lines) == (2, 1)
    assert events(folder) == ["started", "ended"]


@given(
    st.text(max_size=50),
    st.dictionaries(
        st.text(max_size=10),
        st.none() | st.integers() | st.text(max_size=3000) | st.lists(st.text(max_size=3000)),
    ),
)
def test_whatever_is_noted_is_one_line_that_can_be_read(event: str, fields: dict[str, Any]) -> None:
    line = written(EPOCH_NS, 5 * 10**6, "1a-1", 3, event, fields)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert len(line) <= LONGEST_LINE
    found = read(line)
    assert found is not None
    assert (found.event, found.number, found.mono_ms) == (event, 3, 5)


@given(st.binary(max_size=200))
def test_no_bytes_upset_the_reader(line: bytes) -> None:
    read(line)


def test_lines_written_twice_count_once(clock: FakeClock, folder: Path) -> None:
    line = written(EPOCH_NS, 0, "1a-1", 1, "started", {})
    files_in(folder, clock).append([line, line, line])
    assert events(folder) == ["started"]


def test_the_last_beat_of_a_run_that_was_killed_is_found(clock: FakeClock, folder: Path) -> None:
    nobody = 2**22 + 1
    files = files_in(folder, clock)
    files.append([written(EPOCH_NS, 0, f"1a-{nobody:x}", 1, "started", {})])
    beat = written(EPOCH_NS, 9 * 10**9, f"1a-{nobody:x}", 0, "played", {"pictures": 216})
    files.keep_beat(f"1a-{nobody:x}", beat)

    def pictures(log: Log) -> list[int]:
        (run,) = log.runs
        assert run.last_ms == 9000
        return [totals.pictures for _, totals in run.marks]

    assert pictures(read_log(folder)) == [216]
    files.adopt_beats("1b-1")
    assert pictures(read_log(folder)) == [216]
    assert [file.name for file in folder.iterdir()] == ["play-000001.jsonl"]


def test_the_beat_of_a_wall_that_plays_is_left_alone(clock: FakeClock, folder: Path) -> None:
    files = files_in(folder, clock)
    run = f"1a-{os.getppid():x}"
    files.keep_beat(run, written(EPOCH_NS, 0, run, 0, "played", {}))
    files.adopt_beats("1b-1")
    assert [file.name for file in folder.iterdir()] == [f"beat-{run}.json"]


# -- the register


def test_a_version_is_registered_once_with_the_day_it_came(clock: FakeClock, folder: Path) -> None:
    for day in range(3):
        log = PlayLog(clock, Calendar(EPOCH_NS + day * DAY_NS), f"1a-{day}")
        log.open(files_in(folder, clock))
        log.enter({"name": "2024 A", "file": "film.mp4", "edition": [5, 7]})
        if day == 2:
            log.enter({"name": "2024 A", "file": "film.mp4", "edition": [6, 8]})
        log.close()
    found = [(one["edition"], one["since_s"] * 10**9) for one in read_register(folder)]
    assert found == [([5, 7], EPOCH_NS), ([6, 8], EPOCH_NS + 2 * DAY_NS)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 9}', b'{"format": 1}'])
def test_a_damaged_register_is_set_aside_and_begun_anew(
    clock: FakeClock, folder: Path, content: bytes
) -> None:
    folder.mkdir()
    (folder / "versions.json").write_bytes(content)
    log = play_log(clock)
    log.open(files_in(folder, clock))
    log.enter({"name": "2024 A", "file": "film.mp4", "edition": [5]})
    log.close()
    assert [one["name"] for one in read_register(folder)] == ["2024 A"]
    assert (folder / "versions.json.damaged").read_bytes() == content


def _until(claim: Any) -> None:
    for _ in _patience():
        if claim():
            return
    raise AssertionError("it never came to be")


def _patience() -> Iterator[None]:
    waiting = threading.Event()
    for _ in range(3000):
        waiting.wait(0.01)
        yield
