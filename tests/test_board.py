"""What the board posts is what the wall does: at once when it matters, else now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation.board import Board, Circumstances
from installation.config import Config, load_config
from installation.control import StateFile, VersionStatus, WallStatus
from installation.decode.live_source import LiveState
from installation.film import Credit, MasterClock, PartialDate, Picture, Version, Wishes
from installation.library import Library, Rejection
from installation.library.catalog import Entry, State
from installation.playback import Feed, Player
from tests.fakes import FakeClock, FakeReader

S = 1_000_000_000
NOON_NS = 1_795_262_400 * S
CUT = Rejection("cut", "cut/film.mp4: ends early; copy it again")


class Posted(StateFile):
    """Keeps what it is offered."""

    def __init__(self, config: Path, folder: Path) -> None:
        super().__init__(config, folder)
        self.offers: list[WallStatus] = []

    def offer(self, status: WallStatus) -> None:
        self.offers.append(status)


class Wall:
    """A board, and all that it is told of."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.calendar = FakeClock(), FakeClock(NOON_NS)
        self.file = Posted(folder / "wall.yaml", folder)
        self.board = Board(folder / "wall.yaml", self.file, self.calendar, NOON_NS - 60 * S)
        self.config = self.saved(folder / "wall.yaml", "")
        self.library, self.entries = Library(()), list[Entry]()
        self.player = self.playing([])
        self.circumstances = Circumstances("software", 60.0, "measured")

    def saved(self, path: Path, extra: str) -> Config:
        path.write_text(f"film: {{title: The Kiss, versions: film}}\n{extra}")
        return load_config(path)

    def playing(self, names: Sequence[str]) -> Player:
        feeds = [Feed(name, FakeReader(24, 48)) for name in names]
        return Player(MasterClock(Fraction(24), 48), feeds, patience_ns=0)

    def post(self, seconds: int = 0) -> WallStatus:
        """What was posted last, so many seconds later."""
        self.calendar.jump(seconds)
        now_ns = self.clock.jump(seconds)
        self.board.post(
            self.config, self.library, self.entries, self.player, self.circumstances, now_ns
        )
        return self.file.offers[-1]

    def version(self, name: str) -> VersionStatus:
        """How one version is posted now."""
        return next(version for version in self.post(3).versions if version.name == name)


@pytest.fixture
def wall(tmp_path: Path) -> Wall:
    return Wall(tmp_path)


def version(name: str) -> Version:
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
    )


def test_a_version_on_air_is_posted_with_all_that_is_known_of_it(wall: Wall) -> None:
    wall.library = Library((version("a"),))
    wall.player = wall.playing(["a"])
    assert wall.version("a") == VersionStatus(
        name="a", state="on air", sentence="a: is on the wall", model="Sora", date="2024-03",
        credit_from="version.yaml", width_px=640, height_px=360, rate="23.976",
        length="00:00:02:12", codec="h264", decoding="software",
    )  # fmt: skip


def test_the_wall_knows_best_who_is_on_air(wall: Wall) -> None:
    wall.library = Library((version("a"), version("b")))
    wall.player = wall.playing(["a", "b"])
    wall.entries = [Entry("a", State.PROBING), Entry("b", State.ON_AIR, version("b"))]
    wall.player.presenter.take_off_air("b", "its pictures come too slowly", 0, 0)
    assert wall.version("a").state == "on air"
    off_air = wall.version("b")
    assert off_air.state == "off air"
    assert off_air.off_air_reason == "its pictures come too slowly"
    assert off_air.times_off_air == 1
    assert off_air.sentence == (
        "b: is off the wall for now: its pictures come too slowly; "
        "it comes back by itself once it is well"
    )
    wall.entries[0] = Entry("a", State.REJECTED, rejection=replace(CUT, name="a"))
    assert wall.version("a").state == "rejected"


def test_who_is_on_the_way_and_who_is_rejected_is_told_in_their_own_words(wall: Wall) -> None:
    wall.library = Library((), (CUT,))
    wall.entries = [Entry("new", State.SETTLING)]
    assert wall.version("new").sentence == Entry("new", State.SETTLING).sentence
    assert wall.version("cut") == VersionStatus("cut", "rejected", CUT.message)  # before the watch
    wall.entries.append(Entry("cut", State.ARRIVING))
    assert wall.version("cut").state == "arriving"


def test_a_live_version_says_that_it_is_out_of_the_lock_and_why_it_is_lost(wall: Wall) -> None:
    live = replace(version("now"), source="rtsp://u:secret@cam/a?key=secret")
    wall.library = Library((live,))
    wall.circumstances = replace(wall.circumstances, live={"now": LiveState()})
    assert wall.version("now").sentence.startswith("now: is off the wall for now: its first pict")
    received = LiveState(True, "", 1, 7, Picture(320, 180))
    wall.circumstances = replace(wall.circumstances, live={"now": received})
    told = wall.version("now")
    assert (told.state, told.times_off_air) == ("on air", 1)
    assert told.sentence == "now: is on the wall, live: shown as it comes, out of the lock"
    assert (told.live, told.width_px, told.length) == ("rtsp://u@cam/a", 320, "")
    lost = replace(received, is_live=False, trouble="nobody sends")
    wall.circumstances = replace(wall.circumstances, live={"now": lost})
    assert wall.version("now").state == "off air"
    assert wall.version("now").off_air_reason == "nobody sends"
    assert not wall.post(3).is_well


def test_a_version_kept_off_the_wall_says_that_it_is_meant_to_be(wall: Wall) -> None:
    hidden = replace(version("a"), wishes=Wishes(hidden=True))
    wall.library, wall.entries = Library((hidden,)), [Entry("a", State.READY, hidden)]
    assert wall.version("a").sentence == "a: is kept off the wall (hidden: true)"
    assert wall.post(3).is_well


def test_a_changed_credit_or_config_is_posted(wall: Wall, tmp_path: Path) -> None:
    wall.library, wall.player = Library((version("a"),)), wall.playing(["a"])
    assert wall.version("a").credit_from == "version.yaml"
    renamed = replace(version("a"), credit=Credit("Veo"))
    wall.library = Library((renamed,))
    assert wall.version("a").model == "Veo"
    wall.config = wall.saved(tmp_path / "wall.yaml", "wall: {layout: {kind: row}}\n")
    assert wall.post().layout == "row"


def test_versions_are_posted_as_they_hang_and_then_the_others(wall: Wall) -> None:
    wall.library = Library((version("b"), version("a")), (CUT,))
    wall.entries = [Entry("aa", State.ARRIVING)]
    assert [v.name for v in wall.post().versions] == ["b", "a", "aa", "cut"]


def test_what_is_to_be_mended_is_posted_and_a_folder_on_its_way_is_no_mistake(
    wall: Wall, tmp_path: Path
) -> None:
    wall.config = wall.saved(
        tmp_path / "wall.yaml", "versions: {nobody: {caption: x}, new: {caption: x}}\n"
    )
    wall.library = Library((), notices=("x.mp4: lies beside the versions",))
    wall.entries = [Entry("new", State.ARRIVING)]
    wall.circumstances = replace(wall.circumstances, notices=("no rectangle",), mistakes=("no",))
    posted = wall.post()
    assert posted.notices[:2] == ("no rectangle", "x.mp4: lies beside the versions")
    assert ['"nobody"' in notice for notice in posted.notices] == [False, False, True]
    assert posted.mistakes == ("no",)
    assert not posted.is_well
    wall.library = Library((replace(version("a"), wishes=Wishes(start=Fraction(9))),))
    assert wall.post().notices[-1].startswith("a: ")


def test_what_changed_is_posted_at_once_and_what_moves_every_other_second(wall: Wall) -> None:
    wall.library, wall.player = Library((version("a"),)), wall.playing(["a"])
    wall.post()
    wall.player.presenter.tally.shown = 24
    wall.post(1)
    assert len(wall.file.offers) == 1
    assert wall.post(1).now.shown == 24
    assert len(wall.file.offers) == 2
    wall.circumstances = replace(wall.circumstances, mistakes=("wall.yaml:2: no",))
    assert wall.post().mistakes == ("wall.yaml:2: no",)
    assert len(wall.file.offers) == 3


def test_the_moment_is_the_calendars(wall: Wall) -> None:
    posted = wall.post(5)
    assert posted.now.seen.timestamp() == NOON_NS // S + 5
    assert posted.started.timestamp() == NOON_NS // S - 60
    assert posted.now.loop == 0
    assert posted.config == str(Path(posted.config).resolve())
