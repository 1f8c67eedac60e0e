"""Which picture libVLC shows: told right, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from installation.decode.reader import ReaderFault
from installation.decode.stamp import Stamp, stamp, stamp_rows
from installation.decode.vlc_film import VlcFilm
from installation.decode.vlc_player import Shown
from installation.decode.vlc_run import ENDED_NS, LostTrack, VlcRun
from tests.clips import make_clip
from tests.fakes.clock import FakeClock

SIZE = 320, 180
EVEN = 40
"""Milliseconds from one picture to the next, as libVLC says it."""


class FakePlayer:
    """Gives what it was handed."""

    is_on_hardware = False

    def __init__(self, shown: Sequence[Shown]) -> None:
        self._shown = list(shown)

    def next(self, timeout_s: float) -> Shown | None:
        """See `VlcPlayer.next`."""
        return self._shown.pop(0) if self._shown else None

    @property
    def has_ended(self) -> bool:
        """See `VlcPlayer.has_ended`."""
        return not self._shown

    def end(self) -> None:
        """See `VlcPlayer.end`."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "f.mp4", frames=40, rate=25)


@pytest.fixture(scope="module")
def pictures(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as film:
        return list(film.decode(video=0))


@pytest.fixture
def film(path: Path) -> VlcFilm:
    return VlcFilm(path, "mov", rate=Fraction(25), count=40, is_sealed=False)


def run_of(film: VlcFilm, shown: Sequence[Shown], **how: Any) -> VlcRun:
    given: dict[str, Any] = {"is_stamped": False, "is_at_start": True, "tries": 0, **how}
    clock = given.pop("clock", FakeClock())
    return VlcRun(FakePlayer(shown), film, clock=clock, **given)  # type: ignore[arg-type]


def steps(pictures: Sequence[av.VideoFrame], numbers: Sequence[int]) -> list[Shown]:
    """As libVLC would show these of the film's pictures, one after the other."""
    before = numbers[0]
    shown: list[Shown] = []
    for number in numbers:
        shown.append(Shown(pictures[number], (number - before) * EVEN if shown else None))
        before = number
    return shown


def stamped(numbers: Sequence[int | None]) -> list[Shown]:
    width, height = SIZE
    shown: list[Shown] = []
    for number in numbers:
        canvas = av.VideoFrame(width, height + stamp_rows(width, height), "yuv420p")
        luma = bytearray(canvas.planes[0].buffer_size)
        if number is not None:
            stamp(memoryview(luma), canvas.planes[0].line_size, SIZE, Stamp(number, 7))
        canvas.planes[0].update(bytes(luma))
        shown.append(Shown(canvas, EVEN if shown else None))
    return shown


def test_what_was_left_out_at_the_beginning_is_known(
    film: VlcFilm, pictures: list[av.VideoFrame]
) -> None:
    run = run_of(film, steps(pictures, range(3, 40)))
    assert run.begins_after(0)
    for _ in range(4):
        run.prepare(0, 0)
    assert run.is_known
    assert run.begins_after(2)
    assert not run.begins_after(3)
    for number in range(3, 40):
        assert run.picture(number, 1) is pictures[number]


def test_a_picture_left_out_later_is_noticed(film: VlcFilm, pictures: list[av.VideoFrame]) -> None:
    run = run_of(film, steps(pictures, [*range(10), *range(11, 40)]))
    assert run.picture(9, 1) is pictures[9]
    with pytest.raises(LostTrack, match="40 ms are missing"):
        run.picture(10, 1)


def test_a_picture_too_many_is_noticed(film: VlcFilm, pictures: list[av.VideoFrame]) -> None:
    shown = [*steps(pictures, range(40)), Shown(pictures[39], EVEN)]
    run = run_of(film, shown)
    assert run.picture(39, 1) is pictures[39]
    with pytest.raises(LostTrack, match="more than the file holds"):
        run.picture(40, 1)


def test_a_mezzanine_s_picture_is_known_by_its_stamp(film: VlcFilm) -> None:
    run = run_of(film, stamped(range(20, 40)), is_stamped=True, is_at_start=False)
    picture = run.picture(24, 1)
    assert picture is not None
    assert (picture.width, picture.height) == SIZE
    assert not run.leads_to(23, 24)
    assert run.leads_to(30, 24)


def test_what_a_mezzanine_leaves_out_at_its_beginning_is_known(film: VlcFilm) -> None:
    run = run_of(film, stamped([0, 1, 3, 4, 5]), is_stamped=True)
    for _ in range(3):
        run.prepare(2, 0)
    assert run.begins_after(2)
    assert not run.begins_after(3)
    assert run.picture(5, 1) is not None


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ([20, 21, 23], "23 came after 21"),
        ([20, None, 22], "cannot be recognised"),
        ([30, 31], "30 came instead"),
    ],
)
def test_a_mezzanine_that_jumps_is_noticed(
    film: VlcFilm, numbers: list[int | None], says: str
) -> None:
    run = run_of(film, stamped(numbers), is_stamped=True, is_at_start=False)
    with pytest.raises(LostTrack, match=says):
        run.picture(23, 1)


def test_a_player_that_falls_silent_is_a_fault(
    film: VlcFilm, pictures: list[av.VideoFrame]
) -> None:
    clock = FakeClock()
    run = run_of(film, steps(pictures, range(5)), clock=clock)
    assert run.picture(4, 0) is pictures[4]
    assert run.picture(5, 0) is None
    clock.jump_ns(ENDED_NS + 1)
    with pytest.raises(ReaderFault, match="no further picture"):
        run.picture(5, 0)
