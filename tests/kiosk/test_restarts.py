"""A wall starts itself anew when it must, and never in a circle."""

from __future__ import annotations

from pathlib import Path

from installation.kiosk.restarts import (
    FIRST_GAP_NS,
    FORGOTTEN_NS,
    LONGEST_GAP_NS,
    NAME,
    Restarts,
)

S = 1_000_000_000
NOW_NS = 1_700_000_000 * S


def test_the_first_one_need_not_wait(tmp_path: Path) -> None:
    assert Restarts(tmp_path, NOW_NS).wait_ns(NOW_NS) == 0


def test_each_further_one_waits_longer_also_in_the_next_process(tmp_path: Path) -> None:
    now_ns, waits = NOW_NS, []
    for _ in range(8):
        restarts = Restarts(tmp_path / "kept", now_ns)
        restarts.note(now_ns)
        waits.append(Restarts(tmp_path / "kept", now_ns).wait_ns(now_ns))
        now_ns += waits[-1]
        assert Restarts(tmp_path / "kept", now_ns).wait_ns(now_ns) == 0
    assert waits[:3] == [FIRST_GAP_NS, 2 * FIRST_GAP_NS, 4 * FIRST_GAP_NS]
    assert max(waits) == LONGEST_GAP_NS


def test_what_was_long_ago_is_forgotten(tmp_path: Path) -> None:
    Restarts(tmp_path, NOW_NS).note(NOW_NS)
    later_ns = NOW_NS + FORGOTTEN_NS + S
    again = Restarts(tmp_path, later_ns)
    again.note(later_ns)
    assert again.wait_ns(later_ns) == FIRST_GAP_NS


def test_a_calendar_that_was_set_back_keeps_nobody_waiting_for_ever(tmp_path: Path) -> None:
    Restarts(tmp_path, NOW_NS).note(NOW_NS)
    assert Restarts(tmp_path, NOW_NS - 3600 * S).wait_ns(NOW_NS - 3600 * S) == 0


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b'{"what": "is this"')
    assert Restarts(tmp_path, NOW_NS).wait_ns(NOW_NS) == 0
    assert (tmp_path / f"{NAME}.damaged").exists()


def test_a_folder_that_cannot_be_written_keeps_no_wall_from_it(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    restarts = Restarts(blocked, NOW_NS)
    restarts.note(NOW_NS)
    assert restarts.wait_ns(NOW_NS) == FIRST_GAP_NS
