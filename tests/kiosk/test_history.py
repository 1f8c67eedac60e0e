"""What the play log is read back as: uptime, loops, incidents in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.kiosk.calendar_rows import rows_of
from installation.kiosk.history import History, history_of
from installation.kiosk.incidents import in_words, incidents
from installation.kiosk.log_files import Bounds, LogFiles
from installation.kiosk.log_line import written
from installation.kiosk.log_reader import read_log
from installation.kiosk.spans import Span, common, joined, length, without
from installation.kiosk.totals import LoopCount
from tests.fakes import FakeClock

NOON_MS = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1000)
SIZES: dict[str, Any] = {"loops": 10, "pictures": 480, "tiles": 960, "shown": 480}


class Story:
    """Writes a play log line by line; time is told in seconds since noon."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = LogFiles(folder, Bounds(10**8, 1000), FakeClock(), FakeClock())
        self._numbers: dict[str, int] = {}
        self.calendar_s = 0.0
        """How far the machine's calendar is ahead of noon when its clock that nobody sets is 0."""

    def tell(self, run: str, at_s: float, event: str, **fields: Any) -> None:
        number = self._numbers[run] = self._numbers.get(run, 0) + 1
        at_ns = int((NOON_MS / 1000 + at_s + self.calendar_s) * 10**9)
        line = written(at_ns, int((at_s + 1000) * 10**9), run, number, event, fields)
        self._files.append([line])

    def start(self, run: str, at_s: float, *names: str, boot: str = "A") -> None:
        self.tell(run, at_s + 1, "started", age_ms=1000, boot=boot)
        self.tell(run, at_s + 2, "first_picture", age_ms=0)
        for name in names:
            self.tell(run, at_s + 2, "on_air", version=name)

    def history(
        self,
        until_s: float,
        since_s: float | None = None,
        hours: list[Span] | None = None,
        now_s: float | None = None,
    ) -> History:
        since_ms = None if since_s is None else ms(since_s)
        now_ms = ms(until_s if now_s is None else now_s)
        return history_of(read_log(self.folder), since_ms, ms(until_s), now_ms, hours)


def ms(at_s: float) -> int:
    return NOON_MS + int(at_s * 1000)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def told(history: History) -> list[tuple[float, str, float | None]]:
    return [
        (
            (one.at_ms - NOON_MS) / 1000,
            one.sentence,
            None if one.lasted_ms is None else one.lasted_ms / 1000,
        )
        for one in incidents(history)
    ]


def test_a_wall_that_nothing_befell_was_up_all_the_time(story: Story) -> None:
    story.start("1-1", -2, "A", "B")
    story.tell("1-1", 3600, "played", **SIZES)
    history = story.history(3600, since_s=0)
    assert history.share == 1
    assert (history.totals.loops, history.totals.pictures) == (10, 480)
    assert told(history) == []


@pytest.mark.parametrize(
    ("boot", "why"),
    [
        ("A", "The program ended by itself: it crashed, or something killed it;"),
        ("B", "The machine went off without a word: a power cut, or somebody switched it off;"),
        ("", "The program or its machine stopped without a word;"),
    ],
)
def test_a_start_without_an_end_before_it_is_a_crash_or_a_power_cut(
    story: Story, boot: str, why: str
) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 100, "played", **SIZES)
    story.start("2-2", 110, "A", boot=boot)
    story.tell("2-2", 200, "played", **SIZES)
    history = story.history(200, since_s=0)
    ((at_s, sentence, lasted_s),) = told(history)
    assert (at_s, lasted_s) == (100, 12)
    assert sentence == f"{why} it was started again, and the wall was dark meanwhile."
    assert history.share == pytest.approx(188 / 200)
    assert history.totals.pictures == 960, "of both runs"


def test_a_wall_that_was_asked_to_end_was_not_meant_to_play(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 100, "ended", why="asked to by SIGTERM")
    story.start("2-2", 998, "A")
    story.tell("2-2", 1100, "played", **SIZES)
    history = story.history(1100, since_s=0)
    assert history.share == 1
    (one,) = incidents(history)
    assert (one.is_trouble, one.lasted_ms) == (False, 900_000)
    assert one.sentence == "The wall was ended (asked to by SIGTERM), and it was started again."


def test_a_wall_that_started_itself_anew_was_meant_to_play(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 100, "ended", why="it had grown too large", is_for_good=False)
    story.start("2-2", 99, "A")
    story.tell("2-2", 200, "played", **SIZES)
    history = story.history(200, since_s=0)
    assert told(history) == [(100, "The wall started itself anew: it had grown too large.", 1)]
    assert history.share == pytest.approx(0.995)


def test_within_opening_hours_a_wall_that_was_ended_is_down(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 100, "ended", why="Esc was pressed")
    hours = [(ms(0), ms(200)), (ms(300), ms(400))]
    assert story.history(400, since_s=0, hours=hours).share == pytest.approx(1 / 3)


def test_a_wall_that_does_not_come_back_is_dark_until_now(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 100, "played", **SIZES)
    ((at_s, sentence, lasted_s),) = told(story.history(1000, since_s=0))
    assert (at_s, lasted_s) == (100, 900)
    assert sentence.endswith("it has not played since.")


def test_a_wall_heard_of_a_moment_ago_plays(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 998, "played", **SIZES)
    assert told(story.history(1000, since_s=0)) == []


def test_a_standstill_is_no_uptime(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 40, "stood_still", ms=20_000, was_process=True)
    story.tell("1-1", 70, "stands_still", ms=10_000, was_process=False)
    story.tell("1-1", 75, "off_air", version="A", reason="its pictures come too slowly")
    story.tell("1-1", 76, "on_air", version="A")
    story.tell("1-1", 80, "stood_still", ms=20_000, was_process=False)
    story.tell("1-1", 100, "played", **SIZES)
    history = story.history(100, since_s=0)
    assert history.share == pytest.approx(0.6)
    assert told(history) == [
        (20, "The wall stood still: its process was held up, or the machine slept.", 20),
        (60, "The wall stood still: no new picture came.", 20),
        (75, "“A” was off air: its pictures come too slowly.", 1),
    ]


def test_a_wall_with_nobody_on_air_is_not_up(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 50, "off_air", version="A", reason="its folder was taken away", is_gone=True)
    story.tell("1-1", 75, "on_air", version="A")
    story.tell("1-1", 100, "played", **SIZES)
    assert story.history(100, since_s=0).share == pytest.approx(0.75)


def test_a_closed_wall_is_not_meant_to_play(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 50, "closed")
    story.tell("1-1", 90, "opened")
    story.tell("1-1", 100, "played", **SIZES)
    history = story.history(100, since_s=0)
    assert (history.share, length(history.meant)) == (1, 60_000)


@pytest.mark.parametrize("step_s", [3600, -3600])
def test_a_clock_that_is_set_changes_no_length_of_time(story: Story, step_s: int) -> None:
    story.calendar_s = -step_s
    story.start("1-1", -2, "A")
    story.tell("1-1", 20, "stood_still", ms=5000, was_process=False)
    story.calendar_s = 0
    story.tell("1-1", 30, "clock_stepped", ms=step_s * 1000)
    story.tell("1-1", 100, "played", **SIZES)
    history = story.history(100, since_s=0)
    assert history.share == pytest.approx(0.95)
    way = "ahead" if step_s > 0 else "back"
    assert told(history) == [
        (15, "The wall stood still: no new picture came.", 5),
        (30, f"The machine's clock was set {way} by 1 h.", None),
    ]


def test_what_was_counted_before_is_left_out(story: Story) -> None:
    story.start("1-1", -2, "A")
    for minute in range(1, 11):
        story.tell("1-1", minute * 60, "played", loops=minute, pictures=minute * 1440)
    totals = story.history(480, since_s=120).totals
    assert (totals.loops, totals.pictures) == (6, 6 * 1440)


def test_a_log_whose_beginning_was_let_go_is_read_from_where_it_begins(story: Story) -> None:
    story._numbers["1-1"] = 500
    story.tell("1-1", 0, "config_changed", changed=["wall.layout.gap"])
    story.tell("1-1", 100, "played", **SIZES)
    history = story.history(100)
    assert history.share == 1
    assert told(history) == [(0, "The config was changed: wall.layout.gap.", None)]


def test_what_was_done_is_told_in_plain_words(story: Story) -> None:
    story.start("1-1", -2, "A", "B")
    mistake = 'wall.yaml:2:5: wall.colour: unknown setting; did you mean "background"?'
    story.tell("1-1", 10, "config_refused", mistake=mistake)
    story.tell("1-1", 20, "config_mended")
    story.tell("1-1", 30, "version_removed", version="B")
    story.tell("1-1", 30, "off_air", version="B", reason="its folder was taken away", is_gone=True)
    story.tell("1-1", 40, "version_added", version="C")
    story.tell("1-1", 50, "version_rejected", version="D", why="D: holds no film; copy one there")
    story.tell("1-1", 60, "sound_lost", why="the device is gone")
    story.tell("1-1", 65, "sound_back")
    story.tell("1-1", 66, "screen_lost", why="HDMI-2 is not connected")
    story.tell("1-1", 67, "screen_lost", why="HDMI-3 is not connected")
    story.tell("1-1", 69, "screen_back", why="HDMI-2 is not connected")
    story.tell("1-1", 70, "escalated", sentence="The reader of “A” was built anew.")
    story.tell("1-1", 71, "moon_phase")
    story.tell("1-1", 80, "mismatched", version="A", loop=3, film_frame=17)
    story.tell("1-1", 90, "missed", events=4)
    story.tell("1-1", 100, "played", **SIZES)
    assert told(story.history(100, since_s=0)) == [
        (10, f"A config was saved that is wrong, and the last good one played on: {mistake}", 10),
        (30, "“B” was taken out of the film's folder.", None),
        (40, "“C” came into the film's folder.", None),
        (50, "Not shown: D: holds no film; copy one there", None),
        (60, "The sound was gone: the device is gone", 5),
        (66, "A screen was not as it was to be: HDMI-2 is not connected.", 3),
        (67, "A screen was not as it was to be: HDMI-3 is not connected.", 33),
        (70, "The reader of “A” was built anew.", None),
        (71, "Moon phase.", None),
        (
            80,
            "The lock was broken: “A” did not show the picture that belongs to film frame 17 of"
            " loop 4.",
            None,
        ),
        (
            90,
            "4 events could not be noted: the disk of the play log was full, or hung.",
            None,
        ),
    ]


def test_how_long_a_version_was_on_air_and_from_what(story: Story) -> None:
    story.start("1-1", -2, "A", "B")
    mezzanine = {"size": "640x360", "codec": "h264", "file": "x"}
    story.tell("1-1", 40, "changed_over", version="A", mezzanine=mezzanine)
    story.tell("1-1", 60, "off_air", version="A", reason="its pictures come too slowly")
    story.tell("1-1", 70, "on_air", version="A", mezzanine=mezzanine)
    story.tell("1-1", 100, "played", **SIZES)
    history = story.history(100, since_s=10)
    found = history.version("A")
    assert found is not None
    assert (found.ms, found.mezzanine_ms, found.times_off_air) == (80_000, 50_000, 1)
    assert found.mezzanines == ("640x360, h264",)
    assert history.version("C") is None


# -- days


def test_each_day_has_its_row_and_together_they_are_the_whole(story: Story) -> None:
    story.start("1-1", -2, "A")
    for hour in range(1, 73):
        story.tell("1-1", hour * 3600, "played", loops=hour * 60, pictures=hour * 86_400)
    history = story.history(72 * 3600, since_s=0)
    rows = rows_of(history, (), ZoneInfo("Europe/Berlin"))
    assert [row.label for row in rows] == ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    assert [row.played_ms / 3_600_000 for row in rows] == [11, 24, 24, 13]
    assert sum(row.totals.pictures for row in rows) == history.totals.pictures


def test_the_day_on_which_clocks_are_put_back_has_25_hours(story: Story) -> None:
    story.calendar_s = -32 * 86_400  # 20 October
    story.start("1-1", -2, "A")
    story.tell("1-1", 10 * 86_400, "played", **SIZES)
    since = -32 * 86_400
    rows = rows_of(story.history(since + 10 * 86_400, since_s=since), (), ZoneInfo("Europe/Berlin"))
    lengths = {row.label: row.played_ms / 3_600_000 for row in rows}
    assert (lengths["2026-10-24"], lengths["2026-10-25"]) == (24, 25)


def test_a_year_is_told_by_months(story: Story) -> None:
    story.start("1-1", -2, "A")
    story.tell("1-1", 365 * 86_400, "played", **SIZES)
    rows = rows_of(story.history(365 * 86_400, since_s=0), (), UTC)
    assert [row.label for row in rows][:3] == ["2026-11", "2026-12", "2027-01"]
    assert len(rows) == 13


# -- what all this is made of

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(SPANS, SPANS)
def test_spans_are_sets_of_moments(one: list[Span], other: list[Span]) -> None:
    def moments(spans: list[Span]) -> set[int]:
        return {at for start, end in spans for at in range(start, end)}

    a, b = joined(one), joined(other)
    assert moments(a) == moments(one)
    assert moments(common(a, b)) == moments(a) & moments(b)
    assert moments(without(a, b)) == moments(a) - moments(b)
    assert length(a) == len(moments(a))
    for spans in (a, common(a, b), without(a, b)):
        assert spans == sorted(spans)


@pytest.mark.parametrize(
    ("length_ms", "words"),
    [
        (0, "0.0 s"),
        (2345, "2.3 s"),
        (192_000, "3 min 12 s"),
        (7_200_000, "2 h"),
        (7_500_000, "2 h 5 min"),
        (93_600_000, "1 day 2 h"),
        (200_000_000, "2 days 7 h"),
    ],
)
def test_lengths_of_time_are_told_as_people_do(length_ms: int, words: str) -> None:
    assert in_words(length_ms) == words


def test_loops_that_passed_while_the_wall_stood_still_were_not_shown() -> None:
    count = LoopCount()
    look: Callable[[int, int], None] = lambda loop, pictures: count.look(loop, pictures, 48)  # noqa: E731
    look(1000, 10)  # whatever the film's clock began with
    look(1001, 58)
    look(1001, 70)
    look(1003, 160)
    assert count.loops == 3
    look(5000, 170)
    assert count.loops == 4
    look(5001, 218)
    assert count.loops == 5
