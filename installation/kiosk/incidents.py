"""What happened to a wall, in plain words: what visitors may have noticed, and what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from installation.kiosk.history import Dark, History
from installation.kiosk.log_line import Line
from installation.kiosk.log_reader import Run

MOST_NAMES = 6


@dataclass(frozen=True)
class Incident:
    """One thing that happened."""

    at_ms: int
    """Since 1970."""
    sentence: str
    lasted_ms: int | None = None
    is_trouble: bool = True
    """False for what somebody wanted."""


def incidents(history: History) -> list[Incident]:
    """All of them, in order."""
    found = [*_of_runs(history), *(one for run in history.runs for one in _of_run(run))]
    found = [one for one in found if history.start_ms <= one.at_ms <= history.end_ms]
    return sorted(found, key=lambda one: one.at_ms)


# -- between runs


def _of_runs(history: History) -> Iterator[Incident]:
    for dark in history.dark:
        yield _of_dark(dark)
    for run in history.runs:
        has_shown = run.first_picture_ms is not None or run.playing
        if not has_shown and run.ended is None:
            yield Incident(run.calendar(run.start_ms), "The wall was started, and showed nothing.")


def _of_dark(dark: Dark) -> Incident:
    lasted_ms = dark.end_ms - dark.start_ms
    comes_back = "it was started again" if dark.after else "it has not played since"
    if dark.before.ended is not None and not dark.was_wanted:
        anew = f"The wall started itself anew: {dark.before.ended}."
        return Incident(dark.start_ms, anew, lasted_ms)
    if dark.was_wanted:
        asked = f"The wall was ended ({dark.before.ended}), and {comes_back}."
        return Incident(dark.start_ms, asked, lasted_ms, is_trouble=False)
    why = "The program or its machine stopped without a word"
    if dark.after is not None and dark.before.boot and dark.after.boot:
        if dark.before.boot == dark.after.boot:
            why = "The program ended by itself: it crashed, or something killed it"
        else:
            why = "The machine went off without a word: a power cut, or somebody switched it off"
    comes_back = (
        "it was started again, and the wall was dark meanwhile" if dark.after else comes_back
    )
    return Incident(dark.start_ms, f"{why}; {comes_back}.", lasted_ms)


# -- within a run


def _of_run(run: Run) -> Iterator[Incident]:
    for place, (at_ms, line) in enumerate(run.happened):
        told = _TOLD.get(line.event, _as_noted)(line)
        if told is None:
            continue
        lasted = _lasted(run, place, at_ms, line)
        start_ms = at_ms - line.integer("ms") if line.event in _OVER else at_ms
        is_trouble = line.event not in _WANTED and not line.fields.get("is_gone")
        yield Incident(run.calendar(start_ms), told, lasted, is_trouble)


def _lasted(run: Run, place: int, at_ms: int, line: Line) -> int | None:
    """How long it was so, in milliseconds."""
    if line.event in _OVER:
        return line.integer("ms")
    until = _UNTIL.get(line.event)
    if until is None or line.fields.get("is_gone"):
        return None
    for later_ms, later in run.happened[place + 1 :]:
        if later.event in until and _is_about_the_same(line, later):
            return later_ms - at_ms
    return run.last_ms - at_ms


def _is_about_the_same(line: Line, later: Line) -> bool:
    about = "why" if line.event == "screen_lost" else "version"
    return line.text(about) == later.text(about)


_OVER = frozenset({"stood_still"})
"""Noted when they were over."""
_UNTIL = {
    "off_air": {"on_air"},
    "config_refused": {"config_mended", "config_refused"},
    "sound_lost": {"sound_back"},
    "screen_lost": {"screen_back"},
}
_WANTED = frozenset(
    {"version_added", "version_removed", "version_replaced", "config_changed", "config_mended"}
    | {"changed_over", "conformed", "clock_stepped", "sound_back"}
)


def _named(text: str) -> Callable[[Line], str]:
    return lambda line: text.format(line.text("version"))


def _off_air(line: Line) -> str | None:
    if line.fields.get("is_gone"):
        return None  # told with the reason
    reason = line.text("reason")
    return f"“{line.text('version')}” was off air{f': {reason}' if reason else ''}."


def _stood_still(line: Line) -> str:
    if line.fields.get("was_process"):
        return "The wall stood still: its process was held up, or the machine slept."
    return "The wall stood still: no new picture came."


def _config_changed(line: Line) -> str | None:
    changed, later = _listed(line, "changed"), _listed(line, "at_next_start")
    if not changed:
        return f"The config was saved: {later} takes effect at the next start." if later else None
    return f"The config was changed: {changed}" + (
        f"; {later} at the next start." if later else "."
    )


def _listed(line: Line, field: str) -> str:
    value = line.fields.get(field)
    names = [str(name) for name in value] if isinstance(value, list) else []
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _clock_stepped(line: Line) -> str:
    way = "ahead" if line.integer("ms") > 0 else "back"
    return f"The machine's clock was set {way} by {in_words(abs(line.integer('ms')))}."


def _mismatched(line: Line) -> str:
    return (
        f"The lock was broken: “{line.text('version')}” did not show the picture that belongs to"
        f" film frame {line.integer('film_frame')} of loop {line.integer('loop') + 1}."
    )


def _changed_over(line: Line) -> str | None:
    return None  # the versions' table tells it


def _as_noted(line: Line) -> str | None:
    """What others note: in the words they chose."""
    return line.text("sentence") or line.event.replace("_", " ").capitalize() + "."


_TOLD: dict[str, Callable[[Line], str | None]] = {
    "started": lambda line: None,
    "first_picture": lambda line: None,
    "on_air": lambda line: None,
    "ended": lambda line: None,
    "opened": lambda line: None,
    "closed": lambda line: None,
    "stands_still": lambda line: None,
    "config_mended": lambda line: None,
    "sound_back": lambda line: None,
    "screen_lost": lambda line: f"A screen was not as it was to be: {line.text('why')}.",
    "screen_back": lambda line: None,
    "changed_over": _changed_over,
    "off_air": _off_air,
    "stood_still": _stood_still,
    "config_changed": _config_changed,
    "config_refused": lambda line: (
        f"A config was saved that is wrong, and the last good one played on: {line.text('mistake')}"
    ),
    "version_added": _named("“{}” came into the film's folder."),
    "version_removed": _named("“{}” was taken out of the film's folder."),
    "version_replaced": _named("“{}” came with another film in its place."),
    "version_rejected": lambda line: f"Not shown: {line.text('why')}",
    "conformed": _named("“{}” was conformed to the size it is shown at."),
    "clock_stepped": _clock_stepped,
    "mismatched": _mismatched,
    "sound_lost": lambda line: f"The sound was gone: {line.text('why')}",
    "missed": lambda line: (
        f"{line.integer('events')} events could not be noted: the disk of the play log was full, or"
        " hung."
    ),
}


def in_words(ms: int) -> str:
    """A length of time for a person: "0.4 s", "3 min 12 s", "2 h 5 min", "3 days 4 h"."""
    if ms < 60_000:
        return f"{ms / 1000:.1f} s"
    seconds = (ms + 500) // 1000
    units = (("day", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    place = next(i for i, (_, size) in enumerate(units) if seconds >= size)
    said = []
    for name, size in units[place : place + 2]:
        count, seconds = divmod(seconds, size)
        if count:
            said.append(f"{count} day{'s' * (count != 1)}" if name == "day" else f"{count} {name}")
    return " ".join(said)
