"""The sample film: the same each time, whole, twenty seconds, with sound."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from installation.library import scan
from installation.sample import film
from installation.sample.generations import GENERATIONS, Generation, pictures
from installation.sample.scenes import BALLROOM, KISS, ROAD, ROOM, SECONDS, picture
from installation.sample.soundtrack import soundtrack

SMALL = tuple(replace(g, size=(64, 64), rate=12) for g in GENERATIONS)


def brightness(t: float) -> float:
    image = picture(t, 96, 54)
    return float(np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, :3].mean())


@pytest.mark.parametrize("generation", SMALL, ids=lambda g: g.look)
def test_pictures_are_the_same_each_time_they_are_painted(generation: Generation) -> None:
    one, other = (list(islice(pictures(generation), 5)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, other, strict=True))
    assert any((a != one[0]).any() for a in one[1:])


def test_every_scene_is_there_and_the_loop_closes_in_the_dark() -> None:
    for begin in (BALLROOM, ROOM, KISS, ROAD):
        assert brightness(begin + 1.5) > 8 + brightness(0)
    assert brightness(0) < 1
    assert brightness(SECONDS - 1 / 24) < 1
    assert brightness(KISS + 1.9) > 1.3 * brightness(KISS + 0.9)


def test_the_sound_is_as_long_as_the_picture_and_never_clips() -> None:
    sound = soundtrack(8000)
    assert len(sound) == SECONDS * 8000
    assert 0.1 < np.abs(sound).max() <= 1.0


def test_made_whole_and_only_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "GENERATIONS", SMALL)
    made = film.make_sample(tmp_path)
    library = scan(tmp_path, order="date")
    assert (library.rejected, library.notices) == ((), ())
    assert [v.credit.model for v in library.versions] == ["Daguerre 0.2", "Umbra Beta", "Lumen Two"]
    for version in library.versions:
        assert abs(version.duration - SECONDS) < 0.01
        assert version.frame_count == SECONDS * 12
        with av.open(str(version.path)) as container:
            seconds = sum(frame.samples / 48000 for frame in container.decode(audio=0))
        assert abs(seconds - SECONDS) < 0.1
    assert not list(tmp_path.rglob("*.part"))
    said: list[str] = []
    stamps = [path.stat().st_mtime_ns for path in made]
    assert film.make_sample(tmp_path, said.append) == made
    assert said == []
    assert [path.stat().st_mtime_ns for path in made] == stamps
