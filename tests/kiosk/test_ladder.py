"""Each trouble has its step, later each time, and none is taken for what one version did."""

from __future__ import annotations

from installation.kiosk.ladder import (
    FIRST_REBUILD_NS,
    GOOD_CONDUCT_NS,
    LONGEST_REBUILD_NS,
    NOT_DRAWN_NS,
    SEAM_PATIENCE_NS,
    TRUSTED_NS,
    Drawing,
    Readers,
    Step,
)

S = 1_000_000_000
TICK_NS = 200_000_000
HOUR_NS = 3600 * S


def rebuilds(readers: Readers, since_ns: int, until_ns: int, **on_air: bool) -> list[int]:
    """When a reader was built anew, in a time in which the versions stood like this."""
    return [at for at in range(since_ns, until_ns, S) for _ in readers.look(on_air, at)]


def test_a_version_that_comes_back_by_itself_keeps_its_reader() -> None:
    readers = Readers()
    for begun in range(0, HOUR_NS, 60 * S):
        assert rebuilds(readers, begun, begun + FIRST_REBUILD_NS - S, one=False, two=True) == []
        assert rebuilds(readers, begun + FIRST_REBUILD_NS - S, begun + 60 * S, one=True) == []


def test_one_that_stays_off_air_gets_another_reader_later_each_time() -> None:
    at = rebuilds(Readers(), 0, 200 * HOUR_NS, one=False, two=True)
    gaps = [b - a for a, b in zip([0, *at], at, strict=False)]
    assert gaps[:4] == [FIRST_REBUILD_NS << n for n in range(4)]
    assert max(gaps) == LONGEST_REBUILD_NS == gaps[-1]


def test_one_that_did_well_for_long_is_trusted_again() -> None:
    readers = Readers()
    rebuilds(readers, 0, 1000 * S, one=False)
    rebuilds(readers, 1000 * S, 1000 * S + GOOD_CONDUCT_NS + 2 * S, one=True)
    begun = 2000 * S
    (first, *_) = rebuilds(readers, begun, begun + 100 * S, one=False)
    assert first - begun == FIRST_REBUILD_NS


def test_one_that_comes_and_goes_is_not_trusted_for_that() -> None:
    readers = Readers()
    rebuilds(readers, 0, 100 * S, one=False)
    rebuilds(readers, 100 * S, 110 * S, one=True)
    assert rebuilds(readers, 110 * S, 110 * S + FIRST_REBUILD_NS + 2 * S, one=False) == []


def test_each_version_has_its_own_troubles() -> None:
    readers = Readers()
    assert len(rebuilds(readers, 0, 40 * S, one=False, two=True)) == 1
    named = [n for at in range(40 * S, 60 * S, S) for n in readers.look({"two": False}, at)]
    assert named == ["two"]


class Scene:
    """A wall that hands over 24 pictures a second, and draws them or does not."""

    def __init__(self) -> None:
        self.drawing = Drawing()
        self.now_ns = 0
        self.presented = self.swaps = 0

    def run(
        self,
        nanoseconds: int,
        *,
        draws: bool,
        presents: bool = True,
        is_seen: bool = True,
        loop_ns: int = 10 * S,
    ) -> list[tuple[int, Step]]:
        steps: list[tuple[int, Step]] = []
        for _ in range(nanoseconds // TICK_NS):
            self.now_ns += TICK_NS
            self.presented += 5 * presents
            self.swaps += 5 * (draws and presents)
            step = self.drawing.look(
                presented=self.presented,
                swaps=self.swaps,
                is_seen=is_seen,
                to_seam_ns=loop_ns - self.now_ns % loop_ns,
                now_ns=self.now_ns,
            )
            if step is not Step.NOTHING:
                steps.append((self.now_ns, step))
        return steps


def test_nothing_is_done_about_a_wall_that_draws() -> None:
    assert Scene().run(HOUR_NS, draws=True) == []


def test_nothing_is_done_where_nothing_is_handed_over() -> None:
    scene = Scene()
    scene.run(10 * S, draws=True)
    assert scene.run(HOUR_NS, draws=False, presents=False) == []


def test_nothing_is_done_about_a_process_that_stood_still_as_a_whole() -> None:
    scene = Scene()
    scene.run(10 * S, draws=True)
    scene.now_ns += HOUR_NS  # suspended, or stopped
    assert scene.run(TICK_NS, draws=False) == []  # one picture is handed over before it is drawn
    assert scene.run(10 * S, draws=True) == []


def test_nothing_is_done_where_nobody_could_see_it() -> None:
    scene = Scene()
    scene.run(10 * S, draws=True)
    assert scene.run(HOUR_NS, draws=False, is_seen=False) == []
    assert scene.run(NOT_DRAWN_NS - S, draws=False) == []  # counted from when it can be seen


def test_a_window_that_draws_no_more_is_rebuilt_and_then_the_process() -> None:
    scene = Scene()
    scene.run(12 * S, draws=True)
    (rebuilt_ns, first), (restart_ns, second), *_ = scene.run(8 * S, draws=False)
    assert (first, second) == (Step.REBUILD_WINDOW, Step.RESTART)
    assert rebuilt_ns - 12 * S <= NOT_DRAWN_NS + SEAM_PATIENCE_NS + TICK_NS
    assert restart_ns - rebuilt_ns <= NOT_DRAWN_NS + TICK_NS
    # sooner than a supervisor loses its patience
    assert restart_ns - 12 * S < 10 * S


def test_a_window_that_is_mended_by_it_is_left_alone() -> None:
    scene = Scene()
    scene.run(12 * S, draws=True)
    assert [step for _, step in scene.run(4 * S, draws=False)] == [Step.REBUILD_WINDOW]
    assert scene.run(HOUR_NS, draws=True) == []


def test_a_new_window_that_is_drawn_once_was_no_help() -> None:
    scene = Scene()
    scene.run(12 * S, draws=True)
    scene.run(4 * S, draws=False)
    scene.run(TICK_NS, draws=True)
    assert Step.RESTART in [step for _, step in scene.run(4 * S, draws=False)]


def test_one_that_was_drawn_for_long_gets_another_chance() -> None:
    scene = Scene()
    scene.run(12 * S, draws=True)
    scene.run(4 * S, draws=False)
    scene.run(TRUSTED_NS, draws=True)
    assert [step for _, step in scene.run(5 * S, draws=False)] == [Step.REBUILD_WINDOW]


def test_the_window_is_rebuilt_at_the_seam_where_that_is_near() -> None:
    scene = Scene()
    scene.run(6 * S + S // 2, draws=True)  # three seconds later the seam is half a second off
    ((at_ns, step),) = scene.run(4 * S, draws=False)
    assert step is Step.REBUILD_WINDOW
    assert 0 <= at_ns - 10 * S <= TICK_NS
