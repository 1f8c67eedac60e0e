"""Who plays, by the config: what one edit changes, and what it leaves alone. Real films."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import pytest

from installation.cast import MOST_SHIFTS, Cast
from installation.config import Config, SubtitlesConfig, WallConfig, load_config
from installation.decode import Image, ImageTarget
from installation.decode.libvlc import vlc_is_missing
from installation.film import SILENCE, Decoding, Picture, Spoken, Version
from installation.hearing import wanted_of
from installation.library import Library, scan
from installation.library.transcode import conform
from installation.lives import Lives
from installation.parts import caption_of, feed_of
from installation.playback import DecodePool, Feed, PresentationSet
from installation.wall.wall import TileContent
from tests.clips import make_clip
from tests.fakes.device import FakeDevice
from tests.fakes.live import SEEN, FakeSource

LENGTH = 48
TARGET = ImageTarget(frozenset({"bgra"}), (8, 4))


class FakeWall:
    """Remembers how it was arranged; draws nothing."""

    def __init__(self, tiles: Sequence[TileContent]) -> None:
        self.tiles = tuple(tiles)
        self.said = SILENCE
        self.slates: dict[str, bool] = {}
        self.stage = SimpleNamespace(set_slate=lambda text: None)

    def arrange(
        self,
        settings: WallConfig,
        tiles: Sequence[TileContent],
        to_come: Sequence[TileContent],
        subtitles: SubtitlesConfig,
    ) -> None:
        self.tiles = tuple(tiles)

    def say(self, spoken: Spoken) -> None:
        self.said = spoken

    def image_target(self, tile: TileContent) -> Callable[[], ImageTarget]:
        return lambda: TARGET

    def payload_maker(self, tile: TileContent) -> Callable[[Image], object]:
        return lambda image: image

    def picture_bytes(self, tile: TileContent) -> int:
        return 1_000_000

    def set_on_air(self, name: str, is_on_air: bool) -> None:
        raise AssertionError("nobody leaves the air here")

    def set_slate(self, name: str, is_slate: bool) -> None:
        self.slates[name] = is_slate


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
        self.sources: list[FakeSource] = []
        self.cast = Cast(
            config, self.library.versions, feeds, make_feed, captions, make_wall, Lives(self.source)
        )
        self.cast.make_ready()
        wait_for(lambda: self.cast.player.is_primed)
        self.cast.player.begin(0)
        self.index = 0
        self.now_ns = 0
        self.shown: list[PresentationSet] = []

    def source(self, version: Version) -> Any:
        self.sources.append(FakeSource(version))
        return self.sources[-1]

    def rescan(self) -> None:
        """The film's folder holds something else than before."""
        self.library = scan(self.folder / "film", order="date", protocols=("rtsp",))
        self.save()

    @property
    def hung(self) -> list[tuple[str, Picture]]:
        return [(t.name, t.picture) for t in self.cast.wall.tiles]  # type: ignore[attr-defined]

    @property
    def slates(self) -> dict[str, bool]:
        return self.cast.wall.slates  # type: ignore[attr-defined, no-any-return]

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
            player.refill()
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


def decoded_on(playing: Playing, name: str, decoding: Decoding) -> None:
    versions = [
        replace(v, decoding=decoding) if v.name == name else v for v in playing.library.versions
    ]
    playing.library = Library(tuple(versions))
    playing.save()


def test_another_way_of_decoding_comes_at_a_seam_as_a_replaced_film_does(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeDevice(monkeypatch)
    playing.play(10)
    before = playing.feeds()
    decoded_on(playing, "b", Decoding("av", "cuda"))
    assert playing.coming == {"b"}
    playing.play(LENGTH - 11)
    assert playing.feeds() == before
    playing.play(20)
    after = playing.feeds()
    assert {name for name in after if after[name] is not before[name]} == {"b"}
    assert after["b"].reader.decoding == "hardware (cuda)"
    assert {playing.behind("b", at) for at in range(playing.index)} == {0}
    playing.save()
    assert not playing.coming


@pytest.mark.skipif(vlc_is_missing() is not None, reason=str(vlc_is_missing()))
def test_another_engine_comes_at_a_seam_and_goes_at_one(playing: Playing) -> None:
    playing.play(10)
    for engine in ("vlc", "av"):
        decoded_on(playing, "b", Decoding(engine))
        assert playing.coming == {"b"}
        playing.play(LENGTH)
        assert not playing.coming
        reader = playing.feeds()["b"].reader
        assert reader.decoding == ("libVLC" if engine == "vlc" else "software")
    playing.play(LENGTH)
    assert {playing.behind(name, at) for name in "abc" for at in range(playing.index)} == {0}


def test_a_device_that_is_lost_while_it_plays_takes_nobody_off_the_wall(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = FakeDevice(monkeypatch)
    decoded_on(playing, "b", Decoding("av", "cuda"))
    playing.play(LENGTH + 10)
    device.fails_at = device.packets + 5
    playing.play(2 * LENGTH)
    assert playing.feeds()["b"].reader.decoding == "software (cuda failed)"
    assert {playing.behind(name, at) for name in "abc" for at in range(playing.index)} == {0}


def test_a_version_whose_mezzanine_is_damaged_plays_on_from_its_original(playing: Playing) -> None:
    originals = playing.library
    (b,) = (version for version in originals.versions if version.name == "b")
    made = playing.folder / "mezzanine.mp4"
    conform(b.path, b.container, made, (160, 90), 7)
    with av.open(str(made)) as film:
        places = [packet.pos for packet in film.demux(video=0) if packet.size]
    with made.open("rb+") as file:
        file.seek(cast(int, places[LENGTH // 2]) + 50)
        file.write(b"rot")
    mezzanine = replace(b, path=made, picture=Picture(160, 90), original=b)
    others = (version for version in originals.versions if version is not b)
    playing.library = Library((mezzanine, *others))
    playing.save()
    playing.play(LENGTH)
    while mezzanine not in playing.cast.faulty():
        playing.play(1)
        feed = playing.feeds()["b"]
        wait_for(lambda: feed.fault is not None or not feed.queue.wants_more)  # noqa: B023
    assert playing.cast.player.presenter.channels["b"].is_on_air
    playing.library = originals
    playing.save()
    playing.play(10)
    assert not playing.coming  # no seam was waited for
    assert b in [version for version, _ in playing.cast.states()]
    assert all("b" in shown.frames for shown in playing.shown)
    assert {playing.behind("b", at) for at in range(playing.index)} == {0}


def test_a_live_version_hangs_in_its_place_and_takes_no_part_in_the_lock(playing: Playing) -> None:
    playing.play(5)
    before, length = playing.feeds(), playing.cast.player.clock.lengths()
    (playing.folder / "film" / "aa").mkdir()
    (playing.folder / "film" / "aa" / "version.yaml").write_text("source: rtsp://cam/a\n")
    playing.rescan()
    assert [name for name, _ in playing.hung] == ["a", "aa", "b", "c"]
    playing.play(5)
    (source,) = playing.sources
    assert playing.cast.live_pictures() == {}
    assert playing.slates == {"aa": True}
    source.send(1)
    playing.play(1)
    assert playing.cast.live_pictures() == {"aa": "picture 1"}
    assert playing.slates == {"aa": False}
    assert playing.hung[1] == ("aa", SEEN)
    assert source.calls == ["draw 1920x1080", "draw 640x480"]
    source.lose()
    playing.play(5)
    assert playing.cast.live_pictures() == {}
    assert playing.slates == {"aa": True}
    assert (playing.feeds(), playing.cast.player.clock.lengths()) == (before, length)
    assert set(playing.shown[-1].frames) == {"a", "b", "c"}
    assert [v.name for v, is_on_air in playing.cast.states() if not is_on_air] == ["aa"]


def test_a_film_may_become_live_and_a_film_again(playing: Playing) -> None:
    playing.play(5)
    film = (playing.folder / "film" / "b" / "film.mp4").rename(playing.folder / "b.mp4")
    (playing.folder / "film" / "b" / "version.yaml").write_text("source: rtsp://cam/a\n")
    playing.rescan()
    playing.play(5)
    assert [name for name, _ in playing.hung] == ["a", "b", "c"]
    assert set(playing.shown[-1].frames) == {"a", "c"}
    assert len(playing.sources) == 1
    film.rename(playing.folder / "film" / "b" / "film.mp4")
    playing.rescan()
    assert playing.sources[0].calls[-1] == "stop"
    playing.play(2 * LENGTH)
    assert [name for name, _ in playing.hung] == ["a", "b", "c"]
    assert set(playing.shown[-1].frames) == {"a", "b", "c"}


def test_a_hidden_live_version_is_not_received(playing: Playing) -> None:
    (playing.folder / "film" / "aa").mkdir()
    (playing.folder / "film" / "aa" / "version.yaml").write_text("source: rtsp://cam/a\n")
    playing.rescan()
    assert playing.cast.lives
    playing.save("aa: {hidden: true}")
    assert not playing.cast.lives
    assert playing.sources[0].calls[-1] == "stop"
    assert [name for name, _ in playing.hung] == ["a", "b", "c"]
    playing.play(1)


def test_what_is_said_is_the_film_frames_own_wherever_its_version_is_shifted(
    playing: Playing,
) -> None:
    """Film frame by film frame, across the shift and the seam, and anew on a paused wall."""
    file = playing.folder / "film" / "b" / "de.srt"
    file.write_text("1\n00:00:00,500 --> 00:00:01,000\nnie\n")
    playing.library = scan(playing.folder / "film", order="date")

    def save(versions: str) -> None:
        config = playing.config(versions)
        asked = config.subtitles.model_copy(update={"language": ("de",)})
        config = config.model_copy(update={"subtitles": asked})
        playing.cast.update(config, playing.library, playing.now_ns)

    def is_right(found: PresentationSet) -> bool:
        pts = found.frames["b"].pts
        assert pts is not None
        is_held = pts * 24 == 47 and found.position.frame > 44
        is_said = playing.cast.spoken(found).wall[0].text == "nie"
        return is_said == (not is_held and Fraction(1, 2) <= pts < 1)

    save("")
    for n in range(2 * LENGTH):
        playing.play(1)
        assert is_right(playing.shown[-1]), playing.shown[-1].position
        if n == 5:
            save("b: {offset: -0.125}")
    assert {playing.behind("b", at) for at in range(2 * LENGTH)} >= {0, -3}
    while playing.shown[-1].position.frame != 15:
        playing.play(1)
    fake: Any = playing.cast.wall
    assert fake.said.wall[0].text == ""
    file.write_text(file.read_text().replace("nie", "niemals"))
    playing.library = scan(playing.folder / "film", order="date")
    save("b: {offset: -0.125}")
    assert fake.said.wall[0].text == "niemals"


def test_what_is_heard_has_the_times_that_are_seen(playing: Playing) -> None:
    playing.play(4)
    name = playing.library.versions[0].name
    playing.save(f"'{name}': {{offset: -0.25}}")
    playing.play(12)
    heard = {version.name: feed for version, feed in playing.cast.on_air()}
    assert heard == playing.feeds()
    assert list(heard) == [version.name for version in playing.library.versions]
    wanted = wanted_of(playing.config(f"'{name}': {{offset: -0.25}}"), playing.cast)
    times = [version.time_map(0).timing.offset for version in wanted.versions]
    assert times == [Fraction(-1, 4), *[Fraction(0)] * (len(times) - 1)]
