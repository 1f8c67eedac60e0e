"""Looks are few at a time, likely films first, and end at once when nobody wants to know."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from installation.library import scan
from installation.library.looks import Look, Looking, Looks
from installation.library.probe_apart import probe_apart
from installation.library.scan import MAX_THREADS, Found, Rejection, look_into
from installation.library.settle import FileSeen, Sighting
from tests.clips import make_clip

FILM = Sighting(1, (FileSeen("film.mp4", 1_000_000),))
JUNK = Sighting(2, (FileSeen("notes.txt", 1_000_000),))
SMALL = Sighting(3, (FileSeen("film.mp4", 1000),))
TWO = Sighting(4, (FileSeen("a.mp4", 1_000_000), FileSeen("b.mp4", 1_000_000)))
Make = Callable[[Look], Looks]


class Gate:
    """A look that waits until it is opened, and remembers who came in, in order."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.entered: list[str] = []
        self.given_up: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, folder: Path, stop: threading.Event) -> Found:
        with self._changed:
            self.entered.append(folder.name)
            self._changed.notify_all()
        while not self.is_open.wait(0.01):
            if stop.is_set():
                self.given_up.append(folder.name)
                raise CancelledError
        return Found(None, Rejection(folder.name, "was looked into"))

    def wait_for(self, number: int) -> None:
        """Until so many have come in."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.entered) >= number, 30)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def looked() -> list[str]:
    return []


@pytest.fixture
def looks(gate: Gate, looked: list[str]) -> Iterator[Looks]:
    made = Looks(gate, lambda: looked.append("looked"))
    yield made
    gate.is_open.set()
    made.close([])


def test_a_film_does_not_wait_for_the_junk_that_came_before_it(gate: Gate, looks: Looks) -> None:
    kinds = {"junk": JUNK, "small": SMALL, "two": TWO}
    begun = [looks.begin(Path(f"first {number}"), FILM) for number in range(MAX_THREADS)]
    gate.wait_for(MAX_THREADS)
    begun += [looks.begin(Path(f"{kind} {n}"), kinds[kind]) for n in range(60) for kind in kinds]
    begun += [looks.begin(Path(f"film {number}"), FILM) for number in range(2)]
    gate.is_open.set()
    looks.wait_for(begun)
    assert {*gate.entered[MAX_THREADS : MAX_THREADS + 2]} == {"film 0", "film 1"}
    assert len(gate.entered) == len(begun)


def test_a_look_given_up_ends_at_once_and_one_that_waits_never_begins(
    gate: Gate, looks: Looks, looked: list[str]
) -> None:
    begun = [looks.begin(Path(str(number)), FILM) for number in range(MAX_THREADS + 1)]
    gate.wait_for(MAX_THREADS)
    waiting, running = begun[-1], begun[0]
    waiting.give_up()
    running.give_up()
    with pytest.raises(CancelledError):
        running.found.result(30)
    after = looks.begin(Path("after"), FILM)
    gate.wait_for(MAX_THREADS + 1)
    assert gate.entered[-1] == "after"
    assert looked == []
    gate.is_open.set()
    assert after.found.result(30).rejection is not None


def test_closing_ends_the_looks_under_way(gate: Gate) -> None:
    before = set(threading.enumerate())
    looks = Looks(gate, lambda: None)
    begun: list[Looking] = [looks.begin(Path(str(n)), FILM) for n in range(MAX_THREADS + 5)]
    gate.wait_for(MAX_THREADS)
    looks.close(begun)
    assert sorted(gate.given_up) == sorted(gate.entered)
    assert len(gate.entered) == MAX_THREADS
    assert set(threading.enumerate()) == before


def test_a_real_rehearsal_under_way_is_ended_and_leaves_no_thread(film_folder: Path) -> None:
    size = (1280, 720)
    make_clip(film_folder / "Sora" / "film.mp4", frames=600, rate=Fraction(24), size=size)
    before = set(threading.enumerate())
    measuring = threading.Event()

    def look(folder: Path, stop: threading.Event) -> Found:
        measuring.set()
        measure = partial(probe_apart, rehearsal="whole", stop=stop)
        return look_into(folder, film_folder, None, measure)

    looks = Looks(look, lambda: None)
    looking = looks.begin(film_folder / "Sora", FILM)
    assert measuring.wait(30)
    looks.close([looking])
    with pytest.raises(CancelledError):
        looking.found.result(0)
    assert set(threading.enumerate()) == before


def test_a_folder_of_a_thousand_films_is_told_in_one_short_sentence(film_folder: Path) -> None:
    (film_folder / "many").mkdir()
    for number in range(1000):
        (film_folder / "many" / f"{number:03}.mp4").write_bytes(b"junk")
    (rejection,) = scan(film_folder, order="date").rejected
    assert '"004.mp4" and 995 more)' in rejection.message
    assert len(rejection.message) < 300
