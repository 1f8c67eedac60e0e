"""From a subtitle file's text to its cues; one that is broken is told by its line and left out.

`pysubs2` knows the formats, but passes over mistakes in silence, so that each cue is looked at
before it gets it.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import pysubs2
from pysubs2.formats.subrip import SubripFormat
from pysubs2.formats.webvtt import WebVTTFormat

from installation.errors import VersionRejected
from installation.film import Cue
from installation.film.subtitles import Align
from installation.library.subtitle_markup import marked_up

MOST_CUES, MOST_LETTERS, MOST_LINES = 20_000, 400, 8
"""Of a file, of a cue, of a cue."""
MS_TOLERANCE, CS_TOLERANCE_MS = 1, 5
"""The rounding of times to thousandths, and to hundredths, of a second."""
_STAMP = r"\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d{0,3})?"
_TIMES = {
    ".srt": re.compile(r"\s*(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})\s*-->\s*"
                       r"(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})(\s.*)?"),
    ".vtt": re.compile(r"\s*((?:\d{2}:)?\d{2}:\d{2}\.\d{3})\s+-->\s+"
                       r"((?:\d{2}:)?\d{2}:\d{2}\.\d{3})(\s.*)?"),
}  # fmt: skip
_EXAMPLES = {".srt": "00:00:01,000 --> 00:00:02,500", ".vtt": "00:00:01.000 --> 00:00:02.500"}
_LIKE_TIMES = re.compile(rf"\s*{_STAMP}\s*\S{{1,4}}\s*{_STAMP}\s*")
_NUMBER = re.compile(r"\s*\d+\s*")
_ASS_TIME = re.compile(r"\s*\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}\s*")
_ASS_FIELDS = 10
_SETTING = re.compile(r"\b(line|align):(\S+)")
_SIDES: dict[bool, dict[str, Align]] = {
    False: {"left": "left", "right": "right", "start": "left", "end": "right"},
    True: {"left": "left", "right": "right", "start": "right", "end": "left"},
}
"""What is meant by an `align`, by whether the text runs leftwards."""
_PLACE = re.compile(r"\\an([1-9])")
_WITHIN = re.compile(r"<[\d:.]+>")
"""The time of a word within a cue, which WebVTT has."""
_PLAIN = pysubs2.SSAStyle()


class Complaint(NamedTuple):
    """What is wrong in one line, from 1 on."""

    line: int
    sentence: str


class _Block(NamedTuple):
    """A cue as it is written."""

    line: int
    times: str
    settings: str
    text: list[str]


def cues_in(text: str, suffix: str) -> tuple[tuple[Cue, ...], list[Complaint], int]:
    """The cues in order of their beginnings, what is wrong with others, and how late a cue may
    begin and still be in time. Raises VersionRejected, without `where`, for what is no such file.
    """
    complaints: list[Complaint] = []
    if suffix == ".ass":
        cues, tolerance_ms = list(_of_ass(text, complaints)), CS_TOLERANCE_MS
    else:
        cues, tolerance_ms = list(_of_blocks(text, suffix, complaints)), MS_TOLERANCE
    if not cues and not complaints:
        remedy = "put a subtitle file here, or take it away"
        raise VersionRejected("holds no subtitles", remedy=remedy)
    if len(cues) > MOST_CUES:
        what = f"holds {len(cues)} cues, more than {MOST_CUES}"
        raise VersionRejected(what, remedy="leave out what is not said")
    kept = []
    for line, cue in cues:
        if _is_too_long(cue.text):
            complaints.append(Complaint(line, "is too long for a subtitle; part it in several"))
        elif cue.text:
            kept.append(cue)
    kept.sort(key=lambda cue: cue.start_ms)
    return tuple(kept), sorted(complaints), tolerance_ms


def _is_too_long(text: str) -> bool:
    return len(text) > MOST_LETTERS or text.count("<br>") >= MOST_LINES


# -- SubRip and WebVTT


def _of_blocks(text: str, suffix: str, complaints: list[Complaint]) -> Iterator[tuple[int, Cue]]:
    stamp = (WebVTTFormat if suffix == ".vtt" else SubripFormat).TIMESTAMP
    blocks = []
    for block in _blocks(text, suffix, complaints):
        if suffix == ".vtt":
            block = block._replace(text=[_WITHIN.sub("", line) for line in block.text])
        if any(len(stamp.findall(line)) == 2 for line in block.text):
            complaints.append(Complaint(block.line, "has times in its text; put them elsewhere"))
        else:
            blocks.append(block)
    written = "".join("\n".join([block.times, *block.text, "", "0", ""]) for block in blocks)
    events = pysubs2.SSAFile.from_string(written, format_=suffix[1:]).events
    for block, event in zip(blocks, events, strict=True):
        if event.end <= event.start:
            complaints.append(Complaint(block.line, "ends before it begins; mend its times"))
            continue
        is_top, align = _placed(event.text, block.settings)
        said = marked_up(event.text, _PLAIN, {}, is_vtt=suffix == ".vtt")
        yield block.line, Cue(event.start, event.end, said, is_top, align)


def _blocks(text: str, suffix: str, complaints: list[Complaint]) -> Iterator[_Block]:
    """Each cue with right times. A blank line within a cue's text does not end it, as elsewhere."""
    block: _Block | None = None
    is_passed_over = True  # what stands before the first cue, in a broken one or in a note
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if suffix == ".vtt" and not line.strip():
            is_passed_over = True  # here it does
        if "-->" in line or _LIKE_TIMES.fullmatch(line):
            if block is not None:
                yield _without_number(block, lines[index - 1])
            block, is_passed_over = None, True
            match = _TIMES[suffix].fullmatch(line)
            if match is None:
                sentence = f"is no time from and to; write it as {_EXAMPLES[suffix]}"
                complaints.append(Complaint(index + 1, sentence))
                continue
            times = f"{match[1]} --> {match[2]}"
            block, is_passed_over = _Block(index + 1, times, match[3] or "", []), False
        elif block is not None and not is_passed_over and line.strip():
            block.text.append(line)
    if block is not None:
        yield block


def _without_number(block: _Block, before: str) -> _Block:
    """Without the next cue's number, which stands right before its times."""
    if block.text and block.text[-1] == before and _NUMBER.fullmatch(before):
        return block._replace(text=block.text[:-1])
    return block


def _placed(text: str, settings: str) -> tuple[bool, Align]:
    """Where a cue stands, by WebVTT's settings or by the tag that SubRip files have from others."""
    found = dict(_SETTING.findall(settings))
    align = _SIDES[_runs_leftwards(text)].get(found.get("align", ""), "center")
    line = found.get("line", "").split(",")[0]
    percent = re.fullmatch(r"(\d{1,3})(?:\.\d+)?%", line)
    is_top = int(percent[1]) < 50 if percent else re.fullmatch(r"\d", line) is not None
    match = _PLACE.search(text)
    return _by_number(int(match[1])) if match else (is_top, align)


def _runs_leftwards(text: str) -> bool:
    """True for Hebrew, Arabic and the like, by the first letter that has a direction."""
    directions = (unicodedata.bidirectional(c) for c in text)
    return next((d != "L" for d in directions if d in ("L", "R", "AL")), False)


def _by_number(place: int) -> tuple[bool, Align]:
    """A place as on a keyboard's number block; the middle counts as the foot."""
    aligns: tuple[Align, Align, Align] = ("left", "center", "right")
    return place >= 7, aligns[(place - 1) % 3]


# -- Advanced SubStation


def _of_ass(text: str, complaints: list[Complaint]) -> Iterator[tuple[int, Cue]]:
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="pysubs2")
    lines = text.split("\n")
    kind = "ssa" if "[V4 Styles]" in text else "ass"
    places = [n for n, line in enumerate(lines) if _is_right(kind, n, line, complaints)]
    kept = "\n".join(["[Script]", *(lines[n].strip() for n in places)])
    file = pysubs2.SSAFile.from_string(kept, format_=kind)
    events = [n for n in places if lines[n].lstrip().startswith("Dialogue:")]
    seen: set[tuple[int, int, str]] = set()
    for place, event in zip(events, file.events, strict=True):
        if event.end <= event.start:
            complaints.append(Complaint(place + 1, "ends before it begins; mend its times"))
            continue
        style = file.styles.get(event.style, pysubs2.SSAStyle())
        match = _PLACE.search(event.text)
        is_top, align = _by_number(int(match[1]) if match else int(style.alignment))
        said = marked_up(event.text, style, file.styles)
        key = event.start, event.end, re.sub("<[^>]*>", "", said)
        if key not in seen:  # many are written twice, one for its shadow
            seen.add(key)
            yield place + 1, Cue(event.start, event.end, said, is_top, align)


def _is_right(kind: str, index: int, line: str, complaints: list[Complaint]) -> bool:
    """True for a line that is to be read, with a complaint for one that cannot be."""
    line = line.strip()
    if line.startswith("Style:"):
        try:
            pysubs2.SSAFile.from_string(f"[Script]\n{line}", format_=kind)
        except Exception:  # whatever it has no number for
            complaints.append(
                Complaint(index + 1, "is no style that can be read; mend or delete it")
            )
            return False
        return True
    if not line.startswith("Dialogue:"):
        return False
    fields = line.partition(":")[2].split(",", _ASS_FIELDS - 1)
    if len(fields) == _ASS_FIELDS and all(map(_ASS_TIME.fullmatch, fields[1:3])):
        return True
    sentence = "is no line of dialogue; write its times as 0:00:01.00,0:00:02.50"
    complaints.append(Complaint(index + 1, sentence))
    return False
