"""Watches the film's folder while the wall plays, for what arrives, changes and goes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from installation.film import Clock
from installation.library.catalog import Entry, State
from installation.library.hints import Hints, Mode
from installation.library.known_films import KnownFilms
from installation.library.looks import Look
from installation.library.receipts import Receipts
from installation.library.rounds import Rounds
from installation.library.scan import Found, Library, Order, library_of, look_into

OnChange = Callable[[Library, tuple[Entry, ...]], None]
MIN_GAP_S = 0.25
"""Between two rounds, however many hints there are: a copy changes its file all the time."""
BREATHS = 4
"""A round is followed by a rest of so many times its own length, whatever happens: a folder full
of junk, or a slow share, must not have the watch at work all the time."""
_NS_PER_S = 1_000_000_000


class Watch:
    """A thread that keeps the library as the film's folder has it.

    Every round reads the whole folder; hints only bring the next one forward. `on_change` is
    called on the watch's thread, with no lock held, after the first round and whenever versions,
    rejections or notices have changed. `look` looks into one settled folder, on one of a few
    threads, until the event it is given is set. `calendar` tells the time as files have it (ns
    since 1970): with it, what lies still at the first round need not settle any more. `receipts`
    follow every round.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        on_change: OnChange,
        order: Order = "date",
        settle_s: float = 5.0,
        rescan_s: float = 2.0,
        mode: Mode = "auto",
        calendar: Clock | None = None,
        known: KnownFilms | None = None,
        look: Look | None = None,
        receipts: Receipts | None = None,
    ) -> None:
        self._clock = clock
        self._on_change = on_change
        self._order = order
        self._rescan_s = rescan_s
        self._receipts = receipts
        self._rounds = Rounds(
            folder,
            settle_ns=round(settle_s * _NS_PER_S),
            calendar=calendar,
            look=look or (lambda path, _: look_into(path, folder, known)),
            on_looked=self._call,
        )
        self._hints = Hints(folder, mode, self.wake)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._condition = threading.Condition()
        self._is_hinted = False
        self._is_called = False
        self._is_stopping = False
        self._notes: deque[tuple[Entry, State]] = deque()
        self._library = Library(())
        self._entries: tuple[Entry, ...] = ()
        self._told: Library | None = None

    @property
    def library(self) -> Library:
        """What the film's folder held at the last round; any thread may ask."""
        return self._library

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every version's state at the last round; any thread may ask."""
        return self._entries

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the watch to end; any thread may call it."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()

    def join(self, timeout_s: float | None = None) -> bool:
        """After `stop`, wait for the end; False where a look or a share still holds it up."""
        if self._thread.ident is None:
            self._rounds.close()
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def wake(self) -> None:
        """Something may have changed: bring the next round forward; any thread may call it."""
        with self._condition:
            self._is_hinted = True
            self._condition.notify_all()

    def note_on_air(self, entry: Entry) -> None:
        """The wall shows this version now; whoever put it there says so, on any thread."""
        self._note(entry, State.ON_AIR)

    def note_off_air(self, entry: Entry) -> None:
        """The wall shows it no more, though it is in the library; said on any thread."""
        self._note(entry, State.OFF_AIR)

    def reorder(self, order: Order) -> None:
        """Let the versions hang in another order; any thread may call it."""
        self._order = order
        self._call()

    def write_receipts(self, is_wanted: bool) -> None:
        """Write receipts from now on, or no more; any thread may call it."""
        if self._receipts is not None and self._receipts.is_wanted != is_wanted:
            self._receipts.is_wanted = is_wanted
            self._call()

    def scan_once(self, now_ns: int, *, waits: bool = True) -> Library:
        """One whole round; for the watch's thread, or before `start` for the one that calls it.

        Looks into folders are waited for; without `waits`, a later round takes what they found.
        """
        while self._notes:
            self._rounds.catalog.note(*self._notes.popleft())
        self._rounds.go(now_ns, waits=waits)
        entries = self._rounds.catalog.entries()
        library = library_of(
            [Found(entry.version, entry.rejection, entry.notices) for entry in entries],
            self._rounds.listing.folders,
            self._rounds.listing.notices,
            order=self._order,
            subtitles=self._rounds.subtitles.found,
        )
        self._library, self._entries = library, entries
        if library != self._told:
            self._told = library
            self._on_change(library, entries)
        if self._receipts is not None:
            self._receipts.follow(entries)
        return library

    def _note(self, entry: Entry, state: State) -> None:
        self._notes.append((entry, state))
        self._call()

    def _call(self) -> None:
        """The next round now: there is something to take over."""
        with self._condition:
            self._is_called = True
            self._condition.notify_all()

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                begun_ns = self._clock.now_ns()
                self._hints.tend()
                self.scan_once(begun_ns, waits=False)
                self._rest(self._clock.now_ns() - begun_ns)
        finally:
            self._hints.stop()
            self._rounds.close()

    def _rest(self, took_ns: int) -> None:
        """Until a hint comes, a folder will have settled, or it is time to look again anyway."""
        due_ns = self._rounds.next_due_ns()
        rest_s = self._rescan_s
        if due_ns is not None:
            rest_s = min(rest_s, max(0, due_ns - self._clock.now_ns()) / _NS_PER_S)
        breath_s = BREATHS * took_ns / _NS_PER_S
        rest_s = max(rest_s, breath_s)
        gap_s = max(breath_s, min(MIN_GAP_S, rest_s))
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping, breath_s)
            self._condition.wait_for(lambda: self._is_stopping or self._is_called, gap_s - breath_s)
            self._condition.wait_for(
                lambda: self._is_stopping or self._is_called or self._is_hinted, rest_s - gap_s
            )
            self._is_hinted = self._is_called = False
