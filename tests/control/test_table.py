"""A curator reads the table at a glance, in any terminal, and finds what to do about each fault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control import Standing, VersionStatus, WallStatus
from installation.control.table import table

MakeStatus = Callable[..., WallStatus]
MakeVersion = Callable[..., VersionStatus]
CUT = "2025 Cut/film.mp4: ends early: 41 of 118 MB are there; copy it again"


def lines(
    status: WallStatus, width: int = 120, standing: Standing = Standing.PLAYING, after_s: int = 1
) -> list[str]:
    now = status.now.seen + timedelta(seconds=after_s)
    return table(status, standing, now, width).splitlines()


def test_a_wall_says_what_it_plays_and_how_well(status: MakeStatus) -> None:
    said = lines(status())
    assert said[0].startswith("The Kiss: plays since 2026-11-21 ")
    assert said[1:5] == [
        "  film    loop 2, 00:00:01:07 of 00:02:04:12 at 24 fps",
        "  lock    1,234 pictures, 0 mismatches; 3 held, 2 dropped, 1 late",
        "  wall    grid, drawn by the GPU, 59.94 Hz (measured)",
        "  config  /walls/kiss.yaml (process " + str(status().pid) + ")",
    ]
    assert lines(status(now={"is_running": False}))[1].endswith("24 fps, paused")
    assert lines(status(now={"loop": 0}))[1] == "  film    before its first picture"


def test_a_wall_outside_its_hours_is_well_and_says_until_when(status: MakeStatus) -> None:
    closed = status(hours="closed until Tue 10:00; the screens sleep", is_closed=True)
    assert lines(closed)[0] == "The Kiss: closed until Tue 10:00; the screens sleep"
    assert closed.is_well
    assert lines(status(hours="open until 18:00"))[5] == "  hours   open until 18:00"
    gone = lines(closed, standing=Standing.GONE)
    assert gone[0].startswith("The Kiss: ended without being asked")


def test_every_version_is_a_row_and_says_where_its_credit_came_from(
    status: MakeStatus, make_version: MakeVersion
) -> None:
    named = make_version("2023 接吻", credit_from="version.yaml", date="")
    cut = make_version("2025 Cut", state="rejected", sentence=CUT, credit_from="", width_px=0)
    said = lines(status(versions=(make_version("2022 Sora"), named, cut)))
    film = "1920x1080, 24 fps, 00:02:04:12, h264"
    assert said[6:] == [
        "  state     version    credit                             film",
        f"  on air    2022 Sora  Sora, 2022 (from folder name)      {film}",
        f"  on air    2023 接吻  接吻, no date (from version.yaml)  {film}",
        "  rejected  2025 Cut",
        f"            {CUT}",
    ]


def test_in_a_narrow_terminal_what_does_not_fit_goes_beneath(status: MakeStatus) -> None:
    assert lines(status(), width=60)[-5:] == [
        "  state   version    credit",
        "  on air  2022 Sora  Sora, 2022 (from folder name)",
        "          1920x1080, 24 fps, 00:02:04:12, h264",
        "  on air  2024 Veo   Veo, 2024 (from folder name)",
        "          1920x1080, 24 fps, 00:02:04:12, h264",
    ]
    assert lines(status(), width=46)[-3:] == [
        "  on air  2024 Veo",
        "          Veo, 2024 (from folder name)",
        "          1920x1080, 24 fps, 00:02:04:12, h264",
    ]


def test_a_sentence_is_there_for_all_that_is_not_plainly_on_air(
    status: MakeStatus, make_version: MakeVersion
) -> None:
    slow = "2022 Sora: is off the wall for now: its pictures come too slowly"
    changing = "2024 Veo: is on the wall; its folder is being changed (arriving)"
    versions = (
        make_version("2022 Sora", state="off air", sentence=slow),
        make_version("2024 Veo", sentence=changing),
        make_version("2025 Kling"),
    )
    said = "\n".join(lines(status(versions=versions)))
    assert "           is off the wall for now: its pictures come too slowly\n" in said
    assert "           is on the wall; its folder is being changed (arriving)\n" in said
    assert said.count("is on the wall") == 1


def test_what_is_to_be_mended_is_told_before_the_versions(status: MakeStatus) -> None:
    said = "\n".join(
        lines(
            status(
                mistakes=("kiss.yaml:3:11: wall.layout.gpa: unknown setting",),
                at_next_start=("film.rate",),
                notices=("x.mp4: lies beside the versions",),
            )
        )
    )
    told = [
        "  what was saved is not played, the last good config plays on:",
        "    kiss.yaml:3:11: wall.layout.gpa: unknown setting",
        "  saved, and takes effect at the next start:",
        "    film.rate",
        "  to be mended:",
        "    x.mp4: lies beside the versions",
        "  state ",
    ]
    places = [said.index(line) for line in told]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("after_s", "ago"),
    [
        (1, "1 second ago"), (59, "59 seconds ago"), (60, "1 minute ago"), (7199, "1 hour ago"),
        (7200, "2 hours ago"), (3 * 86_400, "3 days ago"), (-5, "0 seconds ago"),
    ],
)  # fmt: skip
def test_a_wall_that_does_not_play_says_since_when_and_what_to_do(
    status: MakeStatus, after_s: int, ago: str
) -> None:
    still = " ".join(lines(status(), standing=Standing.STILL, after_s=after_s))
    assert "The Kiss: stands still since 2026-11-21 " in still
    assert f"({ago}); end its process {status().pid}, then start it again with:" in still
    assert 'installation play "/walls/kiss.yaml"' in still
    gone = " ".join(lines(status(), standing=Standing.GONE, after_s=after_s))
    assert "ended without being asked, last seen 2026-11-21 " in gone
    assert f"({ago}); its log says why; start it again with: installation play" in gone
    assert "was at loop 2, 00:00:01:07" in gone


def test_an_empty_wall_says_so(status: MakeStatus) -> None:
    assert lines(status(versions=()))[-1] == "  no version yet: the wall shows the film's title"


def test_no_name_can_steer_the_terminal(status: MakeStatus, make_version: MakeVersion) -> None:
    evil = "\x1b[2J\x07‮ a"
    wall = status(
        title=evil, config=evil, notices=(evil,), mistakes=(evil,),
        versions=(make_version(evil, model=evil, sentence=f"{evil}: {evil}", codec=evil),),
    )  # fmt: skip
    assert "\\x1b[2J" in "\n".join(lines(wall))
    assert all(line.isprintable() for line in lines(wall))


words = st.lists(st.text("ab", max_size=6), max_size=20).map(" ".join)
states = st.sampled_from(("arriving", "on air", "rejected"))
versions = st.builds(VersionStatus, name=words, state=states, sentence=words, model=words)


@given(st.integers(0, 200), st.lists(versions, max_size=5), st.lists(words, max_size=3))
def test_no_line_is_wider_than_the_terminal(
    status: MakeStatus, width: int, versions: list[VersionStatus], notices: list[str]
) -> None:
    wall = status(versions=tuple(versions), notices=tuple(notices), title="x")
    assert max(map(len, lines(wall, width))) <= max(width, 40)


def test_it_says_where_a_live_version_comes_from(
    status: MakeStatus, make_version: MakeVersion
) -> None:
    lost = {"state": "off air", "live": "rtsp://cam/a", "width_px": 0}
    versions = (make_version("2025 A", live="http://b/c"), make_version("2026 B", **lost))
    told = " ".join(lines(status(versions=versions), 200))
    assert "1920x1080, live from http://b/c" in told
    assert " live from rtsp://cam/a" in told


def test_it_says_by_what_each_version_is_decoded(
    status: MakeStatus, make_version: MakeVersion
) -> None:
    versions = (
        make_version("2022 Sora", decoding="hardware (cuda)"),
        make_version("2024 Veo", decoding="software (cuda failed)"),
    )
    told = " ".join(lines(status(versions=versions), 200))
    assert "h264, hardware (cuda)" in told
    assert "h264, software (cuda failed)" in told
