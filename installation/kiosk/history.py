"""What became of a wall in a stretch of time: how long it played, what it showed and counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from installation.kiosk.log_reader import Log, Run
from installation.kiosk.spans import Span, common, joined, length, without
from installation.kiosk.totals import Totals

STILL_PLAYS_MS = 15_000
"""A run heard of so shortly before is not over."""


@dataclass(frozen=True)
class Dark:
    """Between two runs, or after the last: the wall was not there."""

    start_ms: int
    end_ms: int
    before: Run
    after: Run | None
    """None where it has not come back."""

    @property
    def was_wanted(self) -> bool:
        """True where somebody ended it."""
        return self.before.ended is not None and self.before.is_for_good


@dataclass(frozen=True)
class VersionTime:
    """How long a version was on air."""

    ms: int
    times_off_air: int
    mezzanine_ms: int
    mezzanines: tuple[str, ...]
    first_ms: int
    last_ms: int


@dataclass(frozen=True)
class History:
    """By the calendar, in milliseconds since 1970."""

    log: Log
    start_ms: int
    end_ms: int
    meant: tuple[Span, ...]
    """When it was meant to play."""
    played: tuple[Span, ...]
    """Of that, when it did."""
    dark: tuple[Dark, ...]
    totals: Totals

    @property
    def runs(self) -> list[Run]:
        """Those of this time."""
        return [r for r in self.log.runs if _ends(r) >= self.start_ms and _begins(r) <= self.end_ms]

    @property
    def share(self) -> float | None:
        """Of the time in which it was meant to play; None where that was none."""
        meant = length(self.meant)
        return length(self.played) / meant if meant else None

    def within(self, start_ms: int, end_ms: int) -> History:
        """The same of a part of this time."""
        start_ms, end_ms = max(self.start_ms, start_ms), min(self.end_ms, end_ms)
        part = [(start_ms, end_ms)]
        return History(
            self.log,
            start_ms,
            end_ms,
            tuple(common(self.meant, part)),
            tuple(common(self.played, part)),
            tuple(d for d in self.dark if d.start_ms < end_ms and d.end_ms > start_ms),
            _counted(self.log.runs, start_ms, end_ms),
        )

    def version(self, name: str) -> VersionTime | None:
        """How long a version was on air; None for one that never was."""
        spans: list[tuple[Span, str]] = []
        times_off_air = 0
        for run in self.runs:
            for hung in run.on_air:
                if hung.name == name:
                    span = run.calendar(hung.start_ms), run.calendar(hung.end_ms)
                    spans += [(part, hung.mezzanine) for part in common([span], [self._all])]
            times_off_air += sum(
                line.event == "off_air"
                and line.text("version") == name
                and not line.fields.get("is_gone")
                for at_ms, line in run.happened
                if self.start_ms <= run.calendar(at_ms) <= self.end_ms
            )
        if not spans:
            return None
        parts = [part for part, _ in spans]
        from_mezzanine = [part for part, mezzanine in spans if mezzanine]
        return VersionTime(
            length(joined(parts)),
            times_off_air,
            length(joined(from_mezzanine)),
            tuple(dict.fromkeys(mezzanine for _, mezzanine in spans if mezzanine)),
            min(start for start, _ in parts),
            max(end for _, end in parts),
        )

    @property
    def _all(self) -> Span:
        return self.start_ms, self.end_ms


def history_of(
    log: Log, since_ms: int | None, until_ms: int, now_ms: int, hours: Sequence[Span] | None = None
) -> History:
    """What the log tells of the time between. `hours` are those in which the wall is open, as far
    as anybody needs them; None where it has none: then it was meant to play from each start until
    it was asked to end.
    """
    runs = log.runs
    began = min((_begins(run) for run in runs), default=until_ms)
    start_ms = began if since_ms is None else max(since_ms, min(began, until_ms))
    period = joined([(start_ms, until_ms)])
    dark = _dark(runs, now_ms)
    if hours is None:
        asked = joined((d.start_ms, d.end_ms) for d in dark if d.was_wanted)
        closed = joined(span for run in runs for span in run.spans(run.closed))
        meant = without(without(period, asked), closed)
    else:
        meant = common(joined(hours), period)
    playing = joined(span for run in runs for span in run.spans(run.playing))
    return History(
        log,
        start_ms,
        until_ms,
        tuple(meant),
        tuple(common(playing, meant)),
        tuple(d for d in dark if d.start_ms < until_ms and d.end_ms > start_ms),
        _counted(runs, start_ms, until_ms),
    )


def _begins(run: Run) -> int:
    return run.calendar(run.start_ms)


def _ends(run: Run) -> int:
    return run.calendar(run.last_ms)


def _dark(runs: Sequence[Run], now_ms: int) -> list[Dark]:
    """Where no run was there; two may overlap, when somebody starts a second one."""
    found: list[Dark] = []
    shown = [run for run in runs if run.playing or run.first_picture_ms is not None]
    last: Run | None = None
    for run in shown:
        first = run.start_ms if run.first_picture_ms is None else run.first_picture_ms
        if last is not None and run.calendar(first) > _ends(last):
            found.append(Dark(_ends(last), run.calendar(first), last, run))
        last = run if last is None or _ends(run) > _ends(last) else last
    if last is not None and (last.ended is not None or now_ms - _ends(last) > STILL_PLAYS_MS):
        found.append(Dark(_ends(last), max(now_ms, _ends(last)), last, None))
    return found


def _counted(runs: Sequence[Run], start_ms: int, end_ms: int) -> Totals:
    total = Totals()
    for run in runs:
        before, after = _at(run, start_ms), _at(run, end_ms)
        total = total.plus(after.minus(before))
    return total


def _at(run: Run, moment_ms: int) -> Totals:
    """What a run had counted at a moment, as it was noted last."""
    place = bisect_right(run.marks, moment_ms - run.offset_ms, key=lambda mark: mark[0])
    return run.marks[place - 1][1] if place else Totals()
