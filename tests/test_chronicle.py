"""The chronicle notes what becomes of a wall, each thing once; nothing while nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from installation.chronicle import BEAT_NS, SUM_UP_NS, Chronicle
from installation.config import Config, load_config
from installation.film import Credit, MasterClock, PartialDate, Picture, Version
from installation.kiosk.log_line import Field
from installation.kiosk.play_log import PlayLog
from installation.kiosk.register import Facts
from installation.library import Rejection
from installation.library.catalog import Entry, State
from installation.playback import Player
from installation.sight import Seen, Sight
from tests.fakes import FakeClock

CUT = Rejection("cut", "cut/film.mp4: ends early; copy it again")


class Noted(PlayLog):
    """Keeps what it is told."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, clock, "1-1")
        self.notes: list[tuple[str, dict[str, Any]]] = []
        self.beats: list[dict[str, Any]] = []
        self.entered: list[str] = []

    def note(self, event: str, **fields: Field) -> None:
        self.notes.append((event, fields))

    def beat(self, event: str, **fields: Field) -> None:
        self.beats.append(fields)

    def enter(self, facts: Facts) -> None:
        self.entered.append(facts["name"])


class Watched:
    """A wall, and what is noted of it."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.calendar = FakeClock(), FakeClock(10**18)
        self.log = Noted(self.clock)
        self.player = Player(MasterClock(Fraction(24), 48), [], patience_ns=0)
        self.chronicle = Chronicle(self.log, self.player, self.clock, self.calendar)
        self.folder = folder
        self.sight = Sight(self.saved(""), frozenset({"a", "b"}), (), None)

    def saved(self, extra: str) -> Config:
        path = self.folder / "wall.yaml"
        path.write_text(f"film: {{title: The Kiss, versions: film}}\n{extra}")
        return load_config(path)

    def look(self, seconds: float = 0.2, **changes: Any) -> list[tuple[str, dict[str, Any]]]:
        """What is noted when this has changed."""
        self.log.notes.clear()
        self.clock.jump_ns(int(seconds * 10**9))
        self.calendar.jump_ns(int(seconds * 10**9))
        self.sight = replace(self.sight, **changes)
        self.chronicle.look(self.sight)
        return list(self.log.notes)

    def begin(self, *names: str) -> None:
        """Its first picture is up."""
        self.look(seen=hanging(*names), first_picture_ns=self.clock.now_ns())


def version(name: str, edition: tuple[int, ...] = (1, 2, 3)) -> Version:
    return Version(
        name=name,
        path=Path(name) / "film.mp4",
        credit=Credit("Sora", PartialDate(2024, 3), source="version.yaml"),
        picture=Picture(640, 360),
        rate=Fraction(24000, 1001),
        duration=Fraction(5, 2),
        frame_count=60,
        container="mov",
        codec="h264",
        edition=edition,
    )


def hanging(*names: str, off: Sequence[str] = (), reason: str = "") -> tuple[Seen, ...]:
    return tuple(
        Seen(version(name), name not in off, reason if name in off else "", "software")
        for name in names
    )


def ready(*names: str) -> dict[str, Entry]:
    return {name: Entry(name, State.READY, version(name)) for name in names}


@pytest.fixture
def wall(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_first_picture_and_who_is_on_it(wall: Watched) -> None:
    assert wall.look() == []
    noted = wall.look(seen=hanging("a", "b"), first_picture_ns=wall.clock.now_ns())
    assert noted == [
        ("first_picture", {"age_ms": 200}),
        ("on_air", {"version": "a", "decoding": "software"}),
        ("on_air", {"version": "b", "decoding": "software"}),
    ]
    assert wall.log.entered == ["a", "b"]
    assert wall.look() == []


def test_who_leaves_the_air_and_comes_back_is_noted_with_the_reason(wall: Watched) -> None:
    wall.begin("a", "b")
    off = hanging("a", "b", off=["b"], reason="its pictures come too slowly")
    assert wall.look(seen=off) == [
        ("off_air", {"version": "b", "reason": "its pictures come too slowly"})
    ]
    assert wall.look(seen=off) == []
    assert wall.look(seen=hanging("a", "b")) == [
        ("on_air", {"version": "b", "decoding": "software"})
    ]


def test_a_folder_that_was_taken_away_is_why_its_version_left(wall: Watched) -> None:
    wall.look(entries=ready("a", "b"))
    wall.begin("a", "b")
    noted = wall.look(seen=hanging("a"), entries=ready("a"), known=frozenset({"a"}))
    assert noted == [
        ("version_removed", {"version": "b"}),
        ("off_air", {"version": "b", "reason": "its folder was taken away", "is_gone": True}),
    ]


def test_a_version_that_the_config_hides_left_for_that(wall: Watched) -> None:
    wall.begin("a", "b")
    noted = wall.look(seen=hanging("a"), config=wall.saved("versions: {b: {hidden: true}}\n"))
    assert [event for event, _ in noted] == ["config_changed", "off_air"]
    assert noted[0][1]["changed"] == ["versions.b.hidden"]
    assert len(noted[0][1]["config_sha256"]) == 64
    assert noted[1][1]["reason"] == "the config hides it"


def test_what_comes_into_the_folder_is_noted_once_it_is_whole(wall: Watched) -> None:
    wall.look(entries=ready("a", "b"))
    assert wall.look(entries={**ready("a", "b"), "c": Entry("c")}) == []
    known = frozenset({"a", "b", "c"})
    assert wall.look(entries=ready("a", "b", "c"), known=known) == [
        ("version_added", {"version": "c"})
    ]
    other = {**ready("a", "b"), "c": Entry("c", State.READY, version("c", (9,)))}
    assert wall.look(entries=other) == [("version_replaced", {"version": "c"})]


def test_what_the_start_found_is_not_news(wall: Watched) -> None:
    wall.begin("a", "b")
    assert wall.look(entries={name: Entry(name) for name in "ab"}) == []
    assert wall.look(entries=ready("a", "b")) == []


def test_a_rejected_version_is_noted_with_its_sentence_and_again_with_another(
    wall: Watched,
) -> None:
    entries = {"cut": Entry("cut", State.REJECTED, rejection=CUT)}
    assert wall.look() == []
    assert wall.look(entries=entries) == [
        ("version_rejected", {"version": "cut", "why": CUT.message})
    ]
    assert wall.look(entries=dict(entries)) == []
    worse = replace(CUT, message="cut: holds no film")
    noted = wall.look(entries={"cut": Entry("cut", State.REJECTED, rejection=worse)})
    assert noted == [("version_rejected", {"version": "cut", "why": "cut: holds no film"})]


def test_a_wrong_config_and_its_end_are_noted(wall: Watched) -> None:
    wall.look()
    assert wall.look(mistake="wall.yaml:2: no") == [
        ("config_refused", {"mistake": "wall.yaml:2: no"})
    ]
    assert wall.look() == []
    assert wall.look(mistake="") == [("config_mended", {})]


def test_another_file_or_another_way_to_decode_is_noted(wall: Watched) -> None:
    wall.begin("a")
    conformed = replace(
        version("a"), edition=(7,), picture=Picture(320, 180), original=version("a")
    )
    noted = wall.look(seen=(Seen(conformed, True, "", "software"),))
    mezzanine = {"size": "320x180", "codec": "h264", "file": "film.mp4"}
    assert noted == [
        ("changed_over", {"version": "a", "decoding": "software", "mezzanine": mezzanine})
    ]
    noted = wall.look(seen=(Seen(conformed, True, "", "hardware (cuda)"),))
    assert [event for event, _ in noted] == ["changed_over"]
    assert wall.look(seen=(Seen(conformed, True, "", "hardware (cuda)"),)) == []


def test_hours_sound_and_mezzanines_are_noted(wall: Watched) -> None:
    wall.look()
    assert wall.look(is_to_play=False) == [("closed", {})]
    assert wall.look(is_to_play=True) == [("opened", {})]
    assert wall.look(sound_trouble="no device") == [("sound_lost", {"why": "no device"})]
    assert wall.look(sound_trouble="") == [("sound_back", {})]
    lost, back = wall.look(screen_troubles=("HDMI-2 is gone",)), wall.look(screen_troubles=())
    assert lost == [("screen_lost", {"why": "HDMI-2 is gone"})]
    assert back == [("screen_back", {"why": "HDMI-2 is gone"})]
    assert wall.look(conformed=frozenset({"a"})) == [("conformed", {"version": "a"})]


def test_a_clock_that_was_set_is_noted(wall: Watched) -> None:
    wall.look()
    wall.calendar.jump(3600)
    assert wall.look() == [("clock_stepped", {"ms": 3_600_000})]
    assert wall.look() == []


def test_what_is_counted_is_said_often_and_noted_seldom(wall: Watched) -> None:
    wall.begin("a")
    wall.player.ledger.pictures = 480
    looks = SUM_UP_NS // BEAT_NS
    noted = [one for _ in range(looks + 1) for one in wall.look(BEAT_NS / 1e9)]
    events = [event for event, _ in noted]
    assert events.count("played") == 1
    assert wall.log.beats[-1]["pictures"] == 480
    assert looks - 1 <= len(wall.log.beats) <= looks + 1


def test_the_end_says_what_was_counted_and_why_it_ended(wall: Watched) -> None:
    wall.begin("a")
    wall.player.ledger.pictures, wall.player.ledger.mismatches = 480, 0
    wall.log.notes.clear()
    wall.chronicle.end("Esc was pressed")
    (played, counted), ended = wall.log.notes
    assert (played, counted["pictures"]) == ("played", 480)
    assert ended == ("ended", {"why": "Esc was pressed", "is_for_good": True})
