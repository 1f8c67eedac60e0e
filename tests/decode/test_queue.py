"""The queue between a decoding thread and the presenter."""

from __future__ import annotations

import threading

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
    assert queue.take(FilmPosition(0, 2)) is None


def test_the_next_loop_follows_this_one() -> None:
    queue = filled((46, 47))
    queue.put(frame(0, 0, loop=1), 0)
    assert queue.covers(FilmPosition(1, 0))
    taken = queue.take(FilmPosition(1, 0))
    assert taken is not None
    assert taken.payload == (1, 0)


def test_a_full_queue_makes_the_decoder_wait_until_a_frame_is_let_go() -> None:
    queue = filled((0, 0), (1, 1), depth=2)
    done = threading.Event()

    def put() -> None:
        queue.put(frame(2, 2), 0)
        done.set()

    putter = threading.Thread(target=put)
    putter.start()
    assert queue.is_full
    assert not done.wait(0.05)
    queue.take(FilmPosition(0, 1))
    assert done.wait(5)
    putter.join()
    assert queue.span() == (FilmPosition(0, 1), FilmPosition(0, 2))


def test_clearing_refuses_what_was_decoded_for_before() -> None:
    queue = filled((0, 0), (1, 1), depth=2)
    results: list[bool] = []
    putter = threading.Thread(target=lambda: results.append(queue.put(frame(2, 2), 0)))
    putter.start()
    generation = queue.clear()
    putter.join(5)
    assert results == [False] or len(queue) == 0
    assert not queue.put(frame(3, 3), generation - 1)
    assert queue.put(frame(9, 9), generation)
    assert queue.span() == (FilmPosition(0, 9), FilmPosition(0, 9))


def test_closing_wakes_the_decoder_for_good() -> None:
    queue = filled((0, 0), depth=1)
    results: list[bool] = []
    putter = threading.Thread(target=lambda: results.append(queue.put(frame(1, 1), 0)))
    putter.start()
    queue.close()
    putter.join(5)
    assert results == [False]
    assert queue.span() is None
