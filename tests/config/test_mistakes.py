"""What a curator is told: where the mistake stands, what it is, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from installation.errors import MOST_TOLD

Mistakes = Callable[[str], list[str]]
FILM = "film: {versions: x}\n"
SINGLE_MISTAKES = [
    ("film: {versions: x, titel: y}", '1:21: film.titel: unknown setting; did you mean "title"?'),
    ("film: {title: x}", "1:7: film.versions: is missing; write it, for it has no default"),
    ("wall: {}", "1:1: film: is missing; write it, for it has no default"),
    (
        "film: {versions: x, rate: fast}",
        '1:27: film.rate: "fast" is not a frame rate; write 24, 24000/1001 or 23.976',
    ),
    (
        "film: {versions: x, when_short: holt}",
        '1:33: film.when_short: "holt" is not one of the choices; did you mean "hold"?',
    ),
    (
        "film: {versions: x, length: 5 min}",
        '1:29: film.length: "5 min" is not a timecode; write hours:minutes:seconds:frames',
    ),
    (
        "film: {versions: x, length: 00:00:01:24}",
        '1:29: film.length: "00:00:01:24" is not a timecode: at this rate frames end at 23',
    ),
    (
        FILM + "wall:\n  background: #101010\n",
        "3:14: wall.background: has no value, for # starts a comment; "
        'put it in quotes: "#101010"',
    ),
    (
        FILM + "wall: {background: #101010}\nplayback: {}\n",
        '2:20: # starts a comment; put a value in quotes: "#101010"',
    ),
    (
        FILM + "wall:\n  background:  # black?\n",
        "3:14: wall.background: has no value; write one, or leave the line out",
    ),
    ("film:", "1:6: film.versions: is missing; write it, for it has no default"),
    ("film: {versions: }", "1:17: film.versions: has no value; write one"),
    (
        "film: {versions: x, order: [a, ~]}",
        "1:32: film.order.1: has no value; write one",
    ),
    (
        FILM + "wall:\n  captions:\n    text:\n",
        "4:10: wall.captions.text: has no value; write a caption, or none for no captions",
    ),
    (
        FILM + "wall: {captions: {size: }}",
        "2:24: wall.captions.size: has no value; write one, or leave the line out",
    ),
    (
        FILM + "wall: {background: black}",
        '2:20: wall.background: "black" is not a colour; write one such as "#1a1a1a", in quotes',
    ),
    (
        FILM + "wall: {layout: {kind: girdd}}",
        '2:23: wall.layout.kind: "girdd" is not one of the choices; did you mean "grid"?',
    ),
    (
        FILM + "wall: {layout: {colums: 2}}",
        '2:17: wall.layout.colums: unknown setting; did you mean "columns"?',
    ),
    (
        FILM + "wall: {layout: {grid: {columns: 2}}}",
        '2:17: wall.layout.grid: unknown setting; did you mean "kind"?',
    ),
    (
        FILM + "wall: {layout: {kind: row, columns: 2}}",
        "2:28: wall.layout.columns: unknown setting; known here: gap, margin, fit, kind",
    ),
    (
        FILM + "wall: {layout: {gap: wide}}",
        '2:22: wall.layout.gap: "wide" is not a length; write 1% or 12px',
    ),
    (
        FILM + "wall: {layout: {kind: custom, tiles: [[0, 0, 1]]}}",
        "2:39: wall.layout.tiles.0.3: is not a list of the right length; "
        "write [x, y, width, height]",
    ),
    (
        FILM + "wall: {layout: {kind: custom, tiles: [[0, 0, 1, 2]]}}",
        '2:49: wall.layout.tiles.0.3: "2" is out of range; write 0 to 1',
    ),
    (
        FILM + "playback: {patience_ms: soon}",
        '2:25: playback.patience_ms: "soon" is not a whole number; write 0 to 10000',
    ),
    (
        FILM + "playback: {patience_ms: -1}",
        '2:25: playback.patience_ms: "-1" is out of range; write 0 to 10000',
    ),
    (
        FILM + "wall: {layout: {columns: 99}}",
        '2:26: wall.layout.columns: "99" is out of range; write 1 to 64, or auto',
    ),
    (
        FILM + "wall: {layout: {columns: many}}",
        '2:26: wall.layout.columns: "many" is not one of the choices; write auto, or 1 to 64',
    ),
    (
        FILM + "wall: {layout: {columns: [1]}}",
        "2:26: wall.layout.columns: this is not one of the choices; write auto, or 1 to 64",
    ),
    (
        FILM + "wall: {screen: 64}",
        '2:16: wall.screen: "64" is out of range; write 0 to 63, or a name in quotes',
    ),
    (
        "film: {versions: x, order: newest}",
        '1:28: film.order: "newest" is not one of the choices; write date, or a list of names',
    ),
    (
        "film: {versions: x, order: [2023]}",
        '1:29: film.order.0: "2023" is not text; put it in quotes',
    ),
    (
        FILM + "wall: {layout: {kind: custom, tiles: 5}}",
        '2:38: wall.layout.tiles: "5" is no list; '
        "write a list of [x, y, width, height], or one for each folder",
    ),
    (
        FILM + "wall: {layout: {kind: custom, tiles: {a: [0, 0, 1, .nan]}}}",
        '2:52: wall.layout.tiles.a.3: ".nan" is not a number; write 0 to 1',
    ),
    (
        FILM + "wall: {layout: {gap: 1e400px}}",
        '2:22: wall.layout.gap: "1e400px" is not a length; write 1% or 12px',
    ),
    (
        FILM + f"wall: {{layout: {{gap: {'9' * 400}px}}}}",
        f'2:22: wall.layout.gap: "{"9" * 40}…" is longer than any wall; write at most 100000px',
    ),
    (
        FILM + f"playback: {{queue_mb: {'9' * 400}}}",
        f'2:22: playback.queue_mb: "{"9" * 40}…" is out of range; write 16 to 65536',
    ),
    (
        FILM + "playback: {queue_mb: 1.0e999}",
        '2:22: playback.queue_mb: "1.0e999" is not a whole number; write 16 to 65536',
    ),
    (
        FILM + "wall: {layout: {kind: spotlight, share: 12px}}",
        '2:41: wall.layout.share: "12px" is not a share; write a percentage such as 75%',
    ),
    (
        FILM + "wall: {layout: {kind: spotlight, share: 101%}}",
        '2:41: wall.layout.share: "101%" is more than the whole; write at most 100%',
    ),
    (
        FILM + "versions: {Café: {}, Cafe\u0301: {}}",
        '2:22: "Cafe\u0301" is written twice, its accents coded in two ways; keep one',
    ),
    (FILM + "versions: {Café: {}, Café: {}}", '2:22: "Café" is written twice; keep one'),
    (
        "film: {versions: x, order: [Café, b, Cafe\u0301]}",
        '1:38: film.order.2: "Café" is written twice; keep one',
    ),
    (
        FILM + "wall: {captions: {text: '{modle}'}}",
        "2:25: wall.captions.text: a caption cannot say {modle}; did you mean {model}?",
    ),
    (
        FILM + "versions: {a: {caption: '{year}'}}",
        "2:25: versions.a.caption: a caption cannot say {year}; it can say {model}, {date}, "
        "{title}, {tools}, {note}, {name}, {film}",
    ),
    (
        FILM + "wall: {captions: {date_format: HH:mm}}",
        '2:32: wall.captions.date_format: "HH:mm" is not a pattern for dates; '
        "write auto or d MMMM yyyy",
    ),
    (
        FILM + "versions: {a: {capton: x}}",
        '2:16: versions.a.capton: unknown setting; did you mean "caption"?',
    ),
    (
        FILM + "versions: [a]",
        "2:11: versions: this stands where settings belong; "
        'write "name: value" lines below it',
    ),
    (FILM + FILM, '2:1: "film" is written twice; keep one'),
    ("film:\n\tversions: x", "2:1: a tab stands here; indent with spaces"),
    ("- film", '1:1: is not a list of settings; write "name: value" lines'),
    (
        "film: &f {versions: x}",
        "1:7: anchors (&) and aliases (*) are not used here; repeat the value, or put it in quotes",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), SINGLE_MISTAKES, ids=range(len(SINGLE_MISTAKES)))
def test_a_mistake_is_told_with_line_column_and_remedy(
    mistakes: Mistakes, text: str, message: str
) -> None:
    assert mistakes(text) == [f"wall.yaml:{message}"]


@pytest.mark.parametrize("extra", [".x", "[0]", "!r", ":>30", " ", "-"])
def test_a_caption_has_plain_fields_only(mistakes: Mistakes, extra: str) -> None:
    assert mistakes(FILM + f"wall: {{captions: {{text: '{{model{extra}}}'}}}}") == [
        f"wall.yaml:2:25: wall.captions.text: a caption cannot say {{model{extra}}}; "
        "write {model}, with nothing else between the braces"
    ]


def test_a_tag_is_refused_whatever_it_would_run(mistakes: Mistakes) -> None:
    told = mistakes("film: !!python/object/apply:os.system [id]")
    tag = "tag:yaml.org,2002:python/object/apply:os…"
    remedy = "delete it, or put the value in quotes"
    assert f"wall.yaml:1:7: the tag {tag} is not used here; {remedy}" in told


def test_all_mistakes_are_told_in_the_order_of_their_lines(mistakes: Mistakes) -> None:
    told = mistakes(
        "film:\n  titel: x\n  rate: 999\nwall:\n  layout: {gap: wide}\nextra: 1\n",
    )
    assert [message.split(": ")[0] for message in told] == [
        "wall.yaml:2:3",
        "wall.yaml:2:3",
        "wall.yaml:3:9",
        "wall.yaml:5:17",
        "wall.yaml:6:1",
    ]


def test_of_very_many_mistakes_the_first_are_told(mistakes: Mistakes) -> None:
    told = mistakes("film:\n" + "".join(f"  titel{n}: x\n" for n in range(500)))
    assert len(told) == MOST_TOLD + 1
    assert told[0].startswith("wall.yaml:2:3: film.titel0: ")
    more = f"and {501 - MOST_TOLD} more from here on; mend these first"
    assert told[-1] == f"wall.yaml:{MOST_TOLD + 1}:3: {more}"
