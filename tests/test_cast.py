"""Who plays, by the config: what one edit changes, and what it leaves alone. Real films."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from installation.cast import MOST_SHIFTS, Cast
from installation.config import Config, WallConfig, load_config
from installation.decode import Image, ImageTarget
from installation.library import Library, scan
from installation.parts import caption_of, feed_of
from installation.playback import DecodePool, Feed, PresentationSet
from installation.wall.wall import TileContent
from tests.clips import make_clip

LENGTH = 48
TARGET = ImageTarget(frozenset({"bgra"}), (8, 4))


class FakeWall:
    """Remembers how it was arranged; draws nothing."""

    def __init__(self, tiles: Sequence[TileContent]) -> None:
        self.tiles = tuple(tiles)
        self.stage = SimpleNamespace(set_slate=lambda text: None)

    def arrange(
        self, settings: WallConfig, tiles: Sequence[TileContent], to_come: Sequence[TileContent]
    ) -> None:
        self.tiles = tuple(tiles)

    def image_target(self, tile: TileContent) -> Callable[[], ImageTarget]:
        return lambda: TARGET

    def payload_maker(self, tile: TileContent) -> Callable[[Image], object]:
        return lambda image: image

    def picture_bytes(self, tile: TileContent) -> int:
        return 1_000_000

    def set_on_air(self, name: str, is_on_air: bool) -> None:
        raise AssertionError("nobody leaves the air here")


class Playing:
    """A cast of real versions, played film frame by film frame as fast as they decode."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        for name in names:
            make_clip(folder / "film" / name / "film.mp4", frames=LENGTH, gop=6)
        self.library: Library = scan(folder / "film", order="date")
        config = self.config()
        self.pool = DecodePool()
        make_feed = partial(feed_of, pool=self.pool)
        feeds = {v.name: make_feed(v, len(names)) for v in self.library.versions}
        captions = {v.name: caption_of(config, v) for v in self.library.versions}
        make_wall: Any = FakeWall
        self.cast = Cast(config, self.library.versions, feeds, make_feed, captions, make_wall)
        self.cast.make_ready()
        wait_for(lambda: self.cast.player.is_primed)
        self.cast.player.begin(0)
        self.index = 0
        self.now_ns = 0
        self.shown: list[PresentationSet] = []

    def config(self, versions: str = "", film: str = "") -> Config:
        path = self.folder / "wall.yaml"
        path.write_text(f"film: {{versions: film{film}}}\nversions: {{{versions}}}\n")
        return load_config(path)

    def save(self, versions: str = "", film: str = "") -> None:
        self.cast.update(self.config(versions, film), self.library, self.now_ns)

    def play(self, frames: int, *, waits_for_the_coming: bool = True) -> None:
        player = self.cast.player
        for _ in range(frames):
            position = player.clock.position_of(self.index)
            wait_for(lambda: all(c.covers(position) for c in player.channels))  # noqa: B023
            coming = player.presenter.coming.values() if waits_for_the_coming else ()
            wait_for(lambda: all(c.is_comfortable for c in coming))  # noqa: B023
            self.now_ns = player.clock.due_ns(self.index)
            found = self.cast.present(self.index, self.now_ns)
            assert found is not None
            player.note_presented(found)
            self.shown.append(found)
            self.index += 1

    def feeds(self) -> dict[str, Feed]:
        return {channel.name: channel.feed for channel in self.cast.player.channels}

    @property
    def coming(self) -> set[str]:
        return set(self.cast.player.presenter.coming)

    def behind(self, name: str, at: int = -1) -> int:
        """By how many film frames a version was behind, in the set shown then."""
        shown = self.shown[at]
        pts = shown.frames[name].pts
        assert pts is not None
        return shown.position.frame - round(pts * 24)


def wait_for(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.0005)


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    playing = Playing(tmp_path, ["a", "b", "c"])
    yield playing
    tally, ledger = playing.cast.player.presenter.tally, playing.cast.player.ledger
    playing.cast.player.stop()
    playing.pool.stop()
    assert (tally.held, tally.dropped, tally.late, ledger.mismatches) == (0, 0, 0, 0)
    assert [playing.cast.player.clock.index(s.position) for s in playing.shown] == list(
        range(playing.index)
    )


def test_an_edit_of_one_versions_time_reads_that_one_again_and_leaves_the_others(
    playing: Playing,
) -> None:
    playing.play(10)
    before = playing.feeds()
    playing.save("b: {offset: -0.125}")
    assert playing.coming == {"b"}
    playing.play(20)
    after = playing.feeds()
    assert {name for name in after if after[name] is not before[name]} == {"b"}
    assert [playing.behind(name) for name in "abc"] == [0, -3, 0]
    assert {playing.behind("b", at) for at in range(30)} == {0, -3}
    assert before["b"].join(5)


def test_a_version_that_makes_the_film_longer_shifts_at_once_the_film_at_a_seam(
    playing: Playing,
) -> None:
    playing.play(10)
    playing.save("b: {offset: 0.125}")
    playing.play(20)
    assert playing.behind("b") == 3
    assert playing.shown[-1].position.loop == 0
    playing.play(4 * LENGTH)
    frames = [s.position.frame for s in playing.shown]
    assert max(frames[:LENGTH]) == LENGTH - 1
    assert max(frames) == LENGTH + 2
    assert {playing.behind("a", at) for at in range(len(frames)) if frames[at] < LENGTH} == {0}


def test_edits_in_quick_succession_follow_each_other_on_the_wall(playing: Playing) -> None:
    playing.play(10)
    made = set()
    for frame in range(1, 9):
        offset = round(-frame / 24, 6)
        playing.cast.retime(playing.config(f"b: {{offset: {offset}}}"), playing.now_ns)
        assert playing.coming == {"b"}
        made.add(playing.cast.player.presenter.coming["b"].feed)
    assert len(made) == 1  # the others wait for it
    playing.play(30)
    seen = {playing.behind("b", at) for at in range(len(playing.shown))}
    assert seen == {0, -1, -8}  # and the last one counts
    assert not playing.coming


def test_what_is_taken_back_shifts_back(playing: Playing) -> None:
    playing.play(10)
    playing.save("b: {offset: -0.125}")
    playing.save("")
    playing.play(30)
    assert playing.behind("b") == 0
    assert not playing.coming


def test_an_edit_that_changes_nothing_of_the_times_reads_nobody_again(playing: Playing) -> None:
    playing.play(10)
    before = playing.feeds()
    playing.save("b: {fit: cover, focus: [10%, 0.9], caption: x}")
    assert not playing.coming
    assert playing.feeds() == before
    tile = next(t for t in playing.cast.wall.tiles if t.name == "b")  # type: ignore[attr-defined]
    assert (tile.fit, tile.focus) == ("cover", (Fraction(1, 10), Fraction(9, 10)))
    playing.play(5)


def test_a_shift_that_a_slow_machine_never_gets_ready_comes_at_a_seam(playing: Playing) -> None:
    playing.play(10)
    playing.save("b: {offset: -0.125}")
    playing.cast.player.presenter.coming["b"].feed.queue.depth = 1_000_000  # never half full
    playing.play(3 * LENGTH, waits_for_the_coming=False)
    assert playing.coming == {"b"}
    changed = [at for at in range(len(playing.shown)) if playing.behind("b", at) == -3]
    assert playing.shown[changed[0]].position.frame == 0
    assert playing.behind("b") == -3
    assert playing.behind("a") == 0


def test_what_the_artist_edits_shifts_as_well(playing: Playing) -> None:
    playing.play(10)
    (playing.folder / "film" / "b" / "version.yaml").write_text("offset: -0.125\nfit: cover\n")
    playing.library = scan(playing.folder / "film", order="date")
    playing.save()
    tile = next(t for t in playing.cast.wall.tiles if t.name == "b")  # type: ignore[attr-defined]
    assert tile.fit == "cover"
    playing.play(20)
    assert playing.behind("b") == -3


def test_where_many_are_given_other_times_all_wait_for_a_seam(tmp_path: Path) -> None:
    names = [f"v{n}" for n in range(MOST_SHIFTS + 1)]
    playing = Playing(tmp_path, names)
    try:
        playing.play(10)
        before = playing.feeds()
        playing.save(", ".join(f"{name}: {{offset: -0.125}}" for name in names))
        assert not playing.coming
        playing.play(3 * LENGTH)
        assert playing.feeds() == before
        assert {playing.behind(name) for name in names} == {-3}
        changed = [at for at in range(len(playing.shown)) if playing.behind("v0", at) == -3]
        assert playing.shown[changed[0]].position.frame == 0
    finally:
        playing.cast.player.stop()
        playing.pool.stop()
