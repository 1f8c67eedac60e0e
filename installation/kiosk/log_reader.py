"""The play log, read back: runs of the program, each with what became of it.

Within a run, time is told by the clock that nobody sets; the calendar is what the machine believed
at the run's end, when the network had set it. Lines that a power cut tore are counted, and passed
over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from installation.kiosk.log_files import beat_files, log_files
from installation.kiosk.log_line import Line, read
from installation.kiosk.spans import Span, joined
from installation.kiosk.totals import Totals, totals_in

PLAYED = "played"


@dataclass
class OnAir:
    """A version on the wall, from one moment to another, in the run's own milliseconds."""

    name: str
    start_ms: int
    end_ms: int
    mezzanine: str = ""
    """Its size and codec; empty where the original played."""


@dataclass
class Run:
    """One run of the program; its moments are milliseconds of the clock that nobody sets."""

    name: str
    start_ms: int
    last_ms: int
    """The last sign of life."""
    offset_ms: int
    """To milliseconds since 1970."""
    started: Line | None = None
    first_picture_ms: int | None = None
    ended: str | None = None
    """Why, where it was asked to."""
    is_for_good: bool = True
    """False where it ended in order to start anew."""
    marks: list[tuple[int, Totals]] = field(default_factory=list)
    """What it had counted when."""
    happened: list[tuple[int, Line]] = field(default_factory=list)
    on_air: list[OnAir] = field(default_factory=list)
    playing: list[Span] = field(default_factory=list)
    """When pictures moved."""
    closed: list[Span] = field(default_factory=list)
    """When it was dark on purpose."""
    numbers: set[int] = field(default_factory=set)

    @property
    def boot(self) -> str:
        """What tells one time that the machine was switched on from the next."""
        return "" if self.started is None else self.started.text("boot")

    def calendar(self, at_ms: int) -> int:
        """Milliseconds since 1970."""
        return at_ms + self.offset_ms

    def spans(self, spans: list[Span]) -> list[Span]:
        """By the calendar."""
        return [(self.calendar(start), self.calendar(end)) for start, end in spans]


@dataclass
class Log:
    """All that is left of the play log."""

    runs: list[Run] = field(default_factory=list)
    """In the order in which they began."""
    lines: int = 0
    bad_lines: int = 0
    files: int = 0


def read_log(folder: Path) -> Log:
    """Read all of it. Raises OSError where it cannot be opened."""
    log = Log(files=len(log_files(folder)))
    tellers: dict[str, _Teller] = {}
    for line in _lines(folder, log):
        teller = tellers.setdefault(line.run, _Teller(line))
        teller.hear(line)
    log.runs = sorted((teller.run() for teller in tellers.values()), key=_began_ms)
    return log


def _began_ms(run: Run) -> int:
    return run.calendar(run.start_ms)


def _lines(folder: Path, log: Log) -> Iterator[Line]:
    for file in [*log_files(folder), *beat_files(folder)]:
        try:
            with file.open("rb") as lines:
                for written in lines:
                    found = read(written)
                    if found is not None:
                        log.lines += 1
                        yield found
                    elif written.strip():
                        log.bad_lines += 1
        except FileNotFoundError:
            continue  # it went meanwhile, as the oldest do


class _Teller:
    """Follows one run line by line."""

    def __init__(self, first: Line) -> None:
        self._run = Run(first.run, first.mono_ms, first.mono_ms, 0)
        self._hanging: dict[str, OnAir] = {}
        self._is_cut = first.number != 1  # what came before was let go
        self._is_still = False
        self._playing_since: int | None = first.mono_ms if self._is_cut else None
        self._closed_since: int | None = None

    def hear(self, line: Line) -> None:
        run = self._run
        if line.number and line.number in run.numbers:
            return  # written twice, because the disk refused something
        run.numbers.add(line.number)
        if line.mono_ms >= run.last_ms:
            run.last_ms = line.mono_ms
            run.offset_ms = int(line.at.timestamp() * 1000) - line.mono_ms
        if line.event == PLAYED:
            run.marks.append((line.mono_ms, totals_in(line)))
            return
        run.happened.append((line.mono_ms, line))
        self._follow(line)

    def run(self) -> Run:
        """The whole run, when every line was heard."""
        run = self._run
        for hung in self._hanging.values():
            hung.end_ms = run.last_ms
        self._set_playing(False, run.last_ms)
        self._set_closed(False, run.last_ms)
        run.playing = joined(run.playing)
        run.marks.sort()
        run.happened.sort(key=lambda one: one[0])
        run.numbers.clear()
        return run

    def _follow(self, line: Line) -> None:
        run, at, name = self._run, line.mono_ms, line.text("version")
        match line.event:
            case "started":
                run.started, run.start_ms = line, at - line.integer("age_ms")
            case "first_picture":
                run.first_picture_ms = at - line.integer("age_ms")
            case "on_air" | "changed_over":
                self._take_down(name, at)
                hung = OnAir(name, at, at, _mezzanine(line))
                self._hanging[name] = hung
                run.on_air.append(hung)
            case "off_air":
                self._take_down(name, at)
            case "stood_still" | "stands_still":
                self._set_playing(False, at - line.integer("ms"))
                self._is_still = line.event == "stands_still"
            case "closed" | "opened":
                self._set_closed(line.event == "closed", at)
            case "ended":
                run.ended = line.text("why")
                run.is_for_good = line.fields.get("is_for_good") is not False
        self._set_playing(self._should_play(), at)

    def _should_play(self) -> bool:
        is_up = self._run.first_picture_ms is not None and bool(self._hanging)
        return (is_up or self._is_cut) and not self._is_still and self._closed_since is None

    def _take_down(self, name: str, at_ms: int) -> None:
        hung = self._hanging.pop(name, None)
        if hung is not None:
            hung.end_ms = at_ms

    def _set_playing(self, plays: bool, at_ms: int) -> None:
        if plays and self._playing_since is None:
            first = self._run.first_picture_ms
            is_first = first is not None and not self._run.playing
            self._playing_since = first if is_first else at_ms
        elif not plays and self._playing_since is not None:
            self._run.playing.append((self._playing_since, max(at_ms, self._playing_since)))
            self._playing_since = None

    def _set_closed(self, is_closed: bool, at_ms: int) -> None:
        if is_closed and self._closed_since is None:
            self._closed_since = at_ms
        elif not is_closed and self._closed_since is not None:
            self._run.closed.append((self._closed_since, at_ms))
            self._closed_since = None


def _mezzanine(line: Line) -> str:
    told = line.fields.get("mezzanine")
    return f"{told.get('size')}, {told.get('codec')}" if isinstance(told, dict) else ""
