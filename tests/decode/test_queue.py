"""The queue between the threads that decode and the presenter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.decode import FrameQueue, QueuedFrame
from installation.film import FilmPosition


def frame(first: int, last: int, loop: int = 0) -> QueuedFrame:
    return QueuedFrame(FilmPosition(loop, first), FilmPosition(loop, last), None, (loop, first))


def filled(*spans: tuple[int, int], depth: int = 8) -> FrameQueue:
    queue = FrameQueue(depth)
    for first, last in spans:
        assert queue.put(frame(first, last), 0)
    return queue


def test_a_film_frame_is_found_by_which_entry_covers_it() -> None:
    queue = filled((0, 1), (2, 2), (3, 6))
    assert queue.span() == (FilmPosition(0, 0), FilmPosition(0, 6))
    assert queue.covers(FilmPosition(0, 5))
    assert not queue.covers(FilmPosition(0, 7))
    taken = queue.take(FilmPosition(0, 4))
    assert taken is not None
    assert taken.payload == (0, 3)
    assert len(queue) == 1
    assert not queue.covers(FilmPosition(0, 2))
    assert queue.take(FilmPosition(0, 2)) is None


def test_the_next_loop_follows_this_one() -> None:
    queue = filled((46, 47))
    queue.put(frame(0, 0, loop=1), 0)
    assert queue.covers(FilmPosition(1, 0))
    taken = queue.take(FilmPosition(1, 0))
    assert taken is not None
    assert taken.payload == (1, 0)


def test_who_decodes_is_told_when_a_quarter_is_free_again() -> None:
    told: list[int] = []
    queue = FrameQueue(8, lambda: told.append(len(queue)))
    for number in range(8):
        assert queue.wants_more
        queue.put(frame(number, number), 0)
    queue.take(FilmPosition(0, 0))
    queue.take(FilmPosition(0, 1))
    queue.tell_of_room()
    assert not queue.wants_more
    assert told == []
    queue.take(FilmPosition(0, 2))
    assert queue.wants_more
    assert told == [], "not while a picture is being gathered"
    queue.tell_of_room()
    assert told == [6]
    queue.take(FilmPosition(0, 3))
    queue.tell_of_room()
    assert told == [6], "it knows already"
    queue.depth = 5
    assert not queue.wants_more
    queue.depth = 12
    assert queue.wants_more
    assert told == [6, 5, 5]


def test_a_short_queue_is_filled_up_picture_by_picture() -> None:
    told: list[int] = []
    queue = FrameQueue(2, lambda: told.append(len(queue)))
    queue.put(frame(0, 0), 0)
    queue.put(frame(1, 1), 0)
    assert not queue.wants_more
    queue.take(FilmPosition(0, 1))
    queue.tell_of_room()
    assert told == [1]
    assert queue.wants_more


def test_taking_what_is_still_needed_lets_nothing_go() -> None:
    queue = filled((0, 1), (2, 3), depth=2)
    for film_frame in (0, 1, 1, 0):
        taken = queue.take(FilmPosition(0, film_frame))
        assert taken is not None
        assert taken.payload == (0, 0)
    assert not queue.wants_more


def test_clearing_refuses_what_was_decoded_for_before() -> None:
    queue = filled((0, 0), (1, 1), depth=2)
    generation = queue.clear()
    assert len(queue) == 0
    assert not queue.put(frame(3, 3), generation - 1)
    assert queue.put(frame(9, 9), generation)
    assert queue.span() == (FilmPosition(0, 9), FilmPosition(0, 9))


def test_a_frame_for_before_is_refused_also_while_the_queue_is_full_again() -> None:
    queue = filled((0, 0), depth=1)
    generation = queue.clear()
    assert queue.put(frame(9, 9), generation)
    assert not queue.put(frame(1, 1), generation - 1)
    assert queue.span() == (FilmPosition(0, 9), FilmPosition(0, 9))


def test_a_closed_queue_refuses_everything_for_good() -> None:
    queue = filled((0, 0), depth=1)
    queue.close()
    assert queue.span() is None
    assert not queue.put(frame(2, 2), 0)
    assert not queue.put(frame(2, 2), queue.clear())


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=12),
    st.lists(st.integers(0, 30), max_size=20),
)
def test_asking_for_rising_film_frames_finds_each_in_the_one_entry_that_covers_it(
    lengths: list[int], asked: list[int]
) -> None:
    firsts = [sum(lengths[:i]) for i in range(len(lengths))]
    queue = filled(
        *((first, first + n - 1) for first, n in zip(firsts, lengths, strict=True)), depth=12
    )
    for film_frame in sorted(asked):
        position = FilmPosition(0, film_frame)
        covering = [first for first in firsts if first <= film_frame][-1]
        is_there = film_frame < sum(lengths)
        assert queue.covers(position) == is_there
        taken = queue.take(position)
        assert (taken and taken.payload) == ((0, covering) if is_there else None)
        assert len(queue) == (len(firsts) - firsts.index(covering) if is_there else 0)
