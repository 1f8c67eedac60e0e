"""Live versions on the wall: who is received, what is new of each, and none of it in the lock."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from installation.film import Credit, Picture, Version
from installation.lives import Lives
from tests.fakes.live import SEEN, FakeSource

UNSEEN = Picture(1920, 1080)


def version(name: str, source: str | None = "rtsp://cam/a", model: str = "Now") -> Version:
    return Version(
        name, Path(name), Credit(model), UNSEEN, Fraction(0), Fraction(0), 0, "", source=source
    )


@pytest.fixture
def made() -> list[FakeSource]:
    return []


@pytest.fixture
def lives(made: list[FakeSource]) -> Lives:
    def make(version: Version) -> Any:
        made.append(FakeSource(version))
        return made[-1]

    return Lives(make)


def test_only_live_versions_are_received_and_none_before_the_start(
    lives: Lives, made: list[FakeSource]
) -> None:
    lives.keep([version("film", None), version("a")])
    assert [source.calls for source in made] == [[]]
    lives.start()
    lives.start()
    assert [source.calls for source in made] == [["start"]]
    lives.keep([version("a"), version("b")])
    assert [source.calls for source in made] == [["start"], ["start"]]
    assert [v.name for v in lives.versions()] == ["a", "b"]


def test_a_changed_credit_leaves_the_connection_and_a_changed_source_does_not(
    lives: Lives, made: list[FakeSource]
) -> None:
    lives.start()
    lives.keep([version("a")])
    lives.keep([version("a", model="Later")])
    assert len(made) == 1
    assert lives.versions()[0].credit.model == "Later"
    lives.keep([version("a", "rtsp://cam/other")])
    assert [(source.url, source.calls) for source in made] == [
        ("rtsp://cam/a", ["start", "stop"]),
        ("rtsp://cam/other", ["start"]),
    ]
    lives.keep([])
    assert not lives
    assert made[1].calls == ["start", "stop"]
    lives.stop()
    assert [source.calls[-2:] for source in made] == [["stop", "join"]] * 2


def test_each_picture_is_taken_once_and_those_in_between_are_gone(
    lives: Lives, made: list[FakeSource]
) -> None:
    lives.keep([version("a")])
    assert lives.take() == {}
    made[0].send(1)
    made[0].send(2)
    assert lives.take() == {"a": "picture 2"}
    assert lives.take() == {}


def test_a_tile_is_plain_before_the_first_picture_and_while_it_is_lost(
    lives: Lives, made: list[FakeSource]
) -> None:
    lives.keep([version("a")])
    assert lives.showing() == {"a": False}
    made[0].send(1)
    assert lives.showing() == {"a": False}  # not on the wall yet
    lives.take()
    assert lives.showing() == {"a": True}
    made[0].lose()
    assert lives.showing() == {"a": False}
    assert lives.take() == {}  # what was sent before is not new
    made[0].send(2)
    assert lives.take() == {"a": "picture 2"}
    assert lives.showing() == {"a": True}
    assert lives.report() == [{"name": "a", "is_live": True, "pictures": 2, "times_lost": 1}]


def test_a_source_is_told_how_to_draw_whenever_its_pictures_have_another_shape(
    lives: Lives, made: list[FakeSource]
) -> None:
    lives.keep([version("a")])
    assert [v.picture for v, _ in lives.undrawn()] == [UNSEEN]
    assert list(lives.undrawn()) == []
    made[0].send(1)
    assert [v.picture for v, _ in lives.undrawn()] == [SEEN]
    assert lives.seen(version("a")).picture == SEEN
    made[0].lose()
    assert lives.seen(version("a")).picture == SEEN  # the tile stays as it is


def test_all_are_stopped_before_any_is_waited_for(lives: Lives, made: list[FakeSource]) -> None:
    lives.keep([version("a"), version("b")])
    lives.stop()
    assert [source.calls for source in made] == [["stop", "join"], ["stop", "join"]]
