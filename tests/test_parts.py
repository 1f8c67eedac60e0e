"""Wishes become times: the curator's go first, and nonsense leaves a version as it is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from installation import parts
from installation.config import Config, load_config
from installation.decode import AvReader
from installation.decode.vlc_reader import VlcReader
from installation.errors import InstallationError
from installation.film import AS_IT_IS, Credit, Decoding, Picture, Version, WhenShort, Wishes
from installation.parts import (
    caption_of,
    feed_of,
    film_frames,
    reader_of,
    shown,
    time_map_of,
    timing_mistakes,
    timing_of,
)
from installation.playback import DecodePool
from installation.playback.pool import Work
from tests.fakes.reader import FakeReader

S = Fraction(1)


def version(name: str = "2024 V", seconds: int = 10, wishes: Wishes | None = None) -> Version:
    return Version(
        name=name,
        path=Path("film.mp4"),
        credit=Credit("V"),
        picture=Picture(16, 9),
        rate=S * 24,
        duration=S * seconds,
        frame_count=seconds * 24,
        container="mov",
        wishes=wishes or Wishes(),
    )


def config(tmp_path: Path, override: str = "", cues: str = "") -> Config:
    path = tmp_path / "wall.yaml"
    versions = f'versions: {{"2024 V": {{{override}}}}}\n' if override else ""
    path.write_text(f"film: {{versions: film, cues: {{{cues}}}}}\n{versions}")
    return load_config(path)


def test_the_curator_s_wishes_go_before_the_artist_s(tmp_path: Path) -> None:
    artist = version(wishes=Wishes(start=S * 2, offset=S))
    timing = timing_of(config(tmp_path, "offset: 3, when_short: black"), artist)
    assert (timing.start, timing.offset) == (S * 2, S * 3)
    time_map = time_map_of(config(tmp_path, "when_short: black"), artist, 240)
    assert time_map.when_short is WhenShort.BLACK


def test_the_film_is_as_long_as_the_longest_version_is_shown(tmp_path: Path) -> None:
    plain = config(tmp_path)
    assert film_frames(plain, [version()]) == 240
    assert film_frames(plain, [version(wishes=Wishes(stop=S * 4))]) == 96
    assert film_frames(plain, [version(wishes=Wishes(offset=S * 2))]) == 288
    assert film_frames(plain, [version(wishes=Wishes(speed=S * 2))]) == 120
    assert film_frames(plain, [version(wishes=Wishes(speed="fit")), version("b", 20)]) == 480


def test_cues_bring_a_version_s_moment_to_the_film_s(tmp_path: Path) -> None:
    at_two = config(tmp_path, "cues: {kiss: 5}", cues="kiss: 00:00:02:00")
    moment = time_map_of(at_two, version(), 240).moment(48)
    assert moment is not None
    assert moment.time == 5


def test_wishes_that_leave_nothing_are_said_and_the_version_plays_as_it_is(tmp_path: Path) -> None:
    nonsense = config(tmp_path, "in: 20")
    with pytest.raises(InstallationError, match="nothing is left"):
        timing_of(nonsense, version())
    assert time_map_of(nonsense, version(), 240).timing == AS_IT_IS
    assert len(timing_mistakes(nonsense, [version()])) == 1
    unknown = config(tmp_path, "cues: {kuss: 5}", cues="kiss: 00:00:02:00")
    assert 'no cue "kuss"' in timing_mistakes(unknown, [version()])[0]


def test_a_hidden_version_is_not_shown_and_the_curator_can_show_it(tmp_path: Path) -> None:
    hidden = version(wishes=Wishes(hidden=True))
    assert shown(config(tmp_path), [hidden, version("b")]) == (version("b"),)
    assert shown(config(tmp_path, "hidden: false"), [hidden]) == (hidden,)


def test_a_caption_of_none_is_empty(tmp_path: Path) -> None:
    assert caption_of(config(tmp_path), version()) == "V"
    assert caption_of(config(tmp_path, "caption: none"), version()) == ""


def test_each_version_is_read_by_its_engine() -> None:
    film, by_vlc = version(), replace(version(), decoding=Decoding("vlc"))
    assert isinstance(reader_of(film, 1), AvReader)
    assert isinstance(reader_of(by_vlc, 1), VlcReader)
    assert isinstance(reader_of(replace(film, opened_by="vlc"), 1), VlcReader)


def test_a_reader_that_waits_keeps_no_decoding_thread_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Pool(DecodePool):
        def wake(self, work: Work) -> None:
            asked.append(work)

    asked: list[Work] = []
    pool = Pool(1)
    for needs_own in (False, True):
        reader = FakeReader(24, 1)
        reader.needs_own_thread = needs_own
        monkeypatch.setattr(parts, "reader_of", lambda version, threads: reader)  # noqa: B023
        feed = feed_of(version(), 1, pool=pool)
        assert asked == ([] if needs_own else [feed])
        feed.stop()
        asked.clear()
        if needs_own:
            assert feed.join(10)
            assert reader.is_closed
